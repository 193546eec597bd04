"""The database itself refuses a row whose demands of other rows are not met, on SQLite and on PostgreSQL."""
# ruff: noqa: S608 - raw SQL over the names of our own tables is what is tried here

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from core.accounts.models import Actor
from core.ledger.demands import Demand, demanded, drop_demand, trigger_names
from core.ledger.guards import missing_guards, restore_guards
from screening.models import Determination, DraftEditor, RuleSetVersion
from tests import playing
from tests.playing import NOON, House
from tests.rule_drafts import in_review

BEER = "two-beers-at-lunch"
PUBLISH = "UPDATE screening_rulesetversion SET status = 'active', published_at = %s, published_by_id = %s WHERE id = %s"

pytestmark = pytest.mark.django_db


@contextmanager
def refused(said: str) -> Iterator[None]:
    """Expect the database to refuse with these words, and leave the test's transaction usable."""
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        yield


def run(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def insert(row: models.Model) -> int:
    """Write a row with plain SQL, past every service and every model."""
    fields = row._meta.concrete_fields
    given = [field for field in fields if not (field.primary_key and field.value_from_object(row) is None)]
    columns = ", ".join(f'"{field.column}"' for field in given)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in given]
    return run(f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(given))})', values)


def in_database(model: type[models.Model], **values: Any) -> list[Any]:
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in values}
    return [fields[name].get_db_prep_save(value, connection) for name, value in values.items()]


def publish(version: RuleSetVersion, by: Actor, at: datetime = NOON) -> int:
    """Publish with plain SQL; the version that is active now makes room first."""
    run("UPDATE screening_rulesetversion SET status = 'retired', retired_at = published_at WHERE status = 'active'", [])
    return run(PUBLISH, in_database(RuleSetVersion, published_at=at, published_by=by.user.pk, id=version.pk))


def editor(version: RuleSetVersion, person: Actor) -> DraftEditor:
    return DraftEditor(version=version, user=person.user, first_edit_at=NOON)


class TestPublishing:
    @pytest.fixture
    def version(self, house: House) -> RuleSetVersion:
        return in_review(house)

    def test_by_somebody_who_edited_it_is_refused(self, house: House, version: RuleSetVersion) -> None:
        insert(editor(version, house.approver))
        with refused("nobody publishes a version that they took part in writing"):
            publish(version, house.approver)

    def test_by_the_one_who_took_the_draft_is_refused(self, house: House, version: RuleSetVersion) -> None:
        with refused("took part in writing|second_person_publishes"):
            publish(version, house.author)

    def test_by_somebody_who_wrote_none_of_it_is_taken(self, house: House, version: RuleSetVersion) -> None:
        insert(editor(version, house.clinician))
        assert publish(version, house.approver) == 1

    def test_is_refused_also_as_one_new_row(self, house: House, version: RuleSetVersion) -> None:
        insert(editor(version, house.approver))
        values = {"id": version.pk, "published_by_id": house.approver.user.pk, "published_at": NOON, "status": "active"}
        copied = RuleSetVersion.objects.get(pk=version.pk)
        for name, value in {**values, "number": 99}.items():
            setattr(copied, name, value)
        with refused("took part in writing"):
            insert(copied)

    def test_ends_the_list_of_editors(self, house: House, version: RuleSetVersion) -> None:
        publish(version, house.approver)
        with refused("a published version gains no editors"):
            insert(editor(version, house.clinician))

    def test_leaves_the_list_open_until_then(self, house: House, version: RuleSetVersion) -> None:
        assert insert(editor(version, house.clinician)) == 1


class TestADetermination:
    def written(self, house: House, *, answered: bool) -> Determination:
        """Return a determination, as signed on one case, for another case that is answered or not."""
        protocol = playing.published(house)
        signed = playing.sign(house, playing.answered(house, protocol, BEER))
        case = (playing.answered if answered else playing.claimed)(house, protocol, BEER)
        assert case.current_evaluation
        signed.pk, signed.evaluation = uuid.uuid4(), case.current_evaluation
        return signed

    def test_without_an_answer_to_every_flag_is_refused(self, house: House) -> None:
        row = self.written(house, answered=False)
        with refused("a determination needs an answer to every flag"):
            insert(row)

    def test_with_an_answer_to_every_flag_is_taken(self, house: House) -> None:
        assert insert(self.written(house, answered=True)) == 1


@pytest.mark.parametrize("wanted", demanded(), ids=lambda wanted: wanted.name)
class TestADemand:
    def test_that_is_gone_is_named_and_restored(self, wanted: Demand) -> None:
        assert missing_guards() == []
        drop_demand(connection, wanted)
        assert missing_guards() == trigger_names(connection, wanted)
        restore_guards(connection)
        assert missing_guards() == []

    def test_that_is_gone_makes_verify_ledger_leave_with_1(self, wanted: Demand, capsys: Any) -> None:
        drop_demand(connection, wanted)
        with pytest.raises(SystemExit) as left:
            call_command("verify_ledger")
        assert left.value.code == 1
        assert f"The database trigger {wanted.name} is missing" in capsys.readouterr().out

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL switches triggers off")
    def test_that_is_switched_off_is_named(self, wanted: Demand) -> None:
        run(f'ALTER TABLE "{wanted.table}" DISABLE TRIGGER "{wanted.name}"', [])
        assert missing_guards() == [wanted.name]
