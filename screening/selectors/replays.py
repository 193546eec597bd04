"""A version of rules tried on past cases: who would come out otherwise, and what was not reached. It changes nothing.

Each case is evaluated twice on the day it was evaluated: with the version, and with the one it was taken from.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Actor
from core.ledger.content import load_keys
from screening.engine.comparison import OutcomeChange, Shift, outcome_changes
from screening.engine.documents import InvalidDocument
from screening.engine.evaluation import evaluate
from screening.engine.guidance import RuleState
from screening.engine.rules import RuleSet
from screening.engine.words import STATE_WORDS
from screening.models import RuleSetVersion, Screening
from screening.selectors import answers
from screening.selectors.answers import AnswerView
from screening.selectors.documents import questionnaire_of, response_content, rule_set_of
from screening.selectors.rule_sets import unreadable

MOST_CASES = 500
MOST_SHOWN = 10
SHIFT_WORDS = {
    Shift.NEWLY_RAISED: gettext_noop("newly raised"),
    Shift.NO_LONGER_RAISED: gettext_noop("no longer raised"),
    Shift.NEWLY_UNKNOWN: gettext_noop("newly cannot be ruled out"),
    Shift.NO_LONGER_UNKNOWN: gettext_noop("no longer in doubt: not met"),
}


@dataclass(frozen=True)
class CaseShift:
    """One case that comes out otherwise in one rule: from what, to what, and the answers that make it so."""

    code: str
    before: str
    now: str
    because: tuple[AnswerView, ...]


@dataclass(frozen=True)
class RuleShift:
    """How the cases shift in one rule, one way. ``cases`` are the newest of them; ``count`` is all of them."""

    rule_id: str
    title: str
    count: int
    cases: tuple[CaseShift, ...]


@dataclass(frozen=True)
class Replay:
    """What a replay found, and what it did not reach. ``why_not`` says why nothing could be tried."""

    why_not: str = ""
    tried: int = 0
    changed: int = 0
    shifts: tuple[tuple[str, int, tuple[RuleShift, ...]], ...] = ()
    too_many: int = 0
    other_questionnaire: int = 0
    not_submitted: int = 0
    unread: tuple[str, ...] = ()
    erased: int = 0


def replay_of(by: Actor, version: RuleSetVersion) -> Replay:
    """Try ``version`` on the practice's newest submitted answers to the same questionnaire version."""
    if version.based_on is None:
        return Replay(why_not=gettext("This is the protocol's first version: there is none before it to compare with."))
    if unreadable(version, rule_set_of(version)):
        return Replay(why_not=gettext("The rules cannot be read yet. Put right what the checks name, then replay."))
    return _Run(version, version.based_on).over(_cases(by, version))


def _cases(by: Actor, version: RuleSetVersion) -> QuerySet[Screening]:
    return Screening.objects.filter(practice=by.practice, protocol=version.protocol_id)


class _Run:
    """One pass over the cases, noting what shifts."""

    def __init__(self, version: RuleSetVersion, before: RuleSetVersion) -> None:
        self._version = version
        self._questionnaire = questionnaire_of(version.questionnaire_version)
        self._before, self._now = rule_set_of(before), rule_set_of(version)
        self._found: dict[tuple[Shift, str], list[tuple[Screening, OutcomeChange]]] = defaultdict(list)
        self._changed: set[str] = set()
        self._unread: list[str] = []

    def over(self, cases: QuerySet[Screening]) -> Replay:
        """Try every case within the limit, and count those beyond it."""
        submitted = cases.filter(current_evaluation__isnull=False)
        whole = submitted.filter(erased_at__isnull=True)
        same = whole.filter(questionnaire_version=self._version.questionnaire_version_id)
        reached = same.select_related("client", "current_response", "current_evaluation").order_by("-submitted_at")
        tried, chosen = 0, list(reached[:MOST_CASES])
        load_keys(f"case:{screening.pk}" for screening in chosen)
        for screening in chosen:
            tried += 1
            self._try(screening)
        return Replay(
            tried=tried - len(self._unread),
            changed=len(self._changed),
            shifts=tuple(self._shown()),
            too_many=same.count() - tried,
            other_questionnaire=whole.count() - same.count(),
            erased=submitted.count() - whole.count(),
            not_submitted=cases.filter(current_evaluation__isnull=True).count(),
            unread=tuple(self._unread),
        )

    def _try(self, screening: Screening) -> None:
        response, evaluation = screening.current_response, screening.current_evaluation
        if response is None or evaluation is None:
            return
        given, on = response_content(response).as_answers(), evaluation.on
        try:
            before = evaluate(self._before, self._questionnaire, given, on)
            now = evaluate(self._now, self._questionnaire, given, on)
        except InvalidDocument:
            self._unread.append(screening.client.code)
            return
        for change in outcome_changes(before, now):
            self._found[change.shift, change.rule_id].append((screening, change))
            self._changed.add(str(screening.pk))

    def _shown(self) -> Iterable[tuple[str, int, tuple[RuleShift, ...]]]:
        for shift in Shift:
            rules = tuple(
                self._rule(rule_id, changes) for (kind, rule_id), changes in self._found.items() if kind is shift
            )
            yield gettext(SHIFT_WORDS[shift]), sum(rule.count for rule in rules), rules

    def _rule(self, rule_id: str, changes: list[tuple[Screening, OutcomeChange]]) -> RuleShift:
        cases = tuple(self._case(screening, change) for screening, change in islice(changes, MOST_SHOWN))
        return RuleShift(rule_id, self._title(rule_id), len(changes), cases)

    def _title(self, rule_id: str) -> str:
        rules: tuple[RuleSet, ...] = (self._now, self._before)
        return next(rules_.rule_by_id[rule_id].title for rules_ in rules if rule_id in rules_.rule_by_id)

    def _case(self, screening: Screening, change: OutcomeChange) -> CaseShift:
        outcome = change.now or change.before
        content = response_content(screening.current_response) if screening.current_response else None
        because = outcome.because if outcome and content else ()
        return CaseShift(
            code=screening.client.code,
            before=_words(change.before.state if change.before else None),
            now=_words(change.now.state if change.now else None),
            because=tuple(
                answers.find(self._questionnaire, content, basis.place.link_id, basis.place.row_id)
                for basis in because
                if content is not None
            ),
        )


def _words(state: RuleState | None) -> str:
    return STATE_WORDS[state] if state else gettext("no such rule")
