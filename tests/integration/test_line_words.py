"""What the rule editor says of a line that cannot be read: the question as asked, and what to choose."""

import copy

import pytest
from django.test import Client

from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of
from tests import playing
from tests.pages import signed_in, text_of
from tests.playing import House
from tests.rule_drafts import draft_of, edit, now

pytestmark = pytest.mark.django_db

RULE = "suicidal-thoughts-now"
THREATS = (
    "“At hard times, have you told others that you would end your life?” is answered with one of: “No”, "
    "“Once or a few times”, “Again and again”."
)
SIDE_EFFECTS = "“Which side effects have been explained to you so far?” is answered with any of:"
MEDICINE = "“Has the prescriber for this treatment looked at it?”"
WHEN = "“When did these thoughts begin?” is answered with a date."
SESSIONS = "“How many preparation sessions are planned before the first dose?” is answered with a whole number."
ENGINE_WORDS = (
    "Input should",
    "should have at",
    "should match",
    "is not an option of",
    "cannot read it",
    "of type",
    '{"kind',
)
Typed = dict[str, object]


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, RuleSetVersion]:
    """A practice and a draft of its rules, written once for the whole module."""
    at_house = playing.house()
    return at_house, draft_of(at_house, playing.published(at_house, "intake"))


@pytest.fixture
def played(once: tuple[House, RuleSetVersion]) -> tuple[House, RuleSetVersion]:
    return copy.deepcopy(once)


@pytest.fixture
def house(played: tuple[House, RuleSetVersion]) -> House:
    return played[0]


@pytest.fixture
def draft(played: tuple[House, RuleSetVersion]) -> RuleSetVersion:
    return played[1]


@pytest.fixture
def author(house: House) -> Client:
    return signed_in(house.author)


def lines(*typed: Typed) -> dict[str, object]:
    """Return a condition as typed: each line with its indent, what it says, and what else."""
    fields: dict[str, object] = {"when-line": [str(key) for key in range(len(typed))]}
    for key, line in enumerate(typed):
        fields |= {f"when-{key}-{name}": value for name, value in {"depth": "0", "values": [], **line}.items()}
    return fields


ANY: Typed = {"kind": "any"}


def a_line(kind: str, question: str = "", **more: object) -> Typed:
    """Return one line below the first."""
    return {"depth": "1", "kind": kind, "question": question, **more}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (a_line("is-yes", "suicide-threats"), f"{THREATS} Choose “is this option” or “is one of these options”."),
        (a_line("less-than", "suicide-threats", number="2"), f"{THREATS} Choose “is this option” or"),
        (a_line("within", "suicide-threats", number="2", unit="days"), f"{THREATS} Choose “is this option” or"),
        (a_line("is", "suicide-threats", values=["True"]), f"{THREATS} Choose one."),
        (a_line("is", "suicide-threats"), f"{THREATS} Choose one."),
        (a_line("one-of", "suicide-threats", values=["no-such"]), f"{THREATS} Choose one or more."),
        (a_line("is", "side-effects-explained", values=["none"]), SIDE_EFFECTS),
        (a_line("is", "suicidal-thoughts-began"), f"{WHEN} Choose “lies in the last” or “has lasted at least”."),
        (a_line("contains", "ocd-preparation-sessions"), f"{SESSIONS} Choose “is exactly the number”, “is less than”,"),
        (a_line("is-yes", "substance-name"), "“What is it called?” is answered in words, which no rule reads."),
        (a_line("is-yes", "no-such-question"), "Choose the question it is about."),
        (a_line("known-from", "suicide-threats", values=["a-dream"]), "Choose from whom or what it is known."),
        (a_line("count-at-least", "suicide-threats", number="1"), "Choose the list whose rows it counts."),
        (a_line("count-at-least", "substances", number="-1"), "Give a whole number from 0 to 1000."),
        (a_line("at-least", number="0"), "Give a whole number from 1 to 50."),
        (a_line("within", "suicidal-thoughts-began", number="0", unit="days"), "Give a whole number from 1 to 1200."),
        (a_line("between", "ocd-preparation-sessions", number="5", upper="2"), "No number lies between 5 and 2."),
        (
            a_line("sum-at-most", number="3", values=["ocd-preparation-sessions"] * 2),
            f"{SESSIONS.removesuffix(' is answered with a whole number.')} is chosen twice.",
        ),
        (
            a_line("sum-at-most", number="3", values=["suicidal-thoughts-began"]),
            f"{WHEN} Choose one that is answered with a number.",
        ),
        (a_line("sum-at-most", number="3", other="no-such"), "Choose the questions that it reads."),
        (
            a_line("after", "ocd-preparation-sessions", other="suicidal-thoughts-began"),
            f"{SESSIONS} Choose one that is answered with a date.",
        ),
        (a_line("after", "suicidal-thoughts-began"), "Choose the questions that it reads."),
        (
            a_line("times-at-most", "ocd-preparation-sessions", number="2", other="suicidal-thoughts-began"),
            f"{WHEN} Choose one that is answered with a number.",
        ),
        (
            a_line("washed-out", "suicidal-thoughts-began", number="2", other="ocd-preparation-sessions"),
            f"{SESSIONS.removesuffix(' is answered with a whole number.')} is not given in hours. Choose one that is.",
        ),
        (
            a_line("washed-out", "suicidal-thoughts-began", number="0", other="ocd-preparation-sessions"),
            "Give a number of times, above 0 and up to 1000.",
        ),
        (a_line("sum-at-most", number="3"), "Choose the questions whose numbers are added up."),
        (
            a_line("count-at-least", "substances", number="2", other="suicide-threats"),
            "Choose what they differ in: a question that is asked of each substance, with one option chosen.",
        ),
        (a_line("defined", "no-such"), "Choose a definition."),
        (a_line("is-yes", "medicine-reviewed"), f"{MEDICINE} is asked of each medicine. Put it below a line"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_the_question_as_asked_and_what_to_choose(
    author: Client, draft: RuleSetVersion, typed: Typed, said: str
) -> None:
    below = [a_line("is-yes", "suicidal-thoughts", depth="2")] if typed["kind"] == "at-least" else []
    response = edit(author, draft, RULE, **lines(ANY, typed, *below))
    words = text_of(response)
    assert response.status_code == 422
    assert f"Condition, line 2: {said}" in words
    assert f"Line 2: {said}" in words
    assert not [engine for engine in ENGINE_WORDS if engine in words]
    assert now(draft).rules == draft.rules


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([ANY, {"kind": "at-least", "number": "3", "depth": "1"}, a_line("is-yes", "x", depth="2")], "line 3: Choose"),
        (
            [{"kind": "at-least", "number": "3"}, a_line("known-from", "suicide-threats", values=["client"])],
            "line 1: There are fewer lines below it than that.",
        ),
        (
            [
                {"kind": "count-at-least", "question": "substances", "number": "1"},
                a_line("count-at-least", "medicines", number="1"),
            ],
            "line 2: It stands below another line that counts rows.",
        ),
        (
            [ANY, a_line("defined", "active-use-disorder-row")],
            "The definition “A substance other than nicotine, with criteria for a use disorder met now” cannot be read",
        ),
    ],
)
def test_a_line_that_stands_in_the_wrong_place_says_where_to_put_it(
    author: Client, draft: RuleSetVersion, typed: list[Typed], said: str
) -> None:
    words = text_of(edit(author, draft, RULE, **lines(*typed)))
    assert said in words
    assert not [engine for engine in ENGINE_WORDS if engine in words]


def test_the_faults_of_every_line_are_told_at_once(author: Client, draft: RuleSetVersion) -> None:
    typed = lines(ANY, a_line("is-yes", "suicide-threats"), a_line("less-than", "ocd-preparation-sessions", number="x"))
    words = text_of(edit(author, draft, RULE, **typed))
    assert f"Condition, line 2: {THREATS}" in words
    assert "Condition, line 3: Give a number in digits" in words


def test_what_the_form_asks_for_is_then_saved(author: Client, draft: RuleSetVersion) -> None:
    response = edit(author, draft, RULE, **lines(a_line("is", "suicide-threats", depth="0", values=["repeatedly"])))
    assert response.status_code == 302, text_of(response)
    assert '"repeatedly"' in rule_set_of(now(draft)).rule_by_id[RULE].when.model_dump_json()
