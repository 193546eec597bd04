"""Where two people's rules are apart: what one typed, and what the other saved meanwhile, part by part, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext

from core.quoting import quoted
from screening.engine.comparison import with_rule
from screening.engine.library import GuidanceLibrary
from screening.engine.rules import Rule
from screening.engine.sentences import RuleSentence, rule_sentence
from screening.engine.words import undertaking_words
from screening.models import RuleSetVersion
from screening.selectors.concerns import concern_label
from screening.selectors.documents import library_of, questionnaire_of, rule_set_of
from screening.selectors.rule_pages import named_in_guidance
from screening.selectors.short_words import recheck_label, roles_label


@dataclass(frozen=True)
class PartApart:
    """One part of a rule by its label in the form: what it is now, and what was typed."""

    label: str
    now: str
    typed: str


def parts_apart(version: RuleSetVersion, now: Rule, typed: Rule) -> list[PartApart]:
    """Return the parts in which the rule of ``version`` is not what was typed, in the order of the form."""
    is_now, was_typed = _said(version, now), _said(version, typed)
    none, found = ("", gettext("Not there.")), []
    for key in {**was_typed, **is_now}:
        (label, said), (label_typed, said_typed) = is_now.get(key, none), was_typed.get(key, none)
        if _plain(said) != _plain(said_typed):
            found.append(PartApart(label or label_typed, said, said_typed))
    return found


def _said(version: RuleSetVersion, rule: Rule) -> dict[str, tuple[str, str]]:
    """Return every part of a rule that its form has, by its name: its label there, and what it says in words."""
    library = library_of(version)
    sentence = rule_sentence(
        rule, with_rule(rule_set_of(version), rule), questionnaire_of(version.questionnaire_version)
    )
    none, never = gettext("none"), gettext("never")
    return {
        "title": (gettext("Title"), rule.title),
        "concern": (gettext("Kind of concern"), concern_label(rule.concern.value)),
        "explanation": (gettext("The rule in plain words"), rule.explanation),
        "would_change": (gettext("What would change it"), rule.would_change),
        "when": (gettext("It is met when"), str(sentence.when)),
        **_exceptions(rule, sentence, library),
        "weighed_by": (gettext("Who weighs it, case by case"), roles_label(tuple(sorted(rule.weighed_by))) or none),
        "recheck": (gettext("The answers behind it are asked again"), recheck_label(rule.recheck) or never),
        "undertakings": (
            gettext("What is to be agreed"),
            "; ".join(map(undertaking_words, rule.undertakings)) or none,
        ),
        "cites": (gettext("Rests on"), _named(rule.cites, library)),
        "weigh_with": (gettext("Weigh with it"), _named(rule.weigh_with, library)),
        "disagreements": (gettext("Where the sources disagree"), _named(rule.disagreements, library)),
        "owner": (gettext("Owner"), rule.owner),
        "review_by": (gettext("To be reviewed by"), date_format(rule.review_by, "DATE_FORMAT")),
    }


def _exceptions(rule: Rule, sentence: RuleSentence, library: GuidanceLibrary) -> dict[str, tuple[str, str]]:
    found = {}
    for unless, said in zip(rule.unless, sentence.unless, strict=True):
        label = gettext("Exception %(title)s") % {"title": quoted(unless.title)}
        words = f"{unless.title}: {said}. {gettext('Rests on')}: {_named(unless.cites, library)}"
        found[f"unless/{unless.id}"] = (label, words)
    return found


def _named(keys: Iterable[str], library: GuidanceLibrary) -> str:
    """Return what is named of the guidance, in one order, however it was typed."""
    return "; ".join(named_in_guidance(key, library) for key in sorted(keys)) or gettext("none")


def _plain(words: str) -> str:
    return " ".join(words.split())
