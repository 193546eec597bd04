"""The vignettes of a version as people read them: the story, what it tells of the rules, and what they make of it.

Also which of them a version retold, by whom: what they tell is what a version is measured by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Actor
from core.ledger.selectors import Moment, timeline
from core.quoting import quoted
from screening.engine.documents import Finding
from screening.engine.guidance import RuleState
from screening.engine.retelling import ClaimChange, ToldChange, last_to_tell, left_untold, lost_claims, retellings
from screening.engine.rules import Rule, RuleSet
from screening.engine.trials import VignetteResult, claim_differences, told
from screening.engine.vignettes import Vignette
from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of, vignettes_of
from screening.selectors.origins import origin_of

RETOLD = "rule-set.vignette-retold"
TOLD_WORDS = {
    RuleState.MET: gettext_noop("raised"),
    RuleState.CANNOT_RULE_OUT: gettext_noop("cannot be ruled out"),
    RuleState.NOT_MET: gettext_noop("not raised"),
    None: gettext_noop("not named"),
}


@dataclass(frozen=True)
class DifferenceView:
    """One rule of which a vignette told something else than it is now, both in words."""

    title: str
    told: str
    now: str


@dataclass(frozen=True)
class RetoldView:
    """A vignette that a version retold: each rule with what was told before and is told now, and who retold it when.

    ``moments`` are the ledger's, oldest first: a vignette may be retold more than once.
    """

    id: str
    title: str
    story: str
    differences: tuple[DifferenceView, ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class UntoldView:
    """What some vignette has to tell of a rule, by its title, and none would tell any more."""

    title: str
    told: str


@dataclass(frozen=True)
class VignetteView:
    """One vignette: its story, what it tells by rule title, and where the rules differ from it.

    ``claims`` tells of a rule which exceptions are claimed, both by title. ``last_to_tell`` is for a vignette that
    comes out otherwise: what none would tell any more, were it told anew. ``tried``: whether the rules could be run.
    """

    id: str
    title: str
    story: str
    raises: tuple[str, ...]
    cannot_rule_out: tuple[str, ...]
    not_raised: tuple[str, ...]
    claims: tuple[tuple[str, str], ...]
    differences: tuple[DifferenceView, ...]
    retold: RetoldView | None
    last_to_tell: tuple[UntoldView, ...] = ()
    tried: bool = True


@dataclass(frozen=True)
class LostClaimView:
    """A vignette that tells exceptions of one rule as claimed which that rule does not have any more, by title."""

    vignette_id: str
    title: str
    story: str
    rule_id: str
    rule_title: str
    exceptions: str


def lost_claims_in(version: RuleSetVersion, rules: RuleSet) -> list[LostClaimView]:
    """Return what the vignettes of ``version`` claim that ``rules`` do not have. With any, none can be tried."""
    origin = origin_of(version).version
    had = [rule for source in (origin, version) if source for rule in rule_set_of(source).rules]
    titles = {(rule.id, unless.id): unless.title for rule in had for unless in rule.unless}
    return [
        LostClaimView(
            vignette_id=vignette.id,
            title=vignette.title,
            story=vignette.story,
            rule_id=rule_id,
            rule_title=_title(rules.rule_by_id, rule_id),
            exceptions=", ".join(quoted(titles.get((rule_id, claim), claim)) for claim in claims),
        )
        for vignette in vignettes_of(version).vignettes
        for rule_id, claims in lost_claims(vignette, rules).items()
    ]


def is_lost_claim(finding: Finding, lost: Iterable[LostClaimView]) -> bool:
    """Say whether a finding is on a claim among ``lost``, which tell it better."""
    return finding.document == "vignettes" and any(f"/claims/{claim.rule_id}/" in finding.pointer for claim in lost)


def retold_in(by: Actor, version: RuleSetVersion) -> list[RetoldView]:
    """Return the vignettes that tell something else than in what ``version`` was taken from; none if that is lost."""
    origin = origin_of(version).version
    if origin is None:
        return []
    moments = _moments(by, version)
    before, now = rule_set_of(origin).rule_by_id, rule_set_of(version).rule_by_id
    return [
        RetoldView(
            id=found.vignette.id,
            title=found.vignette.title,
            story=found.vignette.story,
            differences=(
                *(_told_view(change, {**before, **now}) for change in found.changes),
                *(_claims_view(change, before, now) for change in found.claims),
            ),
            moments=tuple(moments.get(found.vignette.id, ())),
        )
        for found in retellings(vignettes_of(origin), vignettes_of(version))
    ]


def _moments(by: Actor, version: RuleSetVersion) -> dict[str, list[Moment]]:
    """Return when each vignette of a version was retold, and by whom, as the ledger has it."""
    found: dict[str, list[Moment]] = {}
    for moment in timeline(by, about=f"rule-set-version:{version.pk}", actions=(RETOLD,)):
        found.setdefault(str(moment.payload.get("vignette", "")), []).append(moment)
    return found


def _told_view(change: ToldChange, rules: Mapping[str, Rule]) -> DifferenceView:
    return DifferenceView(
        _title(rules, change.rule_id), gettext(TOLD_WORDS[change.before]), gettext(TOLD_WORDS[change.now])
    )


def _claims_view(change: ClaimChange, before: Mapping[str, Rule], now: Mapping[str, Rule]) -> DifferenceView:
    return DifferenceView(
        _title({**before, **now}, change.rule_id),
        _claims(before, change.rule_id, change.before),
        _claims(now, change.rule_id, change.now),
    )


def _title(rules: Mapping[str, Rule], rule_id: str) -> str:
    return rules[rule_id].title if rule_id in rules else rule_id


def _claims(rules: Mapping[str, Rule], rule_id: str, claims: Iterable[str] | None) -> str:
    """Return which exceptions of a rule are claimed, by their titles."""
    if claims is None:
        return gettext("its exceptions not named")
    titles = {unless.id: unless.title for unless in rules[rule_id].unless} if rule_id in rules else {}
    listed = "; ".join(quoted(titles.get(claim, claim)) for claim in claims)
    return gettext("claimed: %(listed)s") % {"listed": listed} if listed else gettext("no exception claimed")


def vignettes_shown(
    version: RuleSetVersion,
    rules: RuleSet,
    results: Iterable[VignetteResult],
    *,
    changed: bool = False,
    retold: Iterable[RetoldView] = (),
) -> list[VignetteView]:
    """Return the vignettes of ``version`` beside what ``rules`` make of them; only the changed ones where asked for.

    Those in ``retold`` are marked.
    """
    by_id = {result.vignette_id: result for result in results}
    marked = {view.id: view for view in retold}
    differing = [result for result in by_id.values() if not result.as_told] if changed else []
    return [
        replace(
            _view(vignette, rules, by_id.get(vignette.id), marked.get(vignette.id)),
            last_to_tell=_untold(rules, last_to_tell(rules, vignettes_of(version), differing, vignette.id)),
        )
        for vignette in vignettes_of(version).vignettes
        if not changed or (vignette.id in by_id and not by_id[vignette.id].as_told)
    ]


def untold_views(
    version: RuleSetVersion, rules: RuleSet, differing: Iterable[VignetteResult]
) -> tuple[UntoldView, ...]:
    """Return what no vignette would tell any more were all those that come out otherwise told anew."""
    return _untold(rules, left_untold(rules, vignettes_of(version), differing))


def _untold(rules: RuleSet, found: Iterable[tuple[str, RuleState]]) -> tuple[UntoldView, ...]:
    return tuple(UntoldView(_title(rules.rule_by_id, rule_id), gettext(TOLD_WORDS[state])) for rule_id, state in found)


def _view(vignette: Vignette, rules: RuleSet, result: VignetteResult | None, retold: RetoldView | None) -> VignetteView:
    return VignetteView(
        id=vignette.id,
        title=vignette.title,
        story=vignette.story,
        raises=_titles(rules, vignette.raises),
        cannot_rule_out=_titles(rules, vignette.cannot_rule_out),
        not_raised=_titles(rules, vignette.not_raised),
        claims=tuple(
            (_title(rules.rule_by_id, rule_id), _claims(rules.rule_by_id, rule_id, claims))
            for rule_id, claims in vignette.claims.items()
        ),
        differences=tuple(_differences(vignette, rules, result)) if result else (),
        retold=retold,
        tried=result is not None,
    )


def _titles(rules: RuleSet, rule_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(_title(rules.rule_by_id, rule_id) for rule_id in rule_ids)


def _differences(vignette: Vignette, rules: RuleSet, result: VignetteResult) -> Iterable[DifferenceView]:
    wanted = told(vignette)
    for outcome in result.guidance.outcomes:
        expected = wanted.get(outcome.rule_id)
        newly_met = expected is None and outcome.state is RuleState.MET
        if newly_met or (expected is not None and expected is not outcome.state):
            title = rules.rule_by_id[outcome.rule_id].title
            yield DifferenceView(title, gettext(TOLD_WORDS[expected]), gettext(TOLD_WORDS[outcome.state]))
    for rule_id, should_be, found in claim_differences(vignette, result.guidance):
        told_so, now = (_claims(rules.rule_by_id, rule_id, claims) for claims in (should_be, found))
        yield DifferenceView(_title(rules.rule_by_id, rule_id), told_so, now)
