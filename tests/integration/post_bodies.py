"""What each address that takes a POST is sent when somebody uses it as it is meant: the whole of its form.

``BODIES`` has a row for each such address: a function that prepares what the act needs, through the services, and
returns the address with the fields of its form. An address without a row turns ``test_extra_fields`` red.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from core.accounts.models import Membership, Role
from screening.models import Erasure, Protocol, ReadingDraw, Screening
from screening.services import erasures, reviews, submissions
from tests import playing, rule_drafts
from tests.factories import PASSWORD, actor
from tests.integration import acts
from tests.integration.test_access_matrix import Scene, address
from tests.pages import fields
from tests.playing import NOON, House
from tests.signing_in import with_an_app

Sent = tuple[str, dict[str, Any]]
Body = Callable[[Scene, Client], Sent]
NEW = uuid.UUID(int=99)


def house_of(scene: Scene) -> House:
    """Return the practice of a scene as the services' tests know it."""
    by = scene.people
    return House(
        by[Role.THERAPIST].practice,
        therapist=by[Role.THERAPIST],
        clinician=by[Role.CLINICIAN],
        author=by[Role.RULE_AUTHOR],
        approver=by[Role.RULE_APPROVER],
        auditor=by[Role.AUDITOR],
        manager=by[Role.MANAGER],
    )


def case(scene: Scene, state: str) -> Screening:
    """Return the therapist's own case in a state."""
    return Screening.objects.get(pk=scene.own[state]["screening_id"])


def _plain(name: str, /, **sent: Any) -> Body:
    return lambda scene, _: (address(name, scene.own), dict(sent))


def _start(scene: Scene, _: Client) -> Sent:
    protocol = scene.own["open"]["protocol_id"]
    return address("screening-start", scene.own), {"screening_id": str(NEW), "protocol": str(protocol)}


def _section(scene: Scene, browser: Client) -> Sent:
    at = address("section", scene.own)
    return at, {**fields(browser.get(at)), "a-suicide-thoughts-today-value": "none", "act": "go"}


def _submit(scene: Scene, _: Client) -> Sent:
    return address("screening-submit", scene.own), {"revision": case(scene, "open").draft.revision}


def _drop_amendment(scene: Scene, _: Client) -> Sent:
    screening, house = case(scene, "in-review"), house_of(scene)
    submissions.start_amendment(screening=screening, reason="New.", by=house.therapist, at=NOON)
    return address("screening-drop-amendment", scene.own), {}


def _claim(scene: Scene, _: Client) -> Sent:
    reviews.release(screening=case(scene, "in-review"), by=house_of(scene).clinician, at=NOON)
    return address("claim", scene.own), {}


def _review(scene: Scene, browser: Client) -> Sent:
    at = address("review", scene.own)
    shown = browser.get(at)
    first = shown.context["case"].flags[0].row.rule_id
    return at, {**fields(shown), f"{first}-answer": "agree", f"{first}-words": "Read.", "at": first}


def _read_first(scene: Scene, _: Client) -> Sent:
    """Send a reading of a case that is under review as it is, but drawn: a new case has another key each time."""
    screening = case(scene, "in-review")
    of = {"screening": screening, "response": screening.current_response, "salt_digest": "0" * 64, "drawn_at": NOON}
    ReadingDraw.objects.create(**of, share=50, number=7, drawn=True)
    return address("read-first", scene.own), {"topics": [], "words": "Read."}


def _sign(scene: Scene, browser: Client) -> Sent:
    playing.answer_all(house_of(scene), case(scene, "in-review"))
    at = address("sign", scene.own)
    own = {"outcome": "more-information", "reasons": "Mine.", "recheck_on": "", "password": PASSWORD}
    return at, {**fields(browser.get(at)), **own}


def _protocol(scene: Scene) -> Protocol:
    return Protocol.objects.get(pk=scene.own["open"]["protocol_id"])


def _notes(scene: Scene, _: Client) -> Sent:
    draft = rule_drafts.draft_of(house_of(scene), _protocol(scene))
    return reverse("rule-version-notes", args=[draft.pk]), {"change_notes": "Why.", "revision": draft.revision}


def _submit_rules(scene: Scene, _: Client) -> Sent:
    house = house_of(scene)
    draft = rule_drafts.noted(house, rule_drafts.draft_of(house, _protocol(scene)))
    sent = {"change_notes": draft.change_notes, "revision": draft.revision}
    return reverse("rule-version-submit", args=[draft.pk]), sent


def _send_rules_back(scene: Scene, _: Client) -> Sent:
    version = rule_drafts.in_review(house_of(scene), _protocol(scene))
    return reverse("rule-version-send-back", args=[version.pk]), {"words": "Say more."}


def _publish(scene: Scene, _: Client) -> Sent:
    version = rule_drafts.in_review(house_of(scene), _protocol(scene))
    return reverse("rule-version-publish", args=[version.pk]), {"password": PASSWORD, "shown": version.digest}


def _withdraw(scene: Scene, _: Client) -> Sent:
    draft = rule_drafts.draft_of(house_of(scene), _protocol(scene))
    return reverse("rule-version-withdraw", args=[draft.pk]), {}


def _retell(scene: Scene, _: Client) -> Sent:
    draft, vignette_id = acts.draft_with_a_vignette_to_retell(house_of(scene))
    return reverse("retell", args=[draft.pk, vignette_id]), {"revision": draft.revision}


def _edit_rule(scene: Scene, _: Client) -> Sent:
    draft = rule_drafts.draft_of(house_of(scene), _protocol(scene))
    sent = rule_drafts.typed(draft, title="Another title")
    return reverse("edit-rule", args=[draft.pk, rule_drafts.RULE]), sent


def _settings(scene: Scene, browser: Client) -> Sent:
    at = address("practice-settings", scene.own)
    ticked = dict.fromkeys(("own_review", "emergency_access", "live_basis", "part2_notice"), "on")
    return at, {**fields(browser.get(at)), "crisis_steps": "Call us.", **ticked}


def _give_role(scene: Scene, _: Client) -> Sent:
    username = house_of(scene).therapist.user.get_username()
    return address("give-role", scene.own), {"username": username, "role": "auditor", "password": PASSWORD}


def _open_in_an_emergency(scene: Scene, _: Client) -> Sent:
    code = Screening.objects.get(pk=scene.colleagues["signed"]["screening_id"]).client.code
    return address("emergency-open", {}), {
        "code": code,
        "reason": "They called and are in danger.",
        "password": PASSWORD,
    }


def _acknowledge(scene: Scene, _: Client) -> Sent:
    return address("emergency-acknowledge", scene.colleagues), {"words": "Rightly so."}


def _ask_to_erase(scene: Scene, _: Client) -> Sent:
    return address("ask-erasure", {}), {"code": playing.a_client(house_of(scene)).code, "reason": "client-asked"}


def _asked_by_another(scene: Scene) -> Erasure:
    """Have another manager ask for a client to be erased: nobody confirms what they asked for themselves."""
    house = house_of(scene)
    code, other = playing.a_client(house).code, actor(Role.MANAGER, practice=house.practice)
    return erasures.ask(code=code, reason="client-asked", by=other, at=NOON)


def _erase(scene: Scene, _: Client) -> Sent:
    return reverse("erasure", args=[_asked_by_another(scene).pk]), {"password": PASSWORD}


def _withdraw_erasure(scene: Scene, _: Client) -> Sent:
    return reverse("withdraw-erasure", args=[_asked_by_another(scene).pk]), {}


def _reset_second_factor(scene: Scene, _: Client) -> Sent:
    user = with_an_app(house_of(scene).auditor.user)
    return reverse("reset-second-factor", args=[Membership.objects.get(user=user).pk]), {"password": PASSWORD}


def _end_role(scene: Scene, _: Client) -> Sent:
    held = Membership.objects.get(user=house_of(scene).auditor.user)
    return reverse("end-role", args=[held.pk]), {"password": PASSWORD}


BODIES: dict[str, Body] = {
    "clients": _plain("clients", sought="T-NEW"),
    "client-add": _plain("client-add", client_id=str(NEW), code="T-NEW", name="Ada", birth_date="1990-01-01"),
    "client-edit": _plain("client-edit", name="Ada B.", birth_date="1990-01-01"),
    "screening-start": _start,
    "section": _section,
    "screening-submit": _submit,
    "screening-amend": _plain("screening-amend", reason="New."),
    "screening-drop-amendment": _drop_amendment,
    "screening-pdf": _plain("screening-pdf", what="summary"),
    "claim": _claim,
    "release": _plain("release"),
    "review": _review,
    "read-first": _read_first,
    "send-back": _plain("send-back", words="Ask again."),
    "sign": _sign,
    "audit-ledger": _plain("audit-ledger"),
    "adopt": _plain("adopt", name="after-session"),
    "take-draft": _plain("take-draft"),
    "rule-version-notes": _notes,
    "rule-version-submit": _submit_rules,
    "rule-version-send-back": _send_rules_back,
    "rule-version-publish": _publish,
    "rule-version-withdraw": _withdraw,
    "retell": _retell,
    "edit-rule": _edit_rule,
    "practice-settings": _settings,
    "give-role": _give_role,
    "end-role": _end_role,
    "reset-second-factor": _reset_second_factor,
    "ask-erasure": _ask_to_erase,
    "withdraw-erasure": _withdraw_erasure,
    "erasure": _erase,
    "audit-export": _plain("audit-export"),
    "emergency-open": _open_in_an_emergency,
    "emergency-acknowledge": _acknowledge,
}
