"""A client's last screening of the same protocol beside this one: in words, across versions, and never a judgement."""

import copy
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from core.canonical import canonical_bytes, digest
from core.ledger.models import Entry
from screening.engine.answers import Absence, Answer, Row, Rows
from screening.engine.drafts import Change
from screening.models import Client, Evaluation, Protocol, QuestionnaireVersion, RuleSetVersion, Screening
from screening.selectors.last_screening import SinceLast, since_last
from screening.services import drafts, screenings, submissions
from tests import playing
from tests.architecture.test_words import PATTERN as DECIDES_OR_JUDGES
from tests.pages import signed_in, text_of
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db
LATER = timedelta(days=30)


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Protocol, Client]:
    house = playing.house()
    return house, playing.published(house), playing.a_client(house)


@pytest.fixture
def house(once: Any) -> House:
    return copy.deepcopy(once[0])


@pytest.fixture
def protocol(once: Any) -> Protocol:
    return copy.deepcopy(once[1])


@pytest.fixture
def ada(once: Any) -> Client:
    return copy.deepcopy(once[2])


def screened(
    house: House,
    client: Client,
    protocol: Protocol,
    at: datetime = NOON,
    groups: Any = None,
    **given: Any,
) -> Screening:
    """Screen a client with these answers and nothing else, and submit that."""
    screening = screenings.start(screening_id=uuid.uuid4(), client=client, protocol=protocol, by=house.therapist, at=at)
    answers = {
        key.replace("_", "-"): Answer(absent=value) if isinstance(value, Absence) else Answer(value=value)
        for key, value in given.items()
    }
    change = Change(answers={**answers}, groups=groups or {})
    drafts.save(screening=screening, change=change, base_revision=0, by=house.therapist, at=at)
    now = playing.again(screening)
    return playing.again(submissions.submit(screening=now, base_revision=now.draft.revision, by=house.therapist, at=at))


def beside(case: Screening) -> SinceLast | None:
    whole = Evaluation.objects.select_related("response__screening__questionnaire_version", "rule_set_version")
    return since_last(whole.get(pk=case.current_evaluation_id or ""))


def found(case: Screening) -> SinceLast:
    compared = beside(case)
    assert compared is not None
    return compared


def titles(shifts: Any) -> list[tuple[str, str]]:
    return [(shift.title, shift.beside) for shift in shifts]


def words_of(compared: SinceLast) -> list[tuple[str, str, str]]:
    return [(change.answer.question, change.before, change.after) for change in compared.changed]


def published_anew(
    protocol: Protocol, questions: Callable[[Any], None] | None = None, rules: Callable[[Any], None] | None = None
) -> None:
    """Put a next version of both documents in place of the active ones, as a later release of the product would."""
    asked = QuestionnaireVersion.objects.get(protocol=protocol, status="active")
    held = RuleSetVersion.objects.get(protocol=protocol, status="active")
    documents = json.loads(asked.document), json.loads(held.rules)
    for change, document in zip((questions, rules), documents, strict=True):
        if change:
            change(document)
    for old in (asked, held):
        type(old)._default_manager.filter(pk=old.pk).update(status="retired", retired_at=NOON)
    asked.pk, asked.number, asked.document = uuid.uuid4(), 2, canonical_bytes(documents[0]).decode()
    asked.digest = digest(documents[0])
    asked.save(force_insert=True)
    held.pk, held.number, held.rules = uuid.uuid4(), 2, canonical_bytes(documents[1]).decode()
    held.digest, held.questionnaire_version = digest(documents[1]), asked
    held.save(force_insert=True)


class TestWhichOneItIs:
    def test_none_for_a_client_s_first(self, house: House, protocol: Protocol, ada: Client) -> None:
        case = screened(house, ada, protocol, supervised_today=True)
        screened(house, playing.a_client(house), protocol, at=NOON - LATER, supervised_today=False)
        screenings.start(
            screening_id=uuid.uuid4(), client=ada, protocol=protocol, by=house.therapist, at=NOON - LATER
        )  # never submitted
        assert beside(case) is None

    def test_the_newest_that_began_before_it(self, house: House, protocol: Protocol, ada: Client) -> None:
        for days in (90, 30, 60):
            screened(house, ada, protocol, at=NOON - timedelta(days=days), supervised_today=True)
        last = screened(house, ada, protocol, supervised_today=True)
        screened(house, ada, protocol, at=NOON + LATER, supervised_today=True)
        assert found(last).earlier.response.screening.started_at == NOON - timedelta(days=30)
        assert found(last).nothing

    def test_as_it_stands_after_an_amendment(self, house: House, protocol: Protocol, ada: Client) -> None:
        first = screened(house, ada, protocol, supervised_today=False)
        second = screened(house, ada, protocol, at=NOON + LATER, supervised_today=True)
        assert len(found(second).changed) == 1
        at = NOON + 2 * LATER
        submissions.start_amendment(screening=first, reason="Misheard.", by=house.therapist, at=at)
        revision = playing.again(first).draft.revision
        change = Change(answers={"supervised-today": Answer(value=True)})
        drafts.save(screening=playing.again(first), change=change, base_revision=revision, by=house.therapist, at=at)
        now = playing.again(first)
        submissions.submit(screening=now, base_revision=now.draft.revision, by=house.therapist, at=at)
        assert found(second).nothing


class TestWhatReadsOtherwise:
    def test_answers_as_they_were_and_as_they_are(self, house: House, protocol: Protocol, ada: Client) -> None:
        given: dict[str, Any] = {"supervised_today": True, "dose_set": Absence.UNKNOWN, "mind_altering_today": False}
        screened(house, ada, protocol, **given, intention_set=True)
        told: dict[str, Any] = {"supervised_today": False, "mind_altering_today": True, "taken_what": "Cannabis."}
        case = screened(house, ada, protocol, at=NOON + LATER, **told, intention_set=True)
        changed = {question[:20]: (before, after) for question, before, after in words_of(found(case))}
        assert changed == {
            "Has anything mind-al": ("No (client says)", "Yes (client says)"),
            "What was taken, how ": ("not asked", "Cannabis. (client says)"),
            "Will a trained profe": ("Yes (client says)", "No (client says)"),
        }

    def test_rules_raised_now_no_more_and_left_open(self, house: House, protocol: Protocol, ada: Client) -> None:
        known: dict[str, Any] = {
            "attempt_since_last": "none",
            "health_changed": False,
            "effects_explained": True,
            "aim_escape": False,
        }
        screened(
            house,
            ada,
            protocol,
            **known,
            supervised_today=False,
            intention_set=True,
            suicide_thoughts_today="none",
            dose_set=True,
        )
        case = screened(
            house, ada, protocol, at=NOON + LATER, **known, supervised_today=True, intention_set=False,
            suicide_thoughts_today=Absence.DECLINED, mind_altering_today=True,
        )  # fmt: skip
        compared = found(case)
        assert titles(compared.raised) == [
            ("A mind-altering substance today", "could not be ruled out then"),
            ("No intention for this session", ""),
        ]
        assert titles(compared.not_raised) == [("No trained professional throughout", "")]
        assert titles(compared.open_now) == [
            ("Thoughts of suicide today, or an attempt or threat", ""),
            ("The dose is not a measured part of a wider treatment", ""),
        ]
        assert (compared.by_new_rules, compared.by_gone_rules, compared.same_versions) == ((), (), True)


class TestWithOtherVersions:
    def test_a_question_or_a_rule_that_was_not_there_is_no_change(
        self, house: House, protocol: Protocol, ada: Client
    ) -> None:
        def questions(document: Any) -> None:
            last = document["sections"][-1]["items"]
            gone = next(item for item in last if item["link_id"] == "intention-set")
            last[last.index(gone)] = {**gone, "link_id": "water-taken", "text": "Has there been water to drink?"}

        def rules(document: Any) -> None:
            rule = next(rule for rule in document["rules"] if rule["id"] == "no-intention-set")
            rule |= {"id": "no-water", "title": "No water yet"}
            for one in document["rules"]:
                one["alongside"] = []
            rule["when"]["question"] = "water-taken"
            supervised = next(rule for rule in document["rules"] if rule["id"] == "not-supervised-today")
            supervised["when"] = {"kind": "equals", "question": "supervised-today", "value": True}

        screened(house, ada, protocol, supervised_today=True, intention_set=False)
        published_anew(protocol, questions, rules)
        case = screened(house, ada, protocol, at=NOON + LATER, supervised_today=True, water_taken=False)
        compared = found(case)
        assert (compared.changed, compared.same_versions) == ((), False)
        assert [answer.question for answer in compared.only_now] == ["Has there been water to drink?"]
        assert [answer.words for answer in compared.only_then] == ["No"]
        assert titles(compared.by_new_rules) == [("No water yet", "raised")]
        assert titles(compared.by_gone_rules) == [("No intention for this session", "raised then")]
        assert titles(compared.raised) == [("No trained professional throughout", "the rule was changed since")]
        page = text_of(signed_in(house.therapist).get(reverse("screening-summary", args=[case.pk])))
        assert "questionnaire version 1 then and 2 now, rules version 1 then and 2 now" in page
        assert "What only one of them asks or holds is said apart, and is no change." in page
        assert "No answer reads otherwise. 1 was asked now alone. 1 was asked then alone." in page
        assert "By rules that are new since : No water yet (raised)." in page


class TestRows:
    def test_are_known_by_what_they_are_called(self, house: House, ada: Client) -> None:
        intake = playing.published(house, "intake")

        def used(**when: str) -> dict[str, Rows]:
            rows = [
                Row(
                    row_id=f"row-{uuid.uuid4().hex[:6]}",
                    answers={"substance": Answer(value=code), "substance-last-use": Answer(value=said)},
                )
                for code, said in when.items()
            ]
            return {"substances": Rows(rows=tuple(rows), complete=True)}

        screened(house, ada, intake, groups=used(alcohol="2025", cannabis="2019"), substance_problem_ever=True)
        case = screened(
            house,
            ada,
            intake,
            at=NOON + LATER,
            groups=used(alcohol="2026-10", cocaine="2020"),
            substance_problem_ever=True,
        )
        rows = {(change.answer.row, change.before[:12], change.after[:12]) for change in found(case).changed}
        assert {row for row, _, _ in rows} == {"substance: Alcohol", "substance: Cannabis", "substance: Cocaine"}
        assert ("substance: Cannabis", "Which substa", "not told of") in rows
        assert ("substance: Cocaine", "not told of", "Which substa") in rows


class TestThePages:
    @pytest.mark.parametrize("name", ["screening-result", "screening-summary", "screening-print"])
    def test_say_it_without_a_judgement_and_record_that_the_earlier_case_was_read(
        self, house: House, protocol: Protocol, ada: Client, name: str
    ) -> None:
        first = screened(house, ada, protocol, supervised_today=True, intention_set=False)
        case = screened(house, ada, protocol, at=NOON + LATER, supervised_today=False, intention_set=True)
        page = text_of(signed_in(house.therapist).get(reverse(name, args=[case.pk])))
        said = page.partition("Compared with the screening of 21 November 2026, made with the same versions.")[2]
        assert "Raised now and not then" in said
        assert "Raised then and not now" in said
        assert DECIDES_OR_JUDGES.findall(page) == []
        assert not {"better", "worse", "improved"} & {*said.lower().split()}
        entry = Entry.objects.get(stream__name=f"case:{first.pk}", action="screening.compared")
        assert entry.actor == house.therapist.user

    def test_of_a_first_screening_say_nothing_of_it(self, house: House, protocol: Protocol, ada: Client) -> None:
        case = screened(house, ada, protocol, supervised_today=True)
        page = text_of(signed_in(house.therapist).get(reverse("screening-result", args=[case.pk])))
        assert "last screening" not in page
        assert not Entry.objects.filter(action="screening.compared").exists()
