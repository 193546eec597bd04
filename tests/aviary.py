"""A practice into whose pages canaries are typed, with everything going wrong that can; and what was noted."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse

from core.canonical import digest
from screening.models import Client, EmergencyAccess, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.determinations import parts_of, to_be_signed
from screening.selectors.reviews import case_in_review
from screening.services import clients
from tests import playing
from tests.canaries import BIRTH, Watched, canary, listening
from tests.factories import PASSWORD, MembershipFactory
from tests.pages import fields, signed_in, typed
from tests.playing import House, again
from tests.reading_first import draw_all
from tests.signing_in import with_an_app

FORM = "section-form"


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


def filled(*, patch: pytest.MonkeyPatch) -> Aviary:
    """Type canaries into a new practice's pages as people do, and have everything go wrong that can."""
    house = playing.house()
    protocol = playing.published(house)
    draw_all(house)
    noted: list[tuple[str, str]] = []
    with listening() as lines:
        aviary = Aviary(house, _a_client_is_screened(house, protocol.pk, noted), noted)
        _it_is_reviewed_and_signed(aviary)
        _it_is_amended(aviary)
        _it_is_opened_in_an_emergency(aviary)
        _people_search(aviary)
        _people_set_up_how_they_sign_in(aviary, patch)
        _strangers_knock(aviary)
        _it_leaves_the_house(aviary)
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
    for name in ("screening", "screening-result", "screening-summary", "screening-print", "screening-answers"):
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
    at = reverse("read-first", args=[case.pk])
    refused = {"topics": canary("topic-that-is-none"), "words": canary("reading-refused")}
    assert desk.post(at, refused).status_code == 422
    assert desk.post(at, {"words": canary("reading")}).status_code == 302
    assert desk.post(at, {"words": canary("read-again")}).status_code == 409
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


def _it_is_opened_in_an_emergency(aviary: Aviary) -> None:
    desk, ask = aviary.browser("manager"), reverse("emergency-open")
    sent = typed(desk.get(ask), code="B-1", reason=canary("emergency-reason"), password=canary("emergency-password"))
    assert desk.post(ask, sent).status_code == 409
    opened = desk.post(ask, typed(desk.get(ask), code="B-1", reason=canary("emergency-reason"), password=PASSWORD))
    assert opened.status_code == 302
    assert canary("name") in desk.get(opened.headers["Location"]).content.decode()
    access = EmergencyAccess.objects.get(screening=aviary.case)
    at = reverse("emergency-acknowledge", args=[access.pk])
    auditor = aviary.browser("auditor")
    assert auditor.post(at, {"words": canary("acknowledged")}).status_code == 302
    assert auditor.post(at, {"words": canary("acknowledged-again")}).status_code == 409
    for who, name in (("auditor", "emergencies"), ("therapist", "worklist")):
        assert aviary.browser(who).get(reverse(name)).status_code == 200


def _people_search(aviary: Aviary) -> None:
    desk, clients_at = aviary.browser("therapist"), reverse("clients")
    found = desk.post(clients_at, {"sought": canary("name")})
    assert reverse("client", args=[aviary.case.client_id]) in found.content.decode()
    assert desk.post(clients_at, {"sought": canary("searched-name")}).status_code == 200
    assert desk.post(clients_at, {"sought": canary("much-too-long") * 9}).status_code == 422
    assert aviary.browser("clinician").post(clients_at, {"sought": canary("not-mine-to-search")}).status_code == 403
    assert aviary.browser("clinician").get(reverse("queue"), {"code": canary("queue")[:20]}).status_code == 200
    assert aviary.browser("auditor").get(reverse("audit-cases"), {"code": canary("audit")}).status_code == 200


def _people_set_up_how_they_sign_in(aviary: Aviary, patch: pytest.MonkeyPatch) -> None:
    """Mistype codes and passkeys, and be on the way to what was searched for when a second factor is asked for."""
    searched = f"/clients/?code={canary('on-the-way')}"  # in this browser's own addresses, and nowhere else
    with override_settings(REQUIRE_SECOND_FACTOR=True):
        desk = signed_in(aviary.house.therapist)
        assert desk.get(desk.get(searched).headers["Location"]).status_code == 200
    user = with_an_app(MembershipFactory.create(practice=aviary.house.practice, role="therapist").user)
    waiting = Browser()
    waiting.post(reverse("sign-in"), {"username": user.get_username(), "password": PASSWORD, "next": searched})
    assert waiting.get(reverse("second-factor")).status_code == 200
    door = Watched(aviary.noted)
    door.post(reverse("sign-in"), {"username": user.get_username(), "password": PASSWORD})
    assert door.post(reverse("second-factor"), {"one_time_code": canary("a-code")}).status_code == 422
    door.post(reverse("passkey"), {"passkey": canary("a-passkey")})
    desk = aviary.browser("clinician")
    desk.post(reverse("confirm-identity"), {"password": canary("password-again")})
    assert desk.post(reverse("confirm-identity"), {"password": PASSWORD}).status_code == 302
    desk.get(reverse("add-app"))
    assert desk.post(reverse("add-app"), {"one_time_code": canary("first-code")}).status_code in (409, 422)
    sent = {"name": canary("passkey-name"), "passkey": canary("new-passkey")}
    assert desk.post(reverse("add-passkey"), sent).status_code in (409, 422)
    change = reverse("change-password")
    sent = {"old_password": canary("old-password"), "new_password": canary("new-password")}
    assert desk.post(change, typed(desk.get(change), **sent)).status_code in (409, 422)


def _it_leaves_the_house(aviary: Aviary) -> None:
    """Take out the checkpoints, the case as evidence, which is to hold what was said of it, and as a PDF."""
    pdf = aviary.browser("therapist").post(reverse("screening-pdf", args=[aviary.case.pk]), {"what": "whole"})
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    auditor = aviary.browser("auditor")
    evidence = auditor.post(reverse("audit-export", args=[aviary.case.pk]))
    assert (evidence.status_code, evidence.headers["Content-Type"]) == (200, "application/zip")
    checkpoints = auditor.get(reverse("audit-checkpoints"))
    assert checkpoints.status_code == 200
    aviary.noted.append(("the checkpoints", checkpoints.getvalue().decode()))


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
    Browser().post(reverse("clients"), {"sought": canary("searched-signed-out")})
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
