"""Rules as an author reads them: in sentences, with their guidance, the findings on them, and what a draft changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from core.quoting import quoted
from screening.engine.comparison import RuleChange, Written, in_reading_order, rule_changes
from screening.engine.documents import Finding
from screening.engine.library import Disagreement, GuidanceLibrary
from screening.engine.rules import Rule, RuleSet
from screening.engine.sentences import RuleSentence, rule_sentence
from screening.engine.vignettes import VignetteSet
from screening.engine.words import CONFIRMER_WORDS
from screening.models import RuleSetVersion
from screening.selectors.concerns import concern_label
from screening.selectors.documents import library_of, questionnaire_of, rule_set_of
from screening.selectors.origins import origin_of
from screening.selectors.results import CitationView, PersonCheckView, SourceView

WRITTEN_WORDS = {
    Written.SAME: gettext_noop("as before"),
    Written.CHANGED: gettext_noop("changed"),
    Written.ADDED: gettext_noop("added"),
    Written.REMOVED: gettext_noop("no longer there"),
}
_OF_A_RULE = re.compile(r"^/rules/(\d+)(/.*)?$")
_OF_A_VIGNETTE = re.compile(r"^/vignettes/(\d+)(?:/|$)")
_PLACES = {
    "title": gettext_noop("the title"),
    "explanation": gettext_noop("the explanation"),
    "would_change": gettext_noop("what would change it"),
    "cites": gettext_noop("what it cites"),
    "weigh_with": gettext_noop("what is weighed with it"),
    "disagreements": gettext_noop("the disagreements"),
    "when": gettext_noop("the condition"),
    "only_for": gettext_noop("whom it is for"),
    "weighed_by": gettext_noop("who weighs it"),
    "needs": gettext_noop("what is to be had first"),
    "recheck": gettext_noop("when it is asked again"),
    "undertakings": gettext_noop("what is to be agreed"),
    "review_by": gettext_noop("the review date"),
    "alongside": gettext_noop("what is shown with it"),
}


@dataclass(frozen=True)
class UnlessView:
    """An exception with its guidance. Who confirms it, and its condition, stand in the rule's sentence."""

    id: str
    title: str
    confirmed_by: str
    citations: tuple[CitationView, ...]


@dataclass(frozen=True)
class RuleView:
    """One rule: the document, its sentence, and its guidance in words."""

    rule: Rule
    concern_label: str
    topic_title: str
    sentence: RuleSentence
    citations: tuple[CitationView, ...]
    weigh_with: tuple[CitationView, ...]
    disagreements: tuple[Disagreement, ...]
    unless: tuple[UnlessView, ...]


@dataclass(frozen=True)
class ChangeView:
    """What became of one rule since what its version was taken from."""

    rule_id: str
    title: str
    written: str
    words: str
    before: RuleView | None
    now: RuleView | None
    differing: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class FindingView:
    """A finding with its place in words, what stands there, and the rule that it is about, if it is about one."""

    place: str
    rule_id: str
    problem: str
    cure: str
    stops: bool
    words: str


def rules_of(version: RuleSetVersion) -> list[RuleView]:
    """Return the rules of ``version`` in the order in which their flags are read."""
    rules = rule_set_of(version)
    return [rule_view(version, rules, rule) for rule in in_reading_order(rules.rules)]


def rule_view(version: RuleSetVersion, rules: RuleSet, rule: Rule) -> RuleView:
    """Return one rule of ``rules`` as it reads over the questionnaire and the guidance of ``version``."""
    library = library_of(version)
    return RuleView(
        rule=rule,
        concern_label=concern_label(rule.concern.value),
        topic_title=library.topic_title.get(rule.topic, rule.topic),
        sentence=rule_sentence(rule, rules, questionnaire_of(version.questionnaire_version)),
        citations=citations_of(library, rule.cites),
        weigh_with=citations_of(library, rule.weigh_with),
        disagreements=tuple(library.disagreement_by_id[key] for key in rule.disagreements),
        unless=tuple(
            UnlessView(u.id, u.title, CONFIRMER_WORDS[u.confirmed_by], citations_of(library, u.cites))
            for u in rule.unless
        ),
    )


def person_checks_of(version: RuleSetVersion) -> list[PersonCheckView]:
    """Return what every result of ``version`` lists for a person to check."""
    library = library_of(version)
    return [
        PersonCheckView(check.title, check.text, CONFIRMER_WORDS[check.by], citations_of(library, check.cites))
        for check in rule_set_of(version).for_a_person
    ]


def citations_of(library: GuidanceLibrary, statement_ids: Iterable[str]) -> tuple[CitationView, ...]:
    """Return the statements of these ids, each with who says it and what kind of source that is."""
    found = [library.statement_by_id[key] for key in statement_ids if key in library.statement_by_id]
    sources = {
        key: SourceView(source.title, source.author, source.grade) for key, source in library.source_by_key.items()
    }
    return tuple(CitationView(s.id, s.text, tuple(sources[key] for key in s.sources)) for s in found)


def changes_since(version: RuleSetVersion) -> list[ChangeView]:
    """Return the rules that differ from those that ``version`` was taken from, as far as these are at hand."""
    origin = origin_of(version).version
    if origin is None:
        return []
    before, now = rule_set_of(origin), rule_set_of(version)
    return [
        _change(version, origin, change) for change in rule_changes(before, now) if change.written is not Written.SAME
    ]


def _change(version: RuleSetVersion, based_on: RuleSetVersion, change: RuleChange) -> ChangeView:
    kept = change.now or change.before
    return ChangeView(
        rule_id=change.rule_id,
        title=kept.title if kept else change.rule_id,
        written=change.written.value,
        words=gettext(WRITTEN_WORDS[change.written]),
        before=rule_view(based_on, rule_set_of(based_on), change.before) if change.before else None,
        now=rule_view(version, rule_set_of(version), change.now) if change.now else None,
        differing=tuple(_differing(change.before, change.now, library_of(version)))
        if change.before and change.now
        else (),
    )


def _differing(before: Rule, now: Rule, library: GuidanceLibrary) -> Iterable[tuple[str, str, str]]:
    """Yield the other parts of a rule that were changed, each with its words before and now."""
    parts = {
        "title": gettext("Title"),
        "explanation": gettext("In plain words"),
        "would_change": gettext("What would change it"),
    }
    parts |= {
        "cites": gettext("Cites"),
        "weigh_with": gettext("Weighed with it"),
        "disagreements": gettext("Disagreements shown"),
    }
    parts |= {"owner": gettext("Owner"), "review_by": gettext("To be reviewed by")}
    for name, label in parts.items():
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            yield label, _words(old, library), _words(new, library)


def _words(value: object, library: GuidanceLibrary) -> str:
    return (
        "; ".join(named_in_guidance(str(one), library) for one in value) or gettext("none")
        if isinstance(value, tuple)
        else str(value)
    )


def named_in_guidance(key: str, library: GuidanceLibrary) -> str:
    """Return a statement with its id, or a disagreement's title."""
    if key in library.statement_by_id:
        return f"{library.statement_by_id[key].text} ({key})"
    return library.disagreement_by_id[key].title if key in library.disagreement_by_id else key


def findings_shown(
    findings: Iterable[Finding], rules: RuleSet, stops: Iterable[Finding], vignettes: VignetteSet
) -> list[FindingView]:
    """Return findings with their places in words, those that stop publishing first."""
    stopping = set(stops)
    shown = [_finding(finding, rules, vignettes, stops=finding in stopping) for finding in findings]
    return sorted(shown, key=lambda finding: not finding.stops)


def _finding(finding: Finding, rules: RuleSet, vignettes: VignetteSet, *, stops: bool) -> FindingView:
    place = _OF_A_RULE.match(finding.pointer) if finding.document == "rules" else None
    words = "" if finding.words.startswith(("{", "[")) else finding.words
    if place is None or int(place[1]) >= len(rules.rules):
        return FindingView(_place(finding, vignettes), "", finding.problem, finding.cure, stops, words)
    rule = rules.rules[int(place[1])]
    where = f"{rule.title}: {_part(rule, place[2] or '')}"
    return FindingView(where, rule.id, finding.problem, finding.cure, stops, words)


def _place(finding: Finding, vignettes: VignetteSet) -> str:
    """Return the place of a finding that is not on one rule: the vignette by its title, or where it stands."""
    if (finding.document, finding.pointer) == ("vignettes", "/vignettes"):
        return gettext("the vignettes")
    found = _OF_A_VIGNETTE.match(finding.pointer) if finding.document == "vignettes" else None
    if found is None or int(found[1]) >= len(vignettes.vignettes):
        return f"{finding.document.removesuffix('.json')} at {finding.pointer or '/'}"
    return gettext("the vignette %(title)s") % {"title": quoted(vignettes.vignettes[int(found[1])].title)}


def _part(rule: Rule, pointer: str) -> str:
    steps = pointer.strip("/").split("/")
    if steps[0] == "unless" and len(steps) > 1 and steps[1].isdigit():
        return gettext("the exception %(title)s") % {"title": quoted(rule.unless[int(steps[1])].title)}
    return gettext(_PLACES.get(steps[0], gettext_noop("the whole rule")))
