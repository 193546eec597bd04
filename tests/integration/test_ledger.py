"""Appending to the ledger, sealing rows into it and reading it, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from core.encryption import DecryptionFailed
from core.ledger import chain, selectors
from core.ledger.models import Entry, Payload, Seal, Stream
from core.ledger.sealing import practice_path, row_digest, sealed_models
from core.ledger.services import Event, append, practice_stream
from core.ledger.verification import verify
from tests.append_only_rows import NOW, sealed_rows_of_every_table
from tests.factories import actor
from tests.past_the_guards import ACTION, a_case, record

SEALED = list(sealed_models().values())

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return actor()


@pytest.fixture
def rows():
    return sealed_rows_of_every_table()


class TestAppending:
    @pytest.mark.django_db(transaction=True)
    def test_outside_a_transaction_is_refused(self, by):
        with pytest.raises(transaction.TransactionManagementError):
            append(Event(a_case(), ACTION, "case:1"), by=by, at=NOW)

    def test_an_unregistered_name_is_refused_and_nothing_is_written(self, by):
        with pytest.raises(ValueError, match="not a registered event name"), transaction.atomic():
            append(Event(a_case(), "case.imagined", "case:1"), by=by, at=NOW)
        assert not Entry.objects.exists()

    def test_a_stream_without_a_kind_is_refused(self, by):
        with pytest.raises(ValueError, match="not a stream name"), transaction.atomic():
            append(Event("loose", ACTION, "case:1"), by=by, at=NOW)

    def test_a_stream_of_another_practice_is_refused(self, by):
        stream = a_case()
        record(stream, by)
        with pytest.raises(ValueError, match="another practice"):
            record(stream, actor())

    def test_opening_a_stream_is_an_event_of_its_practice_whose_own_stream_opens_itself(self, by):
        stream = a_case()
        record(stream, by)
        own = practice_stream(by.practice.pk)
        written = Entry.objects.filter(stream__name=own).order_by("seq").values_list("action", "object")
        assert list(written) == [("stream.opened", own), ("stream.opened", stream)]

    def test_the_system_can_append_without_a_person(self, by):
        with transaction.atomic():
            (entry,) = append(Event(a_case(), ACTION, "case:1"), by=None, at=NOW, practice=by.practice)
        assert (entry.actor_id, entry.role, entry.practice_id) == (None, None, by.practice.pk)

    def test_events_of_one_stream_keep_the_order_they_are_given_in(self, by):
        stream = a_case()
        with transaction.atomic():
            entries = append(*(Event(stream, ACTION, f"thing:{n}") for n in range(5)), by=by, at=NOW)
        assert [(entry.seq, entry.object) for entry in entries] == [(n + 1, f"thing:{n}") for n in range(5)]

    def test_the_stored_bytes_are_a_chain_that_the_pure_verifier_accepts(self, by):
        stream = a_case()
        record(stream, by, times=3)
        record(stream, by)
        raw = Entry.objects.filter(stream__name=stream).order_by("seq").values_list("bytes", flat=True)
        head = Stream.objects.get(name=stream)
        expected = chain.Head(head.head_seq, head.head_hash)
        assert chain.verify((bytes(one) for one in raw), stream=stream, head=expected)

    def test_nothing_of_the_payload_stands_in_the_tables_in_clear(self, by):
        (entry,) = record(a_case(), by, words="a secret told in confidence")
        stored = bytes(entry.bytes) + bytes(Payload.objects.get(entry=entry).ciphertext)
        assert b"secret" not in stored
        assert selectors.payload_of(entry) == {"words": "a secret told in confidence"}

    def test_two_equal_payloads_do_not_commit_alike(self, by):
        first, second = record(a_case(), by, times=2, answer="yes")
        assert first.commit != second.commit

    @pytest.mark.parametrize("events", [1, 20])
    def test_takes_four_statements_however_many_events(self, by, events):
        stream = a_case()
        record(stream, by)
        record(stream, by)
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            transaction.atomic(),
        ):
            append(*[Event(stream, ACTION, "case:1")] * events, by=by, at=NOW)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 4

    def test_a_stream_whose_opening_was_undone_is_opened_again(self, by):
        """What a process remembers of streams is not what is there."""
        stream = a_case()
        with transaction.atomic():
            record(stream, by)
            record(stream, by)
            transaction.set_rollback(True)
        (entry,) = record(stream, by)
        assert (entry.seq, verify()) == (1, [])

    def test_a_table_that_is_not_append_only_cannot_be_sealed(self, by):
        with pytest.raises(ValueError, match="not append-only"):
            record(a_case(), by, seals=[by.practice])


@pytest.mark.django_db(transaction=True)
def test_eight_people_writing_to_one_new_stream_at_once_all_succeed():
    by, stream = actor(), a_case()

    def write(_):
        try:
            return [record(stream, by)[0].seq for _ in range(25)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        numbers = sorted(seq for seqs in threads.map(write, range(8)) for seq in seqs)
    assert numbers == list(range(1, 201))
    assert verify() == []


class TestSeals:
    @pytest.mark.parametrize("sealed", SEALED, ids=lambda sealed: sealed.table)
    def test_a_row_has_the_same_digest_just_written_and_read_back(self, rows, sealed):
        row = rows[sealed.table]
        assert row_digest(row) == row_digest(models.QuerySet(sealed.model).get(pk=row.pk))

    @pytest.mark.parametrize("sealed", SEALED, ids=lambda sealed: sealed.table)
    def test_a_row_leads_to_its_practice(self, sealed):
        assert practice_path(sealed.model)

    def test_of_a_row_name_the_entry_and_the_digest(self, rows):
        row = rows["screening_evaluation"]
        reader = actor(practice=Entry.objects.filter(seals__row=str(row.pk)).get().practice)
        ((entry, seal),) = selectors.seals_of(reader, row)
        assert (entry.action, seal.digest) == (ACTION, row_digest(row))

    def test_outlive_a_column_that_is_added_later(self, rows, monkeypatch):
        """A seal names its columns: verification reads those, and not the ones the model has by then."""
        row = rows["screening_evaluation"]
        fewer = [field.column for field in row._meta.concrete_fields if field.column != "on"]
        assert row_digest(row, fewer) != row_digest(row)
        monkeypatch.setattr("core.ledger.sealing.sealed_columns", lambda model: [])
        assert verify() == []


class TestReading:
    def test_a_timeline_is_in_order_with_words_and_names(self, by):
        case = a_case()
        with transaction.atomic():
            append(Event(case, "stream.opened", case, {"n": 1}), by=by, at=NOW)
        with transaction.atomic():
            append(Event(case, ACTION, case, {"n": 2}), by=None, at=NOW + timedelta(minutes=1), practice=by.practice)
        moments = selectors.timeline(by, stream=case)
        assert [(moment.label, moment.who, moment.payload) for moment in moments] == [
            ("A record was opened", by.user.printed_name, {"n": 1}),
            ("Access was refused", "The system", {"n": 2}),
        ]

    def test_a_timeline_takes_one_query_however_long_it_is(self, by, django_assert_num_queries):
        case = a_case()
        record(case, by, times=30)
        with django_assert_num_queries(1):
            selectors.timeline(by, stream=case)

    def test_a_timeline_is_bounded_to_the_newest(self, by):
        case = a_case()
        record(case, by, times=30)
        assert [moment.seq for moment in selectors.timeline(by, about=case, actions=(ACTION,), limit=3)] == [28, 29, 30]

    def test_another_practice_reads_nothing(self, by):
        case = a_case()
        record(case, by)
        assert selectors.timeline(actor(), stream=case) == []

    def test_a_payload_that_does_not_open_is_said_and_hides_nothing_else(self, by, settings):
        case = a_case()
        record(case, by)
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        (moment,) = selectors.timeline(by, stream=case)
        assert (moment.payload, moment.action) == ({}, ACTION)
        assert "cannot be opened" in moment.problem
        with pytest.raises(DecryptionFailed):
            selectors.payload_of(Entry.objects.get(stream__name=case))


def test_the_index_of_seals_holds_no_digest():
    """A digest beside the row would let somebody try answers against it once the row is erased."""
    assert [field.column for field in Seal._meta.concrete_fields] == ["entry_id", "table", "row"]
