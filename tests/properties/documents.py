"""Random questionnaires with gates, rule sets over them, and answers to them, as JSON.

A strategy takes longer to make than to draw from, so what is drawn from again and again is made once.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
TOP = ["yes-no", "really", "status", "signs", "number", "day", "plan", "item-one", "item-two", "item-total"]
NUMBERS = ["number", "item-one", "item-two", "item-total"]
ROW = ["row-yes-no", "row-status", "row-day"]
CODES = ["one", "two", "three"]
GROUP = "things"
SOURCES = ["client", "clinician", "record"]
DATES = ["2026-07-01", "2026-06-30", "2026-01-01", "2025-07", "2025", "2024-winter", "2025-summer", "2019-02-28"]


def _question(link_id: str) -> Json:
    document: Json = {"link_id": link_id, "text": link_id, "help": "Why."}
    if "status" in link_id or link_id == "signs":
        options = [{"code": code, "text": code} for code in CODES]
        return {**document, "type": "choice", "answer_options": options, "repeats": link_id == "signs"}
    if link_id in ("item-one", "item-two"):
        return {**document, "type": "integer", "minimum": 0, "maximum": 3}
    if link_id in NUMBERS:
        return {**document, "type": "integer"}
    if "day" in link_id or link_id == "plan":
        return {**document, "type": "date", "past": link_id != "plan"}
    return {**document, "type": "boolean"}


@cache
def _gate(link_id: str, *, exists_false: bool) -> st.SearchStrategy[Json]:
    exists = [True, False] if exists_false else [True]
    answers: dict[str, tuple[list[str], list[Any]]] = {
        "boolean": (["=", "!="], [True, False]),
        "choice": (["=", "!="], list(CODES)),
        "integer": (["=", "!=", "<", ">", "<=", ">="], [1, 2]),
        "date": ([], []),
    }
    operators, wanted = answers[_question(link_id)["type"]]
    by_existence = st.sampled_from(exists).map(lambda a: {"question": link_id, "operator": "exists", "answer": a})
    if not operators:
        return by_existence
    compared = st.builds(
        lambda operator, answer: {"question": link_id, "operator": operator, "answer": answer},
        st.sampled_from(operators),
        st.sampled_from(wanted),
    )
    return st.one_of(compared, compared, by_existence)


@cache
def _gates(*earlier: str, exists_false: bool) -> st.SearchStrategy[list[Json]]:
    one = st.sampled_from(earlier).flatmap(lambda link_id: _gate(link_id, exists_false=exists_false))
    return st.lists(one, min_size=1, max_size=2)


@st.composite
def questionnaires(draw: st.DrawFn, *, exists_false: bool = True) -> Json:
    """Draw a questionnaire: always the same questions, each perhaps asked only when earlier ones say so."""

    def gated(item: Json, earlier: list[str]) -> Json:
        if not earlier or not draw(st.booleans()):
            return item
        found = draw(_gates(*earlier, exists_false=exists_false))
        return {**item, "enable_when": found, "enable_behavior": draw(st.sampled_from(["all", "any"]))}

    items = [gated(_question(link_id), TOP[:place]) for place, link_id in enumerate(TOP)]
    inner = [gated(_question(link_id), TOP + ROW[:place]) for place, link_id in enumerate(ROW)]
    group = {"link_id": GROUP, "text": "Things", "help": "Why.", "type": "group", "row_name": "thing", "items": inner}
    section = {"link_id": "section", "title": "S", "topic": "t", "items": [*items, gated(group, TOP)]}
    return {"name": "q", "title": "Q", "description": "D", "sections": [section]}


@cache
def _durations() -> st.SearchStrategy[Json]:
    return st.builds(
        lambda value, unit: {"value": value, "unit": unit},
        st.integers(1, 14),
        st.sampled_from(["days", "weeks", "months", "years"]),
    )


def _leaves(link_ids: list[str]) -> st.SearchStrategy[Json]:
    single = st.sampled_from(link_ids).flatmap(_leaf)
    dates = [link_id for link_id in link_ids if _question(link_id)["type"] == "date"]
    return st.one_of(single, single, single, _scores(), _related(dates))


def _related(dates: list[str]) -> st.SearchStrategy[Json]:
    """Draw what is said of two answers: of two dates, of a date and a half-life, of two numbers."""
    numbers, times = st.permutations(NUMBERS), st.sampled_from([1, 2, 12, 0.5])
    if len(dates) == 1:
        dates = [*dates, "plan"]
    two = st.permutations(dates)
    return st.one_of(
        st.builds(
            lambda d, least: {"kind": "lasted", "since": d[0], "until": d[1], "at_least": least}, two, _durations()
        ),
        two.map(lambda d: {"kind": "after", "question": d[0], "than": d[1]}),
        st.builds(
            lambda d, n, k: {"kind": "washed-out", "since": d[0], "half_life": n[0], "times": k}, two, numbers, times
        ),
        st.builds(
            lambda n, sign, k: {"kind": "multiple-of", "question": n[0], "operator": sign, "times": k, "of": n[1]},
            numbers,
            _OPERATORS,
            times,
        ),
    )


_OPERATORS = st.sampled_from(["<", "<=", ">", ">="])


def _scores() -> st.SearchStrategy[Json]:
    """Draw an instrument: nearly always of items with bounds, and with a total that one can give instead."""
    items = st.sampled_from([["item-one", "item-two"], ["item-one", "item-two"], ["item-two"], ["item-one", "number"]])
    total = st.sampled_from([{"total": "item-total"}, {}])
    return st.builds(
        lambda items, total, operator, value: {
            "kind": "score",
            "items": items,
            **total,
            "operator": operator,
            "value": value,
        },
        items,
        total,
        _OPERATORS,
        st.integers(0, 6),
    )


@cache
def _leaf(link_id: str) -> st.SearchStrategy[Json]:
    code, question = st.sampled_from(CODES), {"question": link_id}
    source = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique=True)
    known = source.map(lambda found: {"kind": "known-from", **question, "sources": found})
    number = st.integers(0, 3)
    forms: dict[str, list[st.SearchStrategy[Json]]] = {
        "boolean": [st.booleans().map(lambda value: {"kind": "equals", **question, "value": value})],
        "choice": [
            code.map(lambda value: {"kind": "equals", **question, "value": value}),
            st.lists(code, min_size=1, unique=True).map(lambda v: {"kind": "one-of", **question, "values": v}),
        ],
        "integer": [
            st.builds(
                lambda operator, value: {"kind": "compare", **question, "operator": operator, "value": value},
                _OPERATORS,
                number,
            ),
            st.tuples(number, number).map(
                lambda limits: {"kind": "between", **question, "low": min(limits), "high": max(limits)}
            ),
        ],
        "date": [
            _durations().map(lambda last: {"kind": "within", **question, "last": last}),
            _durations().map(lambda least: {"kind": "lasted", "since": link_id, "at_least": least}),
        ],
    }
    if link_id == "signs":
        return st.one_of(code.map(lambda value: {"kind": "contains", **question, "value": value}), known)
    return st.one_of(*forms[_question(link_id)["type"]], known)


def _joined(parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda of: {"kind": "all", "of": of}),
        several.map(lambda of: {"kind": "any", "of": of}),
        several.flatmap(lambda of: st.integers(1, len(of)).map(lambda n: {"kind": "at-least", "n": n, "of": of})),
        parts.map(lambda part: {"kind": "not", "condition": part}),
    )


def _counts(where: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.builds(
        lambda part, different, operator, value: {
            "kind": "count",
            "group": GROUP,
            "operator": operator,
            "value": value,
            **different,
            **({"where": part} if part else {}),
        },
        st.one_of(st.none(), where),
        st.sampled_from([{}, {"different": "row-status"}]),
        st.sampled_from([">=", "<=", "="]),
        st.integers(0, 3),
    )


def conditions(*, defined: bool = True) -> st.SearchStrategy[Json]:
    """Draw a condition over the questions, the rows, and a definition."""
    where = st.recursive(_leaves(ROW + TOP), _joined, max_leaves=3)
    leaves = st.one_of(_leaves(TOP), _leaves(TOP), _counts(where))
    if defined:
        leaves = st.one_of(leaves, st.just({"kind": "defined", "name": "named"}))
    return st.recursive(leaves, _joined, max_leaves=6)


def rule_sets() -> st.SearchStrategy[Json]:
    """Draw a rule set of a few rules with exceptions, sub-groups and needs, and one definition."""
    return st.builds(
        _rule_set,
        st.lists(
            st.tuples(conditions(), conditions(), st.none() | conditions(), st.none() | conditions()),
            min_size=1,
            max_size=4,
        ),
        conditions(defined=False),
    )


def _rule_set(drawn: list[tuple[Json, Json, Json | None, Json | None]], definition: Json) -> Json:
    concerns = ["caution", "advises-against", "safeguard-missing", "prepare"]
    rules = [
        {
            "id": f"rule-{number}",
            "title": "T",
            "topic": "suicidality" if number == 2 else "other",
            "concern": concerns[number],
            "when": when,
            **({"only_for": {"title": "O", "when": group}} if group else {}),
            "unless": [{"id": f"unless-{number}", "title": "U", "when": unless, "confirmed_by": "clinician"}],
            "needs": [
                {"id": f"need-{number}", "title": "N", "from": "prescriber", **({"in_hand": hand} if hand else {})}
            ],
            "explanation": "E",
            "would_change": "W",
            "owner": "O",
            "review_by": "2027-01-01",
        }
        for number, (when, unless, group, hand) in enumerate(drawn)
    ]
    named = [{"name": "named", "title": "N", "condition": definition}]
    return {"name": "r", "title": "R", "description": "D", "questionnaire": "q", "rules": rules, "definitions": named}


def _answers(link_id: str) -> st.SearchStrategy[Json | None]:
    values: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "choice": st.sampled_from(CODES),
        "integer": st.integers(0, 3) if link_id != "item-total" else st.integers(0, 6),
        "date": st.sampled_from(DATES),
    }
    value = values[_question(link_id)["type"]]
    if link_id == "signs":
        value = st.lists(st.sampled_from(CODES), min_size=1, unique=True)
    source = st.sampled_from(SOURCES)
    given = st.builds(lambda found, by: {"value": found, "source": by}, value, source)
    absent = st.sampled_from(["asked-declined", "asked-unknown", "not-asked"]).map(lambda why: {"absent": why})
    return st.one_of(given, given, given, absent, st.none())


@cache
def _several(*link_ids: str) -> st.SearchStrategy[Json]:
    drawn = st.fixed_dictionaries({link_id: _answers(link_id) for link_id in link_ids})
    return drawn.map(lambda found: {link_id: answer for link_id, answer in found.items() if answer is not None})


_SEVERAL_ROWS = st.lists(_several(*ROW), max_size=3)


@st.composite
def responses(draw: st.DrawFn) -> Json:
    """Draw a response: some answers, some absent with a reason, some never given, and perhaps rows."""
    rows = [{"row_id": f"row-{number}", "answers": answers} for number, answers in enumerate(draw(_SEVERAL_ROWS))]
    complete = draw(st.booleans())
    groups = {GROUP: {"complete": complete, "rows": rows}} if rows or complete else {}
    return {"answers": draw(_several(*TOP)), "groups": groups}
