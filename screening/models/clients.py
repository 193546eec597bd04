"""Clients, known by a code; who they are is encrypted and apart from what they answered."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, GeneratedField, Index, Q, UniqueConstraint
from django.db.models.functions import Lower, Trim
from django.utils.formats import date_format

from core.accounts.models import Practice
from core.blind_index import DIGEST_LENGTH
from core.encryption import EncryptedTextField
from screening.models.constraints import InBytes, not_blank


def written_code(typed: str) -> str:
    """Return a code as it is stored and looked for: without spaces around it, and one where there are several."""
    return " ".join(typed.split())


class Client(models.Model):
    """Somebody who comes for care. ``code`` is what pages, lists and the ledger show.

    No two codes of a practice look alike: capitals do not tell them apart, nor do spaces (``written_code``).

    ``code_found`` is the code as it is looked for, kept by the database itself: PostgreSQL may look a column up in an
    index before it asks a row's policy, and no function of one (``lower``).

    ``name`` and ``birth_date`` (ISO, or empty) are encrypted, and empty once ``erased_at`` is set. ``therapist`` is the
    one who cares for them and sees their screenings.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    code_found = GeneratedField(expression=Lower("code"), output_field=models.CharField(max_length=20), db_persist=True)
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
        indexes = [
            Index(F("practice"), InBytes("code_found"), name="client_by_code"),
            Index(fields=["practice", "therapist", "code", "id"], name="clients_of_therapist"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def born(self) -> str:
        """The birth date as its reader's language writes it; empty where none is kept."""
        return date_format(date.fromisoformat(self.birth_date), "DATE_FORMAT") if self.birth_date else ""


class ClientNameWord(models.Model):
    """One word of a client's name as a keyed digest (``core.blind_index``), so that a name is found and not read.

    Whole words alone: beginnings of words would show how names are built (docs/privacy.md).
    """

    id = models.BigAutoField(primary_key=True)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="name_words")
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        constraints = [UniqueConstraint(fields=["client", "digest"], name="word_of_a_name_once")]
        indexes = [Index(fields=["practice", "digest"], name="word_of_a_name")]

    def __str__(self) -> str:
        return f"A word of the name of {self.client_id}"
