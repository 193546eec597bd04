"""How long one evaluation of the shipped intake takes on 60 answers, beside two things measured in the same run.

The target is a median below 2 ms, with every explanation, as it is stored. Beside it stand what the evaluation is
stored with (parsing the answers and digesting them as canonical JSON), and the plain evaluator of the tests, which
shares no code with the engine.
"""

import datetime
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.canonical import digest
from screening.engine.answers import Answers
from screening.engine.checking import answers_problems
from screening.engine.documents import as_document, load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance
from screening.engine.protocol import Protocol, load_protocol
from screening.engine.questionnaire import ItemType, Question
from tests import reference

INTAKE = Path(__file__).parent.parent / "screening" / "protocols" / "intake"
ON = datetime.date(2026, 11, 21)
WANTED, ROUNDS, TARGET_MS = 60, 300, 2.0
VALUES: dict[ItemType, Any] = {
    ItemType.BOOLEAN: True,
    ItemType.INTEGER: 3,
    ItemType.DECIMAL: 1.5,
    ItemType.DATE: "2021-05",
    ItemType.STRING: "words",
    ItemType.TEXT: "words",
}


def main() -> None:
    """Print the table: what was measured, its median and fastest time, and its ratio to the engine's."""
    protocol = load_protocol(INTAKE)
    answers = sixty_answers(protocol)
    rows = [(name, *measured(run)) for name, run in subjects(protocol, answers)]
    base = rows[0][1]
    print(f"{WANTED} answers, {len(protocol.rule_set.rules)} rules, {ROUNDS} rounds each, one thread")
    print(f"{'what':<44}{'median ms':>11}{'fastest ms':>12}{'ratio':>8}")
    for name, median, fastest in rows:
        print(f"{name:<44}{median:>11.3f}{fastest:>12.3f}{median / base:>8.2f}")
    for name, median, _ in rows[:2]:
        print(f"{'within' if median < TARGET_MS else 'beyond'} the target of {TARGET_MS:g} ms: {name}")


def subjects(protocol: Protocol, answers: Answers) -> list[tuple[str, Callable[[], Any]]]:
    """Return what is measured, the engine first."""
    rule_set, questionnaire = protocol.rule_set, protocol.questionnaire
    given, asked, rules = (
        node.model_dump(mode="json", exclude_none=True) for node in (answers, questionnaire, rule_set)
    )
    text, nothing = json.dumps(as_document(answers)), Answers()
    return [
        ("evaluate: how every rule ends", lambda: evaluate(rule_set, questionnaire, answers, on=ON)),
        ("evaluate, and explain every rule", lambda: explained(evaluate(rule_set, questionnaire, answers, on=ON))),
        ("nothing answered: how every rule ends", lambda: evaluate(rule_set, questionnaire, nothing, on=ON)),
        ("nothing answered, explained", lambda: explained(evaluate(rule_set, questionnaire, nothing, on=ON))),
        ("parse the answers and digest them", lambda: digest(json.loads(text))),
        ("the plain evaluator: states only", lambda: reference.states(rules, asked, given, ON)),
    ]


def explained(guidance: Guidance) -> tuple[Any, ...]:
    """Make everything that is made when it is first asked for: every tree and basis, and what is missing, ranked."""
    return guidance.missing, [outcome.explanation for outcome in guidance.outcomes]


def measured(run: Callable[[], Any]) -> tuple[float, float]:
    """Return the median and the fastest time of ``run`` in milliseconds."""
    run()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), min(times)


def sixty_answers(protocol: Protocol) -> Answers:
    """Return 60 answers: two rows in every repeating group, and the rest in the order of asking."""
    questionnaire = protocol.questionnaire
    rows = {
        link_id: {"complete": True, "rows": [_row(f"row-{number}", group.items) for number in (1, 2)]}
        for link_id, group in questionnaire.groups.items()
    }
    in_rows = 2 * len(questionnaire.group_of)
    top = [question for question in questionnaire.questions.values() if question.link_id not in questionnaire.group_of]
    chosen = {question.link_id: _answer(question) for question in top[: WANTED - in_rows]}
    found = load(Answers, {"answers": chosen, "groups": rows}, document="answers")
    assert len(chosen) + in_rows == WANTED
    assert not answers_problems(questionnaire, found, ON)
    return found


def _row(row_id: str, questions: tuple[Question, ...]) -> dict[str, Any]:
    return {"row_id": row_id, "answers": {question.link_id: _answer(question) for question in questions}}


def _answer(question: Question) -> dict[str, Any]:
    if question.type is not ItemType.CHOICE:
        return {"value": VALUES[question.type]}
    code = question.answer_options[0].code
    return {"value": [code] if question.repeats else code}
