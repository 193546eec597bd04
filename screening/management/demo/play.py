"""Carry the demo's cases to their states through the services that people use, so that every one has a true record."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from core.accounts.models import Actor
from core.canonical import digest
from screening.engine.answers import Answer, Answers
from screening.engine.drafts import Change
from screening.management.demo.answers import answers_for, change_of_section
from screening.management.demo.cases import FOLLOW_UPS, INTAKES, WORDS_BY_CONCERN, Case, Said
from screening.models import Client, Flag, Protocol, RuleSetVersion, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.determinations import to_be_signed
from screening.selectors.shipped import shipped_names, shipped_protocol
from screening.services import clients, determinations, drafts, protocols, reviews, rule_sets, screenings, submissions
from screening.services.reviews import GivenAnswer

LONG_AGO = timedelta(days=60)
BUILT_ON = ("in-review", "returned", "determined", "amended")


def publish_protocols(people: dict[str, Actor], *, at: datetime) -> dict[str, Protocol]:
    """Adopt every shipped protocol, and let the second admin publish it."""
    author, approver = people["admin1"], people["admin2"]
    adopted = {}
    for name in shipped_names():
        protocol = protocols.adopt(name=name, by=author, at=at)
        version = RuleSetVersion.objects.get(protocol=protocol)
        rule_sets.submit(version=version, expected_revision=version.revision, by=author, at=at)
        rule_sets.publish(version=version, shown_digest=version.digest, by=approver, at=at + timedelta(hours=2))
        adopted[name] = protocol
    return adopted


def play_all(people: dict[str, Actor], adopted: dict[str, Protocol], *, now: datetime, prefix: str = "C") -> int:
    """Carry every case to its state, its client known by a code of ``prefix``; return how many there are."""
    met: dict[str, Client] = {}
    for case in (*INTAKES, *FOLLOW_UPS):
        at = now - timedelta(days=case.days_ago, hours=2)
        client = met.get(case.code) or _client(case, prefix, people["therapist"], at)
        met[case.code] = client
        _play(case, client, adopted[case.protocol], people, at)
    return len(INTAKES) + len(FOLLOW_UPS)


def _client(case: Case, prefix: str, therapist: Actor, at: datetime) -> Client:
    born, code = date.fromisoformat(case.born), case.code.replace("C", prefix, 1)
    return clients.create(client_id=uuid.uuid4(), code=code, name=case.name, birth_date=born, by=therapist, at=at)


def _play(case: Case, client: Client, protocol: Protocol, people: dict[str, Actor], at: datetime) -> None:
    therapist, clinician = people["therapist"], people["clinician"]
    screening = screenings.start(screening_id=uuid.uuid4(), client=client, protocol=protocol, by=therapist, at=at)
    _fill(case, screening, therapist, at)
    if case.state == "in-progress":
        return
    _submit(screening, therapist, at + timedelta(minutes=55))
    if case.state not in BUILT_ON:
        return
    later = at + timedelta(hours=20) if case.days_ago else at + timedelta(hours=1)
    reviews.claim(screening=screening, by=clinician, at=later)
    _review(case, _again(screening), clinician, later + timedelta(minutes=20))
    if case.state == "amended":
        _amend(case, screening, therapist, later + timedelta(days=2))


def _fill(case: Case, screening: Screening, therapist: Actor, at: datetime) -> None:
    documents = shipped_protocol(case.protocol)
    answers = _otherwise(answers_for(documents, case.vignette, on=at.date()), case.given)
    for number, section in enumerate(documents.questionnaire.sections[: case.sections]):
        change = change_of_section(documents.questionnaire, section, answers)
        when = at + timedelta(minutes=5 * number)
        drafts.save(screening=screening, change=change, base_revision=number + 1, by=therapist, at=when)


def _otherwise(answers: Answers, given: dict[str, int]) -> Answers:
    changed = {key: answers.answers[key].model_copy(update={"value": value}) for key, value in given.items()}
    return answers.model_copy(update={"answers": {**answers.answers, **changed}})


def _submit(screening: Screening, therapist: Actor, at: datetime) -> None:
    current = _again(screening)
    submissions.submit(screening=current, base_revision=current.draft.revision, by=therapist, at=at)


def _review(case: Case, screening: Screening, clinician: Actor, at: datetime) -> None:
    if screening.current_evaluation is None:
        return
    flags = list(flags_of(screening.current_evaluation))[: case.answered]
    given = [_given(flag, case.said.get(flag.rule_id)) for flag in flags]
    if given and case.state != "returned":
        reviews.answer_flags(
            screening=screening, evaluation_id=screening.current_evaluation.pk, given=given, by=clinician, at=at
        )
    if case.state == "returned":
        reviews.send_back(screening=screening, words=case.words, questions=case.questions, by=clinician, at=at)
    elif case.outcome:
        _sign(case, _again(screening), clinician, at + timedelta(minutes=10))


def _given(flag: Flag, said: Said | None) -> GivenAnswer:
    if said is not None:
        return GivenAnswer(flag.rule_id, said.answer, said.words, said.reason_code, said.exception_id)
    kind = "needs-information" if flag.concern == "cannot-be-ruled-out" else "agree"
    return GivenAnswer(flag.rule_id, kind, WORDS_BY_CONCERN[flag.concern])


def _sign(case: Case, screening: Screening, clinician: Actor, at: datetime) -> None:
    recheck = at.date() + timedelta(days=case.recheck_in) if case.recheck_in else None
    determinations.sign(
        screening=screening,
        shown_digest=digest(to_be_signed(screening, clinician)),
        outcome_code=case.outcome,
        reasons=case.reasons,
        recheck_on=recheck,
        by=clinician,
        at=at,
    )


def _amend(case: Case, screening: Screening, therapist: Actor, at: datetime) -> None:
    submissions.start_amendment(screening=screening, reason=case.amend_reason, by=therapist, at=at)
    changes = {key: Answer(value=value) for key, value in _values(case, at)}
    current = _again(screening)
    drafts.save(
        screening=current, change=Change(answers={**changes}), base_revision=current.draft.revision, by=therapist, at=at
    )
    _submit(current, therapist, at + timedelta(minutes=4))


def _values(case: Case, at: datetime) -> Iterator[tuple[str, str | bool]]:
    for key, value in case.amend.items():
        yield key, at.date().isoformat() if value == "today" else value


def _again(screening: Screening) -> Screening:
    """Read a screening again, with what its next step needs."""
    return Screening.objects.select_related(
        "draft", "client", "protocol", "current_evaluation", "current_response", "therapist"
    ).get(pk=screening.pk)
