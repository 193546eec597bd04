"""While flags are answered: where the focus goes after a save, and what stays of what was typed when a save fails."""

import pytest
from playwright.sync_api import Locator, Page, expect

from core.accounts.models import Role
from screening.models import FlagAnswer, Screening
from screening.services import reviews, submissions
from tests.factories import actor
from tests.functional.axe import axe_findings
from tests.functional.conftest import publish
from tests.functional.pages import DESK, Open, Person, held_back, kept, stays_when_asked
from tests.playing import NOON, House, again, claimed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "The prescriber knows of it."
CASE = "a-hurried-first-session"

# What a field holds, whether it has the focus and where its caret is, before anything else can be typed into it.
AT_THE_SWAP = """(name) => document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "answering") return;
  setTimeout(() => {
    const field = document.getElementsByName(name)[0];
    window.atTheSwap = [field.value, field === document.activeElement, field.selectionStart];
  });
})"""


@pytest.fixture
def case(practice: House) -> Screening:
    return claimed(practice, publish(practice, "session-day"), CASE)


def at_review(person: Person, case: Screening) -> list[str]:
    """Open a case under review; return its rules in the order of the page."""
    person.arrive(f"/screenings/{case.pk}/review/")
    person.sees("What the guidance raises, for a clinician to weigh")
    ids: list[str] = person.page.locator("article.flag").evaluate_all("(found) => found.map((one) => one.id)")
    return [place.removeprefix("flag-") for place in ids]


def words_of(person: Person, rule: str) -> Locator:
    return person.page.locator(f'[name="{rule}-words"]')


def answer(person: Person, rule: str, kind: str = "agree") -> None:
    person.check(f"{rule}-answer", kind)
    words_of(person, rule).fill(WORDS)


def save(person: Person, rule: str) -> None:
    person.page.locator(f'button[name="at"][value="{rule}"]').first.click()


def test_a_save_says_what_is_left_goes_to_the_next_flag_and_keeps_what_else_was_typed(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, second, *_ = at_review(clinician, case)
    clinician.page.evaluate("document.getElementById('said').dataset.stays = 'yes'")
    answer(clinician, first)
    save(clinician, first)
    expect(clinician.page.locator("#said[data-stays][role=status]")).to_contain_text("1 answer saved.")
    expect(clinician.page.locator(".flag-and-answer", has=clinician.page.locator(f"#flag-{second}"))).to_be_focused()
    place = clinician.page.locator(".flag-and-answer:focus").bounding_box()
    bar = clinician.page.locator("#progress").bounding_box()
    assert place
    assert bar
    assert bar["y"] + bar["height"] <= place["y"] + 1, "what has the focus is under what is left"
    assert axe_findings(clinician.page) == []
    clinician.check(f"{second}-answer", "disagree")
    save(clinician, second)
    expect(clinician.page.locator("#error-summary")).to_be_focused()
    clinician.sees("What the guidance raises, for a clinician to weigh")
    expect(clinician.page.locator(f'[name="{second}-answer"][value="disagree"]')).to_be_checked()
    assert FlagAnswer.objects.count() == 1


def test_a_link_leads_to_a_folded_answer_and_another_back_to_its_flag(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    assert clinician.page.locator(".answered-section[open]").count() == 0
    clinician.page.locator(f"#flag-{first} .because a").first.click()
    expect(clinician.page.locator(".given :target")).to_be_visible()
    clinician.page.locator(f'.answered-section[open] .rests a[href="#flag-{first}"]').click()
    expect(clinician.page.locator(f"#flag-{first}")).to_be_in_viewport()
    clinician.page.set_viewport_size(DESK)
    expect(clinician.page.locator(".answered-section:not([open])")).to_have_count(0)


def test_words_keep_the_lines_they_were_typed_in(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    clinician.check(f"{first}-answer", "agree")
    words_of(clinician, first).fill("1. years ago\n2. not now")
    save(clinician, first)
    said = clinician.page.locator(".answered-flag > p bdi").first
    assert "1. years ago\n2. not now" in said.inner_text()


def test_nothing_typed_is_lost_with_the_connection(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    clinician.page.context.set_offline(True)
    save(clinician, first)
    expect(clinician.page.locator("#said")).to_have_text(
        "Not saved: no answer from the server. What you typed is still here; save again. It is kept on this device too."
    )
    expect(words_of(clinician, first)).to_have_value(WORDS)
    clinician.complaints.clear()
    clinician.page.context.set_offline(False)
    save(clinician, first)
    expect(clinician.page.locator("#said")).to_contain_text("1 answer saved.")
    assert FlagAnswer.objects.get().words == WORDS


def give_elsewhere(practice: House, case: Screening, rule: str, words: str) -> None:
    """Answer a flag as the same clinician does in another tab."""
    assert case.current_evaluation_id
    given = [reviews.GivenAnswer(rule, "not-applicable", words)]
    reviews.answer_flags(
        screening=case, evaluation_id=case.current_evaluation_id, given=given, by=practice.clinician, at=NOON
    )


def has_dropped_all(page: Page) -> None:
    """Check that the device keeps nothing once a save has settled."""
    expect(page.locator("#progress:not([data-kept])")).to_be_attached()
    assert kept(page) == []


def reopened(person: Person) -> Person:
    """Close the tab without a word, and open another on the same device."""
    expect(person.page.locator("#progress[data-kept]")).to_be_attached()
    person.page.close()
    person.page.context.set_offline(False)
    return Person(person.page.context.new_page(), person.actor, script=True, origin=person.origin)


def test_nothing_typed_is_lost_with_the_tab(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, second, *_ = at_review(clinician, case)
    answer(clinician, first)
    save(clinician, first)
    expect(clinician.page.locator("#said")).to_contain_text("1 answer saved.")
    has_dropped_all(clinician.page)
    clinician.page.context.set_offline(True)
    answer(clinician, second)
    assert WORDS not in "".join(kept(clinician.page))
    later = reopened(clinician)
    at_review(later, case)
    expect(later.page.locator("#said")).to_contain_text("is back in its place. It is not saved yet")
    expect(words_of(later, second)).to_have_value(WORDS)
    expect(later.page.locator(f'[name="{second}-answer"][value="agree"]')).to_be_checked()
    assert FlagAnswer.objects.count() == 1
    save(later, second)
    expect(later.page.locator("#said")).to_contain_text("1 answer saved.")
    has_dropped_all(later.page)
    assert FlagAnswer.objects.count() == 2
    at_review(later, case)
    expect(later.page.locator("#said")).to_have_text("")


def test_what_a_save_refused_is_kept_until_it_is_put_right(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, second, *_ = at_review(clinician, case)
    words_of(clinician, first).fill(WORDS)
    save(clinician, first)
    expect(clinician.page.locator("#error-summary")).to_be_focused()
    clinician.check(f"{second}-answer", "agree")
    later = reopened(clinician)
    at_review(later, case)
    expect(words_of(later, first)).to_have_value(WORDS)
    expect(later.page.locator(f'[name="{second}-answer"][value="agree"]')).to_be_checked()


def test_words_for_an_answer_that_was_given_elsewhere_stand_beside_it(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    give_elsewhere(practice, case, first, "From elsewhere.")
    later = reopened(clinician)
    at_review(later, case)
    expect(words_of(later, first)).to_be_visible()
    expect(words_of(later, first)).to_have_value(WORDS)
    later.reads("From elsewhere.")
    assert FlagAnswer.objects.get().answer == "not-applicable"


def test_a_copy_typed_beside_another_answer_replaces_none_unseen(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, second, *_ = at_review(clinician, case)
    answer(clinician, first)
    give_elsewhere(practice, case, first, "From elsewhere.")
    later = reopened(clinician)
    at_review(later, case)
    answer(later, second)
    save(later, second)
    expect(later.page.locator("#problems [data-focus]")).to_be_focused()
    later.reads("Nothing was saved yet.", within="#problems")
    assert [one.answer for one in FlagAnswer.objects.all()] == ["not-applicable"]
    save(later, second)
    expect(later.page.locator("#said")).to_contain_text("2 answers saved.")
    has_dropped_all(later.page)


def test_what_is_typed_while_a_save_is_under_way_stays_where_it_is_typed(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, second, *_ = at_review(clinician, case)
    held = held_back(clinician.page, "**/review/")
    answer(clinician, first)
    with clinician.page.expect_request(lambda request: request.method == "POST"):
        save(clinician, first)
    clinician.check(f"{second}-answer", "agree")
    words_of(clinician, second).press_sequentially("Ty on.")
    for _ in " on.":
        clinician.page.keyboard.press("ArrowLeft")
    clinician.page.evaluate(AT_THE_SWAP, f"{second}-words")
    held[0].continue_()
    expect(clinician.page.locator("#said")).to_contain_text("1 answer saved.")
    assert clinician.page.evaluate("window.atTheSwap") == ["Ty on.", True, 2]
    clinician.page.keyboard.type("ped")
    expect(words_of(clinician, second)).to_have_value("Typed on.")
    later = reopened(clinician)
    at_review(later, case)
    expect(words_of(later, second)).to_have_value("Typed on.")
    assert FlagAnswer.objects.count() == 1


def test_whoever_goes_to_other_words_during_a_save_stays_there(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, _, third, *_ = at_review(clinician, case)
    held = held_back(clinician.page, "**/review/")
    answer(clinician, first)
    with clinician.page.expect_request(lambda request: request.method == "POST"):
        save(clinician, first)
    words_of(clinician, third).click()
    held[0].continue_()
    expect(clinician.page.locator("#said")).to_contain_text("1 answer saved.")
    clinician.page.keyboard.type("2 mg since May.")
    expect(words_of(clinician, third)).to_have_value("2 mg since May.")


def test_what_is_taken_back_is_not_called_unsaved(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    words_of(clinician, first).fill(WORDS)
    later = reopened(clinician)
    at_review(later, case)
    expect(later.page.locator("#said")).to_contain_text("It is not saved yet")
    words_of(later, first).fill("")
    expect(later.page.locator("#said")).to_have_text("")
    assert kept(later.page) == []
    later.follow("Return with questions")
    later.sees(f"Return {case.client.code} with questions")


def test_of_two_copies_the_newer_is_put_back(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    other = Person(clinician.page.context.new_page(), practice.clinician, script=True, origin=clinician.origin)
    at_review(other, case)
    expect(words_of(other, first)).to_have_value(WORDS)
    words_of(clinician, first).fill("The newer.")
    other.page.close()
    later = reopened(clinician)
    at_review(later, case)
    expect(words_of(later, first)).to_have_value("The newer.")


def test_whoever_goes_on_to_sign_with_unsaved_words_is_asked(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    asked = stays_when_asked(clinician.page)
    answer(clinician, first)
    expect(clinician.page.locator("#progress[data-kept]")).to_be_attached()
    clinician.page.get_by_role("link", name="Determination").last.click(no_wait_after=True)
    clinician.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(words_of(clinician, first)).to_have_value(WORDS)


def test_words_for_flags_are_given_to_nobody_else_and_go_with_signing_out(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    later = reopened(clinician)
    colleague = Person(later.page, actor(Role.CLINICIAN, practice=practice.practice), script=True, origin=later.origin)
    colleague.arrive(f"/screenings/{case.pk}/review/")
    colleague.reads("Not answered yet.")
    assert WORDS not in colleague.page.content()
    assert len(kept(colleague.page)) == 1
    colleague.press("Sign out")
    assert kept(colleague.page) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_nothing_typed_is_lost_with_the_session(practice: House, open_for: Open, case: Screening, script: bool) -> None:
    clinician = open_for(practice.clinician, script=script)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    clinician.page.context.clear_cookies(name="sessionid")
    with clinician.page.expect_navigation():
        save(clinician, first)
    clinician.sees("Sign in")
    clinician.reads("What you typed is kept")
    clinician.give_name_and_password()
    clinician.sees("What the guidance raises, for a clinician to weigh")
    expect(words_of(clinician, first)).to_have_value(WORDS)
    expect(clinician.page.locator(f'[name="{first}-answer"][value="agree"]')).to_be_checked()
    assert not FlagAnswer.objects.exists()


def test_a_save_that_is_refused_says_why_and_keeps_the_words(practice: House, open_for: Open, case: Screening) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    submissions.start_amendment(screening=case, reason="Told more.", by=practice.therapist, at=NOON)
    revision = again(case).draft.revision
    submissions.submit(screening=case, base_revision=revision, by=practice.therapist, at=NOON)
    save(clinician, first)
    clinician.reads("not in review any more", within="#messages")
    expect(words_of(clinician, first)).to_have_value(WORDS)


def test_an_answer_given_in_another_tab_is_shown_before_it_is_replaced(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    first, *_ = at_review(clinician, case)
    answer(clinician, first)
    give_elsewhere(practice, case, first, "From tab B.")
    save(clinician, first)
    expect(clinician.page.locator("#problems [data-focus]")).to_be_focused()
    clinician.reads("Nothing was saved yet.", within="#problems")
    flag = clinician.page.locator(".flag-and-answer", has=clinician.page.locator(f"#flag-{first}"))
    expect(flag.locator(".meanwhile")).to_contain_text("From tab B.")
    expect(words_of(clinician, first)).to_have_value(WORDS)
    assert axe_findings(clinician.page) == []
    save(clinician, first)
    expect(clinician.page.locator("#said")).to_contain_text("1 answer saved.")
    assert [said.words for said in FlagAnswer.objects.order_by("number")] == ["From tab B.", WORDS]


def test_where_the_device_cannot_keep_them_closing_the_tab_asks_first_while_words_are_unsaved(
    practice: House, open_for: Open, case: Screening
) -> None:
    clinician = open_for(practice.clinician)
    clinician.page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    first, *_ = at_review(clinician, case)
    asked = stays_when_asked(clinician.page)
    answer(clinician, first)
    clinician.page.close(run_before_unload=True)
    clinician.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(words_of(clinician, first)).to_have_value(WORDS)
