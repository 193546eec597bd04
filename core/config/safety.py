"""What has to be true before a production installation may start, and what the system checks look for afterwards.

Each problem is a sentence that says what is wrong and what to do. The settings call ``problems``; nothing here
changes a setting, and nothing here reads the environment.
"""

import re
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import connections

# Good on one machine for trying things out. Production refuses each.
DEVELOPMENT_SECRET = "development-only-not-a-secret"  # noqa: S105
DEVELOPMENT_FIELD_KEY = "c291bmRpbmdzLWRldmVsb3BtZW50LW9ubHkta2V5ISE="
DEVELOPMENT_CHECKPOINT_KEY: str = b"soundings-development-only-key!!".hex()

NEW_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
NEW_CHECKPOINT_KEY = 'python -c "import secrets; print(secrets.token_hex(32))"'
NEW_SECRET = 'python -c "import secrets; print(secrets.token_urlsafe(64))"'  # noqa: S105  a command, not a password

WEAK = "shorter than 50 characters or too regular"


def problems(*, secret_key: str, debug: bool, allowed_hosts: Sequence[str], field_keys: Sequence[str]) -> list[str]:
    """Return every reason why a production with these settings must not start, each with its cure."""
    found = [_secret_problem(secret_key), _debug_problem(debug), _hosts_problem(allowed_hosts)]
    return [problem for problem in found if problem] + _key_problems(field_keys)


def checkpoint_problems(*, key: str, public_keys: Sequence[str]) -> list[str]:
    """Return every reason why a production must not sign checkpoints with this key, each with its cure."""
    if not key:
        return [f"CHECKPOINT_KEY is not set, nor CHECKPOINT_KEY_FILE. Make one and keep a copy: {NEW_CHECKPOINT_KEY}"]
    if key == DEVELOPMENT_CHECKPOINT_KEY:
        return [f"CHECKPOINT_KEY is the development key, which is public. Make one: {NEW_CHECKPOINT_KEY}"]
    if not _is_hexadecimal(key):
        return [f"CHECKPOINT_KEY is not 64 hexadecimal characters. Make one: {NEW_CHECKPOINT_KEY}"]
    if wrong := [at for at, one in enumerate(public_keys, start=1) if not _is_hexadecimal(one)]:
        return [f"CHECKPOINT_PUBLIC_KEYS: key number {wrong[0]} is not 64 hexadecimal characters."]
    own = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)).public_key().public_bytes_raw().hex()
    if public_keys and own not in public_keys:
        return [f"CHECKPOINT_PUBLIC_KEYS does not hold the public key of CHECKPOINT_KEY. Put it first: {own}"]
    return []


def fallback_problems(secrets: Sequence[str]) -> list[str]:
    """Return every former secret that a production must not believe: it verifies signatures as SECRET_KEY does."""
    cure = "It verifies signatures as well. Take it out; whoever signed in with it signs in again."
    found = []
    for position, secret in enumerate(secrets, start=1):
        if secret == DEVELOPMENT_SECRET:
            found.append(
                f"SECRET_KEY_FALLBACKS: secret number {position} is the development secret, which is public. {cure}"
            )
        elif _is_weak(secret):
            found.append(f"SECRET_KEY_FALLBACKS: secret number {position} is {WEAK}. {cure}")
    return found


def _is_hexadecimal(key: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{64}", key) is not None


def refusal(found: Sequence[str]) -> str:
    """Return the problems as the one message that stands where the start would have been."""
    return "Soundings does not start with PRODUCTION set:\n" + "\n".join(f"- {problem}" for problem in found)


def _secret_problem(secret_key: str) -> str | None:
    if secret_key == DEVELOPMENT_SECRET:
        return f"SECRET_KEY is not set, and the development secret is public. Make one: {NEW_SECRET}"
    return f"SECRET_KEY is {WEAK}. Make one: {NEW_SECRET}" if _is_weak(secret_key) else None


def _is_weak(secret: str) -> bool:
    return len(secret) < 50 or len(set(secret)) < 10


def _debug_problem(debug: bool) -> str | None:
    return "DEBUG is on: error pages would show what clients said. Remove DEBUG or set it to 0." if debug else None


def _hosts_problem(allowed_hosts: Sequence[str]) -> str | None:
    if not [host for host in allowed_hosts if host.strip()]:
        return "ALLOWED_HOSTS is empty. Name the hosts this installation answers to: ALLOWED_HOSTS=soundings.example"
    if any(host.strip() in {"*", "."} for host in allowed_hosts):
        return "ALLOWED_HOSTS allows every host. Name the hosts one by one: ALLOWED_HOSTS=soundings.example"
    return None


def _key_problems(field_keys: Sequence[str]) -> list[str]:
    if not field_keys:
        return [f"FIELD_KEYS is not set: nothing personal could be encrypted. Make a key and keep a copy: {NEW_KEY}"]
    found = []
    if DEVELOPMENT_FIELD_KEY in field_keys:
        found.append(f"FIELD_KEYS holds the development key, which is public. Make one: {NEW_KEY}")
    for position, key in enumerate(field_keys, start=1):
        if not _is_fernet_key(key):
            found.append(f"FIELD_KEYS: key number {position} is not a Fernet key. Make one: {NEW_KEY}")
    return found


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@checks.register(checks.Tags.database)
def no_demo_accounts_in_production(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Find demo accounts, whose passwords are printed for everybody, in a production database."""
    if not settings.PRODUCTION:
        return []
    people = apps.get_model("accounts", "User")
    found: list[checks.CheckMessage] = []
    for alias in databases or []:
        if people._meta.db_table not in connections[alias].introspection.table_names():
            continue
        if people._default_manager.using(alias).filter(is_demo=True).exists():
            hint = "Start with an empty database. They cannot sign in where PRODUCTION is set."
            found.append(checks.Error("There are demo accounts in this database.", hint=hint, id="soundings.E001"))
    return found


@checks.register(checks.Tags.security, deploy=True)
def a_password_is_not_enough(**_: Any) -> list[checks.CheckMessage]:
    """Say that this production opens cases to a password alone: a choice, and rarely a good one."""
    if settings.REQUIRE_SECOND_FACTOR:
        return []
    hint = "Remove REQUIRE_SECOND_FACTOR, or set it to 1. People set a second factor up when they next sign in."
    return [checks.Warning("A password alone opens every case.", hint=hint, id="soundings.W002")]


@checks.register(checks.Tags.security, deploy=True)
def sqlite_is_for_one(**_: Any) -> list[checks.CheckMessage]:
    """Say that a production runs on SQLite: allowed, for one practice on one machine, and worth knowing."""
    if settings.PRODUCTION and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        hint = "Fine for one practice on one machine with backups. Otherwise set DATABASE_URL to a PostgreSQL."
        return [checks.Warning("Production runs on SQLite.", hint=hint, id="soundings.W001")]
    return []
