"""A second evaluator, deliberately plain: it reads documents as JSON and tries out everything that is not known.

It shares no code with the engine. Where the engine reasons (so many hold, so many may), this one fills every gap in
every way and looks whether the answer is always the same. Slow, and easy to believe.
"""

import calendar
import itertools
import operator
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]
Maybe = bool | None
TRUTHS = {True: "met", False: "not-met", None: "cannot-be-ruled-out"}
TWO = {
    "lasted": ("since", "until"),
    "after": ("question", "than"),
    "washed-out": ("since", "half_life"),
    "multiple-of": ("question", "of"),
}
COMPARES = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
CONCERNS = [
    "advises-against",
    "treat-first",
    "prepare",
    "caution",
    "differential",
    "condition-missing",
    "safeguard-missing",
]


def states(rule_set: Json, questionnaire: Json, answers: Json, on: date) -> dict[str, str]:
    """Return the state of every rule by its id."""
    reference = Reference(rule_set, questionnaire, answers, on)
    return {rule["id"]: TRUTHS[reference.rule(rule)] for rule in rule_set["rules"]}


def claims(rule_set: Json, questionnaire: Json, answers: Json, on: date) -> dict[str, Maybe]:
    """Return whether each exception is claimed."""
    reference = Reference(rule_set, questionnaire, answers, on)
    exceptions = [unless for rule in rule_set["rules"] for unless in rule.get("unless", [])]
    return {unless["id"]: reference.holds(unless["when"], None) for unless in exceptions}


def in_hand(rule_set: Json, questionnaire: Json, answers: Json, on: date) -> dict[str, Maybe]:
    """Return whether each document or clearance is in hand."""
    reference = Reference(rule_set, questionnaire, answers, on)
    needs = [need for rule in rule_set["rules"] for need in rule.get("needs", [])]
    return {need["id"]: reference.holds(need["in_hand"], None) if "in_hand" in need else None for need in needs}


def flags(rule_set: Json, found: dict[str, str]) -> list[str]:
    """Return the rules that are listed, in reading order."""
    listed = [rule for rule in rule_set["rules"] if found[rule["id"]] != "not-met"]
    groups = [[rule for rule in listed if (rule["topic"] == "suicidality") is first] for first in (True, False)]
    ordered = [
        rule
        for group in groups
        for wanted in ("met", "cannot-be-ruled-out")
        for concern in CONCERNS
        for rule in group
        if found[rule["id"]] == wanted and rule["concern"] == concern
    ]
    return [rule["id"] for rule in ordered]


def always(outcomes: Iterable[bool]) -> Maybe:
    """Return what every outcome says, or nothing where they differ."""
    seen = set(outcomes)
    return seen.pop() if len(seen) == 1 else None


def whatever(parts: list[Maybe], joined: Callable[[list[bool]], bool]) -> Maybe:
    """Fill each unknown part both ways, and return what comes out every time."""
    ways = [[part] if part is not None else [True, False] for part in parts]
    return always(joined(list(way)) for way in itertools.product(*ways))


class Reference:
    def __init__(self, rule_set: Json, questionnaire: Json, answers: Json, on: date) -> None:
        self.definitions = {entry["name"]: entry["condition"] for entry in rule_set.get("definitions", [])}
        self.items: dict[str, Json] = {}
        self.home: dict[str, str] = {}
        for section in questionnaire["sections"]:
            for item in section["items"]:
                self.items[item["link_id"]] = item
                for inner in item.get("items", []):
                    self.items[inner["link_id"]] = inner
                    self.home[inner["link_id"]] = item["link_id"]
        self.answers, self.groups, self.on = answers.get("answers", {}), answers.get("groups", {}), on

    def rule(self, rule: Json) -> Maybe:
        inside = [self.holds(rule["only_for"]["when"], None)] if "only_for" in rule else []
        return whatever([*inside, self.holds(rule["when"], None)], all)

    def holds(self, node: Json, row: Json | None) -> Maybe:
        kind = node["kind"]
        if kind == "all":
            return whatever([self.holds(part, row) for part in node["of"]], all)
        if kind == "any":
            return whatever([self.holds(part, row) for part in node["of"]], any)
        if kind == "at-least":
            return whatever([self.holds(part, row) for part in node["of"]], lambda way: sum(way) >= node["n"])
        if kind == "not":
            return whatever([self.holds(node["condition"], row)], lambda way: not way[0])
        if kind == "defined":
            return self.holds(self.definitions[node["name"]], row)
        if kind in ("count", "score"):
            return self.count(node) if kind == "count" else self.score(node, row)
        return self.two(node, row) if kind in TWO and node.get(TWO[kind][1]) else self.leaf(node, row)

    def two(self, node: Json, row: Json | None) -> Maybe:
        """Try two answers with each other; of a vague date its first and its last day, since what is later stays so."""
        link_ids = [node[field] for field in TWO[node["kind"]]]
        is_asked = whatever([self.asked(link_id, row) for link_id in link_ids], all)
        if is_asked is not True:
            return is_asked
        values = [self.given(link_id, row).get("value") for link_id in link_ids]
        if None in values:
            return None
        ways = [self.ends(link_id, value) for link_id, value in zip(link_ids, values, strict=True)]
        return always(self.on_two(node, one, other) for one in ways[0] for other in ways[1])

    def ends(self, link_id: str, value: Any) -> list[Any]:
        if self.items[link_id]["type"] != "date":
            return [value]
        days = self.days(link_id, value)
        return [days[0], days[-1]]

    def on_two(self, node: Json, one: Any, other: Any) -> bool:
        kind = node["kind"]
        if kind == "lasted":
            return bool(one <= earlier(other, **node["at_least"]))
        if kind == "after":
            return bool(one >= other)
        if kind == "washed-out":
            return bool(one <= self.on and (self.on - one).days * 24 >= node["times"] * other)
        return COMPARES[node["operator"]](one, node["times"] * other)

    def score(self, node: Json, row: Json | None) -> Maybe:
        """Try every total there can be: the one that is given, or all that the items can add up to."""
        entered = whatever([self.asked(link_id, row) for link_id in node["items"]], all)
        sums = [sum(way) for way in itertools.product(*[self.numbers(link_id, row) for link_id in node["items"]])]
        total = node.get("total")
        if total and self.asked(total, row) is True and self.given(total, row).get("value") is not None:
            given = self.given(total, row)["value"]
            contradicts = entered is True and not min(sums) <= given <= max(sums)
            return None if contradicts else COMPARES[node["operator"]](given, node["value"])
        if entered is True:
            return always(COMPARES[node["operator"]](found, node["value"]) for found in sums)
        closed = not total or self.asked(total, row) is False
        return False if entered is False and closed else None

    def numbers(self, link_id: str, row: Json | None) -> list[int]:
        """Return the numbers that an answer can be: the one given, or all within the question's bounds."""
        value = self.given(link_id, row).get("value")
        if value is not None:
            return [value]
        item = self.items[link_id]
        return list(range(item["minimum"], item["maximum"] + 1)) if "minimum" in item else [-(10**9), 10**9]

    def count(self, node: Json) -> Maybe:
        is_asked = self.asked(node["group"], None)
        given = self.groups.get(node["group"], {})
        rows = given.get("rows", [])
        parts = [self.holds(node["where"], row) if node.get("where") else True for row in rows]
        if node.get("different"):
            ways = [self.chosen(node["different"], part, row) for part, row in zip(parts, rows, strict=True)]
            all_told = given.get("complete") if is_asked else is_asked is False
            return self.differ(node, ways if is_asked else [], all_told=all_told)
        if is_asked is False:
            return self.counts(node, [], {0})
        if is_asked is None:
            return self.counts(node, [], set(range(node["value"] + 3)))
        return self.counts(node, parts, {0} if given.get("complete") else set(range(node["value"] + 3)))

    def chosen(self, link_id: str, holds: Maybe, row: Json) -> list[str | None]:
        """Return every option that a row may add to those chosen; nothing where it may not count."""
        counts = whatever([holds, self.asked(link_id, row)], all)
        if counts is False:
            return [None]
        value = self.given(link_id, row).get("value") if self.asked(link_id, row) else None
        options = [option["code"] for option in self.items[link_id]["answer_options"]] if value is None else [value]
        return options if counts else [None, *options]

    def differ(self, node: Json, ways: list[list[str | None]], *, all_told: Any) -> Maybe:
        """Fill in every option that is not known, and where there may be more rows every option there is."""
        codes = [option["code"] for option in self.items[node["different"]]["answer_options"]]
        more = [set(way) for n in range(len(codes) + 1) for way in itertools.combinations(codes, 0 if all_told else n)]
        test = {">=": operator.ge, "<=": operator.le, "=": operator.eq}[node["operator"]]
        found = [{code for code in way if code is not None} for way in itertools.product(*ways)]
        return always(test(len(chosen | others), node["value"]) for chosen in found for others in more)

    def counts(self, node: Json, parts: list[Maybe], more: set[int]) -> Maybe:
        test = {
            ">=": lambda n: n >= node["value"],
            "<=": lambda n: n <= node["value"],
            "=": lambda n: n == node["value"],
        }[node["operator"]]
        ways = [[part] if part is not None else [True, False] for part in parts]
        return always(test(sum(way) + extra) for way in itertools.product(*ways) for extra in more)

    def asked(self, link_id: str, row: Json | None) -> Maybe:
        item = self.items[link_id]
        gates = [self.opens(gate, row) for gate in item.get("enable_when", [])]
        own = whatever(gates, any if item.get("enable_behavior") == "any" and gates else all)
        if link_id in self.home:
            return whatever([own, self.asked(self.home[link_id], None)], all)
        return own

    def opens(self, gate: Json, row: Json | None) -> Maybe:
        only_without = gate["operator"] == "exists" and gate["answer"] is False
        is_asked = self.asked(gate["question"], row)
        if is_asked is None:
            return None
        if is_asked is False:
            return only_without
        value = self.given(gate["question"], row).get("value")
        if value is None:
            return True if only_without else None
        if gate["operator"] == "exists":
            return bool(gate["answer"])
        values = value if isinstance(value, list) else [value]
        wanted = gate["answer"]
        if gate["operator"] in ("=", "!="):
            return (wanted in values) == (gate["operator"] == "=")
        return {"<": value < wanted, ">": value > wanted, "<=": value <= wanted, ">=": value >= wanted}[
            gate["operator"]
        ]

    def given(self, link_id: str, row: Json | None) -> Json:
        answers: Json = row["answers"] if row is not None and link_id in self.home else self.answers
        found: Json = answers.get(link_id, {})
        return found

    def leaf(self, node: Json, row: Json | None) -> Maybe:
        link_id = node.get("question") or node["since"]
        is_asked = self.asked(link_id, row)
        if is_asked is not True:
            return is_asked
        given = self.given(link_id, row)
        value = given.get("value")
        if value is None:
            return None
        kind = node["kind"]
        if kind in ("within", "lasted"):
            return always(self.on_day(node, day) for day in self.days(link_id, value))
        return bool(
            {
                "equals": lambda: value == node["value"],
                "one-of": lambda: value in node["values"],
                "contains": lambda: node["value"] in value,
                "between": lambda: node["low"] <= value <= node["high"],
                "known-from": lambda: given.get("source", "client") in node["sources"],
                "compare": lambda: COMPARES[node["operator"]](value, node["value"]),
            }[kind]()
        )

    def days(self, link_id: str, text: str) -> list[date]:
        ends = [stretch(int(end[:4]), end.split("-")[1:]) for end in text.split("/")]
        first, last = ends[0][0], ends[-1][1]
        if self.items[link_id].get("past", True):
            last = min(last, self.on)
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def on_day(self, node: Json, day: date) -> bool:
        if node["kind"] == "within":
            return earlier(self.on, **node["last"]) <= day <= self.on
        return day <= earlier(self.on, **node["at_least"])


def stretch(year: int, rest: list[str]) -> tuple[date, date]:
    """Return the first and the last day that a date can mean."""
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if rest == ["winter"]:
        return date(year - 1, 12, 1), end_of(year + 1, 2)
    if rest[0] in ("spring", "summer", "autumn"):
        first = {"spring": 3, "summer": 6, "autumn": 9}[rest[0]]
        return date(year, first, 1), end_of(year, first + 2)
    month = int(rest[0])
    if len(rest) == 1:
        return date(year, month, 1), end_of(year, month)
    return date(year, month, int(rest[1])), date(year, month, int(rest[1]))


def end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def earlier(day: date, *, value: int, unit: str) -> date:
    """Go back in days, or month by month, keeping the day of the month where the month has it."""
    if unit in ("days", "weeks"):
        return day - timedelta(days=value * (7 if unit == "weeks" else 1))
    year, month = day.year, day.month
    for _ in range(value * (12 if unit == "years" else 1)):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return date(year, month, min(day.day, end_of(year, month).day))
