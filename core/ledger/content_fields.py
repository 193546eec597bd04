"""Columns for what people said, encrypted with the content key of the stream that their row belongs to.

A text is decrypted when it is first read from a row, so that a list which does not show it pays nothing. The model says
which stream its rows belong to, as ``content_stream``. An empty text stays empty, so that a constraint can ask for one.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from core.canonical import canonical_bytes
from core.ledger import content

SEARCHABLE = ("isnull", "exact")


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A text as the database holds it. It is read through its row, never as it is."""

    token: str

    def __str__(self) -> str:
        raise TypeError("This text is encrypted: read it from its row, not with values() or values_list().")


class _Decrypting(DeferredAttribute):
    """Decrypt a column's text when it is first read, and keep what was read on the row."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if not isinstance(value, Ciphertext):
            return value
        column: Any = self.field
        text = column.opened(instance, value)
        instance.__dict__[self.field.attname] = text
        return text

    def __set__(self, instance: Any, value: Any) -> None:
        """Keep a value as it comes. With this, reading goes through ``__get__`` first and not past it."""
        instance.__dict__[self.field.attname] = value


class StreamTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds only encrypted, for one row of one stream."""

    description = "Text, encrypted with the key of its stream"
    descriptor_class = _Decrypting

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Ciphertext | str | None:
        """Leave the text closed: the descriptor opens it."""
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Encrypt for the row that is being written."""
        value = model_instance.__dict__.get(self.attname)
        text = None if value is None or isinstance(value, Ciphertext) else self.as_text(value)
        return value if text is None else Ciphertext(self._closed(model_instance, text)) if text else ""

    def get_prep_value(self, value: Any) -> Any:
        """Write only what was encrypted for its row; anything else would lie there in plain text."""
        if isinstance(value, Ciphertext):
            return value.token
        if value in (None, ""):
            return value
        raise FieldError(f"{self.name} is encrypted for each row: save the row, or search for none.")

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow to ask whether there is a text at all, and nothing else."""
        if lookup_name not in SEARCHABLE:
            raise FieldError(f"{self.name} is encrypted and cannot be searched with {lookup_name!r}.")
        return super().get_lookup(lookup_name)

    def as_text(self, value: Any) -> str:
        """Return a value as the text that is encrypted."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """Return the value that a text stands for."""
        return text

    def opened(self, instance: models.Model, held: Ciphertext) -> Any:
        """Return the value behind a ciphertext that stands in ``instance``."""
        place = {"table": instance._meta.db_table, "column": str(self.column), "row": str(instance.pk)}
        return self.from_text(content.open_text(held.token, **place))

    def as_stored(self, instance: models.Model) -> str | None:
        """Return the ciphertext of a row just read, which stays comparable when nobody can open it any more."""
        held: Any = instance.__dict__.get(self.attname)
        if held and not isinstance(held, Ciphertext):
            raise TypeError(f"{self.name} was opened already: read the row again to see it as it is stored.")
        return str(held.token) if held else held

    def _closed(self, instance: Any, text: str) -> str:
        place = content.Place(instance.content_stream, instance._meta.db_table, str(self.column), str(instance.pk))
        return content.close_text(text, place)


class StreamJSONField(StreamTextField):
    """A JSON value, encrypted the same way as its canonical text."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    description = "JSON, encrypted with the key of its stream"

    def to_python(self, value: Any) -> Any:
        """Leave the value as it is: a seal is over the JSON, and not over its text."""
        return value

    def as_text(self, value: Any) -> str:
        """Write the value as canonical JSON."""
        return canonical_bytes(value).decode()

    def from_text(self, text: str) -> Any:
        """Read the value back."""
        return json.loads(text)
