"""The engine beside others on one workload: how many answer sets a second, and what becomes of what is not known.

Every engine gets the same 40 rules, in its own language, and the same answer sets. All have to agree wherever the
answers are complete. Where some are missing, it is counted how often an engine says "no" or "yes" although the answers
do not tell. Those that explain are measured with their explanation, too. Processor time, one thread; the table is
read as ratios.
"""

import datetime
import gc
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.translated import SLOW, Says, Subject, peers
from benchmarks.workload import SETS, Given, answer_sets, as_answers, documents, questions, rules
from screening.engine.compiled import FALSE, TRUE, Ending, compiled
from screening.engine.evaluation import Evaluator, evaluate
from screening.engine.guidance import RuleState
from screening.engine.reading import Case
from screening.engine.rules import RuleSet

ON = datetime.date(2026, 11, 21)
ROUNDS = 8
COMPLETE = 300


def main() -> None:
    """Print the table and the ratios that are aimed at."""
    subjects = [*ours(), *peers()]
    agree(subjects)
    sets = answer_sets(SETS)
    rates = measured(subjects, sets)
    speed = {name: statistics.median(found) for name, found in rates.items()}
    truths = [subjects[0].read(subjects[0].run(subjects[0].prepare(one))) for one in sets[:SLOW]]
    print(f"{len(rules())} rules, {len(questions())} questions, {SETS} answer sets, a tenth of the answers missing")
    print(f"{'engine':<50}{'sets a second':>14}{'unknown said to be':>22}{'':>12}")
    print(f"{'':<50}{'':>14}{'no':>12}{'yes':>10}{'unknown':>12}")
    for subject in subjects:
        told = said_of_unknown(subject, sets[:SLOW], truths)
        shares = "".join(f"{told[answer] / max(1, told.total()):>{width}.0%}" for answer, width in SAID.items())
        print(f"{subject.name:<50}{speed[subject.name]:>14,.0f}{shares}")
    for line in ratios(subjects, rates):
        print(line)


SAID: dict[bool | None, int] = {False: 12, True: 10, None: 12}


def ours() -> list[Subject]:
    """Return this engine: states only, and with the trace of every rule that is raised or not known."""
    rule_set, questionnaire = documents()
    rule_states = compiled(rule_set, questionnaire)

    def explained(answers: Any) -> Any:
        guidance = evaluate(rule_set, questionnaire, answers, ON)
        return guidance, [one.trace for one in guidance.outcomes if one.state is not RuleState.NOT_MET]

    def with_traces(answers: Any) -> Any:
        return raised_traces(rule_set, questionnaire, answers)

    return [
        Subject("this engine: states", as_answers, lambda a: rule_states.endings(a, ON), _read_endings, True),
        Subject("this engine: states and traces", as_answers, with_traces, lambda found: _read_endings(found[0]), True),
        Subject("this engine: answers checked, flags, traces", as_answers, explained, _read_guidance, True),
    ]


def raised_traces(rule_set: RuleSet, questionnaire: Any, answers: Any) -> tuple[list[Ending], list[Any]]:
    """Return the state of every rule, and the trace of each that is raised or not known."""
    endings = compiled(rule_set, questionnaire).endings(answers, ON)
    walk = Evaluator(rule_set, Case(questionnaire, answers, ON))
    raised = [
        walk.trace_of(rule, ending)
        for rule, ending in zip(rule_set.rules, endings, strict=True)
        if ending.truth != FALSE
    ]
    return endings, raised


def _read_endings(endings: list[Ending]) -> Says:
    return [{TRUE: True, FALSE: False}.get(ending.truth) for ending in endings]


def _read_guidance(found: Any) -> Says:
    known = {RuleState.MET: True, RuleState.NOT_MET: False}
    return [known.get(outcome.state) for outcome in found[0].outcomes]


def agree(subjects: Sequence[Subject]) -> None:
    """Stop where two engines differ on complete answers: then they were not given the same rules."""
    for given in answer_sets(COMPLETE, missing=0):
        wanted = subjects[0].read(subjects[0].run(subjects[0].prepare(given)))
        for subject in subjects[1:]:
            found = subject.read(subject.run(subject.prepare(given)))
            assert found == wanted, f"{subject.name} differs on complete answers"


def measured(subjects: Sequence[Subject], sets: list[Given]) -> dict[str, list[float]]:
    """Return the answer sets a second of each engine, round by round: every round runs all of them, one after another.

    So whatever else the machine does meets all of them alike. What is prepared is prepared before, and each engine has
    run once over its answer sets before it is measured.
    """
    rates: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    prepared = {subject.name: [subject.prepare(given) for given in sets[: subject.sets]] for subject in subjects}
    for subject in subjects:
        _rate(subject, prepared[subject.name])
    gc.collect()
    gc.freeze()  # a million prepared answers, in which nobody need look for garbage
    for number in range(ROUNDS):
        for subject in subjects:
            rates[subject.name].append(_rate(subject, prepared[subject.name][number::ROUNDS]))
    return rates


def _rate(subject: Subject, prepared: list[Any]) -> float:
    run = subject.run
    started = time.process_time()
    for one in prepared:
        run(one)
    return len(prepared) / (time.process_time() - started)


def said_of_unknown(subject: Subject, sets: list[Given], truths: list[Says]) -> "Counter[bool | None]":
    """Return what an engine says of each rule of which nothing can be known."""
    found: Counter[bool | None] = Counter()
    for given, wanted in zip(sets, truths, strict=True):
        said = subject.read(subject.run(subject.prepare(given)))
        found.update(answer for answer, known in zip(said, wanted, strict=True) if known is None)
    return found


def ratios(subjects: list[Subject], rates: dict[str, list[float]]) -> Iterable[str]:
    """Yield the three figures that are aimed at, each the median over the rounds."""
    states, traces, whole = (subject.name for subject in subjects[:3])
    others = [subject.name for subject in subjects[3:] if subject.three_valued]
    fastest = max(others, key=lambda name: statistics.median(rates[name]))
    zen = next(name for name in rates if "with trace" in name)

    def times(name: str, beside: str) -> float:
        return statistics.median(mine / other for mine, other in zip(rates[name], rates[beside], strict=True))

    yield f"states, beside {fastest}: {times(states, fastest):.1f} times (aim: 5)"
    yield f"states and traces, beside {zen}: {times(traces, zen):.1f} times (aim: 8)"
    yield f"answers checked, flags and traces, beside {zen}: {times(whole, zen):.1f} times"
