"""A client's last screening of the same protocol beside this one: what reads otherwise, in words, and no judgement.

Only what both versions ask, and only what both sets of rules hold, can have changed. What one of them does not have
is said apart: a question that was not there was not answered otherwise, a rule that was not there ruled nothing out.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import F

from screening.engine.conditions import Truth
from screening.engine.drafts import DraftContent
from screening.engine.questionnaire import Questionnaire
from screening.engine.reading import Case
from screening.engine.words import NOT_ANSWERED
from screening.models import Evaluation, Screening
from screening.selectors.answered import Changed, RowView, in_words, row_views
from screening.selectors.answers import AnswerView, rows_view, view_of
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.sections import is_asked
from screening.selectors.shifts import Shifted, shifts_between

NOT_ASKED = "not asked"
NOT_TOLD = "not told of"
Key = tuple[str, str, int]
"""A question, the name of the row that it stands in, and which of several rows of that name: rows have no other tie."""


@dataclass(frozen=True, slots=True)
class SinceLast:
    """How a screening differs from the client's last one. Each list stands in the order of its page."""

    earlier: Evaluation
    questionnaires: tuple[int, int]
    rules: tuple[int, int]
    changed: tuple[Changed, ...]
    only_now: tuple[AnswerView, ...]
    only_then: tuple[AnswerView, ...]
    raised: tuple[Shifted, ...]
    not_raised: tuple[Shifted, ...]
    open_now: tuple[Shifted, ...]
    settled: tuple[Shifted, ...]
    by_new_rules: tuple[Shifted, ...]
    by_gone_rules: tuple[Shifted, ...]

    @property
    def same_versions(self) -> bool:
        """Whether both were asked and weighed with the very same documents."""
        return len({*self.questionnaires}) == len({*self.rules}) == 1

    @property
    def nothing(self) -> bool:
        """Whether neither an answer nor a rule comes out otherwise."""
        shifts = (self.raised, self.not_raised, self.open_now, self.settled, self.by_new_rules, self.by_gone_rules)
        return not any((self.changed, self.only_now, self.only_then, *shifts))


def since_last(evaluation: Evaluation) -> SinceLast | None:
    """Return how an evaluation differs from the one that stands of the client's last screening of the same protocol.

    ``None`` where they have no earlier one that was submitted. Select ``response__screening__questionnaire_version``
    and ``rule_set_version`` with it to save queries.
    """
    now = evaluation.response.screening
    earlier = _last_before(now)
    return _beside(earlier, evaluation) if earlier else None


def _last_before(screening: Screening) -> Evaluation | None:
    same = Evaluation.objects.filter(
        response__screening__client=screening.client_id,
        response__screening__protocol=screening.protocol_id,
        response__screening__erased_at__isnull=True,
        response__screening__current_evaluation=F("pk"),
        response__screening__started_at__lt=screening.started_at,
    )
    whole = same.select_related("response__screening__questionnaire_version", "rule_set_version")
    return whole.order_by("-response__screening__started_at", "pk").first()


def _beside(earlier: Evaluation, evaluation: Evaluation) -> SinceLast:
    then, now = _Told(earlier), _Told(evaluation)
    shifts = shifts_between(earlier, evaluation)
    keys = sorted({*then.views, *now.views}, key=lambda key: (now.place(key[0]), then.place(key[0]), key[1:]))
    return SinceLast(
        earlier=earlier,
        questionnaires=(then.questionnaire_number, now.questionnaire_number),
        rules=(earlier.rule_set_version.number, evaluation.rule_set_version.number),
        changed=tuple(_changed(then, now, [key for key in keys if then.knows(key[0]) and now.knows(key[0])])),
        only_now=tuple(now.views[key] for key in keys if key in now.views and not then.knows(key[0])),
        only_then=tuple(then.views[key] for key in keys if key in then.views and not now.knows(key[0])),
        **shifts,
    )


class _Told:
    """What one screening told: its answers by question and row, and how its rules came out."""

    def __init__(self, evaluation: Evaluation) -> None:
        version = evaluation.response.screening.questionnaire_version
        self.questionnaire_number = version.number
        self._questionnaire = questionnaire_of(version)
        self._content = response_content(evaluation.response)
        self._case = Case(self._questionnaire, self._content.as_answers(), evaluation.on)
        self.views = dict(_views(self._questionnaire, self._content, self._case))

    def knows(self, link_id: str) -> bool:
        """Say whether this version of the questionnaire has the question at all."""
        return link_id in self._questionnaire.questions or link_id in self._questionnaire.groups

    def place(self, link_id: str) -> int:
        """Return where a question stands in the order of asking; one that is not there stands last."""
        return self._questionnaire.order.get(link_id, len(self._questionnaire.order))

    def words(self, key: Key) -> str:
        """Return the answer at a place in words, or why there is none."""
        if key in self.views:
            return in_words(self.views[key])
        if key[1]:
            return NOT_TOLD
        return NOT_ANSWERED if is_asked(self._case, key[0]) else NOT_ASKED


def _views(questionnaire: Questionnaire, content: DraftContent, case: Case) -> Iterator[tuple[Key, AnswerView]]:
    """Yield every answer that rules may read; of a repeating group its rows, each as one answer in one line."""
    for link_id, answer in content.answers.items():
        if case.gate(link_id, None).truth is not Truth.FALSE:
            yield (link_id, "", 0), view_of(questionnaire, questionnaire.questions[link_id], answer, None)
    for link_id, given in content.groups.items():
        if case.gate(link_id, None).truth is Truth.FALSE:
            continue
        group = questionnaire.groups[link_id]
        whole, named = rows_view(questionnaire, group, content), Counter[str]()
        yield (link_id, "", 0), replace(whole, row="")
        for row in row_views(group, given, case):
            named[row.title] += 1
            yield (link_id, row.title, named[row.title]), _in_one_line(whole, row)


def _in_one_line(whole: AnswerView, row: RowView) -> AnswerView:
    told = "; ".join(f"{answer.question} {in_words(answer)}" for answer in row.plain)
    return replace(whole, words=told, row=row.title, absent=False)


def _changed(then: _Told, now: _Told, keys: list[Key]) -> Iterator[Changed]:
    """Yield what reads otherwise. That nothing is known, told in other words or not asked for, is no change."""
    for key in keys:
        before, after = then.words(key), now.words(key)
        known = [told.views[key] for told in (then, now) if key in told.views and not told.views[key].absent]
        if before != after and (known or (key in then.views and key in now.views)):
            yield Changed(now.views.get(key) or then.views[key], before, after)
