"""Canaries: made-up words typed where something personal is typed, and the places where none of them may turn up."""

import base64
import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.apps import apps
from django.core import mail
from django.db import connection, models
from django.test import Client
from django.urls import Resolver404, resolve

from core.accounts.models import Session
from core.config import logs
from core.encryption import EncryptedTextField
from core.ledger.content_fields import StreamTextField

MARK = "zq7bird"
BIRTH = "1913-07-04"  # the canary of a date
LOGGERS = ("", "django", "django_structlog", "core", "screening")
LINKS = re.compile(r'(?:href|action|src|hx-[a-z]+)="([^"]*)"')


def canary(where: str) -> str:
    """Return the word that is typed in one place, so that a find says which."""
    return f"{MARK}-{where}"


def found_in(text: str) -> set[str]:
    """Return the canaries in a text: as typed, in base64, in hexadecimal, or as the birth date."""
    spotted = set(re.findall(rf"{MARK}-[a-z0-9-]+", text))
    spotted |= {BIRTH} if BIRTH in text else set()
    inside = base64.b64encode(MARK.encode())[:8].decode()
    return (
        spotted | ({"in base64"} if inside in text else set()) | ({"in hex"} if MARK.encode().hex() in text else set())
    )


def spotted(places: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return which canaries were found where."""
    return {where: birds for where, text in places if (birds := found_in(text))}


def encrypted_fields() -> dict[str, models.Field[Any, Any]]:
    """Return every encrypted column of the product, found by walking the models."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField | StreamTextField)
    }


def text_fields(app_labels: set[str]) -> set[str]:
    """Return every column of these applications that can hold words."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in app_labels
        for field in model._meta.local_concrete_fields
        if isinstance(field, kinds)
    }


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Write down every line that is logged, as JSON and as the console shows it."""
    written = io.StringIO()
    handlers = [_handler(written, as_json=as_json) for as_json in (True, False)]
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        for handler in handlers:
            logger.addHandler(handler)
    try:
        yield written
    finally:
        for logger in loggers:
            for handler in handlers:
                logger.removeHandler(handler)


def _handler(written: io.StringIO, *, as_json: bool) -> logging.Handler:
    configured = logs.logging_settings(as_json=as_json)["formatters"]["lines"]
    handler = logging.StreamHandler(written)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in configured.items() if k != "()"}))
    handler.addFilter(logs.TemplateOnly())
    return handler


class Watched(Client):
    """A browser that notes what every answer carries besides the page itself, and the pages that say no."""

    noted: list[tuple[str, str]]

    def __init__(self, noted: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(raise_request_exception=False, **kwargs)
        self.noted = noted

    def request(self, **request: Any) -> Any:
        """Ask, and note headers, cookies and the addresses on the page."""
        response = super().request(**request)
        where = f"{request['REQUEST_METHOD']} {_named(request['PATH_INFO'])}"
        self.noted.append((f"headers of {where}", repr(dict(response.headers))))
        self.noted.append((f"cookies of {where}", response.cookies.output()))
        if not request.get("QUERY_STRING"):  # what was typed into a search stands in its own address, and in its links
            self.noted.append((f"addresses on {where}", " ".join(LINKS.findall(_read(response)))))
        if response.status_code in (400, 403, 404, 500):
            self.noted.append((f"page {response.status_code} of {where}", _read(response)))
        return response


def _read(response: Any) -> str:
    """Return a page; what is handed out as a file, some of it in pieces, has no links and is looked at by itself."""
    is_page = "text/html" in response.headers.get("Content-Type", "")
    return response.content.decode() if is_page else ""


def _named(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return "nothing"


def everything_stored() -> Iterator[tuple[str, str]]:
    """Read every value of every table as text, and what is packed into sessions too."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", _text(value)) for name, value in zip(names, row, strict=True))
    for session in Session.objects.all():
        yield "a session", repr(session.get_decoded())


def mailed() -> Iterator[tuple[str, str]]:
    """Return what was mailed."""
    for message in getattr(mail, "outbox", []):
        yield "a mail", f"{message.subject} {message.body} {message.to}"


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | bytearray | memoryview) else str(value)
