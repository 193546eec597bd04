"""Trying rules on made-up cases: does each vignette raise what it says, and is every rule tried each way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from screening.engine.checking import answers_problems
from screening.engine.conditions import Truth
from screening.engine.documents import Finding, first_findings, pointer_to
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance, RuleState
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.spelling import nearest
from screening.engine.vignettes import Vignette, VignetteSet

DOCUMENT = "vignettes"
STATE_WORDS = {
    RuleState.MET: "met",
    RuleState.NOT_MET: "not met",
    RuleState.CANNOT_RULE_OUT: "cannot be ruled out",
}


@dataclass(frozen=True, slots=True)
class VignetteResult:
    """What became of one vignette: the differences between what it says and what the rules raise, in words."""

    vignette_id: str
    title: str
    differences: tuple[str, ...]
    guidance: Guidance

    @property
    def as_told(self) -> bool:
        """Whether the rules raise exactly what the vignette says."""
        return not self.differences


def run_vignettes(rule_set: RuleSet, questionnaire: Questionnaire, vignettes: VignetteSet) -> list[VignetteResult]:
    """Evaluate every vignette on its own day. The vignettes have to be without findings (``vignette_problems``)."""
    return [_run(rule_set, questionnaire, vignettes, vignette) for vignette in vignettes.vignettes]


def _run(rule_set: RuleSet, questionnaire: Questionnaire, vignettes: VignetteSet, vignette: Vignette) -> VignetteResult:
    guidance = evaluate(rule_set, questionnaire, vignettes.answers_of(vignette), vignette.on)
    differences = tuple(_differences(rule_set, vignette, guidance))
    return VignetteResult(vignette.id, vignette.title, differences, guidance)


def told(vignette: Vignette) -> dict[str, RuleState]:
    """Return the state that a vignette tells of each rule it names."""
    return {
        **dict.fromkeys(vignette.raises, RuleState.MET),
        **dict.fromkeys(vignette.cannot_rule_out, RuleState.CANNOT_RULE_OUT),
        **dict.fromkeys(vignette.not_raised, RuleState.NOT_MET),
    }


def claimed(guidance: Guidance, rule_id: str) -> tuple[str, ...]:
    """Return the ids of the exceptions to a rule that are claimed, in the rule's order."""
    return tuple(found.exception_id for found in guidance.outcome(rule_id).exceptions if found.claimed is Truth.TRUE)


def claim_differences(vignette: Vignette, guidance: Guidance) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield each rule of which other exceptions are claimed than the vignette says: its id, those told, those found."""
    for rule_id, wanted in vignette.claims.items():
        found = claimed(guidance, rule_id)
        if set(found) != set(wanted):
            yield rule_id, wanted, found


def _differences(rule_set: RuleSet, vignette: Vignette, guidance: Guidance) -> Iterator[str]:
    wanted = told(vignette)
    for outcome in guidance.outcomes:
        state, rule = outcome.state, rule_set.rule_by_id[outcome.rule_id]
        expected = wanted.get(rule.id)
        unexpected = expected is None and state is RuleState.MET
        if unexpected or (expected is not None and expected is not state):
            should = STATE_WORDS[expected] if expected else "raised by no rule it does not name"
            waits = ", ".join(f'"{place.link_id}"' for place in outcome.missing)
            suffix = f" (waits for {waits})" if waits else ""
            yield f'"{rule.id}" is {STATE_WORDS[state]}; the vignette says {should}{suffix}.'
    for rule_id, should_be, found in claim_differences(vignette, guidance):
        yield f'of "{rule_id}" {_exceptions(found)}; the vignette says {_exceptions(should_be)}.'


def _exceptions(claims: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{claim}"' for claim in claims)
    return f"claimed: {listed}" if listed else "no exception is claimed"


def vignette_problems(rule_set: RuleSet, questionnaire: Questionnaire, vignettes: VignetteSet) -> list[Finding]:
    """Return what keeps the vignettes from being run: unknown rules and bases, answers that do not fit."""
    return first_findings(_problems(rule_set, questionnaire, vignettes))


def _problems(rule_set: RuleSet, questionnaire: Questionnaire, vignettes: VignetteSet) -> Iterator[Finding]:
    yield from _repeated_ids(vignettes)
    for index, vignette in enumerate(vignettes.vignettes):
        pointer = pointer_to("vignettes", index)
        yield from _unknown_rules(rule_set, vignette, pointer)
        yield from _unknown_exceptions(rule_set, vignette, pointer)
        if vignette.base is not None and vignette.base not in vignettes.bases:
            problem = f'there is no base "{vignette.base}".'
            yield Finding(DOCUMENT, f"{pointer}/base", problem, nearest(vignette.base, vignettes.bases))
            continue
        yield from _misfits(questionnaire, vignettes, vignette, pointer)


def _misfits(
    questionnaire: Questionnaire, vignettes: VignetteSet, vignette: Vignette, pointer: str
) -> Iterator[Finding]:
    for problem in answers_problems(questionnaire, vignettes.answers_of(vignette), vignette.on):
        yield replace(problem, document=DOCUMENT, pointer=f"{pointer}{problem.pointer}")
    for index, link_id in enumerate(vignette.without):
        if link_id not in questionnaire.item_by_id:
            cure = nearest(link_id, questionnaire.item_by_id)
            yield Finding(DOCUMENT, f"{pointer}/without/{index}", f'there is no question "{link_id}".', cure)


def _repeated_ids(vignettes: VignetteSet) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, vignette in enumerate(vignettes.vignettes):
        if vignette.id in seen:
            pointer = pointer_to("vignettes", index, "id")
            yield Finding(DOCUMENT, pointer, f'two vignettes have the id "{vignette.id}".', "Rename one of them.")
        seen.add(vignette.id)


def _unknown_rules(rule_set: RuleSet, vignette: Vignette, pointer: str) -> Iterator[Finding]:
    said: dict[str, str] = {}
    named = {
        "raises": vignette.raises,
        "cannot_rule_out": vignette.cannot_rule_out,
        "not_raised": vignette.not_raised,
    }
    for field, rule_ids in named.items():
        for index, rule_id in enumerate(rule_ids):
            place = f"{pointer}/{field}/{index}"
            if rule_id not in rule_set.rule_by_id:
                cure = nearest(rule_id, rule_set.rule_by_id)
                yield Finding(DOCUMENT, place, f'there is no rule "{rule_id}".', cure)
            elif rule_id in said:
                problem = f'"{rule_id}" also stands under "{said[rule_id]}".'
                yield Finding(DOCUMENT, place, problem, "Say one thing of a rule.")
            said[rule_id] = field


def _unknown_exceptions(rule_set: RuleSet, vignette: Vignette, pointer: str) -> Iterator[Finding]:
    for rule_id, claims in vignette.claims.items():
        rule = rule_set.rule_by_id.get(rule_id)
        if rule is None:
            cure = nearest(rule_id, rule_set.rule_by_id)
            yield Finding(DOCUMENT, f"{pointer}/claims/{rule_id}", f'there is no rule "{rule_id}".', cure)
            continue
        known = [unless.id for unless in rule.unless]
        for index, claim in enumerate(claims):
            if claim not in known:
                problem = f'"{rule_id}" has no exception "{claim}".'
                yield Finding(DOCUMENT, f"{pointer}/claims/{rule_id}/{index}", problem, nearest(claim, known))


def difference_findings(results: list[VignetteResult]) -> list[Finding]:
    """Return one finding per difference between a vignette and what the rules raise."""
    return [
        Finding(
            DOCUMENT, pointer_to("vignettes", index), f'"{result.vignette_id}": {said}', "Correct the rule or the case."
        )
        for index, result in enumerate(results)
        for said in result.differences
    ]


def untold(rule_set: RuleSet, vignettes: VignetteSet) -> list[tuple[str, RuleState]]:
    """Return each rule that no vignette tells as met, as not met, or as not to be ruled out, with that state."""
    seen: Mapping[str, set[RuleState]] = {rule.id: set() for rule in rule_set.rules}
    for vignette in vignettes.vignettes:
        for rule_id, state in told(vignette).items():
            if rule_id in seen:
                seen[rule_id].add(state)
    return [(rule_id, state) for rule_id, states in seen.items() for state in RuleState if state not in states]


def coverage_findings(rule_set: RuleSet, vignettes: VignetteSet) -> list[Finding]:
    """Return a finding for every rule that no vignette tells as met, as not met, or as not to be ruled out."""
    cure = "Add a case, or change the rule so that one comes out so."
    return [
        Finding(DOCUMENT, "/vignettes", f'no vignette tells "{rule_id}" as {STATE_WORDS[state]}.', cure)
        for rule_id, state in untold(rule_set, vignettes)
    ]
