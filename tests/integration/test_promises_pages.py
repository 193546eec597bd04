"""Promises 1, 3 and 7 (docs/promises.md), held against the pages that people read."""

import copy
import re
from dataclasses import dataclass
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape, strip_tags

from core.accounts.models import User
from screening.models import PracticePolicy, Protocol, Screening
from screening.selectors.documents import questionnaire_of
from screening.selectors.results import stored_result
from screening.services import policies
from tests import playing
from tests.architecture.test_words import PATTERN as DECIDES_OR_JUDGES
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

OWN_STEPS = "Ring the blue bell & stay.\nThen call Dr Osei."
VIGNETTES = ("steady", "c-ptsd-many-voices", "much-declined", "new-thoughts-unlikely", "nothing-asked-yet")
WHOLE_CASE = ("screening-result", "screening-print", "review", "sign", "determination", "audit-case")
DECIDED_BY_A_CLINICIAN = re.compile(r"a clinician reads the case and decides", re.IGNORECASE)
SUICIDE = re.compile(r"suicid", re.IGNORECASE)


@dataclass
class Played:
    """A practice with the intake published, and a case of each of these vignettes in two states."""

    house: House
    intake: Protocol
    answered: dict[str, Screening]
    signed: dict[str, Screening]


@pytest.fixture(scope="module")
def once(shared_db: None) -> Played:
    house = playing.house()
    intake = playing.published(house, "intake")
    return Played(
        house,
        intake,
        answered={vignette: playing.answered(house, intake, vignette) for vignette in VIGNETTES},
        signed={vignette: playing.signed(house, intake, vignette) for vignette in VIGNETTES},
    )


@pytest.fixture
def played(once: Played) -> Played:
    return copy.deepcopy(once)


@pytest.fixture
def house(played: Played) -> House:
    return played.house


@pytest.fixture
def intake(played: Played) -> Protocol:
    return played.intake


def reader_of(house: House, name: str) -> User:
    if name.startswith(("screening", "section")):
        return house.therapist.user
    return house.auditor.user if name.startswith("audit") else house.clinician.user


def page(client: Client, house: House, name: str, case: Screening, *more: str) -> str:
    client.force_login(reader_of(house, name))
    response = client.get(reverse(name, args=[case.pk, *more]))
    assert response.status_code == 200, name
    return response.content.decode()


def words(html: str) -> str:
    """Return what a person reads of a page, on one line."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(strip_tags(body).split())


def case_for(name: str, played: Played, vignette: str) -> Screening:
    return played.answered[vignette] if name == "sign" else played.signed[vignette]


def set_steps(house: House, steps: str) -> None:
    starts_with = PracticePolicy(practice=house.practice)
    policies.change(
        crisis_steps=steps,
        determinations=starts_with.determinations,
        disagreement_reasons=starts_with.disagreement_reasons,
        own_review=False,
        by=house.manager,
        at=NOON,
    )


def panel(html: str) -> str:
    """Return the part of a page that holds crisis steps, or nothing."""
    found = re.search(r'<section class="crisis".*?</section>', html, flags=re.DOTALL)
    return found.group() if found else ""


def shows(html: str, steps: str) -> bool:
    """Say whether a page shows each of the crisis steps."""
    return all(line in unescape(strip_tags(panel(html))) for line in steps.splitlines())


class TestPromise1ItNeverDecides:
    @pytest.mark.parametrize("name", ["screening-result", "screening-print", "review", "audit-case"])
    def test_promise_1_it_never_decides_on_a_page_where_nothing_is_raised(self, client, played, house, name):
        case = case_for(name, played, "steady")
        assert case.current_evaluation is not None
        assert stored_result(case.current_evaluation).flags == ()
        read = words(page(client, house, name, case))
        assert DECIDED_BY_A_CLINICIAN.search(read)
        assert "practitioners' opinions, not clinical guidelines" in read.replace("&#x27;", "'")

    @pytest.mark.parametrize("name", ["screening-result", "screening-print", "review"])
    def test_promise_1_it_never_decides_and_no_flag_still_reads_for_clinician_review(self, client, played, house, name):
        read = words(page(client, house, name, case_for(name, played, "steady")))
        assert re.search(r"no flags (were )?raised[^.]*[.:] ?for clinician review", read, re.IGNORECASE)

    @pytest.mark.parametrize("name", WHOLE_CASE)
    @pytest.mark.parametrize("vignette", ["steady", "c-ptsd-many-voices", "much-declined"])
    def test_promise_1_it_never_decides_in_the_words_of_a_page(self, client, played, house, name, vignette):
        read = words(page(client, house, name, case_for(name, played, vignette)))
        assert DECIDES_OR_JUDGES.findall(read) == []


class TestPromise3EveryFlagShowsItsBasis:
    @pytest.mark.parametrize("name", ["screening-result", "screening-print", "review"])
    @pytest.mark.parametrize("vignette", ["c-ptsd-many-voices", "much-declined"])
    def test_promise_3_every_flag_shows_its_basis_on_the_page(self, client, played, house, name, vignette):
        case = case_for(name, played, vignette)
        assert case.current_evaluation is not None
        read = words(page(client, house, name, case))
        assert re.search(rf"rules version {case.rule_set_version.number}\b", read, re.IGNORECASE)
        for flag in stored_result(case.current_evaluation).flags:
            assert plain(flag.title) in read
            for text in (flag.explanation, flag.would_change, *(citation.text for citation in flag.citations)):
                assert plain(text) in read, flag.rule_id
            for source in flag.sources:
                assert plain(source.grade) in read, flag.rule_id
            for answer in flag.because:
                assert plain(answer.question) in read, flag.rule_id

    @pytest.mark.parametrize("name", ["screening-result", "review"])
    def test_promise_3_every_rule_that_is_not_raised_stands_on_the_page(self, client, played, house, name):
        case = case_for(name, played, "steady")
        assert case.current_evaluation is not None
        read = words(page(client, house, name, case))
        for rule in stored_result(case.current_evaluation).not_raised:
            assert plain(rule.title) in read, rule.rule_id
            assert any(plain(answer.question) in read for answer in rule.because), rule.rule_id


class TestPromise7CrisisStepsAreAlwaysThere:
    @pytest.mark.parametrize("name", ["intake", "session-day", "after-session"])
    def test_promise_7_crisis_steps_are_on_each_section_that_asks_about_suicidality(self, client, house, intake, name):
        set_steps(house, OWN_STEPS)
        case = playing.started(house, intake if name == "intake" else playing.published(house, name))
        sections = questionnaire_of(case.questionnaire_version).sections
        asked = {part.link_id: " ".join(f"{item.link_id} {item.text}" for item in part.items) for part in sections}
        asking = [part for part in sections if SUICIDE.search(asked[part.link_id])]
        assert asking
        for section in asking:
            assert shows(page(client, house, "section", case, section.link_id), OWN_STEPS), section.link_id

    @pytest.mark.parametrize("name", WHOLE_CASE)
    @pytest.mark.parametrize("vignette", ["new-thoughts-unlikely", "nothing-asked-yet"])
    def test_promise_7_crisis_steps_are_on_each_page_of_a_case_with_such_a_flag(
        self, client, played, house, name, vignette
    ):
        set_steps(house, OWN_STEPS)
        assert shows(page(client, house, name, case_for(name, played, vignette)), OWN_STEPS)

    def test_promise_7_crisis_steps_are_there_before_the_answers_are_submitted(self, client, house, intake):
        set_steps(house, OWN_STEPS)
        case = playing.filled(house, intake, "new-thoughts-unlikely")
        for name in ("screening-so-far", "screening-answers"):
            assert shows(page(client, house, name, case), OWN_STEPS), name

    def test_promise_7_crisis_steps_are_worked_out_from_nothing(self, client, house, intake):
        set_steps(house, OWN_STEPS)
        cases = [playing.filled(house, intake, name) for name in ("steady", "new-thoughts-unlikely", "three-attempts")]
        panels = {panel(page(client, house, "section", case, "suicidality")) for case in cases}
        assert len(panels) == 1

    def test_promise_7_crisis_steps_are_there_where_a_practice_has_set_nothing(self, client, house, intake):
        case = playing.started(house, intake)
        html = page(client, house, "section", case, "suicidality")
        assert shows(html, PracticePolicy(practice=house.practice).crisis_steps)


def plain(text: str) -> str:
    return " ".join(escape(text).split())
