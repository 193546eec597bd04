"""What the newest answers of a client ask for: documents, preparation, a role's word, an undertaking, asking again.

Everything comes from stored evaluations and the rules they were made on; nothing is evaluated again. That something
arrived is recorded nowhere, so it stands here until newer answers no longer ask for it.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from core.ledger.content import load_keys
from core.quoting import quoted
from screening.engine.conditions import Truth
from screening.engine.guidance import RuleOutcome, RuleState
from screening.engine.rules import Concern, Confirmer, Rule
from screening.engine.words import IN_HAND_WORDS, need_words, undertaking_words
from screening.models import Evaluation, Flag, FlagAnswer, Screening
from screening.models.reviews import FlagAnswerKind, kind_in_words
from screening.selectors.answers_to_flags import standing_answers
from screening.selectors.documents import guidance_of, rule_set_of
from screening.selectors.short_words import every_label, recheck_label, role_label, roles_label


class Kind(StrEnum):
    """What is asked for, in the order in which it is read."""

    DOCUMENT = gettext_noop("To have first")
    PREPARE = gettext_noop("Prepare first")
    CONFIRM = gettext_noop("To be confirmed")
    WEIGH = gettext_noop("To be weighed")
    AGREE = gettext_noop("To be agreed")
    AGAIN = gettext_noop("To be asked again")


@dataclass(frozen=True, slots=True)
class Source:
    """The flag that asks, whether it cannot be ruled out yet, and what a reviewer answered to it, if anything."""

    rule_id: str
    title: str
    waits: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that is asked for, in words; ``state`` says of a document whether it was in hand then."""

    kind: Kind
    words: str
    state: str
    sources: tuple[Source, ...]

    @property
    def label(self) -> str:
        """What kind of thing is asked for, in the reader's language."""
        return gettext(self.kind)

    @property
    def names_a_thing(self) -> bool:
        """Whether the words name what is asked for; else they go on from what kind it is."""
        return self.kind in (Kind.DOCUMENT, Kind.PREPARE)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What the newest answers on one protocol ask for, as of the day on which they were evaluated."""

    screening: Screening
    on: datetime.date
    demands: tuple[Demand, ...]


def newest_answers(screenings: Iterable[Screening]) -> list[Screening]:
    """Return, of screenings that come newest first, the newest of each protocol whose answers were submitted."""
    newest: dict[UUID, Screening] = {}
    for one in screenings:
        if one.current_evaluation_id is not None and one.erased_at is None:
            newest.setdefault(one.protocol_id, one)
    return list(newest.values())


def asked_for_in(screenings: Sequence[Screening]) -> list[AskedFor]:
    """Return what the current answers of these screenings ask for; those that ask for nothing are left out.

    Four queries at most, however many screenings.
    """
    if not screenings:
        return []
    load_keys(f"case:{one.pk}" for one in screenings)
    wanted = Evaluation.objects.filter(pk__in=[one.current_evaluation_id for one in screenings])
    wanted = wanted.select_related("rule_set_version").defer("rule_set_version__library", "rule_set_version__vignettes")
    evaluations = {found.pk: found for found in wanted}
    flags = list(Flag.objects.filter(evaluation__in=evaluations).order_by("position"))
    said = standing_answers(flags)
    read = [
        _of_evaluation(one, evaluations[one.current_evaluation_id], flags, said)
        for one in screenings
        if one.current_evaluation_id is not None
    ]
    return [asked for asked in read if asked.demands]


def _of_evaluation(
    screening: Screening, evaluation: Evaluation, flags: list[Flag], said: dict[UUID, FlagAnswer]
) -> AskedFor:
    rules = rule_set_of(evaluation.rule_set_version).rule_by_id
    outcomes = {outcome.rule_id: outcome for outcome in guidance_of(evaluation).outcomes}
    found: dict[tuple[Kind, str, str], list[Source]] = {}
    for flag in flags:
        if flag.evaluation_id == evaluation.pk:
            source, answer = _source(flag, said.get(flag.pk)), said.get(flag.pk)
            for key in _demands(rules[flag.rule_id], outcomes[flag.rule_id], answer, evaluation.on):
                found.setdefault(key, []).append(source)
    in_order = sorted(found, key=lambda key: list(Kind).index(key[0]))
    return AskedFor(screening, evaluation.on, tuple(Demand(*key, tuple(found[key])) for key in in_order))


def _source(flag: Flag, answer: FlagAnswer | None) -> Source:
    said = kind_in_words(answer.answer, flag.concern) if answer else ""
    return Source(flag.rule_id, flag.title, flag.concern == "cannot-be-ruled-out", said)


def _demands(
    rule: Rule, outcome: RuleOutcome, answer: FlagAnswer | None, on: datetime.date
) -> Iterator[tuple[Kind, str, str]]:
    yield from _documents(rule, outcome)
    if rule.concern is Concern.PREPARE and outcome.state is RuleState.MET:
        yield Kind.PREPARE, rule.title, ""
    yield from _confirmations(rule, outcome, answer)
    if rule.weighed_by:
        yield Kind.WEIGH, gettext("by %(roles)s") % {"roles": roles_label(rule.weighed_by)}, ""
    for undertaking in rule.undertakings:
        yield Kind.AGREE, undertaking_words(undertaking), ""
    yield from _again(rule, on)


def _documents(rule: Rule, outcome: RuleOutcome) -> Iterator[tuple[Kind, str, str]]:
    """Yield what was not in hand, or was and is good only for so long."""
    needs = {need.id: need for need in rule.needs}
    for told in outcome.needs:
        need = needs[told.need_id]
        if told.in_hand is not Truth.TRUE or need.good_for:
            yield Kind.DOCUMENT, need_words(need), IN_HAND_WORDS[told.in_hand]


def _confirmations(rule: Rule, outcome: RuleOutcome, answer: FlagAnswer | None) -> Iterator[tuple[Kind, str, str]]:
    """Yield the exceptions that are claimed, less the one that a reviewer confirmed."""
    titles = {unless.id: unless.title for unless in rule.unless}
    confirmed = answer.exception_id if answer and answer.answer == FlagAnswerKind.EXCEPTION_CONFIRMED else ""
    for claim in outcome.exceptions:
        if claim.claimed is Truth.TRUE and claim.exception_id != confirmed:
            said = {"role": role_label(Confirmer(claim.confirmed_by)), "exception": quoted(titles[claim.exception_id])}
            yield Kind.CONFIRM, gettext("by %(role)s: %(exception)s") % said, ""


def _again(rule: Rule, on: datetime.date) -> Iterator[tuple[Kind, str, str]]:
    if rule.recheck and rule.recheck.every:
        first = date_format(rule.recheck.every.after(on), "DATE_FORMAT")
        said = {"every": every_label(rule.recheck.every), "day": first}
        yield Kind.AGAIN, gettext("%(every)s: from %(day)s") % said, ""
    elif rule.recheck:
        yield Kind.AGAIN, recheck_label(rule.recheck), ""
