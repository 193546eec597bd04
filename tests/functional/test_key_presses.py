"""How many keys a whole intake takes: about one for each question, the letters and digits of typed answers apart."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Keyboard, expect

from screening.engine.answers import Absence, Answer
from screening.engine.drafts import DraftContent
from screening.models import Draft
from screening.selectors.documents import draft_content
from tests.functional.conftest import publish
from tests.functional.pages import DESK, Open, Person
from tests.playing import House, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_PRESSES = 75
ON = "Enter"
ALL = "1"
"""The key on the question whether a group's rows are all there are."""


@dataclass
class CountedKeys:
    """A keyboard that counts each press, and not what an answer itself is spelt with."""

    keyboard: Keyboard
    presses: int = 0

    def press(self, key: str) -> None:
        self.keyboard.press(key)
        self.presses += 1

    def type(self, words: str) -> None:
        self.keyboard.type(words)


@dataclass(frozen=True)
class Asked:
    """A question, the answer that is wanted, and what gives it: keys, after words that are typed."""

    question: str
    wanted: object
    keys: tuple[str, ...]
    typed: str = ""


@dataclass(frozen=True)
class Part:
    """A section, its questions in the order in which the focus comes to them, and the keys that go on."""

    title: str
    asked: tuple[Asked, ...]
    on: tuple[str, ...] = field(default=(ON,))


def one(question: str, key: str, wanted: object) -> Asked:
    return Asked(question, wanted, (key,))


def yes(question: str) -> Asked:
    return one(question, "1", True)


def no(question: str) -> Asked:
    return one(question, "2", False)


def said(question: str, typed: str, wanted: object, on: str = ON) -> Asked:
    return Asked(question, wanted, (on,), typed)


def rows(group: str) -> Asked:
    return one(group, ALL, 1)


DECLINED, UNKNOWN = Absence.DECLINED, Absence.UNKNOWN
INTAKE = (
    Part(
        "Setting and team",
        (
            yes("treatment-team"),
            yes("therapist-kap-certified"),
            one("route-planned", "2", "intramuscular"),
            one("route-chosen-together", "d", DECLINED),
            one("doses-given-by", "1", "medical-staff"),
            no("doses-mailed"),
        ),
    ),
    Part("Psychosis", (no("psychosis-diagnosis"), no("psychosis-now"))),
    Part(
        "Mood",
        (
            yes("bipolar-diagnosis"),
            one("bipolar-diagnosis-by", "3", "other-clinician"),
            said("bipolar-diagnosis-when", "about 2019", "2018/2020"),
            yes("bipolar-stabilised"),
            said("bipolar-stable-since", "spring 2024", "2024-spring"),
            no("bipolar-doubted"),
            one("early-trauma", "d", DECLINED),
            one("mood-swing-pattern", "2", "anxiety-or-anger"),
        ),
    ),
    Part(
        "Suicidality",
        (
            no("suicidal-thoughts-now"),
            no("passive-death-wish"),
            yes("suicide-attempt-ever"),
            said("attempt-when", "summer 2009", "2009-summer"),
            yes("attempt-wish-to-die"),
            rows("suicide-attempts"),
            one("suicide-threats", "1", "never"),
            no("psychological-assessment"),
        ),
    ),
    Part(
        "Emotions and relationships",
        (
            no("borderline-diagnosis"),
            one("self-injury", "2", "past"),
            one("reckless-acts", "3", "never"),
            one("relationship-instability", "1", "now"),
            one("fear-of-abandonment", "u", UNKNOWN),
            one("dbt", "3", "not-done"),
        ),
    ),
    Part(
        "Substances, recovery and ketamine",
        (
            yes("substance-use-a-reason"),
            yes("substance-problem-ever"),
            one("substance", "1", "alcohol"),
            one("use-disorder", "2", "past"),
            said("substance-last-use", "May 2024", "2024-05"),
            one("formal-treatment", "1", "completed"),
            rows("substances"),
            yes("other-treatments-tried"),
            no("recovery-lifestyle"),
            no("ketamine-ever"),
        ),
    ),
    Part("OCD", (no("ocd-diagnosis"),)),
    Part(
        "Medical and medicines",
        (
            said("medical-conditions", "Asthma as a child.", "Asthma as a child.", on="Control+Enter"),
            no("uncontrolled-condition"),
            yes("medicines-taken"),
            said("medicine-name", "sertraline", "sertraline"),
            yes("medicine-reviewed"),
            rows("medicines"),
            yes("medical-screening"),
            said("medical-screening-when", "autumn 2024", "2024-autumn"),
            one("side-effects-explained", "1", ("dissociation",)),
        ),
    ),
    Part(
        "Intention and commitment",
        (
            Asked("aims", ("relief",), ("2", ON)),
            said("aims-own-words", "To sleep again.", "To sleep again.", on="Control+Enter"),
            yes("committed-to-therapy"),
            yes("committed-to-change"),
            no("medicine-alone-expected"),
        ),
    ),
    Part(
        "Plan and safeguards",
        (
            one("plan-covers", "6", ("nothing-yet",)),
            no("never-alone"),
            yes("intention-each-session"),
            yes("pacing-individual"),
            one("doses-low-and-measured", "u", UNKNOWN),
            yes("part-of-wider-process"),
            no("cravings-asked-after-sessions"),
            no("session-day-substances-agreed"),
        ),
    ),
)


def test_an_intake_of_sixty_questions_takes_about_a_press_for_each(
    practice: House, open_for: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.page.set_viewport_size(DESK)
    therapist.arrive(f"/screenings/{screening.pk}/sections/setting-and-team/")
    keys = CountedKeys(therapist.page.keyboard)
    keys.press("n")
    for part in INTAKE:
        answer(therapist, keys, part)
    expect(therapist.page.get_by_role("heading", level=1)).to_have_text("Check the answers")
    wanted = {asked.question: asked.wanted for part in INTAKE for asked in part.asked}
    assert dict(given(draft_content(Draft.objects.get(screening=screening)))) == wanted
    lists = sum(type(how_many) is int for how_many in wanted.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(wanted) - lists} questions, {lists} lists said to be all: {keys.presses} key presses\n"
        )
    assert len(wanted) - lists == 60
    assert keys.presses <= MOST_PRESSES


def answer(therapist: Person, keys: CountedKeys, part: Part) -> None:
    """Answer a section by keys alone, each question when the focus has come to it."""
    expect(therapist.page.get_by_role("heading", level=1)).to_have_text(part.title)
    for asked in part.asked:
        expect(therapist.page.locator(focused(asked.question))).to_have_count(1)
        keys.type(asked.typed)
        for key in asked.keys:
            keys.press(key)
    with therapist.page.expect_navigation():
        for key in part.on:
            keys.press(key)


def focused(question: str) -> str:
    """Return what selects a question, in a row too, or the end of some rows, while the focus is in it."""
    inside = (f"#q-{question}:not(.group)", f"[id^=q-{question}--]", f"#q-{question} > .group-actions")
    return ", ".join(f"{place}:focus-within" for place in inside)


def given(content: DraftContent) -> Iterator[tuple[str, object]]:
    """Yield every stored answer by its question; for rows, how many there are where they are said to be all."""
    for link_id, answer in content.answers.items():
        yield link_id, value_of(answer)
    for group, found in content.groups.items():
        yield group, len(found.rows) if found.complete else 0
        for row in found.rows:
            yield from ((link_id, value_of(answer)) for link_id, answer in row.answers.items())


def value_of(answer: Answer) -> object:
    return answer.value if answer.absent is None else answer.absent
