"""Every form that a role takes, ready to be sent: by whom, to which address, and filled in with what.

``REPEATED`` says of each address what the second sending of the very same form does.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from core.accounts.models import Actor, Membership, Role
from screening.models import EmergencyAccess, Erasure, Protocol, RuleSetVersion, Screening
from screening.selectors.rule_sets import check_of
from tests import playing
from tests.factories import PASSWORD, UserFactory, actor
from tests.integration import acts
from tests.integration.acts import ACTS, VIGNETTE
from tests.pages import fields, signed_in
from tests.playing import House
from tests.reading_first import drawn
from tests.rule_drafts import draft_of, in_review, noted, typed
from tests.signing_in import with_an_app

ONCE = "once: whoever sends it again is led to where the first sending led"
SAME = "the same: it leaves what it left, and shows it once more"
READS = "it reads or shows again, and records that it was done again"
KEEPS = "it changes nothing, however often: somebody is still there, or looks for a name, which no address may hold"
Ready = tuple[Actor | Client, str, dict[str, Any]]
"""Who sends it, or the browser in which that is found out; where to; and what the form holds."""


def protocol_of(house: House) -> Protocol:
    return Protocol.objects.get(practice=house.practice)


def case(house: House, how: Callable[[House, Protocol, str], Screening]) -> Screening:
    return how(house, protocol_of(house), VIGNETTE)


def on(name: str, screening: Screening) -> str:
    return reverse(name, args=[screening.pk])


def page_of(actor: Actor, address: str, form: str = "") -> dict[str, Any]:
    return dict(fields(signed_in(actor).get(address), form))


def find_client(house: House) -> Ready:
    playing.a_client(house)
    return house.therapist, reverse("clients"), {"sought": "example"}


def add_client(house: House) -> Ready:
    given = {"client_id": str(uuid.uuid4()), "code": "C-1", "name": "Ada"}
    return house.therapist, reverse("client-add"), given


def edit_client(house: House) -> Ready:
    return house.therapist, reverse("client-edit", args=[playing.a_client(house).pk]), {"name": "Ada Other"}


def start(house: House) -> Ready:
    given = {"screening_id": str(uuid.uuid4()), "protocol": str(protocol_of(house).pk)}
    return house.therapist, reverse("screening-start", args=[playing.a_client(house).pk]), given


def save(house: House) -> Ready:
    address = reverse("section", args=[playing.started(house, protocol_of(house)).pk, "thoughts-today"])
    return house.therapist, address, {**page_of(house.therapist, address, "section-form"), "note": "Typed once."}


def submit(house: House) -> Ready:
    screening = case(house, playing.filled)
    return house.therapist, on("screening-submit", screening), {"revision": screening.draft.revision}


def amend(house: House) -> Ready:
    return house.therapist, on("screening-amend", case(house, playing.submitted)), {"reason": "Told more."}


def drop(house: House) -> Ready:
    screening = case(house, playing.submitted)
    playing.submissions.start_amendment(screening=screening, reason="New.", by=house.therapist, at=playing.NOON)
    return house.therapist, on("screening-drop-amendment", screening), {}


def claim(house: House) -> Ready:
    return house.clinician, on("claim", case(house, playing.submitted)), {}


def release(house: House) -> Ready:
    return house.clinician, on("release", case(house, playing.claimed)), {}


def answer(house: House) -> Ready:
    screening = case(house, playing.claimed)
    given = page_of(house.clinician, on("review", screening))
    return house.clinician, on("review", screening), {**given, **agreeing(screening)}


def agreeing(screening: Screening) -> dict[str, str]:
    assert screening.current_evaluation is not None
    return {f"{flag.rule_id}-answer": "agree" for flag in screening.current_evaluation.flags.all()}


def read_first(house: House) -> Ready:
    address = on("read-first", case(house, drawn))
    return house.clinician, address, {**page_of(house.clinician, address, "reading-form"), "words": "Mine."}


def give_back(house: House) -> Ready:
    return house.clinician, on("send-back", case(house, playing.claimed)), {"words": "Ask again."}


def sign(house: House) -> Ready:
    address = on("sign", case(house, playing.answered))
    decided = {"outcome": "more-information", "reasons": "Mine.", "password": PASSWORD}
    return house.clinician, address, {**page_of(house.clinician, address), **decided}


def verify_ledger(house: House) -> Ready:
    return house.auditor, reverse("audit-ledger"), {}


def adopt(house: House) -> Ready:
    return house.author, reverse("adopt"), {"name": "after-session"}


def take_draft(house: House) -> Ready:
    return house.author, reverse("take-draft", args=[protocol_of(house).pk]), {}


def of_version(name: str, version: RuleSetVersion, *more: str) -> str:
    return reverse(name, args=[version.pk, *more])


def notes(house: House) -> Ready:
    draft = draft_of(house, protocol_of(house))
    return house.author, of_version("rule-version-notes", draft), {"change_notes": "Why.", "revision": draft.revision}


def send(house: House) -> Ready:
    draft = draft_of(house, protocol_of(house))
    return house.author, of_version("rule-version-submit", draft), {"change_notes": "Why.", "revision": draft.revision}


def send_rules_back(house: House) -> Ready:
    version = in_review(house, protocol_of(house))
    return house.approver, of_version("rule-version-send-back", version), {"words": "Say more."}


def publish(house: House) -> Ready:
    version = in_review(house, protocol_of(house))
    return (
        house.approver,
        of_version("rule-version-publish", version),
        {"shown": version.digest, "password": PASSWORD, "read": "on"},
    )


def withdraw(house: House) -> Ready:
    return house.author, of_version("rule-version-withdraw", draft_of(house, protocol_of(house))), {}


def retell(house: House) -> Ready:
    ACTS["rule_sets.retell_vignette"](house)
    draft = RuleSetVersion.objects.get(status="draft")
    vignette_id = check_of(draft).changed[0].vignette_id
    return house.author, of_version("retell", draft, vignette_id), {"revision": draft.revision}


def edit_rule(house: House) -> Ready:
    draft = noted(house, draft_of(house, protocol_of(house)))
    rule_id = "attempts-or-threats-again"
    return house.author, of_version("edit-rule", draft, rule_id), typed(draft, rule_id, title="Another title")


def settings(house: House) -> Ready:
    address = reverse("practice-settings")
    return house.manager, address, {**page_of(house.manager, address), "crisis_steps": "Call us first."}


def give_role(house: House) -> Ready:
    user = UserFactory.create()
    given = {"username": user.username, "role": Role.AUDITOR.value, "password": PASSWORD}
    return house.manager, reverse("give-role"), given


def end_role(house: House) -> Ready:
    held = Membership.objects.get(user=house.auditor.user)
    return house.manager, reverse("end-role", args=[held.pk]), {"password": PASSWORD}


def ask_to_erase(house: House) -> Ready:
    code = playing.a_client(house).code
    return house.manager, reverse("ask-erasure"), {"code": code, "reason": "client-asked"}


def asked_by_another(house: House) -> Erasure:
    return acts.asked_to_erase(House(**{**vars(house), "manager": actor(Role.MANAGER, practice=house.practice)}))


def withdraw_erasure(house: House) -> Ready:
    return house.manager, reverse("withdraw-erasure", args=[asked_by_another(house).pk]), {}


def erase(house: House) -> Ready:
    return house.manager, reverse("erasure", args=[asked_by_another(house).pk]), {"password": PASSWORD}


def reset_second_factor(house: House) -> Ready:
    with_an_app(house.auditor.user)
    held = Membership.objects.get(user=house.auditor.user)
    return house.manager, reverse("reset-second-factor", args=[held.pk]), {"password": PASSWORD}


def open_in_an_emergency(house: House) -> Ready:
    code = acts.of_a_colleague(house).client.code
    given = {"code": code, "reason": "They called and are in danger.", "password": PASSWORD}
    return house.therapist, reverse("emergency-open"), given


def acknowledge(house: House) -> Ready:
    ACTS["emergencies.acknowledge"](house)
    access = EmergencyAccess.objects.get(opened_by=house.therapist.user)
    return house.manager, reverse("emergency-acknowledge", args=[access.pk]), {"words": "Rightly so."}


def hand_out(house: House) -> Ready:
    return house.auditor, on("audit-export", case(house, playing.signed)), {}


def to_pdf(house: House) -> Ready:
    return house.therapist, on("screening-pdf", case(house, playing.signed)), {"what": "summary"}


REPEATED: dict[str, tuple[str, Callable[[House], Ready]]] = {
    "clients": (KEEPS, find_client),
    "client-add": (SAME, add_client),
    "client-edit": (SAME, edit_client),
    "screening-start": (SAME, start),
    "section": (SAME, save),
    "screening-submit": (ONCE, submit),
    "screening-amend": (ONCE, amend),
    "screening-drop-amendment": (ONCE, drop),
    "claim": (ONCE, claim),
    "release": (ONCE, release),
    "review": (ONCE, answer),
    "read-first": (ONCE, read_first),
    "send-back": (ONCE, give_back),
    "sign": (ONCE, sign),
    "audit-ledger": (READS, verify_ledger),
    "adopt": (ONCE, adopt),
    "take-draft": (ONCE, take_draft),
    "rule-version-notes": (ONCE, notes),
    "rule-version-submit": (ONCE, send),
    "rule-version-send-back": (ONCE, send_rules_back),
    "rule-version-publish": (ONCE, publish),
    "rule-version-withdraw": (ONCE, withdraw),
    "retell": (ONCE, retell),
    "edit-rule": (ONCE, edit_rule),
    "practice-settings": (ONCE, settings),
    "give-role": (ONCE, give_role),
    "end-role": (ONCE, end_role),
    "reset-second-factor": (ONCE, reset_second_factor),
    "ask-erasure": (ONCE, ask_to_erase),
    "withdraw-erasure": (ONCE, withdraw_erasure),
    "erasure": (ONCE, erase),
    "emergency-open": (ONCE, open_in_an_emergency),
    "emergency-acknowledge": (ONCE, acknowledge),
    "audit-export": (READS, hand_out),
    "screening-pdf": (READS, to_pdf),
}
