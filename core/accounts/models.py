"""People, the practices they work in, and the roles they hold there."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy


class Role(models.TextChoices):
    """What a person does in a practice. One person may hold several roles, each a membership of its own."""

    THERAPIST = "therapist", gettext_lazy("Therapist")
    CLINICIAN = "clinician", gettext_lazy("Clinician")
    RULE_AUTHOR = "rule-author", gettext_lazy("Rule author")
    RULE_APPROVER = "rule-approver", gettext_lazy("Rule approver")
    AUDITOR = "auditor", gettext_lazy("Auditor")
    MANAGER = "manager", gettext_lazy("Practice manager")


class User(AbstractUser):
    """Somebody who signs in. ``printed_name`` is what stands under a signature.

    ``language``: in which they read the pages; empty where they chose none, and the browser says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    printed_name = models.CharField(max_length=200)
    is_demo = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True, default="", choices=settings.LANGUAGES)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(language__in=["", *dict(settings.LANGUAGES)]), name="language_is_offered"
            )
        ]

    def __str__(self) -> str:
        return self.printed_name or self.username


class Practice(models.Model):
    """A practice. Nothing of one practice is visible from another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one practice, from ``since`` until ``ended_at``."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "practice", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="one_current_membership_per_role",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="membership_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()} in {self.practice}"


class SingleSignOn(models.Model):
    """The account that a person has with the practice's own sign-in service: the issuer, and its id for the person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="single_sign_ons")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject"),
            models.UniqueConstraint(fields=["user", "issuer"], name="one_subject_per_person"),
            models.CheckConstraint(condition=~models.Q(issuer="") & ~models.Q(subject=""), name="subject_is_given"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class Session(AbstractBaseSession):
    """A session, with whose it is: so that a person's sessions can be listed and ended."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return what reads and writes these rows."""
        from core.accounts.sessions import SessionStore  # noqa: PLC0415  it needs this model

        return SessionStore


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, in a practice, in one role. Every service takes one as ``by``."""

    user: User
    practice: Practice
    role: str
