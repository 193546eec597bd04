"""Filling in a section as a therapist does, with JavaScript and without."""

from playwright.sync_api import Locator, expect

from tests.functional.intake import Given, Rows, Telling, Ticks, Told, Typed
from tests.functional.pages import Person


def answer_section(person: Person, telling: Telling) -> None:
    """Answer the section that is open and go on. Without JavaScript, what follows is asked after a save."""
    person.sees(telling.title)
    person.reads(*telling.reads)
    for number, answers in enumerate(telling.rounds):
        if number and not person.script:
            person.press("Save and")
            person.reads("from your answers")
        for link_id, given in answers.items():
            give(person, link_id, given)
    person.press("Save and")


def give(person: Person, link_id: str, given: Given) -> None:
    """Give one answer, or the rows of a group."""
    match given:
        case Rows():
            _give_rows(person, link_id, given)
        case Ticks(codes):
            for code in codes:
                person.check(f"a-{link_id}-value", code)
        case Typed(text):
            field = person.page.locator(f'[name="a-{link_id}-value"]')
            field.fill(text)
            field.blur()
        case Told():
            _tell(person, link_id, given)
        case _:
            person.check(f"a-{link_id}-value", given)


def _tell(person: Person, link_id: str, told: Told) -> None:
    person.check(f"a-{link_id}-value", told.answer)
    if told.source:
        person.check(f"a-{link_id}-source", told.source)
    if told.note:
        question = person.page.locator(f"#q-{link_id}")
        question.locator("summary", has_text="Note").click()
        question.get_by_label("Note").fill(told.note)


def _give_rows(person: Person, group: str, given: Rows) -> None:
    cards = person.page.locator(f"#q-{group} .row-card")
    for number, row in enumerate(given.rows):
        if number:
            with person.page.expect_navigation():
                person.page.locator(f'button[value="add:{group}"]').click()
        expect(cards).to_have_count(number + 1)
        for link_id, text in row.items():
            _give_in_row(cards.nth(number), link_id, text)
    if given.complete:
        person.page.locator(f'[name="g-{group}-complete"]').check()


def _give_in_row(card: Locator, link_id: str, text: str) -> None:
    fields = card.locator(f'[name$="-{link_id}-value"]')
    if fields.first.get_attribute("type") == "text":
        fields.fill(text)
        return
    card.locator(f'[name$="-{link_id}-value"][value="{text}"]').check()
