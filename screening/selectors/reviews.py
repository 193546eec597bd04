"""What a clinician has before them: one case with its flags as they are answered, and flags counted by kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext

from screening.models import Evaluation, Flag, FlagAnswer, Return, Screening
from screening.selectors.answered import ItemView, sections_of
from screening.selectors.answers import AnswerView
from screening.selectors.answers_to_flags import earlier_answers, flags_of, standing_answers
from screening.selectors.concerns import CONCERN_LABELS, concern_label
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.results import SUICIDALITY, FlagView, ResultView, stored_result

SAFEGUARD = "safeguard-missing"


@dataclass(frozen=True, slots=True)
class FlagInReview:
    """A flag to be answered: as it reads, the answer that stands, and what was said on earlier answers."""

    row: Flag
    view: FlagView
    answer: FlagAnswer | None
    earlier: FlagAnswer | None
    earlier_holds: bool

    @property
    def anchor(self) -> str:
        """The id of the flag on a page."""
        return f"flag-{self.row.rule_id}"

    @property
    def alone(self) -> bool:
        """Whether it is answered by itself, and never with others at once."""
        return self.view.topic == SUICIDALITY

    @property
    def confirmed_title(self) -> str:
        """What the exception is called that the standing answer confirms; empty where it confirms none."""
        return self._exception_title(self.answer)

    @property
    def earlier_title(self) -> str:
        """What the exception is called that the earlier answer confirmed; empty where it confirmed none."""
        return self._exception_title(self.earlier)

    def _exception_title(self, answer: FlagAnswer | None) -> str:
        exception_id = answer.exception_id if answer else ""
        titles = {exception.id: exception.title for exception in self.view.exceptions}
        return titles.get(exception_id, exception_id)


@dataclass(frozen=True, slots=True)
class Block:
    """Flags read together: one alone, those that wait for the same answer, or all missing safeguards."""

    key: str
    kind: str
    flags: tuple[FlagInReview, ...]
    waits_for: AnswerView | None = None

    @property
    def together(self) -> tuple[FlagInReview, ...]:
        """The flags that take one answer at once: all but those on suicidality, where there are several."""
        found = tuple(flag for flag in self.flags if not flag.alone)
        return found if len(found) > 1 else ()

    @property
    def left(self) -> int:
        """How many of the flags that take one answer at once have none yet."""
        return sum(flag.answer is None for flag in self.together)

    @property
    def at_once(self) -> str:
        """What the fields for one answer to several flags are called."""
        if self.some_alone:
            return gettext("Answer all that are left here at once, but those on suicidality")
        return gettext("Answer all that are left here at once")

    @property
    def some_alone(self) -> bool:
        """Whether flags stand here that are answered one by one."""
        return any(flag.alone for flag in self.flags)


@dataclass(frozen=True, slots=True)
class SectionInReview:
    """One section of the answers, and the flags that rest on an answer in it."""

    title: str
    items: tuple[ItemView, ...]
    flags: tuple[FlagInReview, ...]


@dataclass(frozen=True, slots=True)
class CaseInReview:
    """One case as its reviewer reads it."""

    result: ResultView
    blocks: tuple[Block, ...]

    @property
    def flags(self) -> list[FlagInReview]:
        """Every flag, in the order of the page."""
        return [flag for block in self.blocks for flag in block.flags]

    @property
    def left(self) -> list[FlagInReview]:
        """The flags without an answer."""
        return [flag for flag in self.flags if flag.answer is None]

    @property
    def answered(self) -> int:
        """How many flags have an answer."""
        return len(self.flags) - len(self.left)

    @property
    def repeatable(self) -> list[FlagInReview]:
        """The flags left whose rule was answered before, in a way that can be given again."""
        return [flag for flag in self.left if flag.earlier and flag.earlier_holds]

    @property
    def repeatable_together(self) -> list[FlagInReview]:
        """Those of them whose answers can be given again at once."""
        return [flag for flag in self.repeatable if not flag.alone]


def flags_by_concern(screenings: Iterable[Screening]) -> dict[UUID, Counter[str]]:
    """Return, by evaluation, how many flags of each kind it has. One query, however many cases."""
    wanted = [screening.current_evaluation_id for screening in screenings]
    counted = Flag.objects.filter(evaluation__in=wanted).values_list("evaluation", "concern").annotate(n=Count("pk"))
    found: dict[UUID, Counter[str]] = {}
    for evaluation_id, concern, number in counted.order_by():
        found.setdefault(evaluation_id, Counter())[concern] += number
    return found


def in_reading_order(concerns: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return counted kinds of flags with their labels, in reading order."""
    return tuple((concern_label(code), concerns[code]) for code in CONCERN_LABELS if concerns[code])


def newest_evaluation(screening: Screening) -> Evaluation:
    """Return the newest evaluation of a submitted case, with everything that reading it needs."""
    whole = Evaluation.objects.select_related("response__screening__questionnaire_version", "rule_set_version")
    return whole.get(response=screening.current_response)


def case_in_review(screening: Screening) -> CaseInReview:
    """Return the newest flags of a submitted case in reading order, gathered into blocks, with what was said."""
    evaluation = newest_evaluation(screening)
    result = stored_result(evaluation, question_url=lambda _section, anchor: f"#{anchor}")
    rows = flags_of(evaluation)
    standing, earlier = standing_answers(rows), earlier_answers(screening)
    views = {view.rule_id: view for view in result.flags}
    flags = [_flag(row, views[row.rule_id], standing.get(row.pk), earlier.get(row.rule_id)) for row in rows]
    return CaseInReview(result=result, blocks=tuple(_blocks(flags)))


def answered_by_now(case: CaseInReview) -> CaseInReview:
    """Return the same flags with the answers that stand now: of an evaluation, nothing else ever changes."""
    standing = standing_answers([flag.row for flag in case.flags])
    blocks = (
        replace(block, flags=tuple(replace(flag, answer=standing.get(flag.row.pk)) for flag in block.flags))
        for block in case.blocks
    )
    return replace(case, blocks=tuple(blocks))


def sections_in_review(evaluation: Evaluation, case: CaseInReview) -> list[SectionInReview]:
    """Return the answers section by section as they are asked, those first on which flags rest."""
    questionnaire = questionnaire_of(evaluation.response.screening.questionnaire_version)
    answered = sections_of(questionnaire, response_content(evaluation.response), evaluation.on)
    rests_on = {flag.row.rule_id: _sections_behind(flag.view) for flag in case.flags}
    found = [
        SectionInReview(
            title=view.title,
            items=view.items,
            flags=tuple(flag for flag in case.flags if section.link_id in rests_on[flag.row.rule_id]),
        )
        for section, view in zip(questionnaire.sections, answered, strict=True)
    ]
    return sorted(found, key=lambda section: not section.flags)


def _sections_behind(view: FlagView) -> set[str]:
    """Return the sections that hold what a flag rests on, waits for, or claims as an exception."""
    claims = [answer for exception in view.exceptions for answer in exception.because]
    return {answer.section for answer in (*view.because, *(one.answer for one in view.missing), *claims)}


def returns_of(screening: Screening) -> list[Return]:
    """Return each time the case was handed back, with what words and of which answers, newest first."""
    found = Return.objects.filter(evaluation__response__screening=screening)
    found = found.select_related("returned_by", "evaluation__response")
    return list(found.defer("evaluation__document", "evaluation__response__document").order_by("-returned_at"))


def _flag(row: Flag, view: FlagView, answer: FlagAnswer | None, earlier: FlagAnswer | None) -> FlagInReview:
    claimed = {exception.id for exception in view.exceptions if exception.claimed}
    holds = earlier is not None and (not earlier.exception_id or earlier.exception_id in claimed)
    return FlagInReview(row=row, view=view, answer=answer, earlier=earlier, earlier_holds=holds)


def _blocks(flags: list[FlagInReview]) -> list[Block]:
    """Gather flags that are read together, each block where the first of its flags stands in reading order."""
    gathered: dict[str, list[FlagInReview]] = {}
    for flag in flags:
        gathered.setdefault(_gathered_under(flag), []).append(flag)
    return [_block(key, tuple(together)) for key, together in gathered.items()]


def _gathered_under(flag: FlagInReview) -> str:
    if not flag.view.met and flag.view.missing:
        return f"missing-{flag.view.missing[0].answer.anchor}"
    return "safeguards" if flag.view.concern == SAFEGUARD else flag.anchor


def _block(key: str, flags: tuple[FlagInReview, ...]) -> Block:
    if len(flags) == 1:
        return Block(key=key, kind="flag", flags=flags)
    if key == "safeguards":
        return Block(key=key, kind="safeguards", flags=flags)
    return Block(key=key, kind="missing", flags=flags, waits_for=flags[0].view.missing[0].answer)
