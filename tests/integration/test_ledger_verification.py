"""What was altered, added or removed past the ledger is found and named, on both databases."""
# ruff: noqa: S608 - raw SQL over the names of our own tables is what is tried here

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection, transaction

from core.ledger import chain, envelope
from core.ledger.guards import unguard_table
from core.ledger.models import Entry, Payload, StreamKey
from core.ledger.sealing import registered
from core.ledger.verification import verify, verify_for
from tests.append_only_rows import NOW, sealed_rows_of_every_table
from tests.factories import actor
from tests.past_the_guards import a_case, past_the_guards, record, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return actor()


@pytest.fixture
def rows():
    return sealed_rows_of_every_table()


class TestACleanLedger:
    def test_has_no_finding(self, rows):
        assert verify() == []

    def test_has_no_finding_where_it_is_empty(self):
        assert verify() == []

    def test_has_no_finding_for_its_practice_either(self, rows):
        practice = Entry.objects.get(seals__table="screening_flag").practice
        assert practice
        report = verify_for(practice)
        assert (report.findings, report.rows) == ([], len(rows))

    def test_has_no_finding_where_a_person_works_in_two_practices(self, by):
        elsewhere = actor(user=by.user)
        record(f"user:{by.user.pk}", by)
        record(f"user:{by.user.pk}", elsewhere)
        assert verify() == []

    def test_lets_a_published_version_retire(self, rows):
        run("UPDATE screening_rulesetversion SET status = 'retired', retired_at = %s", [NOW])
        assert verify() == []


def cut(case, condition):
    """Remove entries of a case with their payloads, as somebody would who knows the tables."""
    entries = f"SELECT id FROM ledger_entry WHERE object = %s AND action <> 'stream.opened' AND {condition}"
    run(f"DELETE FROM ledger_payload WHERE entry_id IN ({entries})", [case])
    run(f"DELETE FROM ledger_entry WHERE object = %s AND action <> 'stream.opened' AND {condition}", [case])


def remove_stream(case):
    """Remove a case's whole stream, with its key."""
    cut(case, "seq > 0")
    StreamKey.objects.filter(stream__name=case).delete()
    run("DELETE FROM ledger_stream WHERE name = %s", [case])


class TestAFinding:
    @pytest.fixture
    def case(self, by):
        name = a_case()
        record(name, by, times=5)
        return name

    def first(self):
        return verify()[0]

    def test_names_the_entry_that_was_altered(self, case):
        with past_the_guards("ledger_entry"):
            run("UPDATE ledger_entry SET role = 'auditor' WHERE object = %s AND seq = 3", [case])
            assert (self.first().stream, self.first().seq) == (case, 3)
            assert str(self.first()) == f"{case}, entry 3: its column role says something else than its bytes."

    def test_names_the_gap_where_an_entry_was_removed(self, case):
        with past_the_guards("ledger_entry", "ledger_payload"):
            cut(case, "seq = 3")
            assert self.first().problem == "it says that it is number 4; number 3 was due."

    def test_says_where_the_tail_was_cut_off(self, case):
        with past_the_guards("ledger_entry", "ledger_payload"):
            cut(case, "seq > 3")
            (finding,) = verify()
        assert (finding.stream, finding.seq) == (case, 3)
        assert "its head says 5: entries were cut off" in finding.problem

    def test_says_that_an_event_was_rewritten_with_a_matching_hash(self, case, by):
        entry = Entry.objects.get(stream__name=case, seq=2)
        raw = bytes(entry.bytes).replace(b"therapist", b"clinician")
        with past_the_guards("ledger_entry"):
            run(
                "UPDATE ledger_entry SET bytes = %s, hash = %s, role = 'clinician' WHERE id = %s",
                [raw, chain.hash_of(raw), entry.pk],
            )
            assert [(finding.seq, finding.problem) for finding in verify()] == [
                (2, "it was not written by somebody with the key of its stream: its code is another."),
                (3, "it does not follow from the entry before it: the previous hash differs."),
            ]

    def test_says_that_a_whole_stream_is_gone(self, case, by):
        with past_the_guards("ledger_entry", "ledger_payload", "ledger_streamkey"):
            remove_stream(case)
            problems = [finding.problem for finding in verify()]
        assert problems == [f"the stream {case} was opened here and is gone as a whole."]

    def test_says_that_its_practice_knows_nothing_of_a_stream(self, case):
        opening = "action = 'stream.opened' AND object = %s"
        with past_the_guards("ledger_entry", "ledger_payload"):
            run(f"DELETE FROM ledger_payload WHERE entry_id IN (SELECT id FROM ledger_entry WHERE {opening})", [case])
            run(f"DELETE FROM ledger_entry WHERE {opening}", [case])
            problems = {finding.problem for finding in verify() if finding.stream == case}
        assert problems == {"its practice's stream does not say that it was opened."}

    def test_says_that_two_payloads_were_swapped(self, case):
        first, second = Payload.objects.filter(entry__stream__name=case).order_by("pk")[:2]
        with past_the_guards("ledger_payload"):
            run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [bytes(second.ciphertext), first.pk])
            assert self.first().problem == "its payload was altered: it does not open with the key of its stream."

    def test_says_that_somebody_with_the_keys_forged_a_payload(self, case):
        entry = Entry.objects.select_related("stream__key").get(stream__name=case, seq=2)
        key = envelope.unwrap(bytes(entry.stream.key.wrapped))
        forged = envelope.close(key, b'{"data":{"answer":"no"},"seals":[]}', stream=case, seq=2)
        with past_the_guards("ledger_payload"):
            run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [forged.ciphertext, entry.pk])
            (finding,) = verify()
        assert (finding.seq, finding.problem) == (2, "its payload is not the one that it commits to.")

    def test_says_that_a_payload_belongs_to_no_entry(self, case):
        with past_the_guards("ledger_payload"):
            run("INSERT INTO ledger_payload (entry_id, ciphertext) VALUES (987654, %s)", [b"x"])
            (finding,) = verify()
        assert (finding.table, finding.row) == ("ledger_payload", "987654")

    def test_says_that_a_published_version_was_turned_back_into_a_draft(self, rows):
        with past_the_guards("screening_rulesetversion"):
            run("UPDATE screening_rulesetversion SET status = 'draft'")
            assert [finding.problem for finding in verify()] == [
                "the row was published and has been turned back into a draft."
            ]

    @pytest.mark.parametrize(
        ("column", "value"), [("name", "case:other"), ("head_seq", 4), ("head_seq", 6), ("head_hash", "0" * 64)]
    )
    def test_says_that_a_head_was_moved(self, case, column, value):
        with past_the_guards():
            run(f"UPDATE ledger_stream SET {column} = %s WHERE name = %s", [value, case])
            assert verify()

    def test_says_that_a_key_is_missing(self, case):
        with past_the_guards("ledger_streamkey"):
            StreamKey.objects.filter(stream__name=case).delete()
            assert [finding.stream for finding in verify()] == [case]

    def test_is_no_accusation_where_a_field_key_is_not_there(self, case, settings):
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        assert {finding.checkable for finding in verify()} == {False}


class TestTheCommand:
    def call(self, *arguments):
        out = StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("verify_ledger", *arguments, stdout=out, stderr=out)
        return left.value.code, out.getvalue()

    def test_leaves_with_0_where_the_ledger_is_intact(self, rows):
        code, said = self.call()
        assert code == 0
        assert said.startswith("The ledger is intact: ")

    def test_leaves_with_1_and_names_the_first_entry_that_fails_and_why(self, by):
        case = a_case()
        record(case, by, times=3)
        with past_the_guards("ledger_entry"):
            run("UPDATE ledger_entry SET action = 'stream.opened' WHERE object = %s AND seq = 2", [case])
            code, said = self.call()
        assert code == 1
        assert f"First failure: {case}, entry 2: its column action says something else than its bytes." in said

    def test_leaves_with_1_where_a_guard_is_off(self, rows):
        with transaction.atomic():
            unguard_table(connection, registered()[0])
            code, said = self.call()
            transaction.set_rollback(True)
        assert code == 1
        assert "is missing or switched off" in said

    def test_leaves_with_2_where_the_keys_do_not_open_it(self, by, settings):
        record(a_case(), by)
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        assert self.call()[0] == 2

    def test_leaves_with_2_where_there_are_no_keys(self, by, settings):
        record(a_case(), by)
        settings.FIELD_KEYS = []
        assert self.call()[0] == 2

    def test_answers_in_json(self, rows):
        code, said = self.call("--format", "json")
        content = json.loads(said)
        assert (code, content["intact"], content["findings"], content["rows"]) == (0, True, [], len(rows))

    def test_verifies_one_stream_by_name(self, by):
        case = a_case()
        record(case, by)
        assert "1 entry in 1 stream, 0 sealed rows" in self.call(case)[1]

    def test_leaves_with_2_at_a_name_that_no_stream_ever_had(self):
        code, said = self.call("case:nowhere")
        assert code == 2
        assert "Could not be checked: case:nowhere: there is no such stream. Check its name" in said
        assert "1 finding in 0 entries in 0 streams" in said

    def test_leaves_with_1_at_the_name_of_a_stream_that_was_removed(self, by):
        case = a_case()
        record(case, by)
        with past_the_guards("ledger_entry", "ledger_payload", "ledger_streamkey"):
            remove_stream(case)
            code, said = self.call(case)
        assert code == 1
        assert f"First failure: {case}: the stream was opened and is gone as a whole." in said
