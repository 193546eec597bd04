"""Which database a process connects to, and as whom: the application's role, or the owner for what needs the house.

A command that is not listed connects as the application and names its practice, or sees nothing of any.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

LONGEST_WAIT_FOR_A_LOCK = 5
"""Seconds for which somebody waits while others write to SQLite. Longer than any of ours takes to have a turn, and as
long as a person is to wait for an answer: ``core.commands`` begins nothing again after a wait like this."""

HOUSE_COMMANDS = {
    "add_member": "gives a role in whichever practice is named",
    "backup": "copies every row",
    "changepassword": "Django's; the system's own act",
    "checkpoint": "signs the heads of all streams",
    "create_practice": "opens a practice that is not there yet",
    "createsuperuser": "Django's; the system's own act",
    "dbshell": "a person with the owner's password",
    "demo": "fills an empty house",
    "due_for_erasure": "asks a practice that is named whom it has kept long enough",
    "dumpdata": "copies every row",
    "export_evidence": "exports a case of whichever practice",
    "export_checkpoints": "takes out the leaves of every stream, to be kept by whoever looks after the house",
    "flush": "empties the tables",
    "link_single_sign_on": "the system's own act on somebody's account",
    "loaddata": "writes every row",
    "migrate": "owns the tables",
    "reset_password": "the system's own act on somebody's account",
    "reset_second_factor": "the system's own act on somebody's account",
    "restore": "writes every row",
    "rotate_keys": "encrypts every practice's fields anew",
    "verify_ledger": "verifies every stream of every practice",
    "write_pdf": "exports a case of whichever practice",
}
"""The commands that connect as the owner, and why. Every other one is held to a practice by the database."""


def as_owner(arguments: Sequence[str], owner_url: str) -> bool:
    """Say whether a process of these arguments connects as the owner: for a command of the house, if one is named."""
    return bool(owner_url) and len(arguments) > 1 and arguments[1] in HOUSE_COMMANDS


def application_role(application_url: str, owner_url: str) -> str:
    """Return the role that the application connects as, where the owner is somebody else; empty otherwise."""
    names = [urlsplit(url).username or "" for url in (application_url, owner_url)]
    return names[0] if owner_url and names[0] != names[1] else ""
