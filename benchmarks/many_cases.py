"""A practice with as many cases as are wanted, made up and written straight into a throwaway database.

The rows that lists read are all there: clients with names and what finds them, screenings in every state, responses,
evaluations, flags, answers to flags, returns. **Guards and foreign keys are off while they are written**, in the
throwaway database alone; the ledger holds nothing of them, and what was answered is a placeholder that nothing reads.
"""

import datetime
import hashlib
import itertools
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BATCH = 5_000
CLIENTS_OF_ONE = 2_600
FIRST = [f"Given{number}" for number in range(200)]
LAST = [f"Family{number}" for number in range(400)]
CONCERNS = ("caution", "prepare", "treat-first", "cannot-be-ruled-out", "safeguard-missing", "differential")
RARE = ("advises-against", 1_000)
"""A kind of flag that one case in so many has."""
STATES = [*["submitted"] * 20, *["in-progress"] * 3, "returned", *["determined"] * 76]
IN_REVIEW = 10_000
"""One case in so many is in review."""
REVIEWERS = 20
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Practice:
    """The practice whose cases are made up, and whom they are given to."""

    people: dict[str, Any]
    protocol: Any
    other_protocol: Any
    questionnaire_version: Any
    rule_set_version: Any
    therapists: list[Any]
    clinicians: list[Any]


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Make a database of its own beside the one that DATABASE_URL names, and drop it afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":  # on the disk, as it is used, and not in memory
        connection.settings_dict["TEST"]["NAME"] = str(Path(tempfile.gettempdir()) / f"cases-{os.getpid()}.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def practice(*, cases: int, now: datetime.datetime) -> Practice:
    """Open the demo's practice with its people and published rules, through the services, without a case in it."""
    from core.accounts.models import Role
    from screening.management.demo.people import new_password, people_and_practice
    from screening.management.demo.play import publish_protocols
    from screening.models import Protocol, QuestionnaireVersion, RuleSetVersion

    long_ago = now - datetime.timedelta(days=2_000)
    people = people_and_practice(password=new_password(), at=long_ago)
    publish_protocols(people, at=long_ago)
    owner = people["therapist"].practice
    therapists = [people["therapist"].user, *_more(cases // CLIENTS_OF_ONE, Role.THERAPIST, owner, at=long_ago)]
    clinicians = [people["clinician"].user, *_more(REVIEWERS, Role.CLINICIAN, owner, at=long_ago)]
    protocol = Protocol.objects.get(practice=owner, lineage_name="intake")
    return Practice(
        people,
        protocol,
        Protocol.objects.get(practice=owner, lineage_name="session-day"),
        QuestionnaireVersion.objects.filter(protocol=protocol, status="active").get(),
        RuleSetVersion.objects.filter(protocol=protocol, status="active").get(),
        therapists,
        clinicians,
    )


def _more(number: int, role: str, owner: Any, *, at: datetime.datetime) -> list[Any]:
    """Add so many people who sign in nowhere: a password would take longer to hash than all of their cases."""
    from core.accounts.models import Membership, User

    names = [f"{role}-{one}" for one in range(1, number)]
    users = User.objects.bulk_create(User(username=name, printed_name=name.title(), password="!") for name in names)
    Membership.objects.bulk_create(Membership(user=user, practice=owner, role=role, since=at) for user in users)
    return users


def fill(at: Practice, numbers: range, *, now: datetime.datetime) -> None:
    """Write the cases of these numbers, and have the database look at what it holds now."""
    from screening import models

    kinds = ("Client", "ClientNameWord", "Screening", "ResponseVersion", "Evaluation", "Flag", "FlagAnswer", "Return")
    making = _Making(at, now)
    with _guards_off():
        for start in range(numbers.start, numbers.stop, BATCH):
            batch = range(start, min(start + BATCH, numbers.stop))
            for kind in kinds:
                model = getattr(models, kind)
                _write(model, itertools.chain.from_iterable(making.rows(kind, number) for number in batch))
    _look_at_it_all()


class _Making:
    """The rows of one case after the other, each as a mapping from column to value."""

    def __init__(self, at: Practice, now: datetime.datetime) -> None:
        from core.blind_index import digest_of, words_of
        from core.encryption import encrypt

        self.at, self.now = at, now
        self.practice = at.people["therapist"].practice.pk.hex
        names = [f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}" for n in range(len(LAST))]
        self.names = [encrypt(name.encode()).decode() for name in names]
        scope = str(at.people["therapist"].practice.pk)
        self.words = [[digest_of(word, scope) for word in words_of(name)] for name in names]
        self.empty = encrypt(b"").decode()

    def rows(self, kind: str, number: int) -> Iterable[dict[str, Any]]:
        made: Iterable[dict[str, Any]] = getattr(self, f"_{kind.lower()}")(number)
        return made

    def _client(self, number: int) -> Iterator[dict[str, Any]]:
        yield {
            "id": key("client", number),
            "practice_id": self.practice,
            "code": code(number),
            "name": self.names[number % len(self.names)],
            "birth_date": self.empty,
            "therapist_id": self._therapist(number),
            "created_at": self._at(number),
        }

    def _clientnameword(self, number: int) -> Iterator[dict[str, Any]]:
        for digest in self.words[number % len(self.words)]:
            yield {"practice_id": self.practice, "client_id": key("client", number), "digest": digest}

    def _screening(self, number: int) -> Iterator[dict[str, Any]]:
        status, at = self._status(number), self._at(number)
        submitted = status != "in-progress"
        yield {
            "id": key("case", number),
            "practice_id": self.practice,
            "client_id": key("client", number),
            "protocol_id": self.at.protocol.pk.hex,
            "questionnaire_version_id": self.at.questionnaire_version.pk.hex,
            "rule_set_version_id": self.at.rule_set_version.pk.hex,
            "therapist_id": self._therapist(number),
            "status": status,
            "started_at": at,
            "submitted_at": at if submitted else None,
            "claimed_at": at if status == "in-review" else None,
            "claimed_by_id": self._clinician(number) if status == "in-review" else None,
            "determined_at": at if status == "determined" else None,
            "suicidality_first": number % 33 == 0,
            "returned_before": number % 50 == 0 and submitted,
            "amendment_reason": self.empty,
            "current_response_id": key("response", number) if submitted else None,
            "current_evaluation_id": key("evaluation", number) if submitted else None,
        }

    def _responseversion(self, number: int) -> Iterator[dict[str, Any]]:
        if self._submitted(number):
            yield {
                "id": key("response", number),
                "screening_id": key("case", number),
                "number": 1,
                "document": "-",
                "digest": "-",
                "submitted_at": self._at(number),
                "submitted_by_id": self._therapist(number),
            }

    def _evaluation(self, number: int) -> Iterator[dict[str, Any]]:
        if self._submitted(number):
            yield {
                "id": key("evaluation", number),
                "response_id": key("response", number),
                "rule_set_version_id": self.at.rule_set_version.pk.hex,
                "on": self.now.date(),
                "document": "-",
                "digest": "-",
                "evaluated_at": self._at(number),
            }

    def _flag(self, number: int) -> Iterator[dict[str, Any]]:
        for place in self._flags(number):
            rare = place == 0 and number % RARE[1] == 0
            yield {
                "id": key(f"flag{place}", number),
                "evaluation_id": key("evaluation", number),
                "position": place,
                "rule_id": f"rule-{(number + place) % 40}",
                "title": f"Rule {(number + place) % 40}",
                "topic": f"topic-{place}",
                "concern": RARE[0] if rare else CONCERNS[(number + place) % len(CONCERNS)],
            }

    def _flaganswer(self, number: int) -> Iterator[dict[str, Any]]:
        if self._status(number) == "determined":
            for place in self._flags(number):
                yield {
                    "id": key(f"answer{place}", number),
                    "flag_id": key(f"flag{place}", number),
                    "number": 1,
                    "answer": "agree",
                    "answered_at": self._at(number),
                    "answered_by_id": self._clinician(number),
                }

    def _return(self, number: int) -> Iterator[dict[str, Any]]:
        if number % 50 == 0 and self._submitted(number):
            yield {
                "id": key("return", number),
                "evaluation_id": key("evaluation", number),
                "questions": "-",
                "words": "-",
                "returned_at": self._at(number),
                "returned_by_id": self._clinician(number),
            }

    def _flags(self, number: int) -> range:
        return range(number % 7 if self._submitted(number) else 0)

    def _submitted(self, number: int) -> bool:
        return self._status(number) != "in-progress"

    def _therapist(self, number: int) -> str:
        return str(self.at.therapists[number // len(STATES) % len(self.at.therapists)].pk.hex)

    def _clinician(self, number: int) -> str:
        return str(self.at.clinicians[number // IN_REVIEW % len(self.at.clinicians)].pk.hex)

    def _status(self, number: int) -> str:
        return "in-review" if number % IN_REVIEW == 0 else STATES[number % len(STATES)]

    def _at(self, number: int) -> str:
        return (self.now - datetime.timedelta(minutes=number)).strftime("%Y-%m-%d %H:%M:%S+00")


def key(kind: str, number: int) -> str:
    """Return the id of a made-up row: as scattered as a random one, and the same whenever it is asked for."""
    return hashlib.md5(f"{kind} {number}".encode(), usedforsecurity=False).hexdigest()


def code(number: int) -> str:
    """Return the code of a made-up client."""
    return f"M-{number:07}"


def a_name(number: int) -> str:
    """Return the last name of a made-up client."""
    return LAST[number % len(LAST)]


def _write(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as fast as the database takes them; what a row does not say is as the model has it."""
    from django.db import connection
    from django.db.models import AutoField

    own = [field for field in model._meta.concrete_fields if not field.generated]
    fields = [field for field in own if not isinstance(field, AutoField)]  # numbered by the database
    lacking = {field.column: _default(field) for field in fields}
    columns = list(lacking)
    values = [tuple({**lacking, **row}[column] for column in columns) for row in rows]
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our own
            cursor.executemany(statement, [tuple(_for_sqlite(value) for value in row) for row in values])


def _default(field: Any) -> Any:
    value = field.get_default() if field.has_default() or not field.null else None
    return "" if value is None and not field.null else value


def _for_sqlite(value: Any) -> Any:
    return value.removesuffix("+00") if isinstance(value, str) and value.endswith("+00") else value


@contextmanager
def _guards_off() -> Iterator[None]:
    """Lift what holds real rows while made-up ones are written, and put it back."""
    from django.db import connection, transaction

    from core.ledger.guards import restore_guards

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
    with transaction.atomic():
        yield
    restore_guards()


def _look_at_it_all() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        alone = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM ANALYZE" if alone else "ANALYZE")


@contextmanager
def as_the_application() -> Iterator[None]:
    """Ask PostgreSQL as the application's role, which is made for this and dropped again."""
    from django.db import connection

    from core.tenancy.roles import SETTINGS, creating, granting

    if connection.vendor != "postgresql":
        yield
        return
    role = f"soundings_benchmark_{os.getpid()}"
    as_it_connects = [f"SET {name} = {value}" for name, value in SETTINGS.items()]
    _run(*creating(role), *granting(role), f'SET ROLE "{role}"', *as_it_connects)
    try:
        yield
    finally:
        _run("RESET ROLE", *(f"RESET {name}" for name in SETTINGS), f'DROP OWNED BY "{role}"', f'DROP ROLE "{role}"')


def _run(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
