"""Every verb of the services, each ready to be done once: for tests of what all of them have in common.

``ACTS`` has a row per verb: a function that prepares what the verb needs, in a practice that has published the
protocol of the session day, and returns the act itself. A verb without a row turns ``test_promises_record`` red.
"""

import inspect
import pkgutil
import uuid
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from django.test import RequestFactory

import screening.services
from core import access
from core.accounts import proving, second_factors, single_sign_on
from core.accounts import services as accounts
from core.accounts.models import Membership, Role
from core.canonical import digest
from screening.engine.answers import Answer
from screening.engine.drafts import Change
from screening.models import Erasure, Protocol, RuleSetVersion, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.determinations import to_be_signed
from screening.selectors.documents import rule_set_of
from screening.selectors.rule_sets import check_of
from screening.services import (
    clients,
    determinations,
    drafts,
    emergencies,
    erasures,
    evidence,
    papers,
    policies,
    protocols,
    reviews,
    rule_sets,
    screenings,
    submissions,
)
from tests import playing
from tests.factories import PASSWORD, UserFactory, actor
from tests.playing import NOON, House
from tests.reading_first import ready_to_read
from tests.signing_in import with_an_app

Act = Callable[[], object]
VIGNETTE = "thoughts-are-back"


def verbs() -> set[str]:
    """Return the name of every verb: a public function of a service module that takes who acts and when."""
    names = [f"screening.services.{found.name}" for found in pkgutil.iter_modules(screening.services.__path__)]
    modules = [import_module(name) for name in names] + [accounts, access, proving, second_factors, single_sign_on]
    return {verb for module in modules for verb in _verbs_of(module)}


def _verbs_of(module: ModuleType) -> list[str]:
    own = [found for _, found in inspect.getmembers(module, inspect.isfunction) if found.__module__ == module.__name__]
    acting = [found for found in own if {"by", "at"} <= set(inspect.signature(found).parameters)]
    return [f"{module.__name__.split('.')[-1]}.{found.__name__}" for found in acting if found.__name__[0] != "_"]


def _protocol_of(house: House) -> Protocol:
    return Protocol.objects.get(practice=house.practice)


def _create_client(house: House) -> Act:
    return lambda: playing.a_client(house)


def _change_client(house: House) -> Act:
    client = playing.a_client(house)
    return lambda: clients.change(client=client, name="Other", birth_date=None, by=house.therapist, at=NOON)


def _start(house: House) -> Act:
    protocol, client = _protocol_of(house), playing.a_client(house)
    return lambda: screenings.start(
        screening_id=uuid.uuid4(), client=client, protocol=protocol, by=house.therapist, at=NOON
    )


def _save(house: House) -> Act:
    screening = playing.started(house, _protocol_of(house))
    change = Change(answers={"suicide-thoughts-today": Answer(value="none")}, note="A note.")
    return lambda: drafts.save(screening=screening, change=change, base_revision=0, by=house.therapist, at=NOON)


def _submit(house: House) -> Act:
    screening = playing.filled(house, _protocol_of(house), VIGNETTE)
    revision = screening.draft.revision
    return lambda: submissions.submit(screening=screening, base_revision=revision, by=house.therapist, at=NOON)


def _amend(house: House) -> Act:
    screening = playing.submitted(house, _protocol_of(house), VIGNETTE)
    return lambda: submissions.start_amendment(screening=screening, reason="New.", by=house.therapist, at=NOON)


def _drop_amendment(house: House) -> Act:
    screening = playing.submitted(house, _protocol_of(house), VIGNETTE)
    submissions.start_amendment(screening=screening, reason="New.", by=house.therapist, at=NOON)
    return lambda: submissions.drop_amendment(screening=screening, by=house.therapist, at=NOON)


def _claim(house: House) -> Act:
    screening = playing.submitted(house, _protocol_of(house), VIGNETTE)
    return lambda: reviews.claim(screening=screening, by=house.clinician, at=NOON)


def _claimed(house: House) -> Screening:
    return playing.claimed(house, _protocol_of(house), VIGNETTE)


def _release(house: House) -> Act:
    screening = _claimed(house)
    return lambda: reviews.release(screening=screening, by=house.clinician, at=NOON)


def _answer_flags(house: House) -> Act:
    screening = _claimed(house)
    assert screening.current_evaluation is not None
    assert flags_of(screening.current_evaluation)
    return lambda: playing.answer_all(house, screening)


def _return(house: House) -> Act:
    screening = _claimed(house)
    return lambda: reviews.send_back(screening=screening, words="Ask again.", questions=[], by=house.clinician, at=NOON)


def _sign(house: House) -> Act:
    screening = playing.answered(house, _protocol_of(house), VIGNETTE)
    shown = digest(to_be_signed(screening, house.clinician))
    return lambda: determinations.sign(
        screening=screening,
        shown_digest=shown,
        outcome_code="more-information",
        reasons="My own.",
        recheck_on=None,
        by=house.clinician,
        at=NOON,
    )


def _export(house: House) -> Act:
    screening = playing.signed(house, _protocol_of(house), VIGNETTE)
    return lambda: evidence.export(screening=screening, by=house.auditor, at=NOON)


def _to_paper(house: House) -> Act:
    screening = playing.signed(house, _protocol_of(house), VIGNETTE)
    return lambda: papers.export(screening=screening, what=papers.SUMMARY, by=house.therapist, at=NOON)


def of_a_colleague(house: House) -> Screening:
    """Start a screening of a client of another therapist of the practice."""
    colleague = House(**{**vars(house), "therapist": actor(Role.THERAPIST, practice=house.practice)})
    return playing.started(colleague, _protocol_of(house))


def _open_in_an_emergency(house: House) -> Act:
    screening = of_a_colleague(house)
    return lambda: emergencies.open_case(
        screening=screening, reason="They called and are in danger.", by=house.therapist, at=NOON
    )


def _acknowledge(house: House) -> Act:
    access = emergencies.open_case(
        screening=of_a_colleague(house), reason="They called and are in danger.", by=house.therapist, at=NOON
    )
    return lambda: emergencies.acknowledge(access=access, words="Rightly so.", by=house.manager, at=NOON)


def asked_to_erase(house: House) -> Erasure:
    code = playing.submitted(house, _protocol_of(house), VIGNETTE).client.code
    return erasures.ask(code=code, reason="client-asked", by=house.manager, at=NOON)


def _ask_to_erase(house: House) -> Act:
    client = playing.a_client(house)
    return lambda: erasures.ask(code=client.code, reason="client-asked", by=house.manager, at=NOON)


def _withdraw_erasure(house: House) -> Act:
    asked = asked_to_erase(house)
    return lambda: erasures.withdraw(erasure=asked, by=house.manager, at=NOON)


def _confirm_erasure(house: House) -> Act:
    asked, second = asked_to_erase(house), actor(Role.MANAGER, practice=house.practice)
    return lambda: erasures.confirm(erasure=asked, by=second, at=NOON)


def _policy(house: House) -> Act:
    return lambda: policies.change(
        crisis_steps="Call us.",
        determinations=[{"code": "more", "text": "More information needed"}],
        disagreement_reasons=[{"code": "doubt", "text": "The diagnosis is in doubt"}],
        own_review=True,
        by=house.manager,
        at=NOON,
    )


def _adopt(house: House) -> Act:
    return lambda: protocols.adopt(name="after-session", by=house.author, at=NOON)


def _draft(house: House) -> RuleSetVersion:
    return rule_sets.take_draft(protocol=_protocol_of(house), by=house.author, at=NOON)


def _noted(house: House) -> RuleSetVersion:
    draft = _draft(house)
    return rule_sets.note_changes(
        version=draft, change_notes="Why.", expected_revision=draft.revision, by=house.author, at=NOON
    )


def _in_review(house: House) -> RuleSetVersion:
    draft = _noted(house)
    return rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)


def _take_draft(house: House) -> Act:
    protocol: Protocol = _protocol_of(house)
    return lambda: rule_sets.take_draft(protocol=protocol, by=house.author, at=NOON)


def _change_rule(house: House) -> Act:
    draft = _draft(house)
    rule = rule_set_of(draft).rules[0]
    changed = rule.model_copy(update={"title": "Another title"})
    return lambda: rule_sets.change_rule(
        version=draft,
        rule_id=rule.id,
        rule=changed,
        expected_revision=draft.revision,
        by=house.author,
        at=NOON,
    )


def draft_with_a_vignette_to_retell(house: House) -> tuple[RuleSetVersion, str]:
    """Take a draft and change a rule of it so that a vignette comes out otherwise; return both."""
    draft = _draft(house)
    rules = {rule.id: rule for rule in rule_set_of(draft).rules}
    ours, other = (rules[name] for name in ("suicidal-thoughts-or-attempt", "attempts-or-threats-again"))
    draft = rule_sets.change_rule(
        version=draft,
        rule_id=ours.id,
        rule=ours.model_copy(update={"when": other.when}),
        expected_revision=draft.revision,
        by=house.author,
        at=NOON,
    )
    return draft, check_of(draft).changed[0].vignette_id


def _retell_vignette(house: House) -> Act:
    draft, vignette_id = draft_with_a_vignette_to_retell(house)
    return lambda: rule_sets.retell_vignette(
        version=draft, vignette_id=vignette_id, expected_revision=draft.revision, by=house.author, at=NOON
    )


def _note(house: House) -> Act:
    draft = _draft(house)
    return lambda: rule_sets.note_changes(
        version=draft, change_notes="Why.", expected_revision=draft.revision, by=house.author, at=NOON
    )


def _submit_rules(house: House) -> Act:
    draft = _noted(house)
    return lambda: rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)


def _send_rules_back(house: House) -> Act:
    version = _in_review(house)
    return lambda: rule_sets.send_back(version=version, words="Say more.", by=house.approver, at=NOON)


def _withdraw(house: House) -> Act:
    draft = _draft(house)
    return lambda: rule_sets.withdraw(version=draft, by=house.author, at=NOON)


def _publish(house: House) -> Act:
    version = _in_review(house)
    return lambda: rule_sets.publish(version=version, shown_digest=version.digest, by=house.approver, at=NOON)


def _create_user(house: House) -> Act:
    return lambda: accounts.create_user(
        username="new-here", printed_name="New Here", password="a long walk by a lake", by=None, at=NOON
    )


def _open_practice(house: House) -> Act:
    return lambda: accounts.open_practice(name="A new practice", by=None, at=NOON)


def _add_member(house: House) -> Act:
    user = UserFactory.create()
    return lambda: accounts.add_member(user=user, practice=house.practice, role=Role.AUDITOR, by=house.manager, at=NOON)


def _end_membership(house: House) -> Act:
    membership = Membership.objects.get(user=house.auditor.user)
    return lambda: accounts.end_membership(membership=membership, by=house.manager, at=NOON)


def _confirm_password(house: House) -> Act:
    request = RequestFactory().post("/")
    return lambda: proving.confirm_password(request, by=house.clinician, password=PASSWORD, at=NOON)


def _confirm_identity(house: House) -> Act:
    request, given = RequestFactory().post("/"), proving.Given(password=PASSWORD)
    return lambda: proving.confirm_identity(request, by=house.clinician, given=given, at=NOON)


def _reset_second_factor(house: House) -> Act:
    with_an_app(house.clinician.user)
    return lambda: second_factors.reset(user=house.clinician.user, by=house.manager, at=NOON)


def _link(house: House) -> Act:
    subject = {"issuer": "https://id.example", "subject": "7"}
    return lambda: single_sign_on.link(user=house.clinician.user, **subject, by=None, at=NOON)


def _unlink(house: House) -> Act:
    _link(house)()
    return lambda: single_sign_on.unlink(user=house.clinician.user, by=None, at=NOON)


def _record_view(house: House) -> Act:
    screening = playing.started(house, _protocol_of(house))
    seen: dict[str, Any] = {"object": f"screening:{screening.pk}", "stream": f"case:{screening.pk}"}
    return lambda: access.record_view(action="screening.viewed", **seen, by=house.therapist, at=NOON)


def _record_refusal(house: House) -> Act:
    who: dict[str, Any] = {"user": house.therapist.user, "by": house.therapist, "practice": house.practice}
    return lambda: access.record_refusal(page="queue", method="GET", at=NOON, **who)


ACTS: dict[str, Callable[[House], Act]] = {
    "clients.create": _create_client,
    "clients.change": _change_client,
    "screenings.start": _start,
    "drafts.save": _save,
    "submissions.submit": _submit,
    "submissions.start_amendment": _amend,
    "submissions.drop_amendment": _drop_amendment,
    "reviews.claim": _claim,
    "reviews.release": _release,
    "reviews.answer_flags": _answer_flags,
    "readings.write": ready_to_read,
    "reviews.send_back": _return,
    "determinations.sign": _sign,
    "evidence.export": _export,
    "papers.export": _to_paper,
    "emergencies.open_case": _open_in_an_emergency,
    "emergencies.acknowledge": _acknowledge,
    "erasures.ask": _ask_to_erase,
    "erasures.withdraw": _withdraw_erasure,
    "erasures.confirm": _confirm_erasure,
    "policies.change": _policy,
    "protocols.adopt": _adopt,
    "rule_sets.take_draft": _take_draft,
    "rule_sets.change_rule": _change_rule,
    "rule_sets.retell_vignette": _retell_vignette,
    "rule_sets.note_changes": _note,
    "rule_sets.submit": _submit_rules,
    "rule_sets.send_back": _send_rules_back,
    "rule_sets.withdraw": _withdraw,
    "rule_sets.publish": _publish,
    "services.create_user": _create_user,
    "services.open_practice": _open_practice,
    "services.add_member": _add_member,
    "services.end_membership": _end_membership,
    "proving.confirm_password": _confirm_password,
    "proving.confirm_identity": _confirm_identity,
    "second_factors.reset": _reset_second_factor,
    "single_sign_on.link": _link,
    "single_sign_on.unlink": _unlink,
    "access.record_view": _record_view,
    "access.record_refusal": _record_refusal,
}
