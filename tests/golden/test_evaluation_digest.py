"""The evaluation of a fixed case has a fixed digest: the same answers say the same on every machine, for ever.

If this test fails, stored evaluations no longer re-run to what was signed. Raise ``stored.FORMAT`` and keep reading
the old one; never just copy the new digest here.
"""

from core.canonical import canonical_bytes, digest
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance
from tests.spec.book import ON, QUESTIONNAIRE, Json, given, response, rows, rule, rule_set_of, yes

ACTIVE: Json = {"kind": "equals", "question": "diagnosis-status", "value": "active"}
OPIOIDS: Json = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 2}
RULES = rule_set_of(
    rule("all", {"kind": "all", "of": [yes("a"), yes("b")]}, concern="treat-first"),
    rule("any", {"kind": "any", "of": [yes("a"), ACTIVE]}, topic="suicidality"),
    rule("at-least", {"kind": "at-least", "n": 2, "of": [yes("a"), yes("b"), {"kind": "defined", "name": "named"}]}),
    rule("not", {"kind": "not", "condition": {"kind": "contains", "question": "signs", "value": "often"}}),
    rule("count", OPIOIDS, concern="advises-against"),
    rule("not-met", {"kind": "equals", "question": "status", "value": "never"}),
    rule("between", {"kind": "between", "question": "dose", "low": 0.5, "high": 2}),
    rule("within", {"kind": "within", "question": "began", "last": {"value": 1, "unit": "years"}}),
    rule(
        "unless",
        {"kind": "known-from", "question": "a", "sources": ["record"]},
        unless=[
            {"id": "x", "title": "X", "when": yes("a"), "confirmed_by": "prescriber"},
            {"id": "y", "title": "Y", "when": yes("c"), "confirmed_by": "treatment-team", "to": "x"},
        ],
    ),
    named={"kind": "compare", "question": "sessions", "operator": ">", "value": 2},
)
ANSWERS = response(
    given(
        a="yes@record",
        status="active",
        b="declined",
        c="unknown",
        signs="alone",
        sessions="3",
        dose="0.75",
        began="2025",
    ),
    medicines=rows({"opioid": "yes"}, {"opioid": "declined"}, complete=False),
)
DIGEST = "fd93ccdee959ee701598f45ce1f8cb2fef70578ddd3e11182d8717cac850f9da"


def test_the_digest_of_a_fixed_evaluation_is_fixed() -> None:
    assert digest(evaluate(RULES, QUESTIONNAIRE, ANSWERS, ON).as_document()) == DIGEST


def test_what_is_read_back_has_the_same_digest() -> None:
    found = evaluate(RULES, QUESTIONNAIRE, ANSWERS, ON)
    assert digest(Guidance.from_document(found.as_document()).as_document()) == DIGEST


def test_the_fixed_case_ends_each_way_and_says_no_word_that_decides() -> None:
    found = evaluate(RULES, QUESTIONNAIRE, ANSWERS, ON)
    assert {outcome.state.value for outcome in found.outcomes} == {"met", "cannot-be-ruled-out"} | {"not-met"}
    assert b"eligible" not in canonical_bytes(found.as_document())
