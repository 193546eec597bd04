"""Carrying out what a person asks for: as a whole, once, and again where the database could not for a moment.

A **command** is known by the form that asked for it. Its key is written in the transaction of the act itself, and the
database takes it once: a second press, a form sent again from an old page, or a repeat after an answer that never came
finds it and does nothing. Where a database error says that the transaction was undone, or the connection is lost and
nobody knows, the whole transaction is tried again, a few times, never inside somebody else's transaction.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import Error, IntegrityError, connection, transaction

from core.database_faults import Trouble, trouble_of
from core.errors import Refused
from core.ledger.models import Command

Act = TypeVar("Act", bound=Callable[..., Any])
ATTEMPTS = 4
FIRST_WAIT = 0.05  # seconds; each further wait is four times as long, less some chance
WHILE_THE_FIRST_ENDS = (0.0, 0.1, 0.2, 0.4)  # seconds: the first of two presses may be about to say where it leads
PATIENCE = 4.0  # seconds after which nothing is begun again: less than is waited for SQLite's lock
_LONGEST_ADDRESS = 300


class DoneAlready(Exception):
    """The very form that was sent has been carried out before, so that nothing was done now."""


@dataclass
class Sent:
    """A form that was sent: its key (empty where it has none), and what came of the commands that it asked for."""

    key: str = ""
    done: bool = False
    refused: str = ""


_sent: ContextVar[Sent | None] = ContextVar("sent", default=None)
_inside: ContextVar[bool] = ContextVar("inside_a_command", default=False)


def command(act: Act) -> Act:
    """Make a service a command: one transaction, once for each form that asks, tried again where that is safe."""
    verb = f"{act.__module__.split('.')[-1]}.{act.__name__}"

    @wraps(act)
    def carried_out(**given: Any) -> Any:
        if _inside.get():
            return act(**given)
        form = _sent.get() or Sent()
        return _carry_out(lambda: act(**given), form, verb, at=given["at"])

    carried_out.is_command = True  # type: ignore[attr-defined]
    return cast(Act, carried_out)


def repeatable(act: Act) -> Act:
    """Make a service one that is tried again: done twice it leaves what it leaves done once, so it needs no key."""

    @wraps(act)
    def carried_out(**given: Any) -> Any:
        began = time.monotonic()
        for attempt in range(ATTEMPTS):
            try:
                return act(**given)
            except Refused as no:
                note_refusal(no)
                raise
            except Error as error:
                _wait_or_raise(error, attempt, began)
        raise AssertionError("the last attempt raises")

    carried_out.is_repeatable = True  # type: ignore[attr-defined]
    return cast(Act, carried_out)


@contextmanager
def sent(key: str) -> Iterator[Sent]:
    """Let what is carried out inside belong to the form of this key."""
    form = Sent(key)
    token = _sent.set(form)
    try:
        yield form
    finally:
        _sent.reset(token)


def note_refusal(no: Refused) -> None:
    """Note by its short name why what the form asked for was refused."""
    form = _sent.get()
    if form is not None:
        form.refused = no.code


def says_why(asked: Act) -> Act:
    """Have a function that is no command, and may refuse all the same, note its refusals as a command does."""

    @wraps(asked)
    def noting(*args: Any, **given: Any) -> Any:
        try:
            return asked(*args, **given)
        except Refused as no:
            note_refusal(no)
            raise

    return cast(Act, noting)


def was_done() -> bool:
    """Say whether the form that was sent has been carried out before."""
    form = _sent.get()
    return form is not None and bool(form.key) and Command.objects.filter(key=form.key).exists()


def stop_if_done() -> None:
    """Raise ``DoneAlready`` where the form that was sent has been carried out before."""
    if was_done():
        raise DoneAlready


def remember_where(form: Sent, address: str) -> None:
    """Note where the first sending of a form led, so that the second is led there too."""
    if form.key and address.startswith("/") and len(address) <= _LONGEST_ADDRESS:
        Command.objects.filter(key=form.key).update(led_to=address)


def where_it_led(form: Sent, wait: float = 0.0) -> str:
    """Return, after a wait, where the first sending of a form led; empty where that is not known."""
    time.sleep(wait)
    return Command.objects.filter(key=form.key).exclude(led_to="").values_list("led_to", flat=True).first() or ""


def _carry_out(act: Callable[[], Any], form: Sent, verb: str, *, at: datetime) -> Any:
    key, began = form.key or uuid.uuid4().hex, time.monotonic()
    unknown: list[Any] = []  # what an act returned whose commit got no answer
    for attempt in range(ATTEMPTS):
        made: list[Any] = []
        try:
            _attempt(act, made, Command(key=key, verb=verb, done_at=at))
        except Refused as no:
            note_refusal(no)
            raise
        except IntegrityError as taken:
            if not Command.objects.filter(key=key, verb=verb).exists():
                raise
            if not unknown:
                raise DoneAlready from taken
            made = unknown
        except Error as error:
            unknown = made or unknown
            _wait_or_raise(error, attempt, began)
            continue
        form.done = True
        return made[0]
    raise AssertionError("the last attempt raises")


def _attempt(act: Callable[[], Any], made: list[Any], row: Command) -> None:
    """Write the key first: whoever comes second with it waits here for the first, and learns that it is taken."""
    token = _inside.set(True)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            made.append(act())
    finally:
        _inside.reset(token)


def _wait_or_raise(error: Error, attempt: int, began: float) -> None:
    """Wait before the next attempt, or raise the error where a repeat would not help or is not ours to make."""
    trouble = trouble_of(error)
    late = attempt + 1 == ATTEMPTS or time.monotonic() - began > PATIENCE
    if trouble is None or not trouble.passes or late or connection.in_atomic_block:
        raise error
    if trouble is Trouble.AWAY:
        connection.close()
    time.sleep(random.uniform(0.5, 1) * FIRST_WAIT * 4**attempt)  # noqa: S311 - chance keeps two from meeting again
