"""The engine beside others on one workload: how many answer sets a second, and what becomes of what is not known.

Every engine gets the same 40 rules, in its own language, and the same answer sets. All have to agree wherever the
answers are complete. Where some are missing, it is counted how often an engine says "no" or "yes" although the answers
do not tell. Those that explain are measured with their explanation, too. Processor time, one thread; the table is
read as ratios.
"""

import datetime
import gc
import itertools
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.workload import LARGEST, SETS, Given, Json, answer_sets, as_answers, documents, questions, rules
from screening.engine.compiled import FALSE, TRUE, Ending, compiled
from screening.engine.evaluation import Evaluator, evaluate
from screening.engine.guidance import RuleState
from screening.engine.reading import Case
from screening.engine.rules import RuleSet

ON = datetime.date(2026, 11, 21)
ROUNDS = 8
SLOW = 400  # answer sets for a slow engine, and for counting what is said of the unknown
COMPLETE = 300
Says = list[bool | None]
"""What an engine says of each rule: yes, no, or that it is not known."""


@dataclass(frozen=True)
class Subject:
    """One engine: how it takes an answer set, how it runs, and how its result is read."""

    name: str
    prepare: Callable[[Given], Any]
    run: Callable[[Any], Any]
    read: Callable[[Any], Says]
    three_valued: bool = False
    sets: int = SETS


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


def peers() -> Iterable[Subject]:
    """Yield every other engine, each with the rules in its own language."""
    yield from (
        _cel(),
        _zen(trace=False),
        _zen(trace=True),
        _datalogic(),
        _json_logic(),
        _rule_engine(),
        _business_rules(),
    )


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


def _joined(node: Json, words: dict[str, str], leaf: Callable[[Json], str]) -> str:
    """Return a condition as an infix expression. At least n is written as any of the ways to choose n."""
    match node["kind"]:
        case "not":
            return f"{words['not']}({_joined(node['condition'], words, leaf)})"
        case "all" | "any":
            join = f" {words[node['kind']]} "
            return "(" + join.join(_joined(part, words, leaf) for part in node["of"]) + ")"
        case "at-least":
            ways = [{"kind": "all", "of": list(chosen)} for chosen in itertools.combinations(node["of"], node["n"])]
            return _joined({"kind": "any", "of": ways}, words, leaf)
    return leaf(node)


def _literal(value: Any) -> str:
    return json.dumps(value).replace('"', "'")


def _infix(node: Json) -> str:
    name = node["question"]
    if node["kind"] == "one-of":
        return f"{name} in {_literal(node['values'])}"
    operator = "==" if node["kind"] == "equals" else node["operator"]
    return f"{name} {operator} {_literal(node['value'])}"


def _cel() -> Subject:
    """CEL: what is missing is an error, which its own and/or take for unknown."""
    from cel_expr_python import cel

    types = {"boolean": cel.Type.BOOL, "choice": cel.Type.STRING, "integer": cel.Type.INT}
    env = cel.NewEnv(variables={one["link_id"]: types[one["type"]] for one in questions()})
    words = {"not": "!", "all": "&&", "any": "||"}
    compiled_rules = [env.compile(_joined(when, words, _infix)) for when in rules()]

    def run(given: Given) -> list[Any]:
        activation = env.Activation(given)
        return [rule.eval(activation) for rule in compiled_rules]

    def read(found: list[Any]) -> Says:
        return [value.value() if value.type() == cel.Type.BOOL else None for value in found]

    return Subject("cel-expr-python (CEL C++), three-valued", dict, run, read, three_valued=True, sets=SETS // 4)


def _zen(*, trace: bool) -> Subject:
    """ZEN: one expression node for all rules. Comparing with nothing is an error there, so each asks first."""
    import zen

    def leaf(node: Json) -> str:
        return f"({node['question']} != null and {_infix(node)})"

    words = {"not": "not", "all": "and", "any": "or"}
    expressions = [
        {"id": f"r{number:02}", "key": f"r{number:02}", "value": _joined(when, words, leaf)}
        for number, when in enumerate(rules())
    ]
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": place},
        {
            "id": "rules",
            "type": "expressionNode",
            "name": "rules",
            "position": place,
            "content": {"expressions": expressions},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": place},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    options = {"trace": trace}
    name = "zen-engine with trace" if trace else "zen-engine"
    return Subject(name, dict, lambda given: decision.evaluate(given, options), _read_zen, sets=SETS // 10)


def _read_zen(found: Any) -> Says:
    return [found["result"][key] for key in sorted(found["result"])]


def _json_rule(node: Json) -> Json:
    match node["kind"]:
        case "not":
            return {"!": [_json_rule(node["condition"])]}
        case "all" | "any":
            return {{"all": "and", "any": "or"}[node["kind"]]: [_json_rule(part) for part in node["of"]]}
        case "at-least":
            ways = [{"kind": "all", "of": list(chosen)} for chosen in itertools.combinations(node["of"], node["n"])]
            return _json_rule({"kind": "any", "of": ways})
    asked: Json = {"var": node["question"]}
    if node["kind"] == "one-of":
        return {"in": [asked, node["values"]]}
    if node["kind"] == "equals":
        return {"===": [asked, node["value"]]}
    # Nothing is less than 3 in JSON Logic; asking first makes it "no", as with the others.
    return {"and": [{"!==": [asked, None]}, {node["operator"]: [asked, node["value"]]}]}


def _datalogic() -> Subject:
    """JSON Logic in Rust: all rules at once over data that was parsed before."""
    import datalogic_py

    engine = datalogic_py.Engine()
    compiled_rules = [engine.compile(_json_rule(when)) for when in rules()]
    session = engine.session()
    return Subject(
        "datalogic-py, boolean",
        lambda given: datalogic_py.DataHandle(json.dumps(given)),
        lambda handle: session.evaluate_many(compiled_rules, handle),
        lambda found: [one == "true" for one in found],
    )


def _json_logic() -> Subject:
    """JSON Logic in Python."""
    from json_logic import jsonLogic

    written = [_json_rule(when) for when in rules()]
    return Subject(
        "json-logic-qubit, boolean",
        dict,
        lambda given: [jsonLogic(rule, given) for rule in written],
        lambda found: [bool(one) for one in found],
        sets=SLOW,
    )


def _rule_engine() -> Subject:
    """rule-engine: typed expressions in Python; a missing symbol is null."""
    import rule_engine

    def leaf(node: Json) -> str:
        if node["kind"] != "compare":
            return _infix(node)
        return f"({node['question']} != null and {_infix(node)})"

    words = {"not": "not ", "all": "and", "any": "or"}
    context = rule_engine.Context(default_value=None)
    written = [rule_engine.Rule(_joined(when, words, leaf), context=context) for when in rules()]
    return Subject(
        "rule-engine, boolean",
        dict,
        lambda given: [rule.matches(given) for rule in written],
        list,
        sets=SLOW,
    )


def _business_rules() -> Subject:
    """business-rules: conditions over methods of a class of variables; it knows all and any."""
    from business_rules.engine import check_conditions_recursively
    from business_rules.variables import (
        BaseVariables,
        boolean_rule_variable,
        numeric_rule_variable,
        string_rule_variable,
    )

    def variable(question: Json) -> Any:
        name, absent = question["link_id"], {"boolean": None, "choice": "", "integer": None}[question["type"]]
        makers = {
            "boolean": boolean_rule_variable,
            "choice": string_rule_variable,
            "integer": numeric_rule_variable,
        }

        def read(self: Any) -> Any:
            value = self.given.get(name, absent)
            return ABSENT_VALUE[question["type"]] if value is None else value

        return makers[question["type"]]()(read)

    members = {question["link_id"]: variable(question) for question in questions()}
    kind = type("Variables", (BaseVariables,), {**members, "__init__": _hold})
    written = [_business_condition(when, negated=False) for when in rules()]
    return Subject(
        "business-rules, boolean",
        kind,
        lambda variables: [check_conditions_recursively(one, variables) for one in written],
        list,
        sets=SLOW,
    )


ABSENT_VALUE = {"boolean": False, "choice": "", "integer": LARGEST + 1}
"""It has no way to leave a value out: what its users write instead."""


def _hold(self: Any, given: Given) -> None:
    self.given = given


def _business_condition(node: Json, *, negated: bool) -> Json:
    """Return a condition without ``not``, which it does not know: pushed down to the leaves."""
    match node["kind"]:
        case "not":
            return _business_condition(node["condition"], negated=not negated)
        case "all" | "any":
            kind = node["kind"] if not negated else {"all": "any", "any": "all"}[node["kind"]]
            return {kind: [_business_condition(part, negated=negated) for part in node["of"]]}
        case "at-least":
            ways = [{"kind": "all", "of": list(chosen)} for chosen in itertools.combinations(node["of"], node["n"])]
            return _business_condition({"kind": "any", "of": ways}, negated=negated)
    return _business_leaf(node, negated=negated)


OPERATORS = {
    "<": "less_than",
    "<=": "less_than_or_equal_to",
    ">": "greater_than",
    ">=": "greater_than_or_equal_to",
}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _business_leaf(node: Json, *, negated: bool) -> Json:
    name = node["question"]
    if node["kind"] == "compare":
        operators = {
            "<": "less_than",
            "<=": "less_than_or_equal_to",
            ">": "greater_than",
            ">=": "greater_than_or_equal_to",
        }
        opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
        operator = opposite[node["operator"]] if negated else node["operator"]
        return {"name": name, "operator": operators[operator], "value": node["value"]}
    if isinstance(node.get("value"), bool):
        return {"name": name, "operator": "is_true" if node["value"] is not negated else "is_false", "value": ""}
    values = node["values"] if node["kind"] == "one-of" else [node["value"]]
    if negated:
        values = [code for code in _codes(name) if code not in values]
    return {"any": [{"name": name, "operator": "equal_to", "value": value} for value in values]}


def _codes(name: str) -> list[str]:
    question = next(one for one in questions() if one["link_id"] == name)
    return [option["code"] for option in question["answer_options"]]
