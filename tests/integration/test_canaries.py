"""What is typed into a personal field turns up nowhere but on the pages of those whom it concerns.

Canaries are typed through the real pages (``tests/aviary.py``), and everything that can go wrong with a request is made
to. Then logs, addresses, error pages, cookies, mail, tasks, exports and every column of the database are searched for
them. What a backup holds is searched in ``test_canaries_in_backups``.
"""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.db import models, transaction
from django.test import Client as Browser
from django.urls import reverse

from core.ledger.verification import verify
from screening.engine.drafts import Change
from screening.services import drafts
from tests import playing
from tests.aviary import Aviary, filled
from tests.canaries import (
    MARK,
    canary,
    encrypted_fields,
    everything_stored,
    found_in,
    mailed,
    spotted,
    text_fields,
)
from tests.evidence_cases import unzipped
from tests.factories import UserFactory
from tests.signing_in import with_an_app

pytestmark = pytest.mark.django_db

# Encrypted all the same, but nobody types into them.
NOT_TYPED = {
    "screening.Evaluation.document": "what the rules made of the answers, in codes",
    "screening.FlagAnswer.reason_text": "from the practice's own list",
    "screening.PracticePolicy.read_first_salt": "made at random",
    "screening.Return.questions": "the questions that are pointed at, by their codes",
}
# Every other column that can hold words: none is about a client, each with the reason.
PLAIN = {
    "about people who work here, not clients": """
        accounts.User.username accounts.User.password accounts.User.first_name accounts.User.last_name
        accounts.User.email accounts.User.printed_name screening.Determination.printed_name
        accounts.SingleSignOn.issuer accounts.SingleSignOn.subject mfa.Authenticator.type""",
    "what people called their own passkeys, and secrets of second factors, each encrypted": """
        mfa.Authenticator.data""",
    "of a request that failed at the door: its name as a keyed digest, what was sent left out": """
        axes.AccessAttempt.get_data axes.AccessAttempt.http_accept axes.AccessAttempt.path_info
        axes.AccessAttempt.post_data axes.AccessAttempt.user_agent axes.AccessAttempt.username
        axes.AccessFailureLog.http_accept axes.AccessFailureLog.path_info axes.AccessFailureLog.user_agent
        axes.AccessFailureLog.username axes.AccessLog.http_accept axes.AccessLog.path_info axes.AccessLog.session_hash
        axes.AccessLog.user_agent axes.AccessLog.username""",
    "a session: what was typed lies encrypted in it, and it is opened and searched here": """
        accounts.Session.session_key accounts.Session.session_data""",
    "a name, a code from a list, a digest or a state": """
        accounts.Practice.name accounts.Membership.role accounts.User.language screening.Client.code
        screening.ClientNameWord.digest screening.Screening.status
        screening.Flag.rule_id screening.Flag.title screening.Flag.topic screening.Flag.concern
        screening.FlagAnswer.answer screening.FlagAnswer.reason_code screening.FlagAnswer.exception_id
        screening.Reading.topics screening.ReadingDraw.salt_digest
        screening.ResponseVersion.digest screening.Evaluation.digest screening.Determination.signed_digest
        screening.Determination.outcome_code screening.Determination.outcome_text screening.Determination.time_zone
        screening.Determination.meaning screening.Erasure.reason screening.EmergencyAccess.role
        ledger.Command.key ledger.Command.verb ledger.WitnessFolder.problem""",
    "the address of a page that a form led to, of ids alone": "ledger.Command.led_to",
    "what a practice publishes, about nobody": """
        screening.Protocol.name screening.Protocol.title screening.Protocol.lineage_name
        screening.Protocol.lineage_digest screening.QuestionnaireVersion.status screening.QuestionnaireVersion.document
        screening.QuestionnaireVersion.digest screening.RuleSetVersion.status screening.RuleSetVersion.library
        screening.RuleSetVersion.rules screening.RuleSetVersion.vignettes screening.RuleSetVersion.digest
        screening.RuleSetVersion.change_notes screening.PracticePolicy.crisis_steps
        screening.PracticePolicy.determinations screening.PracticePolicy.disagreement_reasons""",
    "hashes, names and ciphertext of the ledger": """
        ledger.Stream.name ledger.Stream.head_hash ledger.StreamKey.wrapped ledger.Entry.bytes ledger.Entry.hash
        ledger.Entry.prev_hash ledger.Entry.role ledger.Entry.action ledger.Entry.object ledger.Entry.commit
        ledger.Payload.ciphertext ledger.Seal.table ledger.Seal.row ledger.Entry.mac ledger.Checkpoint.bytes
        ledger.Checkpoint.hash ledger.Checkpoint.key ledger.Checkpoint.signature ledger.CheckpointLeaf.hash
        ledger.CheckpointLeaf.stream""",
}

# Commands that print or write something: how each is run here, or why it cannot hold a canary. A new one goes here.
RUN: dict[str, list[list[str]]] = {
    "checkpoint": [[]],
    "export_checkpoints": [["{folder}/checkpoints.jsonl"], ["{folder}/later.jsonl", "--since", "1"]],
    "verify_ledger": [["--format", "json"], ["--witness", "{folder}/checkpoints.jsonl"], ["case:{case}"]],
    "rotate_keys": [["--check"], []],
    "due_for_erasure": [[]],
    "export_evidence": [["{case}", "{folder}/case.zip"]],
    "write_pdf": [["{case}", "{folder}/summary.pdf"], ["{case}", "{folder}/whole.pdf", "--whole"]],
    "database_roles": [["--sql", "role"], ["--sql", "rights"], []],
    "link_single_sign_on": [["{person}", "7f-23", "--issuer", "https://id.example"], ["{person}", "--remove"]],
    "reset_second_factor": [["{person}"]],
    "reset_password": [["{person}"]],
}
COPIES_WHAT_IS_COMMITTED = {"backup", "restore"}
"""Run by ``test_canaries_in_backups``: what lies in an open transaction is in no copy."""
CANNOT = {
    "add_member": "about people who work here",
    "create_practice": "about a practice",
    "demo": "makes up its own people",
    "check_protocol": "reads a folder",
    "compare_protocols": "reads folders",
    "compare_rules": "reads folders",
    "export_questionnaire": "reads a protocol that ships",
    "export_schemas": "reads the code",
    "protocol_coverage": "reads a folder",
    "screen": "reads a file, and stores nothing",
}


# What a case's evidence is for: what was said of it, and by whom. Who the client is, is not in it.
IN_EVIDENCE = {"text", "answer-note", "case-note", "return", "words", "reasons", "amendment", "second-amendment"}
IN_EVIDENCE |= {"emergency-reason", "acknowledged", "reading"}


@pytest.fixture(scope="module")
def once(shared_db: None) -> Aviary:
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as in a TestCase: what commits by itself at a signature may do so inside
    with pytest.MonkeyPatch.context() as patch, block:
        return filled(patch=patch)


def test_every_column_that_can_hold_words_is_encrypted_or_listed_with_a_reason() -> None:
    listed = {name for names in PLAIN.values() for name in names.split()}
    assert text_fields({"accounts", "axes", "ledger", "mfa", "screening"}) == listed | set(encrypted_fields())


def test_a_canary_was_typed_into_every_encrypted_column(once: Aviary) -> None:
    without = set()
    for name, column in encrypted_fields().items():
        rows: models.QuerySet[Any] = models.QuerySet(column.model)
        if not any(found_in(str(getattr(row, column.name))) for row in rows):
            without.add(name)
    assert without == set(NOT_TYPED)


def test_none_is_in_a_log_line_an_address_a_cookie_or_an_error_page(once: Aviary) -> None:
    kinds = {where.split(" of ")[0].split(" on ")[0] for where, _ in once.noted}
    assert {"a log line", "headers", "cookies", "addresses", "page 404", "page 403", "page 500"} <= kinds
    assert spotted(once.noted) == {}


def test_none_is_in_any_column_of_the_database_nor_in_a_session(once: Aviary) -> None:
    assert spotted(everything_stored()) == {}


def test_none_was_mailed(once: Aviary) -> None:
    assert spotted(mailed()) == {}


def test_every_command_is_run_here_or_listed_with_a_reason() -> None:
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in ("core", "screening")}
    assert ours == {*RUN, *COPIES_WHAT_IS_COMMITTED, *CANNOT}, "say how a new command is run, or why it holds no canary"


def test_none_is_in_what_a_command_prints_or_writes(
    once: Aviary, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = with_an_app(once.house.author.user).get_username()
    for name, runs in RUN.items():
        for arguments in runs:
            given = [word.format(folder=tmp_path, case=once.case.pk, person=person) for word in arguments]
            monkeypatch.setattr("sys.stdin", io.StringIO(f"{canary('given-password')}\n"))
            assert ran(name, *given) == 0, (name, arguments)
            said = capsys.readouterr()
            assert said.out + said.err
            assert found_in(said.out + said.err) == set(), name
    for written in tmp_path.glob("*.jsonl"):
        assert found_in(written.read_text()) == set(), written.name
    ours = {"checkpoints.jsonl", "later.jsonl", "case.zip", "summary.pdf", "whole.pdf"}
    assert {written.name for written in tmp_path.iterdir()} == ours
    assert spotted(everything_stored()) == {}


def test_evidence_of_a_case_holds_what_was_said_and_not_who_it_is(once: Aviary, tmp_path: Path) -> None:
    assert ran("export_evidence", str(once.case.pk), str(tmp_path / "case.zip")) == 0
    files = unzipped((tmp_path / "case.zip").read_bytes())
    found = set().union(*(found_in(raw.decode()) for raw in files.values()))
    assert found == {canary(where) for where in IN_EVIDENCE}


def ran(name: str, *arguments: str) -> Any:
    """Run a command; return the code that it ends with."""
    try:
        call_command(name, *arguments)
    except SystemExit as left:
        return left.code
    return 0


def test_none_is_at_an_address_that_watches(once: Aviary) -> None:
    for name in ("health-live", "health-ready"):
        assert found_in(Browser().get(reverse(name)).content.decode()) == set()


def test_the_search_sees_a_canary_where_there_is_one(once: Aviary) -> None:
    """The tests above would be worth nothing if nothing could be found."""
    user = UserFactory.create(first_name=canary("planted"))
    assert spotted(everything_stored()) == {"accounts_user.first_name": {canary("planted")}}
    assert user.first_name.startswith(MARK)
    assert found_in("birdless") == set()


def test_those_whom_they_concern_still_read_them(once: Aviary) -> None:
    shown = once.browser("auditor").get(reverse("audit-case", args=[once.case.pk])).content.decode()
    for where in ("text", "case-note", "words", "reasons", "return", "amendment"):
        assert canary(where) in shown, where
    assert verify() == []


def test_what_cannot_be_read_yet_is_encrypted_too(once: Aviary) -> None:
    screening = playing.started(once.house, once.case.protocol)
    change = Change(unread={"taken-what": {"value": (canary("unread"),)}})
    drafts.save(screening=screening, change=change, base_revision=0, by=once.house.therapist, at=playing.NOON)
    assert spotted(everything_stored()) == {}
