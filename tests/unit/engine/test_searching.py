"""A case in which conditions come out in a wanted way is found, or surely not there, or nothing is claimed of it."""

from typing import Any

import pytest

from screening.engine.answers import Answers
from screening.engine.checking import answers_problems
from screening.engine.conditions import Truth
from screening.engine.documents import as_document, load
from screening.engine.searching import DAY, Budget, Search, Searcher
from screening.engine.smallest import smallest
from screening.engine.unfolding import Side
from tests.spec.book import QUESTIONNAIRE, Json, choice, question, questionnaire_of, rule, rule_set_of, yes

YES, NO, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
ATTEMPTED = yes("attempted")
ATTEMPTS: Json = {"kind": "count", "group": "attempts", "operator": ">=", "value": 1}
WITHIN: Json = {"kind": "within", "question": "began", "last": {"value": 6, "unit": "months"}}
LASTED: Json = {"kind": "lasted", "since": "began", "at_least": {"value": 6, "unit": "months"}}
KNOWN: Json = {"kind": "known-from", "question": "a", "sources": ["record"]}
SCORE: Json = {"kind": "score", "items": ["low", "tired"], "operator": ">=", "value": 5}
AFTER: Json = {"kind": "after", "question": "began", "than": "episode-began"}
CLASSES: Json = {"kind": "count", "group": "medicines", "different": "medicine-class", "operator": ">=", "value": 2}


def searcher(*conditions: Json, **more: Any) -> Searcher:
    rules = rule_set_of(*(rule(f"rule-{place}", condition) for place, condition in enumerate(conditions)))
    return Searcher([(Side(rules, QUESTIONNAIRE), found.when) for found in rules.rules], **more)


def case(found: Answers | None) -> Any:
    return None if found is None else as_document(found)


@pytest.mark.parametrize(
    ("conditions", "wanted", "answers"),
    [
        ([ATTEMPTS, ATTEMPTED], (UNKNOWN, UNKNOWN), {}),
        ([ATTEMPTS, ATTEMPTED], (NO, NO), {"answers": {"attempted": {"value": False}}}),
        ([ATTEMPTED, ATTEMPTS], (YES, NO),
         {"answers": {"attempted": {"value": True}}, "groups": {"attempts": {"complete": True}}}),
        ([WITHIN, LASTED], (YES, YES), {"answers": {"began": {"value": "2026-01-15"}}}),
        ([WITHIN, LASTED], (UNKNOWN, UNKNOWN), {"answers": {"began": {"value": "2026-01"}}}),
        ([KNOWN, ATTEMPTED], (NO, UNKNOWN), {"answers": {"a": {"value": True}}}),
        ([KNOWN, yes("a")], (YES, NO), {"answers": {"a": {"value": False, "source": "record"}}}),
        ([SCORE], (YES,), {"answers": {"low": {"value": 2}, "tired": {"value": 3}}}),
        ([AFTER], (YES,), {"answers": {"began": {"value": "2026-07-15"}, "episode-began": {"value": "2026-07-15"}}}),
    ],
)  # fmt: skip
def test_a_case_is_found(conditions: list[Json], wanted: tuple[Truth, ...], answers: Json) -> None:
    found = searcher(*conditions).find(frozenset({wanted}))
    assert case(found.case) == answers


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ([ATTEMPTED, ATTEMPTS], (NO, YES)),
        ([ATTEMPTED, ATTEMPTS], (NO, UNKNOWN)),
        ([WITHIN, LASTED], (NO, NO)),
        ([KNOWN, yes("a")], (UNKNOWN, YES)),
        ([{**SCORE, "value": 7}], (YES,)),
        ([{**CLASSES, "value": 4}], (YES,)),
    ],
)
def test_there_is_surely_no_case(conditions: list[Json], wanted: tuple[Truth, ...]) -> None:
    found = searcher(*conditions).find(frozenset({wanted}))
    assert (found.case, found.decided) == (None, True)


def test_nothing_is_claimed_of_a_relation_between_dates_beyond_the_days_that_are_tried() -> None:
    never = {"kind": "all", "of": [AFTER, {"kind": "not", "condition": AFTER}]}
    found = searcher(never).find(frozenset({(YES,)}))
    assert (found.case, found.decided) == (None, False)


def test_nothing_is_claimed_where_the_steps_are_used_up() -> None:
    found = searcher(SCORE, budget=Budget(20)).find(frozenset({(YES,)}))
    assert (found.case, found.decided) == (None, False)


def test_what_is_written_alike_needs_no_search_whatever_its_definitions_are_called() -> None:
    rules = rule_set_of(
        rule("one", {"kind": "defined", "name": "both"}),
        rule("other", {"kind": "all", "of": [yes("b"), {"kind": "any", "of": [yes("a")]}]}),
        rule("third", {"kind": "all", "of": [yes("b"), yes("c")]}),
        both={"kind": "all", "of": [yes("a"), yes("b")]},
    )
    side = Side(rules, QUESTIONNAIRE)
    one, other, third = [(side, found.when) for found in rules.rules]
    assert Searcher([one, other]).same()
    assert not Searcher([one, third]).same()


def test_of_a_case_everything_is_left_out_that_makes_no_difference() -> None:
    often: Json = {"kind": "contains", "question": "signs", "value": "often"}
    whole: Json = {
        "answers": {
            "a": {"value": True},
            "b": {"value": False},
            "signs": {"value": ["alone", "often", "numbing"]},
        },
        "groups": {
            "medicines": {
                "complete": True,
                "rows": [
                    {"row_id": "one", "answers": {"opioid": {"value": True}, "since": {"value": "2020"}}},
                    {"row_id": "two", "answers": {"opioid": {"value": False}}},
                ],
            }
        },
    }
    opioid: Json = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 1}
    left = smallest(load(Answers, whole, document="answers"), searcher(often, opioid))
    assert case(left) == {
        "answers": {"signs": {"value": ["often"]}},
        "groups": {"medicines": {"rows": [{"row_id": "one", "answers": {"opioid": {"value": True}}}]}},
    }


def test_nothing_is_claimed_of_more_options_than_are_taken_together() -> None:
    codes = [f"sign-{number}" for number in range(12)]
    asked = questionnaire_of(choice("many", *codes, repeats=True))

    def three_of(number: int) -> Json:
        parts = [{"kind": "contains", "question": "many", "value": code} for code in codes[:number]]
        return {"kind": "at-least", "n": 3, "of": parts}

    def never(number: int) -> Search:
        condition = {"kind": "all", "of": [three_of(number), {"kind": "not", "condition": three_of(number)}]}
        rules = rule_set_of(rule("first", condition))
        return Searcher([(Side(rules, asked), rules.rules[0].when)]).find(frozenset({(YES,)}))

    assert [never(number).decided for number in (8, 9)] == [True, False]


def test_an_answer_in_words_is_no_longer_than_its_question_takes() -> None:
    asked = questionnaire_of(question("note", "string", max_length=3))
    rules = rule_set_of(rule("first", {"kind": "known-from", "question": "note", "sources": ["client"]}))
    found = Searcher([(Side(rules, asked), rules.rules[0].when)]).find(frozenset({(YES,)}))
    assert found.case is not None
    assert answers_problems(asked, found.case, DAY) == []
