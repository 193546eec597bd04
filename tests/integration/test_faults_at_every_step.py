"""The database fails at each statement of a command in turn: what was is kept, or all of the new is there.

SQLite's own way: fail the n-th statement for every n until the command comes through. After each failure every table is
compared; then the same command is given again, and acts once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from core.background import begin
from core.commands import DoneAlready, sent
from core.ledger.checkpointing import checkpoint_now, make_checkpoint
from core.ledger.models import Command, Entry
from core.ledger.reach import entries_waiting
from core.ledger.verification import verify
from tests import playing
from tests.faults import AFTER, BEFORE, Failing, failing_commit, failing_statement, fails, state
from tests.integration.acts import ACTS
from tests.playing import House

pytestmark = pytest.mark.django_db(transaction=True)

TRIED = {
    "submissions.submit": "screening.submitted",
    "submissions.start_amendment": "screening.amendment-started",
    "submissions.drop_amendment": "screening.amendment-dropped",
    "reviews.claim": "screening.claimed",
    "reviews.answer_flags": "flag.answered",
    "readings.write": "reading.written",
    "reviews.send_back": "screening.returned",
    "determinations.sign": "determination.signed",
    "rule_sets.send_back": "rule-set.sent-back",
    "rule_sets.publish": "rule-set.published",
    "services.end_membership": "member.ended",
}
REPEATABLE = {
    "drafts.save": "screening.saved",
    "clients.create": "client.created",
    "screenings.start": "screening.started",
}
MOST_STATEMENTS = 100


@dataclass
class Prepared:
    """A verb that is ready to be done once, and the event that it writes."""

    verb: str
    act: Callable[[], Any]
    event: str

    def times_done(self) -> int:
        return Entry.objects.filter(action=self.event).count()


@pytest.fixture(autouse=True)
def begun_after(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Hold back what is begun once a command is through, as a worker takes it over: its faults are no command's."""
    begun: list[Any] = []
    monkeypatch.setattr("core.ledger.checkpointing.begin", begun.append)
    return begun


@pytest.fixture
def house() -> House:
    here = playing.house()
    playing.published(here)
    return here


def prepared(house: House, verb: str) -> Prepared:
    return Prepared(verb, ACTS[verb](house), {**TRIED, **REPEATABLE}[verb])


def amendment_sent(house: House) -> Prepared:
    """The submission of an amendment, which moves a case that is under review."""
    case = playing.claimed(house, playing.Protocol.objects.get(practice=house.practice), "thoughts-are-back")
    playing.submissions.start_amendment(screening=case, reason="New.", by=house.therapist, at=playing.NOON)
    revision = playing.again(case).draft.revision
    submit = playing.submissions.submit
    return Prepared(
        "submissions.submit",
        lambda: submit(screening=case, base_revision=revision, by=house.therapist, at=playing.NOON),
        "screening.submitted",
    )


def every_act(house: House) -> list[Callable[[], Prepared]]:
    """Return what makes each act ready; of two about a draft of rules, one is in a practice of its own."""
    other = playing.house()
    playing.published(other)
    at = {"rule_sets.send_back": other}
    verbs = [*TRIED, *REPEATABLE]
    return [*(partial(prepared, at.get(verb, house), verb) for verb in verbs), partial(amendment_sent, house)]


def fail_each_statement(act: Callable[[], Any], *, when: str, kind: str = "full") -> int:
    """Fail the first statement, then the second, until the act comes through; return how many there were."""
    before = state()
    for at in range(1, MOST_STATEMENTS):
        with failing_statement(at, when=when, kind=kind) as wrapper:
            failed = fails(act)
        if not wrapper.failed:
            assert not failed
            return at - 1
        assert failed, f"statement {at} failed and nobody was told"
        assert state() == before, f"something was left behind by a failure at statement {at}"
    raise AssertionError("it never came through")


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_failure_at_any_statement_leaves_everything_as_it_was(house: House, when: str) -> None:
    for make in every_act(house):
        one = make()
        done = one.times_done()
        assert fail_each_statement(one.act, when=when) > 5
        assert one.times_done() > done, one.verb
    assert verify() == []


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_failure_after_the_commit_undoes_nothing_and_the_next_checkpoint_makes_up_for_it(
    house: House, when: str, begun_after: list[Any]
) -> None:
    """Whoever signed has signed: they are told so, the fault stands in the log, and the minute's checkpoint covers it.

    A savepoint is no question here: the signature is committed, and nobody could take it back.
    """
    prepared(house, "determinations.sign").act()
    assert begun_after == [checkpoint_now] * 2, "one for the publication, one for the signature"
    for at in range(1, MOST_STATEMENTS):
        one = prepared(house, "determinations.sign")
        done = one.times_done()
        with pytest.MonkeyPatch.context() as patch, failing_only_what_is_begun(patch, at, when) as wrappers:
            assert not fails(one.act)
        assert one.times_done() == done + 1
        assert verify() == []
        if not wrappers[0].failed:
            break
        assert entries_waiting() > 0
        assert make_checkpoint(at=playing.NOON)
    assert at > 5
    assert entries_waiting() == 0


@contextmanager
def failing_only_what_is_begun(patch: pytest.MonkeyPatch, at: int, when: str) -> Iterator[list[Failing]]:
    """Carry out at once what is begun after the commit, as in development, and fail one statement of that alone."""
    wrappers: list[Failing] = []

    def begin_failing(task: Any) -> None:
        with failing_statement(at, when=when) as wrapper:
            wrappers.append(wrapper)
            begin(task)

    patch.setattr("core.ledger.checkpointing.begin", begin_failing)
    yield wrappers


def test_where_the_answer_to_the_commit_is_lost_it_is_found_out_and_done_once(house: House) -> None:
    for make in every_act(house):
        one = make()
        done, commands = one.times_done(), Command.objects.count()
        with failing_commit(AFTER) as left:
            returned = one.act()
        assert left == [0]
        assert returned is not None or one.verb == "services.end_membership"
        flags = 2 if one.verb == "reviews.answer_flags" else 1
        assert 1 <= one.times_done() - done <= flags, one.verb
        assert Command.objects.count() - commands == (one.verb in TRIED), one.verb
    assert verify() == []


@pytest.mark.parametrize("kind", ["away", "contended"])
def test_a_commit_that_did_not_get_through_is_made_again(house: House, kind: str) -> None:
    for verb in ("submissions.submit", "reviews.claim", "drafts.save"):
        one = prepared(house, verb)
        done = one.times_done()
        with failing_commit(BEFORE, kind=kind):
            one.act()
        assert one.times_done() == done + 1
    assert verify() == []


def test_what_only_passed_is_tried_again_at_whichever_statement_it_came(house: House) -> None:
    case = playing.claimed(house, playing.Protocol.objects.get(practice=house.practice), "thoughts-are-back")
    release, claim = playing.reviews.release, playing.reviews.claim
    for at in range(1, MOST_STATEMENTS):
        release(screening=case, by=house.clinician, at=playing.NOON)
        with failing_statement(at, kind="contended") as wrapper:
            claim(screening=case, by=house.clinician, at=playing.NOON)
        assert Entry.objects.filter(action="screening.claimed").count() == at + 1
        if not wrapper.failed:
            break
    assert verify() == []


def test_it_is_tried_a_few_times_and_no_more(house: House) -> None:
    one = prepared(house, "reviews.claim")
    before = state()
    with failing_commit(BEFORE, times=100) as left:
        assert fails(one.act)
    assert left == [96]
    with failing_commit(BEFORE, kind="full", times=100) as left:
        assert fails(one.act)
    assert left == [99], "a full disk was tried again"
    assert state() == before


def test_inside_somebody_elses_transaction_nothing_is_tried_again(house: House) -> None:
    one = prepared(house, "reviews.claim")
    with failing_statement(4, kind="contended") as wrapper, pytest.raises(OperationalError), transaction.atomic():
        one.act()
    assert wrapper.failed
    assert one.times_done() == 0


def test_a_form_that_was_sent_once_does_nothing_the_second_time(house: House) -> None:
    one = prepared(house, "reviews.claim")
    with sent("a form"):
        one.act()
    after = state()
    with sent("a form"), pytest.raises(DoneAlready):
        one.act()
    assert state() == after


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="somebody ends the connection from another one")
def test_a_connection_that_is_ended_before_the_commit_is_opened_anew_and_the_act_done_once(house: House) -> None:
    one = prepared(house, "submissions.submit")
    with failing_commit(BEFORE, each=end_this_connection) as left:
        one.act()
    assert left == [0]
    assert one.times_done() == 1
    assert verify() == []


def end_this_connection() -> None:
    """End the connection of the test from another one, as an administrator would, and wait until it is gone."""
    victim = connection.connection.info.backend_pid
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [victim])
    finally:
        other.close()
