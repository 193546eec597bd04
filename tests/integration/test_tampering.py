"""Hundreds of generated tamperings, each found at its place; and many clean ledgers, none of which raises an alarm."""

import os
import random
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from core.ledger.checkpointing import make_checkpoint
from core.ledger.models import CheckpointLeaf
from core.ledger.services import Event, append
from core.ledger.verification import report_on, verify_for
from core.ledger.witness_folder import lines
from tests import tampering, tampering_with_checkpoints, tampering_with_entries
from tests.append_only_rows import NOW
from tests.conftest import lift_guards
from tests.factories import actor
from tests.past_the_guards import ACTION, a_case, run
from tests.tampering import DATABASE, KEPT_OUTSIDE, WITH_KEYS, Scene

EACH = 6
CLEAN_LEDGERS = int(os.environ.get("CLEAN_LEDGERS", "24"))
CHECKPOINTS = 3
KNOWN = (tampering_with_entries, tampering_with_checkpoints)  # each registers its own
KINDS = [*DATABASE, *WITH_KEYS, *KEPT_OUTSIDE]

pytestmark = pytest.mark.django_db


def record(names, by, chance, *, times=1):
    for _ in range(times):
        happened = [Event(name, ACTION, name, {"n": chance.random()}) for name in names]
        with transaction.atomic():
            append(*happened, by=by, at=NOW)


def without_guards():
    if connection.vendor == "sqlite":
        lift_guards(connection)
        return
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tampering.TABLES:
        run(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')


@pytest.fixture(scope="module")
def scene(shared_db: None) -> Scene:
    """Two practices with cases that several checkpoints saw, and entries that none has seen yet; the guards off."""
    chance = random.Random(4)
    streams: list[str] = []
    people = [actor(), actor()]
    cases = {by.user.pk: [a_case() for _ in range(2)] for by in people}
    for _ in range(CHECKPOINTS):
        for by in people:
            record([*cases[by.user.pk], f"user:{by.user.pk}"], by, chance, times=chance.randint(1, 2))
        assert make_checkpoint(at=NOW)
    for by in people:
        record(cases[by.user.pk], by, chance)
        streams += cases[by.user.pk]
    seen = {
        name: list(CheckpointLeaf.objects.filter(stream=name).order_by("seq").values_list("seq", flat=True))
        for name in streams
    }
    without_guards()
    return Scene(streams, seen)


@pytest.fixture(scope="module")
def witness(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoints as they were kept elsewhere."""
    path = tmp_path_factory.mktemp("elsewhere") / "checkpoints.jsonl"
    path.write_bytes(b"".join(line + b"\n" for _, line in lines()))
    return path


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def places(findings):
    entries = {(finding.stream, finding.seq) for finding in findings if finding.seq}
    return entries | {finding.checkpoint for finding in findings if finding.checkpoint}


@pytest.mark.parametrize("seed", range(EACH))
@pytest.mark.parametrize("kind", [*DATABASE, *WITH_KEYS], ids=lambda kind: kind.__name__)
def test_a_tampering_is_found_at_its_place_from_the_database_alone(scene, kind, seed):
    with undone():
        expected = kind(scene, random.Random(f"{kind.__name__} {seed}"))
        report = report_on()
    assert report.tampered
    assert expected <= places(report.findings), [str(finding) for finding in report.findings]


@pytest.mark.parametrize("seed", range(EACH))
@pytest.mark.parametrize("kind", KEPT_OUTSIDE, ids=lambda kind: kind.__name__)
def test_what_the_database_cannot_tell_a_witness_tells(scene, witness, kind, seed):
    with undone():
        expected = kind(scene, random.Random(f"{kind.__name__} {seed}"))
        alone, report = report_on(), report_on(witnesses=[witness])
    assert alone.intact
    assert report.tampered
    assert expected <= places(report.findings), [str(finding) for finding in report.findings]


def test_there_are_more_than_two_hundred():
    assert len(KINDS) * EACH >= 200


def test_untouched_it_is_intact_with_its_witness_and_for_each_practice(scene, witness):
    report = report_on(witnesses=[witness])
    assert report.findings == []
    assert (report.checkpoints, report.witnessed) == (CHECKPOINTS, CHECKPOINTS)


def test_what_is_done_to_one_practice_is_no_finding_of_another(scene):
    """A rewritten chain names its stream to its own practice; a forged checkpoint is everybody's."""
    stream = scene.streams[0]
    tampering.rewrite(stream, 1)
    mine, theirs = (tampering.stored(name, 1).practice for name in (stream, scene.streams[-1]))
    assert mine
    assert theirs
    assert (stream, 1) in places(verify_for(mine).findings)
    assert verify_for(theirs).findings == []
    tampering_with_checkpoints.set_checkpoint(2, signature="ab" * 64)
    assert places(verify_for(theirs).findings) == {2}


def a_clean_ledger(chance):
    """Write a small ledger at random: people, cases, checkpoints in between or none."""
    people = [actor() for _ in range(chance.randint(1, 2))]
    cases = {by.user.pk: [a_case() for _ in range(chance.randint(1, 3))] for by in people}
    for number in range(chance.randint(0, 6)):
        by = chance.choice(people)
        names = chance.sample(cases[by.user.pk], chance.randint(1, len(cases[by.user.pk])))
        record([*names, f"user:{by.user.pk}"][: chance.randint(1, 4)], by, chance, times=chance.randint(1, 3))
        if chance.random() < 0.4:
            make_checkpoint(at=NOW + timedelta(minutes=number))


def test_a_clean_ledger_raises_no_alarm(tmp_path):
    """A new ledger for each number, with nothing but what the product wrote; CLEAN_LEDGERS=1000 tries that many."""
    alarms = {}
    for number in range(CLEAN_LEDGERS):
        with undone():
            a_clean_ledger(random.Random(number))
            kept = tmp_path / "kept.jsonl"
            kept.write_bytes(b"".join(line + b"\n" for _, line in lines()))
            if found := report_on(witnesses=[kept]).findings:
                alarms[number] = [str(finding) for finding in found]
    assert alarms == {}
