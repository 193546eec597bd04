"""What is typed into a personal field turns up nowhere but on the pages of those whom it concerns.

Canaries are typed through the real pages, and everything that can go wrong with a request is made to. Then logs,
addresses, error pages, cookies, mail, tasks, exports and every column of the database are searched for them.
"""

import contextlib
import io
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.db import models, transaction
from django.test import Client as Browser
from django.urls import reverse

from core.canonical import digest
from core.ledger.verification import verify
from screening.engine.drafts import Change
from screening.models import Client, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.determinations import parts_of, to_be_signed
from screening.selectors.reviews import case_in_review
from screening.services import clients, drafts
from tests import playing
from tests.canaries import (
    BIRTH,
    MARK,
    Watched,
    canary,
    encrypted_fields,
    everything_stored,
    found_in,
    listening,
    mailed,
    spotted,
    text_fields,
)
from tests.factories import PASSWORD, UserFactory
from tests.pages import fields, typed
from tests.playing import House, again

pytestmark = pytest.mark.django_db

FORM = "section-form"

# Encrypted all the same, but nobody types into them.
NOT_TYPED = {
    "screening.Evaluation.document": "what the rules made of the answers, in codes",
    "screening.FlagAnswer.reason_text": "from the practice's own list",
    "screening.Return.questions": "the questions that are pointed at, by their codes",
}
# Every other column that can hold words: none is about a client, each with the reason.
PLAIN = {
    "about people who work here, not clients": """
        accounts.User.username accounts.User.password accounts.User.first_name accounts.User.last_name
        accounts.User.email accounts.User.printed_name screening.Determination.printed_name""",
    "a name, a code from a list, a digest or a state": """
        accounts.Practice.name accounts.Membership.role screening.Client.code screening.Screening.status
        screening.Flag.rule_id screening.Flag.title screening.Flag.topic screening.Flag.concern
        screening.FlagAnswer.answer screening.FlagAnswer.reason_code screening.FlagAnswer.exception_id
        screening.ResponseVersion.digest screening.Evaluation.digest screening.Determination.signed_digest
        screening.Determination.outcome_code screening.Determination.outcome_text screening.Determination.time_zone
        screening.Determination.meaning screening.Erasure.reason""",
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
        ledger.Payload.ciphertext ledger.Seal.table ledger.Seal.row""",
}

# Commands that print or write something: how each is run here, or why it cannot hold a canary. A new one goes here.
RUN = {"verify_ledger": ["--format", "json"], "rotate_keys": ["--check"], "due_for_erasure": []}
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


@dataclass
class Aviary:
    """The practice in which canaries are typed, and everything that was noted meanwhile."""

    house: House
    case: Screening
    noted: list[tuple[str, str]] = field(default_factory=list)

    def browser(self, who: str) -> Watched:
        """Return a watched browser in which somebody of the practice is signed in."""
        found = Watched(self.noted)
        found.force_login(getattr(self.house, who).user)
        return found


@pytest.fixture(scope="module")
def once(shared_db: None) -> Aviary:
    house = playing.house()
    protocol = playing.published(house)
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as in a TestCase: what commits by itself at a signature may do so inside
    with pytest.MonkeyPatch.context() as patch, listening() as lines, block:
        noted: list[tuple[str, str]] = []
        aviary = Aviary(house, _a_client_is_screened(house, protocol.pk, noted), noted)
        _it_is_reviewed_and_signed(aviary)
        _it_is_amended(aviary)
        _people_search(aviary)
        _strangers_knock(aviary)
        _things_go_wrong(aviary, patch)
        aviary.noted += [("a log line", line) for line in lines.getvalue().splitlines()]
    return aviary


def _a_client_is_screened(house: House, protocol_id: uuid.UUID, noted: list[tuple[str, str]]) -> Screening:
    desk = Watched(noted)
    desk.force_login(house.therapist.user)
    page = desk.get(reverse("client-add"))
    added = desk.post(reverse("client-add"), typed(page, code="B-1", name=canary("name"), birth_date=BIRTH))
    assert added.status_code == 302, added.content.decode()
    client = Client.objects.get(code="B-1")
    page = desk.get(reverse("client", args=[client.pk]))
    desk.post(reverse("screening-start", args=[client.pk]), typed(page, protocol=str(protocol_id)))
    case = Screening.objects.get(client=client)
    for section, changes in (
        ("taken-today", {"a__mind__altering__today__value": "yes"}),
        ("taken-today", {"a__taken__what__value": canary("text"), "a__taken__what__note": canary("answer-note")}),
        ("health-today", {"note": canary("case-note")}),
    ):
        at = reverse("section", args=[case.pk, section])
        assert desk.post(at, typed(desk.get(at), FORM, **changes)).status_code == 302
    _press_submit(desk, case)
    for name in ("screening", "screening-result", "screening-print", "screening-answers"):
        desk.get(reverse(name, args=[case.pk]), follow=True)
    return again(case)


def _press_submit(desk: Browser, case: Screening) -> None:
    sent = fields(desk.get(reverse("screening-answers", args=[case.pk])))
    assert desk.post(reverse("screening-submit", args=[case.pk]), sent).status_code == 302
    assert again(case).status == ScreeningStatus.SUBMITTED


def _it_is_reviewed_and_signed(aviary: Aviary) -> None:
    desk, case = aviary.browser("clinician"), aviary.case
    desk.post(reverse("claim", args=[case.pk]))
    desk.post(reverse("send-back", args=[case.pk]), {"words": canary("return")})
    assert again(case).status == ScreeningStatus.RETURNED
    _press_submit(aviary.browser("therapist"), case)
    desk.post(reverse("claim", args=[case.pk]))
    case = again(case)
    said = {"evaluation": str(case.current_evaluation_id)}
    for flag in case_in_review(case).flags:
        rule = flag.row.rule_id
        said |= {f"{rule}-answer": "disagree", f"{rule}-words": canary("words"), f"{rule}-reason": "diagnosis-in-doubt"}
    assert desk.post(reverse("review", args=[case.pk]), said).status_code == 302
    sign = reverse("sign", args=[case.pk])
    shown = to_be_signed(again(case), aviary.house.clinician)
    read = {"shown": digest(shown), "parts": parts_of(shown), "outcome": "more-information"}
    read |= {"reasons": canary("reasons")}
    assert desk.post(sign, read | {"password": canary("password-at-signing")}).status_code == 409
    assert desk.post(sign, read | {"password": PASSWORD}).status_code == 302
    for who, name in (("clinician", "determination"), ("auditor", "audit-case"), ("auditor", "audit-again")):
        assert aviary.browser(who).get(reverse(name, args=[case.pk])).status_code == 200


def _it_is_amended(aviary: Aviary) -> None:
    desk = aviary.browser("therapist")
    amend = reverse("screening-amend", args=[aviary.case.pk])
    assert desk.post(amend, typed(desk.get(amend), reason=canary("amendment"))).status_code == 302
    _press_submit(desk, aviary.case)
    assert desk.post(amend, typed(desk.get(amend), reason=canary("second-amendment"))).status_code == 302


def _people_search(aviary: Aviary) -> None:
    assert aviary.browser("therapist").get(reverse("clients"), {"code": canary("search")}).status_code == 200
    assert aviary.browser("auditor").get(reverse("audit-cases"), {"code": canary("audit")}).status_code == 200


def _strangers_knock(aviary: Aviary) -> None:
    """Type names and passwords that are none, until the door is locked; and a password where the name belongs."""
    door = Watched(aviary.noted)
    for _ in range(6):
        sent = {"username": canary("name-at-the-door"), "password": canary("password-at-the-door")}
        door.post(f"{reverse('sign-in')}?next=/clients/?code={canary('next')}", sent)
    door.post(reverse("sign-in"), {"username": canary("password-as-name"), "password": "x"})


def _things_go_wrong(aviary: Aviary, patch: pytest.MonkeyPatch) -> None:
    case, stranger = aviary.case, aviary.browser("manager")
    stranger.get(f"/{canary('address')}/")
    stranger.post(reverse("review", args=[case.pk]), {"words": canary("of-no-right")})
    desk = aviary.browser("clinician")
    assert desk.post(reverse("send-back", args=[case.pk]), {"words": canary("too-late")}).status_code == 409
    form = {"evaluation": str(uuid.uuid4()), "x-words": canary("stale")}
    desk.post(reverse("review", args=[case.pk]), form)
    strict = Watched(aviary.noted, enforce_csrf_checks=True)
    strict.force_login(aviary.house.therapist.user)
    refused = strict.post(reverse("client-add"), {"name": canary("no-token"), "code": "B-2"})
    assert refused.status_code == 403
    sent = typed(strict.get(reverse("client-add")), csrfmiddlewaretoken="stale", name=canary("stale-page"))
    kept = strict.post(reverse("client-add"), sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert kept.status_code == 302
    Browser().post(reverse("client-add"), {"name": canary("signed-out")})
    _a_fault_is_planted(aviary, patch)


def _a_fault_is_planted(aviary: Aviary, patch: pytest.MonkeyPatch) -> None:
    def break_(**given: Any) -> None:
        raise RuntimeError(f"{given['name']} cannot be stored")

    desk = aviary.browser("therapist")
    page = desk.get(reverse("client-add"))
    with patch.context() as planted:
        planted.setattr(clients, "create", break_)
        failed = desk.post(reverse("client-add"), typed(page, code="B-3", name=canary("of-a-fault")))
    assert failed.status_code == 500


def test_every_column_that_can_hold_words_is_encrypted_or_listed_with_a_reason() -> None:
    listed = {name for names in PLAIN.values() for name in names.split()}
    assert text_fields({"accounts", "ledger", "screening"}) == listed | set(encrypted_fields())


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


def test_none_is_in_what_a_command_prints_or_exports(once: Aviary, capsys: pytest.CaptureFixture[str]) -> None:
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in ("core", "screening")}
    assert ours == set(RUN) | set(CANNOT), "say of a new command how it is run here, or why it can hold no canary"
    for name, arguments in RUN.items():
        out = io.StringIO()
        with contextlib.suppress(SystemExit):
            call_command(name, *arguments, stdout=out, stderr=out)
        assert out.getvalue()
        assert found_in(out.getvalue() + capsys.readouterr().out) == set(), name


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
