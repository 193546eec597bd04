"""The same rules in the language of each other engine, and how its result is read.

Nothing here is measured; ``benchmarks.peers`` does that. Every engine gets what its users would write.
"""

import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.workload import LARGEST, SETS, Given, Json, questions, rules

SLOW = 400  # answer sets for a slow engine, and for counting what is said of the unknown
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
