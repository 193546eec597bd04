"""Reading a setting from the environment: one that cannot be used is refused in one line, which says what to do.

What stands in a setting is not repeated: it may be a secret.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError

READ = ("bool", "int", "str", "list", "path", "dj_db_url")
OF_THE_WRONG_TYPE = {
    "Not a valid boolean.": "is neither 1 nor 0. Set it to one of them, or leave it out.",
    "Not a valid integer.": "is not a whole number. Set it to one, or leave it out.",
    "Not a valid database URL.": "is not the address of a database. "
    "Write it as sqlite:////path/to/file or postgres://name:word@host:5432/base.",
}


def worded(env: Env) -> Env:
    """Have what this reads refused in our words."""
    for kind in READ:
        setattr(env, kind, _worded(getattr(env, kind)))
    return env


def _worded(read: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(read)
    def reading(name: str, *args: Any, **given: Any) -> Any:
        try:
            return read(name, *args, **given)
        except EnvValidationError as problem:
            said = str(problem.error_messages[0] if isinstance(problem.error_messages, list) else problem)
            raise ImproperlyConfigured(f"{name} {OF_THE_WRONG_TYPE.get(said, said)}") from None

    return reading


def at_least(least: int, cure: str) -> Callable[[int], None]:
    """Refuse a number below ``least``."""

    def look(number: int) -> None:
        if number < least:
            raise ValidationError(f"is below {least}. {cure}")

    return look


def one_of(known: Sequence[str]) -> Callable[[str], None]:
    """Refuse what is none of these."""

    def look(text: str) -> None:
        if text not in known:
            raise ValidationError(f"is none of those that are known. Set it to {' or '.join(known)}.")

    return look


def a_time_zone(text: str) -> None:
    """Refuse what names no time zone."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError("names no time zone. Set it to one such as Europe/Lisbon, or to UTC.") from None
