"""Who works in the demo practice, and how they get their sign-ins."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from core.accounts.models import Actor, Practice, Role, User
from core.accounts.services import add_member, create_user, open_practice

PRACTICE = "Harbour Street Practice (demo)"
WORDS = (
    *("anchor", "beacon", "canvas", "ferry", "harbour", "island", "jetty", "keel", "lantern", "marina"),
    *("northern", "oar", "pilot", "quay", "reef", "sail", "tide", "upstream", "voyage", "wharf"),
)


@dataclass(frozen=True)
class Person:
    """A member of the demo practice."""

    username: str
    printed_name: str
    roles: tuple[Role, ...]
    does: str


PEOPLE = (
    Person("therapist", "Maren Holt, LMFT", (Role.THERAPIST,), "screens clients"),
    Person("clinician", "Dr Imani Osei", (Role.CLINICIAN,), "answers flags and signs"),
    Person("admin1", "Ruth Calder", (Role.RULE_AUTHOR, Role.RULE_APPROVER), "edits rules"),
    Person("admin2", "Tomas Lind", (Role.RULE_AUTHOR, Role.RULE_APPROVER), "publishes what another wrote"),
    Person("auditor", "Priya Nair", (Role.AUDITOR,), "reads cases, checks the ledger"),
    Person("manager", "Jonas Weber", (Role.MANAGER,), "sets crisis steps and lists"),
    Person("manager2", "Amara Diallo", (Role.MANAGER,), "confirms what another manager asked to erase"),
)


def new_password() -> str:
    """Make up a password that can be typed: four words and a number."""
    return "-".join([*(secrets.choice(WORDS) for _ in range(4)), str(secrets.randbelow(9000) + 1000)])


def people_and_practice(*, password: str, at: datetime) -> dict[str, Actor]:
    """Make the practice and everybody in it; return each as an actor in their first role, by username."""
    practice = open_practice(name=PRACTICE, by=None, at=at)
    return {person.username: _join(person, practice, password=password, at=at) for person in PEOPLE}


def _join(person: Person, practice: Practice, *, password: str, at: datetime) -> Actor:
    user = create_user(
        username=person.username, printed_name=person.printed_name, password=password, by=None, at=at, is_demo=True
    )
    for role in person.roles:
        add_member(user=user, practice=practice, role=role, by=None, at=at)
    return Actor(user, practice, person.roles[0])


def demo_users() -> list[User]:
    """Return the accounts that the demo made."""
    return list(User.objects.filter(is_demo=True).order_by("username"))
