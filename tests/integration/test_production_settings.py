"""A production that is not safe to start does not start, and says everything that is wrong and what to do."""

import os
import re
import secrets
import subprocess
import sys
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import authenticate
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from core.accounts.models import User
from core.config import keyfile, safety
from core.config import settings as production
from core.ledger import checkpoints
from tests.as_application import as_application, make_role

SAFE: dict[str, Any] = {
    "secret_key": secrets.token_urlsafe(64),
    "debug": False,
    "allowed_hosts": ["soundings.example"],
    "field_keys": [Fernet.generate_key().decode()],
}


def manage(root, *arguments, **environment):
    """Run manage.py with this environment and nothing of ours."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=root,
        env={**inherited, "PRODUCTION": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_safe_production_has_no_problems():
    assert safety.problems(**SAFE) == []


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("secret_key", safety.DEVELOPMENT_SECRET, "SECRET_KEY is not set"),
        ("secret_key", "short", "SECRET_KEY is shorter"),
        ("secret_key", "ab" * 50, "SECRET_KEY is shorter than 50 characters or too regular"),
        ("debug", True, "DEBUG is on"),
        ("allowed_hosts", [], "ALLOWED_HOSTS is empty"),
        ("allowed_hosts", [" "], "ALLOWED_HOSTS is empty"),
        ("allowed_hosts", ["soundings.example", "*"], "ALLOWED_HOSTS allows every host"),
        ("field_keys", [], "FIELD_KEYS is not set"),
        ("field_keys", [safety.DEVELOPMENT_FIELD_KEY], "FIELD_KEYS holds the development key"),
        ("field_keys", [SAFE["field_keys"][0], safety.DEVELOPMENT_FIELD_KEY], "FIELD_KEYS holds the development key"),
        ("field_keys", [SAFE["field_keys"][0], "not a key"], "FIELD_KEYS: key number 2 is not a Fernet key"),
    ],
)
def test_an_unsafe_setting_is_named_with_its_cure(setting, value, words):
    (problem,) = safety.problems(**{**SAFE, setting: value})
    assert problem.startswith(words)


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (safety.DEVELOPMENT_SECRET, "is the development secret, which is public"),
        ("short", "is shorter than 50 characters or too regular"),
        ("ab" * 50, "is shorter than 50 characters or too regular"),
    ],
)
def test_a_former_secret_is_held_to_the_same(secret, words):
    assert safety.fallback_problems([SAFE["secret_key"]]) == []
    (problem,) = safety.fallback_problems([SAFE["secret_key"], secret])
    assert problem.startswith(f"SECRET_KEY_FALLBACKS: secret number 2 {words}")


CHECKPOINT_KEY = "c4f1" * 16  # the same in every worker: it stands in the names of tests
OWN = checkpoints.public_key_of(bytes.fromhex(CHECKPOINT_KEY)).hex()


@pytest.mark.parametrize("public_keys", [[], [OWN], [OWN, "ab" * 32]])
def test_a_checkpoint_key_of_ones_own_has_no_problems(public_keys):
    assert safety.checkpoint_problems(key=CHECKPOINT_KEY, public_keys=public_keys) == []


@pytest.mark.parametrize(
    ("key", "public_keys", "words"),
    [
        ("", [], "CHECKPOINT_KEY is not set, nor CHECKPOINT_KEY_FILE"),
        (safety.DEVELOPMENT_CHECKPOINT_KEY, [], "CHECKPOINT_KEY is the development key"),
        ("not a key", [], "CHECKPOINT_KEY is not 64 hexadecimal characters"),
        (CHECKPOINT_KEY[:-1], [], "CHECKPOINT_KEY is not 64 hexadecimal characters"),
        (CHECKPOINT_KEY, [OWN, "no key"], "CHECKPOINT_PUBLIC_KEYS: key number 2 is not"),
        (CHECKPOINT_KEY, ["ab" * 32], "CHECKPOINT_PUBLIC_KEYS does not hold the public key of CHECKPOINT_KEY"),
    ],
)
def test_an_unsafe_checkpoint_key_is_named_with_its_cure(key, public_keys, words):
    (problem,) = safety.checkpoint_problems(key=key, public_keys=public_keys)
    assert problem.startswith(words)


def test_the_development_key_is_one_that_signs():
    assert checkpoints.public_key_of(bytes.fromhex(safety.DEVELOPMENT_CHECKPOINT_KEY))


def test_a_key_file_that_cannot_be_read_is_named_without_what_it_holds(tmp_path):
    assert keyfile.read("") == ""
    (tmp_path / "key").write_text(f"{CHECKPOINT_KEY}\n")
    assert keyfile.read(str(tmp_path / "key")) == CHECKPOINT_KEY
    with pytest.raises(ImproperlyConfigured, match=r"CHECKPOINT_KEY_FILE cannot be read: .*/nothing: No such file"):
        keyfile.read(str(tmp_path / "nothing"))
    (tmp_path / "picture").write_bytes(b"\xff\xfe")
    with pytest.raises(ImproperlyConfigured, match=r"cannot be read: .*/picture holds something else"):
        keyfile.read(str(tmp_path / "picture"))


def test_a_key_in_the_place_of_its_file_is_not_repeated():
    with pytest.raises(ImproperlyConfigured) as refused:
        keyfile.read(CHECKPOINT_KEY)
    assert str(refused.value) == "CHECKPOINT_KEY_FILE is a key, not the name of a file. Set CHECKPOINT_KEY to it."


def test_a_production_with_nothing_set_refuses_to_start_and_names_every_problem(root):
    done = manage(root, "check", DEBUG="1")
    assert done.returncode == 1
    for name in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "FIELD_KEYS", "CHECKPOINT_KEY"):
        assert f"- {name}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_safe_production_starts_and_its_deployment_check_finds_nothing(root):
    done = manage(
        root,
        "check",
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY=SAFE["secret_key"],
        FIELD_KEYS=SAFE["field_keys"][0],
        CHECKPOINT_KEY=CHECKPOINT_KEY,
        ALLOWED_HOSTS="soundings.example",
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("System check identified no issues")
    assert done.stderr == ""


@pytest.mark.parametrize("in_production", [True, False])
def test_only_of_a_production_is_it_said_that_it_runs_on_sqlite(settings, monkeypatch, in_production):
    settings.PRODUCTION = in_production
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert [found.id for found in safety.sqlite_is_for_one()] == ["soundings.W001"] * in_production


def test_a_pooler_gets_no_cursor_and_no_connection_that_outlives_a_transaction(root):
    program = "from django.db import connection as c; d = c.settings_dict; "
    program += "print(d['CONN_MAX_AGE'], d['DISABLE_SERVER_SIDE_CURSORS'])"
    known = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PRODUCTION": "0"}
    told = [manage(root, "shell", "-v", "0", "-c", program, **known, BEHIND_POOLER=said).stdout for said in "01"]
    assert [said.split() for said in told] == [["60", "False"], ["0", "True"]]


def test_passwords_are_kept_by_scrypt_and_ruled_by_length_and_lists_alone():
    assert production.PASSWORD_HASHERS[0].endswith("ScryptPasswordHasher")
    rules = str(production.AUTH_PASSWORD_VALIDATORS)
    assert "MinimumLengthValidator" in rules
    assert "CommonPasswordValidator" in rules
    assert not re.search("Numeric|Upper|Symbol", rules)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"OIDC_SERVER_URL": "https://id.example"}, "OIDC_CLIENT_ID is not set, and single sign-on needs it"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES is below 0"),
        ({"SECRET_KEY_FALLBACKS": f"{SAFE['secret_key']},{safety.DEVELOPMENT_SECRET}"}, "secret number 2 is the dev"),
    ],
    ids=["half of single sign-on", "fewer proxies than none", "the public secret before the present one"],
)
def test_a_setting_of_signing_in_that_makes_no_sense_does_not_start(root, setting, words):
    safe = {"SECRET_KEY": SAFE["secret_key"], "FIELD_KEYS": SAFE["field_keys"][0], "CHECKPOINT_KEY": CHECKPOINT_KEY}
    done = manage(root, "check", **safe, **setting, ALLOWED_HOSTS="soundings.example")
    assert done.returncode == 1
    assert words in done.stderr


@pytest.mark.parametrize(("required", "found"), [(True, []), (False, ["soundings.W002"])])
def test_a_production_that_a_password_opens_is_warned_of(settings, required, found):
    settings.REQUIRE_SECOND_FACTOR = required
    assert [message.id for message in safety.a_password_is_not_enough()] == found


@pytest.mark.django_db
def test_demo_accounts_in_a_production_database_are_an_error(settings):
    User.objects.create(username="demo", is_demo=True)
    settings.PRODUCTION = True
    assert "soundings.E001" in [found.id for found in run_checks(tags=["database"], databases=["default"])]


@pytest.mark.django_db
def test_people_in_a_production_database_are_no_error(settings):
    User.objects.create(username="somebody")
    settings.PRODUCTION = True
    make_role()
    with as_application():
        assert run_checks(tags=["database"], databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("production", [False, True])
def test_a_demo_account_signs_in_only_outside_production(settings, production):
    settings.PRODUCTION = production
    User.objects.create_user("demo", password="a long enough password", is_demo=True)
    request = RequestFactory().post("/")
    found = authenticate(request, username="demo", password="a long enough password")
    assert (found is None) == production
