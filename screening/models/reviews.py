"""What a reviewer says: an answer to each flag, or a return with questions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from core.ledger.content_fields import StreamJSONField, StreamTextField
from core.ledger.sealing import append_only
from screening.models.constraints import not_blank, one_of
from screening.models.evaluations import Evaluation, Flag


class FlagAnswerKind(models.TextChoices):
    """How a clinician answers a flag."""

    AGREE = "agree", gettext_lazy("Agree")
    DISAGREE = "disagree", gettext_lazy("Disagree")
    NEEDS_INFORMATION = "needs-information", gettext_lazy("Needs information")
    NOT_APPLICABLE = "not-applicable", gettext_lazy("Not applicable")
    EXCEPTION_CONFIRMED = "exception-confirmed", gettext_lazy("Exception confirmed")


CANNOT_RULE_OUT = "cannot-be-ruled-out"
WHERE_OPEN = {
    FlagAnswerKind.AGREE.value: gettext_noop("Agree, it stays open"),
    FlagAnswerKind.DISAGREE.value: gettext_noop("Disagree, it can be told"),
}
"""How answers read on a flag that cannot be ruled out: agreeing with it is not agreeing that it holds."""


def kind_in_words(kind: str, concern: str) -> str:
    """Return how an answer reads on a flag of this concern."""
    said = str(dict(FlagAnswerKind.choices).get(kind, kind))
    return gettext(WHERE_OPEN[kind]) if concern == CANNOT_RULE_OUT and kind in WHERE_OPEN else said


@append_only
class FlagAnswer(models.Model):
    """A clinician's answer to a flag, in their own words. A later one stands in front of an earlier one.

    ``reason_code`` and ``reason_text`` are the coded reason for disagreeing, from the practice's list as it read then;
    ``exception_id`` the exception that is confirmed, and only then. Words and the reason's text are encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    answer = models.CharField(max_length=20, choices=FlagAnswerKind.choices)
    reason_code = models.CharField(max_length=64, blank=True)
    reason_text = StreamTextField(blank=True)
    exception_id = models.CharField(max_length=64, blank=True)
    words = StreamTextField(blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flag", "number"], name="flag_answer_number_once"),
            one_of("flag_answer_known", "answer", FlagAnswerKind),
            models.CheckConstraint(
                condition=~Q(answer="disagree") | (~Q(reason_code="") & ~Q(words="")), name="disagreeing_says_why"
            ),
            models.CheckConstraint(
                condition=Q(answer="exception-confirmed", exception_id__gt="")
                | (~Q(answer="exception-confirmed") & Q(exception_id="")),
                name="a_confirmed_exception_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flag}: {self.answer}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts what was said."""
        return self.flag.evaluation.content_stream

    @property
    def in_words(self) -> str:
        """What was answered, as it reads on this kind of flag."""
        return kind_in_words(self.answer, self.flag.concern)


@append_only
class Return(models.Model):
    """A case handed back with questions. ``questions`` are the ``link_id``s pointed at, ``words`` what to do.

    Both are encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="returns")
    questions = StreamJSONField(default=list)
    words = StreamTextField()
    returned_at = models.DateTimeField()
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [not_blank("return_says_what_to_do", "words")]

    def __str__(self) -> str:
        return f"Return of {self.evaluation_id}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts what was asked."""
        return self.evaluation.content_stream
