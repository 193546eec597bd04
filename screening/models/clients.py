"""Clients, known by a code; who they are is encrypted and apart from what they answered."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower, Trim

from core.accounts.models import Practice
from core.encryption import EncryptedTextField
from screening.models.constraints import not_blank


def written_code(typed: str) -> str:
    """Return a code as it is stored and looked for: without spaces around it, and one where there are several."""
    return " ".join(typed.split())


class Client(models.Model):
    """Somebody who comes for care. ``code`` is what pages, lists and the ledger show.

    No two codes of a practice look alike: capitals do not tell them apart, nor do spaces (``written_code``).

    ``name`` and ``birth_date`` (ISO, or empty) are encrypted, and empty once ``erased_at`` is set. ``therapist`` is the
    one who cares for them and sees their screenings.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    name = EncryptedTextField(blank=True, default="")
    birth_date = EncryptedTextField(blank=True, default="")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(F("practice"), Lower("code"), name="client_code_once_in_a_practice"),
            CheckConstraint(condition=Q(code=Trim("code")) & ~Q(code__contains="  "), name="client_code_as_written"),
            not_blank("client_has_a_code", "code"),
        ]

    def __str__(self) -> str:
        return self.code
