"""What is typed in a form that is sent as a whole is there after its tab was closed, until it is sent and taken."""

import pytest
from playwright.sync_api import expect

from screening.models import Determination, Reading, Return, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.services import reviews
from tests.factories import PASSWORD
from tests.functional.conftest import publish
from tests.functional.pages import Open, Person, kept, stays_when_asked
from tests.playing import NOON, House, answered, claimed, submitted
from tests.reading_first import draw_all
from tests.rule_drafts import RULE, draft_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "The prescriber's letter first.\nThen we look again."
BACK = "What you had typed here, and had not sent, is back in its place. It is not sent yet."


def reopened(person: Person) -> Person:
    """Close the tab without a word, and open the same page in another on the same device."""
    expect(person.page.locator("#given-back[data-kept]")).to_be_attached()
    assert WORDS.split()[1] not in "".join(kept(person.page))
    address = person.page.url
    person.page.close()
    later = Person(person.page.context.new_page(), person.actor, script=True, origin=person.origin)
    later.page.goto(address)
    return later


def at_signing(person: Person, case: Screening) -> None:
    person.arrive(f"/screenings/{case.pk}/sign/")
    person.page.get_by_label("More information").check()
    person.page.get_by_label("Reasons").fill(WORDS)
    person.page.get_by_label("Your password, again").fill("not my password")


def holds_what_was_typed(person: Person) -> None:
    expect(person.page.get_by_label("Reasons")).to_have_value(WORDS)
    expect(person.page.get_by_label("More information")).to_be_checked()
    expect(person.page.get_by_label("Your password, again")).to_have_value("")


def test_a_determination_before_and_after_it_was_refused(practice: House, open_for: Open) -> None:
    case = answered(practice, publish(practice, "session-day"), "an-agreed-medicine")
    clinician = open_for(practice.clinician)
    at_signing(clinician, case)
    later = reopened(clinician)
    later.reads(BACK)
    holds_what_was_typed(later)
    later.page.get_by_label("Your password, again").fill("not my password")
    later.press("Sign the determination")
    later.reads("That is not your password, so nothing was done.")
    expect(later.page.locator("#given-back")).to_have_text("")
    last = reopened(later)
    last.reads(BACK)
    holds_what_was_typed(last)
    last.page.get_by_label("Your password, again").fill(PASSWORD)
    last.press("Sign the determination")
    last.reads("is signed.")
    assert kept(last.page) == []
    assert Determination.objects.get().reasons == WORDS


def test_of_two_tabs_each_goes_on_with_its_own_words_when_it_is_refused(practice: House, open_for: Open) -> None:
    case = answered(practice, publish(practice, "session-day"), "an-agreed-medicine")
    clinician = open_for(practice.clinician)
    at_signing(clinician, case)
    expect(clinician.page.locator("#given-back[data-kept]")).to_be_attached()
    other = Person(clinician.page.context.new_page(), practice.clinician, script=True, origin=clinician.origin)
    other.page.goto(clinician.page.url)
    other.page.get_by_label("Reasons").fill("Others.")
    expect(other.page.locator("#given-back[data-kept]")).to_be_attached()
    clinician.press("Sign the determination")
    clinician.reads("That is not your password, so nothing was done.")
    holds_what_was_typed(clinician)
    expect(clinician.page.locator("#given-back")).to_have_text("")
    later = reopened(clinician)
    holds_what_was_typed(later)


def test_boxes_that_nobody_touched_stay_as_the_page_has_them(practice: House, open_for: Open) -> None:
    case = claimed(practice, publish(practice, "intake"), "much-declined")
    clinician = open_for(practice.clinician)
    clinician.arrive(f"/screenings/{case.pk}/return/")
    assert clinician.page.locator('[name="missing"]:checked').count() == 0
    clinician.page.get_by_label("What is to be found out").fill(WORDS)
    ask_about_every_flag(practice, case)
    later = reopened(clinician)
    later.reads(BACK)
    expect(later.page.get_by_label("What is to be found out")).to_have_value(WORDS)
    assert later.page.locator('[name="missing"]:checked').count() > 5


def test_whoever_signs_out_with_unsent_words_or_on_a_full_device_is_asked(practice: House, open_for: Open) -> None:
    case = answered(practice, publish(practice, "session-day"), "an-agreed-medicine")
    clinician = open_for(practice.clinician)
    at_signing(clinician, case)
    expect(clinician.page.locator("#given-back[data-kept]")).to_be_attached()
    asked = stays_when_asked(clinician.page)
    clinician.page.get_by_role("button", name="Sign out").click(no_wait_after=True)
    clinician.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(clinician.page.get_by_label("Reasons")).to_have_value(WORDS)
    clinician.page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error(); }; }")
    clinician.page.get_by_label("Reasons").fill(f"{WORDS} More.")
    clinician.page.close(run_before_unload=True)
    clinician.page.wait_for_timeout(500)
    assert asked == ["beforeunload"] * 2


def ask_about_every_flag(practice: House, case: Screening) -> None:
    evaluation = case.current_evaluation
    assert evaluation
    asking = [reviews.GivenAnswer(flag.rule_id, "needs-information", "Ask.") for flag in flags_of(evaluation)]
    reviews.answer_flags(screening=case, evaluation_id=evaluation.pk, given=asking, by=practice.clinician, at=NOON)


def test_a_return_with_its_words_and_the_questions_it_points_at(practice: House, open_for: Open) -> None:
    case = claimed(practice, publish(practice, "intake"), "much-declined")
    ask_about_every_flag(practice, case)
    clinician = open_for(practice.clinician)
    clinician.arrive(f"/screenings/{case.pk}/return/")
    asked = clinician.page.locator('[name="missing"]:checked').first
    taken_back = asked.get_attribute("value") or ""
    asked.uncheck()
    folded = clinician.page.locator("#main form details").last
    folded.locator("summary").click()
    pointed_at = folded.locator("input").first
    pointed_at.check()
    place = f'[id="{pointed_at.get_attribute("id")}"]'
    clinician.page.get_by_label("What is to be found out").fill(WORDS)
    later = reopened(clinician)
    later.reads(BACK)
    expect(later.page.get_by_label("What is to be found out")).to_have_value(WORDS)
    expect(later.page.locator(f'[name="missing"][value="{taken_back}"]')).not_to_be_checked()
    expect(later.page.locator(place)).to_be_visible()
    expect(later.page.locator(place)).to_be_checked()
    later.press("Return with questions")
    later.sees("Cases for review")
    assert kept(later.page) == []
    assert Return.objects.count() == 1


def test_an_own_reading(practice: House, open_for: Open) -> None:
    draw_all(practice)
    case = claimed(practice, publish(practice, "session-day"), "an-agreed-medicine")
    clinician = open_for(practice.clinician)
    clinician.arrive(f"/screenings/{case.pk}/read-first/")
    clinician.page.locator('[name="topics"]').first.check()
    clinician.page.get_by_label("In a few words").fill(WORDS)
    later = reopened(clinician)
    later.reads(BACK)
    expect(later.page.locator('[name="topics"]').first).to_be_checked()
    expect(later.page.get_by_label("In a few words")).to_have_value(WORDS)
    later.press("Keep my reading and show the flags")
    later.reads("Read before the flags were shown")
    assert kept(later.page) == []
    assert Reading.objects.count() == 1


def test_the_reason_for_an_amendment_and_nothing_once_signed_out(practice: House, open_for: Open) -> None:
    case = submitted(practice, publish(practice, "session-day"), "an-agreed-medicine")
    therapist = open_for(practice.therapist)
    therapist.arrive(f"/screenings/{case.pk}/amend/")
    therapist.page.locator('[name="reason"]').fill(WORDS)
    later = reopened(therapist)
    later.reads(BACK)
    expect(later.page.locator('[name="reason"]')).to_have_value(WORDS)
    later.press("Sign out")
    assert kept(later.page) == []


def test_a_rule_that_is_being_written_is_not_left_without_a_question(practice: House, open_for: Open) -> None:
    draft = draft_of(practice, publish(practice, "session-day"))
    author = open_for(practice.author)
    author.arrive(f"/rules/versions/{draft.pk}/rules/{RULE}/edit/")
    asked = stays_when_asked(author.page)
    author.page.get_by_label("Title").fill("Typed")
    author.press("Check without saving")
    author.page.get_by_label("Title").click()
    author.page.close(run_before_unload=True)
    expect(author.page.get_by_label("Title")).to_have_value("Typed")
    author.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert kept(author.page) == []
