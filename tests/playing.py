"""A practice with its people, and cases carried from step to step through the services that people use.

For tests of whole ways. Each step returns what it made; a case's answers are those of a shipped vignette, on its day.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time

from core.accounts.models import Actor, Practice, Role
from core.canonical import digest
from screening.engine.drafts import Change
from screening.engine.vignettes import Vignette
from screening.models import Client, Determination, EmergencyAccess, FlagAnswer, Protocol, RuleSetVersion, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.determinations import to_be_signed
from screening.selectors.shipped import shipped_protocol
from screening.services import (
    clients,
    determinations,
    drafts,
    emergencies,
    protocols,
    reviews,
    rule_sets,
    screenings,
    submissions,
)
from screening.services.reviews import GivenAnswer
from tests.factories import PracticeFactory, actor

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REASON = "Their sister called: they stand on a bridge."


@dataclass(frozen=True)
class House:
    """A practice and somebody in each role."""

    practice: Practice
    therapist: Actor
    clinician: Actor
    author: Actor
    approver: Actor
    auditor: Actor
    manager: Actor


def house() -> House:
    """Return a new practice with somebody in each role."""
    practice = PracticeFactory.create()
    return House(
        practice,
        therapist=actor(Role.THERAPIST, practice=practice),
        clinician=actor(Role.CLINICIAN, practice=practice),
        author=actor(Role.RULE_AUTHOR, practice=practice),
        approver=actor(Role.RULE_APPROVER, practice=practice),
        auditor=actor(Role.AUDITOR, practice=practice),
        manager=actor(Role.MANAGER, practice=practice),
    )


def published(at_house: House, name: str = "session-day") -> Protocol:
    """Adopt a shipped protocol and have a second person publish it."""
    protocol = protocols.adopt(name=name, by=at_house.author, at=NOON)
    version = RuleSetVersion.objects.get(protocol=protocol)
    version = rule_sets.submit(version=version, expected_revision=version.revision, by=at_house.author, at=NOON)
    rule_sets.publish(version=version, shown_digest=version.digest, by=at_house.approver, at=NOON)
    return protocol


def newest_version(protocol: Protocol) -> RuleSetVersion:
    """Return the newest version of a protocol's rules, whatever its state."""
    return RuleSetVersion.objects.filter(protocol=protocol).order_by("-number")[0]


def a_client(at_house: House, *, code: str = "") -> Client:
    """Add a client of the practice's therapist."""
    number = code or f"T-{uuid.uuid4().hex[:6]}"
    return clients.create(
        client_id=uuid.uuid4(), code=number, name="Ada Example", birth_date=None, by=at_house.therapist, at=NOON
    )


def started(at_house: House, protocol: Protocol) -> Screening:
    """Start a screening of a new client."""
    return screenings.start(
        screening_id=uuid.uuid4(), client=a_client(at_house), protocol=protocol, by=at_house.therapist, at=NOON
    )


def vignette_of(protocol: Protocol, vignette_id: str) -> Vignette:
    """Return a vignette that ships with a protocol."""
    found = shipped_protocol(protocol.lineage_name).vignettes.vignettes
    return next(vignette for vignette in found if vignette.id == vignette_id)


def noon_of(vignette: Vignette) -> datetime:
    """Return noon of the day that a vignette is told on."""
    return datetime.combine(vignette.on, time(12), tzinfo=UTC)


def filled(at_house: House, protocol: Protocol, vignette_id: str) -> Screening:
    """Start a screening and give the answers of a vignette, in one save."""
    screening, vignette = started(at_house, protocol), vignette_of(protocol, vignette_id)
    answers = shipped_protocol(protocol.lineage_name).vignettes.answers_of(vignette)
    change = Change(answers={**answers.answers}, groups=answers.groups)
    drafts.save(screening=screening, change=change, base_revision=0, by=at_house.therapist, at=noon_of(vignette))
    return again(screening)


def submitted(at_house: House, protocol: Protocol, vignette_id: str) -> Screening:
    """Screen a new client with the answers of a vignette, on its day, and submit them."""
    screening = filled(at_house, protocol, vignette_id)
    at = noon_of(vignette_of(protocol, vignette_id))
    revision = screening.draft.revision
    return again(submissions.submit(screening=screening, base_revision=revision, by=at_house.therapist, at=at))


def claimed(at_house: House, protocol: Protocol, vignette_id: str) -> Screening:
    """Bring a case as far as being under review."""
    screening = submitted(at_house, protocol, vignette_id)
    return again(reviews.claim(screening=screening, by=at_house.clinician, at=NOON))


def answer_all(at_house: House, screening: Screening) -> list[FlagAnswer]:
    """Have the clinician agree with every flag of a case under review."""
    evaluation = screening.current_evaluation
    assert evaluation is not None
    given = [GivenAnswer(flag.rule_id, "agree", "Read and weighed.") for flag in flags_of(evaluation)]
    return reviews.answer_flags(
        screening=screening, evaluation_id=evaluation.pk, given=given, by=at_house.clinician, at=NOON
    )


def answered(at_house: House, protocol: Protocol, vignette_id: str) -> Screening:
    """Bring a case as far as being ready to sign."""
    screening = claimed(at_house, protocol, vignette_id)
    answer_all(at_house, screening)
    return again(screening)


def sign(at_house: House, screening: Screening) -> Determination:
    """Sign a case that is ready to be signed."""
    shown = digest(to_be_signed(screening, at_house.clinician))
    return determinations.sign(
        screening=screening,
        shown_digest=shown,
        outcome_code="more-information",
        reasons="I want the earlier records first.",
        recheck_on=None,
        by=at_house.clinician,
        at=NOON,
    )


def signed(at_house: House, protocol: Protocol, vignette_id: str) -> Screening:
    """Bring a case all the way to a signed determination."""
    screening = answered(at_house, protocol, vignette_id)
    sign(at_house, screening)
    return again(screening)


def looked_into(at_house: House, screening: Screening) -> EmergencyAccess:
    """Have the manager open a case in an emergency, and the auditor acknowledge that."""
    access = emergencies.open_case(screening=screening, reason=REASON, by=at_house.manager, at=NOON)
    emergencies.acknowledge(access=access, words="I called them. It was right.", by=at_house.auditor, at=NOON)
    return access


def again(screening: Screening) -> Screening:
    """Read a screening again, as a view would."""
    related = ("draft", "client", "protocol", "current_evaluation", "current_response", "therapist")
    return Screening.objects.select_related(*related).get(pk=screening.pk)
