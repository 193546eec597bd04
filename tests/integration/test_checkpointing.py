"""Making checkpoints, and seeing on the ledger's page how far they reach."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Actor, Role
from core.ledger import checkpoints, signing_keys, witness
from core.ledger.checkpointing import checkpoint_soon, make_checkpoint
from core.ledger.management.commands import checkpoint as command
from core.ledger.models import Checkpoint, Entry, Stream, StreamKey, WitnessFolder
from core.ledger.reach import entries_waiting, moved_streams, reach_of
from core.ledger.selectors import timeline
from core.ledger.services import practice_stream
from core.ledger.verification import report_on, verify
from tests.append_only_rows import NOW
from tests.factories import actor
from tests.pages import text_of
from tests.past_the_guards import a_case, past_the_guards, record, run
from tests.playing import answered, house, published, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return actor()


class TestMakingOne:
    def test_signs_the_head_of_every_stream_that_has_moved(self, by):
        case = a_case()
        record(case, by, times=3)
        made = make_checkpoint(at=NOW)
        assert made
        leaves = [checkpoints.Leaf(leaf.stream, leaf.seq, leaf.hash) for leaf in made.leaves.order_by("position")]
        heads = Stream.objects.values_list("name", "head_seq", "head_hash")
        assert leaves == sorted(checkpoints.Leaf(*head) for head in heads)
        content = checkpoints.follow(bytes(made.bytes), number=1, prev=checkpoints.NOTHING_BEFORE)
        assert checkpoints.verify_leaves(content, leaves)
        (key,) = signing_keys.pinned_keys().values()
        assert checkpoints.verify_signature(bytes(made.bytes), made.signature, key, number=1)

    def test_takes_only_what_moved_since_and_follows_the_one_before(self, by):
        first, second = a_case(), a_case()
        record(first, by)
        before = make_checkpoint(at=NOW)
        record(second, by, times=2)
        record(second, by)
        after = make_checkpoint(at=NOW)
        assert before
        assert after
        names = set(after.leaves.values_list("stream", flat=True))
        assert names == {second, practice_stream(by.practice.pk)}
        assert checkpoints.read(bytes(after.bytes), 2).prev == before.hash

    def test_makes_none_where_nothing_was_recorded_since(self, by):
        assert make_checkpoint(at=NOW) is None
        record(a_case(), by)
        assert make_checkpoint(at=NOW)
        assert make_checkpoint(at=NOW) is None
        assert verify() == []

    def test_a_number_stands_once(self, by):
        record(a_case(), by)
        made = make_checkpoint(at=NOW)
        assert made
        with pytest.raises(IntegrityError), transaction.atomic():
            Checkpoint.objects.create(**{**values_of(made), "hash": "0" * 64})

    def test_without_a_key_is_refused_in_words(self, by, settings):
        record(a_case(), by)
        settings.CHECKPOINT_KEY = ""
        with pytest.raises(ImproperlyConfigured, match="CHECKPOINT_KEY is missing"):
            make_checkpoint(at=NOW)
        assert not Checkpoint.objects.exists()

    def test_a_new_key_goes_on_while_the_old_one_is_pinned(self, by, settings):
        old = signing_keys.pinned_keys()
        record(a_case(), by)
        make_checkpoint(at=NOW)
        settings.CHECKPOINT_KEY = "ab" * 32
        new = checkpoints.public_key_of(bytes.fromhex("ab" * 32))
        settings.CHECKPOINT_PUBLIC_KEYS = [new.hex(), *(key.hex() for key in old.values())]
        record(a_case(), by)
        make_checkpoint(at=NOW)
        assert verify() == []
        settings.CHECKPOINT_PUBLIC_KEYS = [new.hex()]
        assert [finding.checkpoint for finding in verify()] == [1]


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.django_db(transaction=True)
def test_makers_and_writers_at_once_leave_no_gap_and_no_alarm():
    by, stopped = actor(), threading.Event()

    def write(_: int) -> None:
        try:
            for _ in range(5):
                record(a_case(), by)
        finally:
            connection.close()

    def make(_: int) -> None:
        try:
            while not stopped.is_set():
                make_checkpoint(at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        makers = [threads.submit(make, number) for number in range(2)]
        for writer in [threads.submit(write, number) for number in range(3)]:
            writer.result()
        stopped.set()
        for maker in makers:
            maker.result()
    make_checkpoint(at=timezone.now())
    numbers = list(Checkpoint.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert (entries_waiting(), verify()) == (0, [])


class TestAtOnce:
    @pytest.fixture
    def ready(self) -> Any:
        at = house()
        return at, answered(at, published(at), "thoughts-are-back")

    def test_a_signature_is_checkpointed(self, ready, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            sign(*ready)
        assert entries_waiting() == 0
        assert Checkpoint.objects.count() == 1

    def test_a_publication_is_checkpointed(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            published(house())
        assert entries_waiting() == 0

    def test_a_checkpoint_that_fails_undoes_no_signature(self, ready, settings, django_capture_on_commit_callbacks):
        settings.CHECKPOINT_KEY = ""
        with django_capture_on_commit_callbacks(execute=True):
            determination = sign(*ready)
        assert determination.pk
        assert not Checkpoint.objects.exists()

    def test_nothing_is_signed_where_the_transaction_is_undone(self, by, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            checkpoint_soon()
            transaction.set_rollback(True)
        assert not Checkpoint.objects.exists()


class TestTheCommand:
    def call(self, *arguments: str) -> str:
        out = StringIO()
        call_command("checkpoint", *arguments, stdout=out)
        return out.getvalue()

    def test_makes_one_and_prints_the_public_key(self, by):
        record(a_case(), by)
        said = self.call()
        assert "Checkpoint 1 signs 2 streams." in said
        assert next(iter(signing_keys.pinned_keys().values())).hex() in said
        assert "Nothing was recorded since" in self.call()

    def test_says_why_it_made_none(self, settings):
        settings.CHECKPOINT_KEY = "short"
        with pytest.raises(CommandError, match="No checkpoint was made: CHECKPOINT_KEY is missing"):
            self.call()

    @pytest.mark.parametrize("every", ["0", "-1", "soon"])
    def test_refuses_an_interval_that_is_none(self, every):
        with pytest.raises(CommandError, match="whole number of seconds"):
            self.call(f"--every={every}")

    @pytest.mark.parametrize(("entries", "expected"), [(command.ENTRIES, 2), (3, 3)])
    def test_goes_on_after_its_interval_or_after_so_many_entries(self, by, monkeypatch, entries, expected):
        """Two entries come between two looks at the clock; within the hour only their number can make another due."""
        looks = iter(range(3))

        def sleep(_: float) -> None:
            record(a_case(), by)
            if next(looks, None) is None:
                monkeypatch.setattr(command.Command, "stopped", True)

        monkeypatch.setattr(command, "ENTRIES", entries)
        monkeypatch.setattr("core.ledger.management.commands.checkpoint.time.sleep", sleep)
        monkeypatch.setattr(command, "close_old_connections", lambda: None)
        record(a_case(), by)
        self.call("--every", "3600")
        make_checkpoint(at=NOW)
        assert Checkpoint.objects.count() == expected


class TestThePage:
    @pytest.fixture
    def auditor(self):
        return actor(Role.AUDITOR)

    @pytest.fixture
    def desk(self, client: Client, auditor: Actor) -> Client:
        client.force_login(auditor.user)
        return client

    def test_shows_the_key_the_newest_checkpoint_and_what_waits(self, desk, auditor):
        record(a_case(), auditor, times=2)
        assert "There is no checkpoint yet" in desk.get(reverse("audit-ledger")).content.decode()
        make_checkpoint(at=timezone.now())
        record(a_case(), auditor)
        text = desk.get(reverse("audit-ledger")).content.decode()
        assert 'Checkpoint <span class="count">1</span> was made on' in text
        assert 'Entries of this practice since then: <span class="count">2</span>' in text
        assert next(iter(signing_keys.pinned_keys().values())).hex() in text

    def test_says_loudly_that_nothing_makes_checkpoints(self, desk, auditor):
        record(a_case(), auditor)
        assert "Nothing seems to make checkpoints" in desk.get(reverse("audit-ledger")).content.decode()

    def test_says_that_the_folder_of_witnesses_could_not_be_written(self, desk, settings):
        settings.WITNESS_FOLDER = "somewhere"
        WitnessFolder.objects.create(number=3, problem="OSError: No space left on device", at=NOW)
        text = desk.get(reverse("audit-ledger")).content.decode()
        assert "could not be written" in text
        assert "No space left on device" in text

    def test_hands_the_checkpoints_out_and_records_it(self, desk, auditor):
        record(a_case(), auditor)
        make_checkpoint(at=NOW)
        response = desk.get(reverse("audit-checkpoints"))
        held = witness.read_line(response.getvalue().splitlines()[0])
        assert witness.verify(held, signing_keys.pinned_keys()).number == 1
        assert "attachment" in response.headers["Content-Disposition"]
        stream = practice_stream(auditor.practice.pk)
        (moment,) = timeline(auditor, stream=stream, actions=("ledger.checkpoints-exported",))
        assert moment.payload == {"after": 0}

    def test_withholds_the_names_of_other_practices_streams(self, desk, auditor, tmp_path):
        mine, theirs = a_case(), a_case()
        record(mine, auditor)
        record(theirs, actor())
        make_checkpoint(at=NOW)
        response = desk.get(reverse("audit-checkpoints"))
        content = response.getvalue()
        assert mine.encode() in content
        assert theirs.encode() not in content
        (tmp_path / "kept").write_bytes(content)
        report = report_on(witnesses=[tmp_path / "kept"])
        assert (report.findings, report.witnessed) == ([], 1)

    @pytest.mark.parametrize("after", ["1", "99"])
    def test_hands_no_empty_file_out(self, desk, auditor, after):
        assert "No checkpoint was made yet" in text_of(desk.get(reverse("audit-checkpoints")))
        record(a_case(), auditor)
        make_checkpoint(at=NOW)
        response = desk.get(reverse("audit-checkpoints"), {"after": after})
        assert response.status_code == 422
        assert "None came after that: the newest checkpoint is number 1." in text_of(response)
        assert not Entry.objects.filter(action="ledger.checkpoints-exported").exists()

    def test_refuses_a_number_that_is_none_and_says_so(self, desk):
        response = desk.get(reverse("audit-checkpoints"), {"after": "-1"})
        assert response.status_code == 422
        assert "Give 0 or more" in response.content.decode()
        assert not Entry.objects.filter(action="ledger.checkpoints-exported").exists()


class TestReach:
    def test_counts_what_no_checkpoint_covers_and_since_when(self, by):
        record(a_case(), by, times=2)
        make_checkpoint(at=NOW)
        record(a_case(), by, times=3)
        reach = reach_of(Stream.objects.filter(practice=by.practice), at=NOW + timedelta(minutes=6))
        assert (reach.waiting, reach.waiting_since, reach.late) == (4, NOW, True)
        assert not reach_of(Stream.objects.filter(practice=by.practice), at=NOW + timedelta(minutes=4)).late

    def test_a_stream_that_was_set_back_does_not_count_as_moved(self, by):
        case = a_case()
        record(case, by, times=3)
        make_checkpoint(at=NOW)
        Stream.objects.filter(name=case).update(head_seq=2)
        assert not moved_streams().exists()


class TestEntriesWrittenBeforeTheyHadCodes:
    """The migration gives them theirs."""

    @pytest.fixture
    def authenticate(self) -> Callable[[], None]:
        from importlib import import_module

        migration = import_module("core.ledger.migrations.0002_checkpoints")

        class Editor:
            pass

        Editor.connection = connection  # type: ignore[attr-defined]
        return lambda: migration.authenticate_entries(apps, Editor)

    def test_are_authenticated_and_the_guards_are_back(self, by, authenticate):
        record(a_case(), by, times=3)
        with past_the_guards("ledger_entry"):
            run("UPDATE ledger_entry SET mac = ''")
            assert verify()
            authenticate()
            assert verify() == []

    def test_are_left_alone_where_a_key_does_not_open(self, by, authenticate, settings):
        record(a_case(), by)
        key = StreamKey.objects.first()
        assert key
        StreamKey.objects.filter(pk=key.pk).update(wrapped=b"of another installation")
        with pytest.raises(ValueError, match="does not open with any of FIELD_KEYS"):
            authenticate()
