"""A case is reviewed and signed by the keyboard alone; the presses beside the words typed are counted and printed."""

import pytest
from playwright.sync_api import Locator, Page, expect

from screening.models import Determination, FlagAnswer
from tests.factories import PASSWORD
from tests.functional.axe import axe_findings
from tests.functional.conftest import publish
from tests.functional.pages import DESK, Open, Person
from tests.playing import House, claimed, submitted
from tests.reading_first import draw_all

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_STOPS = 200
MOST_FOR_A_FLAG = 4
"""A number, Tab to the words, Control and Enter; what is typed is not counted."""


class Keys:
    """Somebody's keyboard, which counts what is pressed beside the words."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def to(self, wanted: Locator, by: str = "Tab") -> None:
        """Press Tab until the focus is on a control."""
        for _ in range(MOST_STOPS):
            if has_focus(wanted):
                return
            self.press(by)
        pytest.fail(f"{wanted} is not reached by {by} from where the focus was.")


def has_focus(wanted: Locator) -> bool:
    return bool(wanted.count() and wanted.first.evaluate("(element) => element === document.activeElement"))


def flags(page: Page) -> list[str]:
    """Return the rules whose flags are shown, in the order of the page."""
    ids: list[str] = page.locator("article.flag").evaluate_all("(found) => found.map((one) => one.id)")
    return [place.removeprefix("flag-") for place in ids]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_case_is_taken_read_answered_and_signed(practice: House, open_for: Open, script: bool) -> None:
    case = submitted(practice, publish(practice, "intake"), "c-ptsd-many-voices")
    clinician = open_for(practice.clinician, script=script)
    clinician.page.set_viewport_size(DESK)
    keys = Keys(clinician.page)
    clinician.arrive("/queue/")
    keys.to(clinician.page.get_by_role("button", name="Review").first)
    keys.press("Enter")
    clinician.sees("What the guidance raises, for a clinician to weigh")
    wanted, taken = flags(clinician.page), keys.presses
    left = answer_each(clinician, keys, wanted) if script else answer_each_without_script(clinician, keys, wanted)
    assert not left, f"not answered: {left}"
    of_flags = keys.presses - taken
    sign(clinician, keys)
    signing = keys.presses - of_flags - taken
    print(  # noqa: T201 - what it costs is worth knowing
        f"\nBy the keyboard alone, {'with' if script else 'without'} script: {keys.presses} presses beside the words: "
        f"{taken} to take the case, {of_flags} for {len(wanted)} flags, {signing} to sign."
    )
    if script:
        assert of_flags <= MOST_FOR_A_FLAG * len(wanted) + 20
    assert Determination.objects.get().evaluation == case.current_evaluation


def answer_each(clinician: Person, keys: Keys, wanted: list[str]) -> list[str]:
    """Follow the link to the first flag, and from there on go where each save leads."""
    page = clinician.page
    keys.to(page.locator("#left a").first)
    keys.press("Enter")
    for number, rule in enumerate(wanted, start=1):
        flag = page.locator(".flag-and-answer", has=page.locator(f"#flag-{rule}"))
        if number == 1:
            keys.to(flag.locator("a, summary, input").first)
        else:
            expect(flag).to_be_focused()
        keys.press("1")
        expect(flag.locator("input[value=agree]")).to_be_checked()
        keys.press("Tab")
        keys.type("Read and weighed.")
        keys.press("Control+Enter")
        expect(page.locator("#said")).to_contain_text("1 answer saved.")
        expect(page.locator("#left")).to_contain_text(f"{number} of {len(wanted)}")
    expect(page.locator("#progress")).to_be_focused()
    return unanswered(wanted)


def answer_each_without_script(clinician: Person, keys: Keys, wanted: list[str]) -> list[str]:
    """Reach every control by Tab; after each save the page opens at the next flag."""
    page = clinician.page
    for rule in wanted:
        keys.to(page.locator(f'input[name="{rule}-answer"]').first)
        keys.press("Space")
        keys.press("Tab")
        if not has_focus(page.locator(f'[name="{rule}-words"]')):
            keys.to(page.locator(f'[name="{rule}-words"]'))
        keys.type("Read and weighed.")
        keys.press("Tab")
        with page.expect_navigation():
            keys.press("Enter")
    return unanswered(wanted)


def unanswered(wanted: list[str]) -> list[str]:
    said = set(FlagAnswer.objects.values_list("flag__rule_id", flat=True))
    return [rule for rule in wanted if rule not in said]


def sign(clinician: Person, keys: Keys) -> None:
    page = clinician.page
    keys.to(page.get_by_role("link", name="Go on to the determination"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Determination on")
    keys.to(page.locator('[name="outcome"]').first)
    keys.press("Space")
    keys.to(page.get_by_label("Reasons"))
    keys.type("Agreed beforehand; the prescriber confirmed it by telephone.")
    keys.to(page.get_by_label("Your password, again"))
    keys.type(PASSWORD)
    keys.press("Enter")
    clinician.reads("is signed.")


def test_flags_are_answered_at_once_by_keyboard(practice: House, open_for: Open) -> None:
    case = claimed(practice, publish(practice, "session-day"), "a-hurried-first-session")
    clinician = open_for(practice.clinician)
    keys, page = Keys(clinician.page), clinician.page
    clinician.arrive(f"/screenings/{case.pk}/review/")
    options = page.locator('[name="together-safeguards-answer"]')
    keys.to(options.first)
    keys.press("2")
    expect(options.nth(1)).to_be_checked()
    words = page.locator('[name="together-safeguards-words"]')
    words.evaluate("(area) => { area.style.height = '9rem'; }")  # as somebody does who drags its corner
    keys.press("Control+Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    clinician.sees("What the guidance raises, for a clinician to weigh")  # and the browser complains of nothing
    keys.to(options.nth(1))
    keys.press("1")
    keys.to(words)
    keys.type("Read together.")
    keys.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("answers saved.")
    assert set(FlagAnswer.objects.values_list("answer", flat=True)) == {"agree"}
    assert FlagAnswer.objects.count() > 1


def test_a_case_is_read_first_by_keyboard(practice: House, open_for: Open) -> None:
    draw_all(practice)
    case = claimed(practice, publish(practice, "session-day"), "an-agreed-medicine")
    clinician = open_for(practice.clinician)
    keys = Keys(clinician.page)
    clinician.arrive(f"/screenings/{case.pk}/review/")
    clinician.sees("Your own reading first")
    assert axe_findings(clinician.page) == []
    keys.to(clinician.page.locator('[name="topics"]').first)
    keys.press("Space")
    keys.to(clinician.page.get_by_label("In a few words"))
    keys.type("The medicine was agreed; ask when it was taken.")
    keys.press("Tab")
    keys.press("Enter")
    clinician.sees("What the guidance raises, for a clinician to weigh")
    clinician.reads("Read before the flags were shown", "ask when it was taken")
