"""What is stored, as values that two runs of the same act can be compared by, and what an act changed of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import models

from core.accounts.models import Session
from core.ledger.models import Command, Entry, Seal
from core.ledger.selectors import payload_of
from tests.faults import held_in

OURS = ("accounts", "ledger", "screening")
BY_CHANCE = {"bytes", "hash", "prev_hash", "head_hash", "commit", "ciphertext", "wrapped", "mac"}
"""Columns of the ledger that differ with each key and nonce. What they say is compared through ``payload_of``."""

Footprint = dict[tuple[str, str], dict[str, Any]]


def footprint() -> Footprint:
    """Return every row of our tables by table and key, without what chance gives."""
    found: Footprint = {(Session._meta.label, row.pk): _session(row) for row in Session.objects.all()}
    for model in our_models():
        if model is Session:
            continue
        names = [field.attname for field in model._meta.concrete_fields if not _by_chance(field)]
        for row in models.QuerySet(model).values("pk", *names):
            if model is Seal and row["row"].isdecimal():
                row["row"] = "a number"  # of a sequence, which PostgreSQL does not set back with the transaction
            found[model._meta.label, str(row.pop("pk"))] = row
    return found


def _session(row: Session) -> dict[str, Any]:
    """Return whose a session is and what it holds: when it ends is put off by every request, and signed anew."""
    return {"user_id": row.user_id, "holds": held_in(row)}


def our_models() -> list[type[models.Model]]:
    """Return the models of the product, those of Django and of packages left out."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]


def changed(before: Footprint, after: Footprint) -> list[str]:
    """Return what is different afterwards, a line for each new, changed or missing row, in an order of its own."""
    lines = [f"gone {table}" for table, key in before.keys() - after.keys()]
    lines += [f"new {table} {_words(after[table, key])}" for table, key in after.keys() - before.keys()]
    for place in before.keys() & after.keys():
        differing = {name: value for name, value in after[place].items() if before[place][name] != value}
        lines += [f"changed {place[0]} {_words(differing)}"] if differing else []
    return sorted(lines)


def said_since(newest: int) -> list[str]:
    """Return what the ledger recorded after the entry of that number, payloads included."""
    entries = Entry.objects.filter(pk__gt=newest).select_related("stream__key", "payload").order_by("pk")
    return [f"{entry.stream.name} {entry.action} {entry.object} {payload_of(entry)}" for entry in entries]


@contextmanager
def nothing_by_chance(moment: datetime) -> Iterator[None]:
    """Let time stand still and every random id come out the same: two runs of one act then write the same."""
    chance = Random(7)
    with patch("os.urandom", chance.randbytes), patch("django.utils.timezone.now", lambda: moment):
        yield


def _by_chance(field: Any) -> bool:
    if field.model is Command and field.name == "key":
        return True  # a form is known by all that was sent, so with a field more it is another form
    target = field.target_field if field.is_relation else field
    return field.name in BY_CHANCE or isinstance(target, models.AutoField)


def _words(row: dict[str, Any]) -> str:
    return " ".join(f"{name}={value!r}" for name, value in sorted(row.items()))
