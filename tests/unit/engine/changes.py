"""Three sound documents, and small changes that each make one of them unsound."""

import copy
import datetime
from collections.abc import Callable
from typing import Any

from screening.engine.documents import Finding, load
from screening.engine.library import GuidanceLibrary
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.validation import refusals, validate
from tests.spec.book import ITEMS, Json, rule, yes

LIBRARY: Json = {
    "name": "library",
    "title": "Library",
    "sources": [{"key": "source", "title": "A source", "grade": "Practice-informed opinion"}],
    "topics": [{"id": "topic", "title": "Topic"}],
    "statements": [{"id": "TOP-1", "topic": "topic", "sources": ["source"], "kind": "caution", "text": "A statement."}],
    "disagreements": [],
}
COUNT: Json = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 1}

BEYOND_MAXIMUM: Json = {"kind": "between", "question": "sessions", "low": 60, "high": 70}


def documents() -> dict[str, Json]:
    section = {"link_id": "section", "title": "Section", "topic": "topic", "items": ITEMS}
    questionnaire = {"name": "book", "title": "Book", "description": "D", "sections": [section]}
    rules = {
        "name": "rules",
        "title": "Rules",
        "description": "D",
        "questionnaire": "book",
        "definitions": [{"name": "both", "title": "Both", "condition": {"kind": "all", "of": [yes("a"), yes("b")]}}],
        "rules": [rule("first", yes("a")), rule("second", {"kind": "defined", "name": "both"}), rule("third", COUNT)],
    }
    return copy.deepcopy({"guidance": LIBRARY, "questionnaire": questionnaire, "rules": rules})


def findings(change: Callable[[dict[str, Any]], Any], today: datetime.date | None = None) -> list[Finding]:
    """Return the errors on the documents after ``change``, notices left out."""
    found = documents()
    change(found)
    return refusals(validate(*as_loaded(found), today))


def as_loaded(found: dict[str, Json]) -> tuple[GuidanceLibrary, Questionnaire, RuleSet]:
    """Return the three documents, loaded."""
    return (
        load(GuidanceLibrary, found["guidance"], document="guidance"),
        load(Questionnaire, found["questionnaire"], document="questionnaire"),
        load(RuleSet, found["rules"], document="rules"),
    )


def first_rule(**changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["rules"]["rules"][0].update(changed)


def when(condition: Json) -> Callable[[dict[str, Any]], None]:
    return first_rule(when=condition)


def item(index: int, **changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["questionnaire"]["sections"][0]["items"][index].update(changed)


def unless(unless_id: str, to: str | None = None) -> Json:
    return {"id": unless_id, "title": "T", "when": yes("b"), "confirmed_by": "clinician", "to": to}


def defined(**conditions: Json) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found["rules"]["definitions"] = [
            {"name": name, "title": name, "condition": condition} for name, condition in conditions.items()
        ]
        found["rules"]["rules"][1]["when"] = {"kind": "defined", "name": next(iter(conditions))}

    return change


def uses(name: str) -> Json:
    return {"kind": "defined", "name": name}


def nested(levels: int) -> Json:
    """Return a condition of so many levels over one leaf."""
    condition = yes("a")
    for _ in range(levels):
        condition = {"kind": "not", "condition": condition}
    return condition


def chained(links: int) -> list[Json]:
    """Return definitions, each eleven levels deep, that each use the one before; the last has a name that is used."""
    found: list[Json] = []
    for number in range(links):
        condition = {"kind": "defined", "name": found[-1]["name"]} if found else yes("a")
        for _ in range(10):
            condition = {"kind": "not", "condition": condition}
        found.append({"name": f"link-{number}", "title": "Link", "condition": condition})
    return [*found, {**found[-1], "name": "both"}]
