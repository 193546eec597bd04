"""A setting that cannot be used is refused in one line, with what to do, and without what stands in it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from core.config import reading
from tests.integration.test_production_settings import manage


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Env:
    monkeypatch.setenv("IT", "abc")
    return reading.worded(Env())


def test_what_is_of_the_wrong_type_is_named(env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^IT is not a whole number\. Set"):
        env.int("IT", 0)
    with pytest.raises(ImproperlyConfigured, match=r"^IT is neither 1 nor 0\. Set"):
        env.bool("IT", False)
    with pytest.raises(ImproperlyConfigured, match=r"^IT is not the address of a database\. Write"):
        env.dj_db_url("IT", "sqlite://")
    monkeypatch.setenv("IT", "7")
    assert (env.int("IT", 0), env.str("IT"), env.list("IT")) == (7, "7", ["7"])
    assert env.int("NOT_SET", 3, validate=reading.at_least(1, "")) == 3


@pytest.mark.parametrize(
    ("look", "bad", "good", "words"),
    [
        (reading.a_time_zone, ["Mars/Base", "", "/etc", "../x"], ["UTC", "Europe/Lisbon"], "names no time zone"),
        (reading.one_of(["A4", "letter"]), ["a5", "a4", ""], ["A4", "letter"], "Set it to A4 or letter"),
    ],
    ids=["time zone", "one of"],
)
def test_so_is_what_is_none_of_those_there_are(
    monkeypatch: pytest.MonkeyPatch, look: Any, bad: list[str], good: list[str], words: str
) -> None:
    env = reading.worded(Env())
    for text in bad:
        monkeypatch.setenv("IT", text)
        with pytest.raises(ImproperlyConfigured, match=f"^IT .*{words}"):
            env.str("IT", validate=look)
    for text in good:
        monkeypatch.setenv("IT", text)
        assert env.str("IT", validate=look) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRODUCTION", "maybe"),
        ("TRUSTED_PROXIES", "abc"),
        ("SIGN_IN_FAILURES", "0"),
        ("SESSION_COOKIE_AGE", "abc"),
        ("SESSION_COOKIE_AGE", "0"),
        ("PAPER_SIZE", "a5"),
        ("TIME_ZONE", "Mars/Base"),
        ("DATABASE_URL", "nonsense://with:word@it"),
    ],
)
def test_each_is_said_in_one_line(root: Path, name: str, value: str) -> None:
    done: subprocess.CompletedProcess[str] = manage(root, "check", **{"PRODUCTION": "0", name: value})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"{name} ")
    assert value not in done.stderr or len(value) == 1


def test_a_list_that_is_left_empty_is_empty(root: Path) -> None:
    program = "from django.conf import settings as s; print(s.SECRET_KEY_FALLBACKS)"
    done = manage(root, "shell", "-v", "0", "-c", program, PRODUCTION="0", SECRET_KEY_FALLBACKS="")
    assert done.stdout == "[]\n"
