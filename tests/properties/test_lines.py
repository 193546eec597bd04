"""A condition is the same after it went through a form: any condition, as lines and back."""

from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.engine.answers import Source
from screening.engine.conditions import (
    After,
    All,
    Any,
    AtLeast,
    Between,
    Compare,
    Contains,
    Count,
    Defined,
    Equals,
    KnownFrom,
    Lasted,
    MultipleOf,
    Not,
    OneOf,
    Score,
    WashedOut,
    Within,
)
from screening.engine.dates import Duration, Unit
from screening.engine.lines import LARGEST, InvalidLines, Line, LineProblem, from_lines, to_lines

identifiers = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
numbers = st.integers(-LARGEST, LARGEST) | st.floats(-LARGEST, LARGEST, allow_nan=False)
times = st.integers(1, 1000) | st.floats(0, 1000, exclude_min=True)
durations = st.builds(Duration, value=st.integers(1, 1200), unit=st.sampled_from(Unit))
sources = st.lists(st.sampled_from(Source), min_size=1, max_size=5).map(tuple)
leaves: st.SearchStrategy[Anything] = st.one_of(
    st.builds(Equals, kind=st.just("equals"), question=identifiers, value=st.booleans() | numbers | identifiers),
    st.builds(
        OneOf,
        kind=st.just("one-of"),
        question=identifiers,
        values=st.lists(identifiers, min_size=1, max_size=5).map(tuple),
    ),
    st.builds(Contains, kind=st.just("contains"), question=identifiers, value=identifiers),
    st.builds(
        Compare,
        kind=st.just("compare"),
        question=identifiers,
        operator=st.sampled_from(["<", "<=", ">", ">="]),
        value=numbers,
    ),
    st.builds(Between, kind=st.just("between"), question=identifiers, low=numbers, high=numbers),
    st.builds(Within, kind=st.just("within"), question=identifiers, last=durations),
    st.builds(Lasted, kind=st.just("lasted"), since=identifiers, until=st.none() | identifiers, at_least=durations),
    st.builds(After, kind=st.just("after"), question=identifiers, than=identifiers),
    st.builds(WashedOut, kind=st.just("washed-out"), since=identifiers, half_life=identifiers, times=times),
    st.builds(
        MultipleOf,
        kind=st.just("multiple-of"),
        question=identifiers,
        operator=st.sampled_from(["<", "<=", ">", ">="]),
        times=times,
        of=identifiers,
    ),
    st.builds(
        Score,
        kind=st.just("score"),
        items=st.lists(identifiers, min_size=1, max_size=9).map(tuple),
        total=st.none() | identifiers,
        operator=st.sampled_from(["<", "<=", ">", ">="]),
        value=numbers,
    ),
    st.builds(KnownFrom, kind=st.just("known-from"), question=identifiers, sources=sources),
    st.builds(Defined, kind=st.just("defined"), name=identifiers),
)


def joined(parts: st.SearchStrategy[Anything]) -> st.SearchStrategy[Anything]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(All, kind=st.just("all"), of=several),
        st.builds(Any, kind=st.just("any"), of=several),
        st.builds(AtLeast, kind=st.just("at-least"), n=st.integers(1, 50), of=several),
        st.builds(Not, kind=st.just("not"), condition=parts),
        st.builds(
            Count,
            kind=st.just("count"),
            group=identifiers,
            where=st.none() | parts,
            different=st.none() | identifiers,
            operator=st.sampled_from([">=", "<=", "="]),
            value=st.integers(0, 1000),
        ),
    )


conditions = st.recursive(leaves, joined, max_leaves=8)
lines = st.builds(
    Line,
    depth=st.integers(-1, 13),
    kind=st.sampled_from(
        [
            "all",
            "any",
            "not",
            "at-least",
            "is-yes",
            "is",
            "between",
            "within",
            "count-at-least",
            "sum-at-most",
            "after",
            "times-at-most",
            "?",
        ]
    ),
    question=st.sampled_from(["", "mood", "Not an id"]),
    values=st.lists(st.sampled_from(["low", "High one"]), max_size=2).map(tuple),
    number=st.sampled_from(["", "3", "0", "2.5", "nan", "1e999", "three"]),
    upper=st.sampled_from(["", "9"]),
    unit=st.sampled_from(["", "days", "moons"]),
    other=st.sampled_from(["", "sleep", "Not an id"]),
)


@given(conditions)
def test_any_condition_comes_back_from_its_lines_as_it_was(condition: Anything) -> None:
    assert from_lines(to_lines(condition)) == condition


@given(st.lists(lines, max_size=8))
def test_whatever_is_typed_makes_a_condition_or_names_lines_that_exist(typed: list[Line]) -> None:
    condition, problems = made_of(typed)
    assert (condition is None) == bool(problems)
    assert all(1 <= problem.number <= max(1, len(typed)) and problem.message for problem in problems)
    assert condition is None or from_lines(to_lines(condition)) == condition


def made_of(typed: list[Line]) -> tuple[Anything, list[LineProblem]]:
    try:
        return from_lines(typed), []
    except InvalidLines as wrong:
        return None, wrong.problems


@pytest.mark.parametrize(
    ("typed", "number", "said"),
    [
        ([], 1, "no line yet"),
        ([Line(0, "")], 1, "Choose what this line says"),
        ([Line(0, "all")], 1, "Add the lines"),
        ([Line(0, "is-yes", "mood"), Line(0, "is-no", "sleep")], 2, "Indent it"),
        ([Line(0, "all"), Line(2, "is-yes", "mood")], 2, "by 1 at most"),
        ([Line(1, "is-yes", "mood")], 1, "Set its indent to 0"),
        ([Line(2, "all"), Line(3, "is-yes", "mood")], 1, "Set its indent to 0"),
        ([Line(-1, "is-yes", "mood")], 1, "Set its indent to 0"),
        ([Line(0, "is-yes", "mood"), Line(1, "is-no", "sleep")], 1, "Nothing can belong"),
        ([Line(0, "all"), Line(1, "is-yes", "")], 2, "Choose which one"),
        ([Line(0, "is", "mood")], 1, "Choose the answer"),
        ([Line(0, "sum-at-most", number="3")], 1, "added up"),
        ([Line(0, "after", "began")], 1, "Choose the other"),
        ([Line(0, "washed-out", "stopped", number="0", other="half-life")], 1, "above 0"),
        ([Line(0, "times-more-than", "alt", number="1001", other="limit")], 1, "up to 1000"),
        ([Line(0, "less-than", "age", number="old")], 1, "Give a number"),
        ([Line(0, "less-than", "age", number="1e999")], 1, "smaller number"),
        ([Line(0, "within", "since", number="1.5", unit="days")], 1, "whole number"),
        ([Line(0, "within", "since", number="2", unit="moons")], 1, "Choose days"),
        ([Line(0, "not"), Line(1, "is-yes", "a"), Line(1, "is-yes", "b")], 1, "Exactly one line"),
        ([Line(0, "count-exactly", "rows", number="1"), *[Line(1, "is-yes", "a")] * 2], 1, "One line says"),
    ],
)
def test_a_fault_names_its_line_and_the_cure(typed: list[Line], number: int, said: str) -> None:
    with pytest.raises(InvalidLines) as wrong:
        from_lines(typed)
    assert [problem.number for problem in wrong.value.problems] == [number]
    assert said in wrong.value.problems[0].message


def test_the_faults_of_several_lines_are_told_at_once() -> None:
    typed = [Line(0, "at-least", number=""), Line(1, "is", "mood"), Line(1, "less-than", "age", number="x")]
    with pytest.raises(InvalidLines) as wrong:
        from_lines(typed)
    assert [problem.number for problem in wrong.value.problems] == [1, 2, 3]
