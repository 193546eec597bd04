"""One workload for every engine: 60 questions, 40 rules, answer sets with gaps, all from one fixed seed.

A rule has 3 to 6 leaves, and 2 to 4 levels. A tenth of the answers is missing. The rules are documents as this project
writes them; ``benchmarks.peers`` translates them for each other engine.
"""

import random
from typing import Any

from screening.engine.answers import Answer, Answers
from screening.engine.documents import load
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet

Json = dict[str, Any]
Given = dict[str, Any]

SEED = 20261121
QUESTIONS, RULES, SETS = 60, 40, 20_000
MISSING = 0.1
CODES = ("never", "past", "current", "disputed")
LARGEST = 10
TYPES = ("boolean", "choice", "integer")


def questions() -> list[Json]:
    """Return the question documents: as many of each type."""
    return [_question(f"q{number:02}", TYPES[number % len(TYPES)]) for number in range(QUESTIONS)]


def rules() -> list[Json]:
    """Return the conditions of the rules."""
    chance = random.Random(SEED)  # noqa: S311  the same rules every time is what is wanted
    return [_tree(chance, leaves=chance.randint(3, 6), depth=chance.randint(2, 4)) for _ in range(RULES)]


def answer_sets(count: int, *, missing: float = MISSING) -> list[Given]:
    """Return so many sets of plain values by question; what is missing is left out."""
    chance = random.Random(SEED + 1)  # noqa: S311
    asked = questions()
    return [{one["link_id"]: _value(chance, one) for one in asked if chance.random() >= missing} for _ in range(count)]


def documents() -> tuple[RuleSet, Questionnaire]:
    """Return the workload as a rule set and a questionnaire."""
    told = {"explanation": "E", "would_change": "W", "owner": "O", "cites": ["TOP-1"], "review_by": "2027-01-01"}
    written = [
        {"id": f"r{number:02}", "title": "T", "topic": "topic", "concern": "caution", "when": when, **told}
        for number, when in enumerate(rules())
    ]
    named = {"title": "Workload", "description": "Made up."}
    section = {"link_id": "section", "title": "Section", "topic": "topic", "items": questions()[:40]}
    second = {"link_id": "second", "title": "Second", "topic": "topic", "items": questions()[40:]}
    asked = {"name": "workload", **named, "sections": [section, second]}
    rule_set = {"name": "workload-rules", **named, "questionnaire": "workload", "rules": written}
    return load(RuleSet, rule_set, document="rules"), load(Questionnaire, asked, document="questionnaire")


def as_answers(given: Given) -> Answers:
    """Return a set of plain values as the engine takes it."""
    return Answers(answers={link_id: Answer(value=value) for link_id, value in given.items()})


def _question(link_id: str, kind: str) -> Json:
    document: Json = {"link_id": link_id, "text": f"{link_id}?", "help": "Made up.", "type": kind}
    if kind == "choice":
        document["answer_options"] = [{"code": code, "text": code} for code in CODES]
    if kind == "integer":
        document |= {"minimum": 0, "maximum": LARGEST}
    return document


def _value(chance: random.Random, question: Json) -> bool | str | int:
    match question["type"]:
        case "boolean":
            return chance.random() < 0.5
        case "choice":
            return chance.choice(CODES)
        case _:
            return chance.randint(0, LARGEST)


def _tree(chance: random.Random, *, leaves: int, depth: int) -> Json:
    """Return a join of ``leaves`` leaves, ``depth`` levels deep where there are leaves enough for it."""
    if leaves == 1:
        return _leaf(chance)
    shares = _shares(chance, leaves, depth)
    of = [_tree(chance, leaves=share, depth=depth - 1) for share in shares]
    kind = chance.choice(("all", "any", "any", "all", "at-least"))
    if kind == "at-least":
        return {"kind": kind, "n": max(1, len(of) - 1), "of": of}
    joined = {"kind": kind, "of": of}
    return {"kind": "not", "condition": joined} if depth > 2 and chance.random() < 0.2 else joined


def _shares(chance: random.Random, leaves: int, depth: int) -> list[int]:
    if depth <= 2:
        return [1] * leaves
    first = chance.randint(max(1, leaves // 2), leaves - 1)
    return [first, leaves - first]


def _leaf(chance: random.Random) -> Json:
    question = chance.choice(questions())
    link_id = question["link_id"]
    match question["type"]:
        case "boolean":
            return {"kind": "equals", "question": link_id, "value": chance.random() < 0.5}
        case "choice" if chance.random() < 0.5:
            return {"kind": "equals", "question": link_id, "value": chance.choice(CODES)}
        case "choice":
            return {"kind": "one-of", "question": link_id, "values": chance.sample(CODES, 2)}
        case _:
            operator = chance.choice(("<", "<=", ">", ">="))
            return {"kind": "compare", "question": link_id, "operator": operator, "value": chance.randint(2, 8)}
