"""Telling a vignette anew, as a changed rule set reads its story, and finding which ones were told anew.

Whether the change was meant is for people to say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from screening.engine.guidance import Guidance, RuleState
from screening.engine.rules import RuleSet
from screening.engine.trials import VignetteResult, claimed, told, untold
from screening.engine.vignettes import Vignette, VignetteSet


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One rule of which a vignette tells something else than before; None where it does not name the rule."""

    rule_id: str
    before: RuleState | None
    now: RuleState | None


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """One rule of which a vignette tells other exceptions as claimed than before; None where it tells nothing."""

    rule_id: str
    before: tuple[str, ...] | None
    now: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Retelling:
    """A vignette as it stands now, with each rule of which it told something else before."""

    vignette: Vignette
    changes: tuple[ToldChange, ...]
    claims: tuple[ClaimChange, ...] = ()


def retellings(before: VignetteSet, now: VignetteSet) -> list[Retelling]:
    """Return the vignettes of ``now`` that tell something else than in ``before``, in their order.

    One that ``before`` does not have told nothing there.
    """
    old = {vignette.id: vignette for vignette in before.vignettes}
    found = [_retelling(old.get(vignette.id), vignette) for vignette in now.vignettes]
    return [retelling for retelling in found if retelling.changes or retelling.claims]


def _retelling(before: Vignette | None, now: Vignette) -> Retelling:
    changes = tuple(_told_changes(told(before) if before else {}, told(now)))
    return Retelling(now, changes, tuple(_claim_changes(before.claims if before else {}, now.claims)))


def _claim_changes(before: dict[str, tuple[str, ...]], now: dict[str, tuple[str, ...]]) -> Iterator[ClaimChange]:
    for rule_id in {**before, **now}:
        if before.get(rule_id) != now.get(rule_id):
            yield ClaimChange(rule_id, before.get(rule_id), now.get(rule_id))


def _told_changes(before: dict[str, RuleState], now: dict[str, RuleState]) -> Iterator[ToldChange]:
    for rule_id in {**before, **now}:
        if before.get(rule_id) is not now.get(rule_id):
            yield ToldChange(rule_id, before.get(rule_id), now.get(rule_id))


def retold(vignette: Vignette, guidance: Guidance) -> Vignette:
    """Return ``vignette`` telling what ``guidance`` says of the rules it names, and of every rule that is met.

    Of the rules whose exceptions it tells, it tells those that are claimed.
    """
    named = told(vignette)
    by_state: dict[RuleState, list[str]] = {state: [] for state in RuleState}
    for outcome in guidance.outcomes:
        if outcome.rule_id in named or outcome.state is RuleState.MET:
            by_state[outcome.state].append(outcome.rule_id)
    return vignette.model_copy(
        update={
            "raises": tuple(by_state[RuleState.MET]),
            "cannot_rule_out": tuple(by_state[RuleState.CANNOT_RULE_OUT]),
            "not_raised": tuple(by_state[RuleState.NOT_MET]),
            "claims": {rule_id: claimed(guidance, rule_id) for rule_id in vignette.claims},
        }
    )


def left_untold(
    rule_set: RuleSet, vignettes: VignetteSet, results: Iterable[VignetteResult]
) -> list[tuple[str, RuleState]]:
    """Return what no vignette would tell any more were these told anew as they came out, and one tells now."""
    stories = {vignette.id: vignette for vignette in vignettes.vignettes}
    anew = {found.vignette_id: retold(stories[found.vignette_id], found.guidance) for found in results}
    already = set(untold(rule_set, vignettes))
    return [found for found in untold(rule_set, _with_all(vignettes, anew)) if found not in already]


def last_to_tell(
    rule_set: RuleSet, vignettes: VignetteSet, results: Iterable[VignetteResult], vignette_id: str
) -> list[tuple[str, RuleState]]:
    """Return what no vignette tells any more once this one alone is told anew, and none of ``results`` tells instead.

    ``results`` are those of all vignettes that come out otherwise than they tell.
    """
    differing = list(results)
    alone = left_untold(rule_set, vignettes, [found for found in differing if found.vignette_id == vignette_id])
    return [found for found in alone if found in left_untold(rule_set, vignettes, differing)] if alone else []


def _with_all(vignettes: VignetteSet, changed: Mapping[str, Vignette]) -> VignetteSet:
    return vignettes.model_copy(update={"vignettes": tuple(changed.get(v.id, v) for v in vignettes.vignettes)})


def lost_claims(vignette: Vignette, rule_set: RuleSet) -> dict[str, tuple[str, ...]]:
    """Return by rule the exceptions that ``vignette`` tells as claimed and that its rule does not have."""
    known = {rule.id: {unless.id for unless in rule.unless} for rule in rule_set.rules}
    found = {
        rule_id: tuple(claim for claim in claims if claim not in known[rule_id])
        for rule_id, claims in vignette.claims.items()
        if rule_id in known
    }
    return {rule_id: claims for rule_id, claims in found.items() if claims}


def without_claims(vignette: Vignette, lost: Mapping[str, tuple[str, ...]]) -> Vignette:
    """Return ``vignette`` with the claims in ``lost`` taken out, and all else as it was told."""
    kept = {
        rule_id: tuple(claim for claim in claims if claim not in lost.get(rule_id, ()))
        for rule_id, claims in vignette.claims.items()
    }
    return vignette.model_copy(update={"claims": kept})


def with_vignette(vignettes: VignetteSet, changed: Vignette) -> VignetteSet:
    """Return ``vignettes`` with ``changed`` in the place of the one with its id."""
    return _with_all(vignettes, {changed.id: changed})
