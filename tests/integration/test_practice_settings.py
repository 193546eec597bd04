"""A practice manager sets crisis steps and lists, and says who works in the practice; nothing signed changes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.accounts.models import Membership, Role
from core.accounts.selectors import current_memberships
from core.ledger.models import Entry
from screening.forms.policies import as_typed, coded
from screening.models import PracticePolicy
from screening.selectors.policies import policy_of
from screening.selectors.redisclosure import NOTICE
from screening.services import policies
from tests import playing
from tests.factories import PASSWORD, MembershipFactory, UserFactory
from tests.pages import signed_in, text_of
from tests.pages import typed as fields_sent
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

ADDRESS = "/practice/settings/"


@pytest.fixture
def desk(house: House) -> Client:
    return signed_in(house.manager)


def typed(house: House, **changed: object) -> dict[str, object]:
    given = {**as_typed(policy_of(house.practice)), **changed}
    return {name: value for name, value in given.items() if value is not False}


def stored(house: House) -> PracticePolicy:
    return PracticePolicy.objects.get(practice=house.practice)


class TestSettings:
    def test_they_are_saved_and_recorded(self, desk: Client, house: House) -> None:
        assert desk.post(ADDRESS, typed(house, crisis_steps="Ring the bell.", own_review="on")).status_code == 302
        assert (stored(house).crisis_steps, stored(house).own_review) == ("Ring the bell.", True)
        assert Entry.objects.get(action="policy.changed").actor == house.manager.user

    def test_a_text_keeps_its_code_wherever_it_stands_and_a_new_one_gets_its_own(
        self, desk: Client, house: House
    ) -> None:
        texts = ["More information needed", "Discuss, with the prescriber!", "Discuss with the prescriber"]
        desk.post(ADDRESS, typed(house, determinations="\r\n".join([texts[0], "", *texts[1:]])))
        assert stored(house).determinations == [
            {"code": "more-information", "text": texts[0]},
            {"code": "discuss-with-the-prescriber", "text": texts[1]},
            {"code": "discuss-with-prescriber", "text": texts[2]},
        ]

    def test_codes_are_never_given_twice(self) -> None:
        found = coded(["Wait a week!", "Wait a week?", "…"], [{"code": "wait-a-week", "text": "Wait, a week"}])
        assert [choice["code"] for choice in found] == ["wait-a-week-2", "wait-a-week-3", "other"]

    @pytest.mark.parametrize(
        ("changed", "status", "said"),
        [
            ({"crisis_steps": " "}, 422, "Crisis steps"),
            ({"determinations": "\n \n"}, 422, "What a determination may say"),
            ({"determinations": "Wait\nwait"}, 422, "Two lines are the same"),
            ({"disagreement_reasons": "x" * 201}, 422, "Shorten it"),
            ({"determinations": "\n".join(map(str, range(31)))}, 422, "Keep it to 30 lines"),
            ({"determinations": "Eligible"}, 409, '“Eligible”: "Eligible" decides, and only a clinician does.'),
            ({"determinations": "Wait\n\u0410ppro\u200bved"}, 409, '"Approved" decides, and only a clinician does.'),
            ({"disagreement_reasons": "Manipulative client"}, 409, '"Manipulative" judges. Describe what was seen.'),
        ],
    )
    def test_what_cannot_be_is_refused_and_kept_as_typed(
        self, desk: Client, house: House, changed: dict[str, str], status: int, said: str
    ) -> None:
        response = desk.post(ADDRESS, typed(house, own_review="on", **changed))
        assert response.status_code == status
        assert said in text_of(response)
        assert not PracticePolicy.objects.filter(own_review=True).exists()

    def test_what_a_practice_begins_with_is_taken(self, desk: Client, house: House) -> None:
        assert desk.post(ADDRESS, typed(house)).status_code == 302

    def test_the_regulation_is_named_before_it_is_spoken_of(self, desk: Client) -> None:
        assert "are protected by 42 CFR Part 2. The notice stands" in text_of(desk.get(ADDRESS))

    def test_the_later_of_two_tabs_is_told_and_keeps_what_was_typed(self, desk: Client, house: House) -> None:
        desk.post(ADDRESS, typed(house, crisis_steps="As it was."))
        old = typed(house, crisis_steps="From the second tab.")
        desk.post(ADDRESS, typed(house, crisis_steps="From the first tab."))
        response = desk.post(ADDRESS, old)
        assert response.status_code == 409
        words = text_of(response)
        assert "Somebody else changed the settings" in words
        assert "From the first tab." in words
        assert "From the second tab." in words
        assert stored(house).crisis_steps == "From the first tab."

    def test_the_later_of_two_tabs_is_shown_what_differs_and_nothing_else(self, desk: Client, house: House) -> None:
        desk.post(ADDRESS, typed(house, crisis_steps="As it was."))
        old = typed(house, crisis_steps="Ring the bell.", retention_years="7")
        desk.post(ADDRESS, typed(house, crisis_steps="Ring the bell.", own_review="on"))
        words = text_of(desk.post(ADDRESS, old))
        assert "Let the person who screened also review the case Now : yes You typed : no" in words
        assert "Years that a client is kept after the last determination Now : nothing You typed : 7" in words
        assert "Crisis steps Now" not in words

    def test_where_somebody_else_saved_the_same_it_is_said(self, desk: Client, house: House) -> None:
        desk.post(ADDRESS, typed(house, crisis_steps="As it was."))
        old = typed(house, crisis_steps="Ring the bell.")
        desk.post(ADDRESS, typed(house, crisis_steps="Ring the bell."))
        assert "Nowhere: they are what you typed." in text_of(desk.post(ADDRESS, old))

    def test_where_none_were_saved_yet_the_later_of_two_is_told_too(self, desk: Client, house: House) -> None:
        old = typed(house, own_review="on")
        desk.post(ADDRESS, typed(house, crisis_steps="Ring the bell."))
        response = desk.post(ADDRESS, old)
        assert response.status_code == 409
        assert "Somebody else changed the settings" in text_of(response)
        assert stored(house).crisis_steps == "Ring the bell."

    def test_words_that_are_refused_make_nobody_read_what_somebody_else_has_set(
        self, desk: Client, house: House
    ) -> None:
        old = typed(house, determinations="Eligible for treatment")
        desk.post(ADDRESS, typed(house, crisis_steps="Ring the bell."))
        refused = desk.post(ADDRESS, old)
        assert "Eligible for treatment" in text_of(refused)
        corrected = desk.post(ADDRESS, fields_sent(refused, determinations="Wait a week"))
        assert corrected.status_code == 409
        assert "Somebody else changed the settings" in text_of(corrected)
        assert stored(house).crisis_steps == "Ring the bell."
        assert desk.post(ADDRESS, fields_sent(corrected)).status_code == 302

    def test_another_practices_settings_stay_as_they_are(self, desk: Client, house: House) -> None:
        other = playing.house()
        policies.change(
            crisis_steps="Theirs.", determinations=[{"code": "a", "text": "A"}],
            disagreement_reasons=[{"code": "b", "text": "B"}], own_review=False, by=other.manager, at=NOON,
        )  # fmt: skip
        desk.post(ADDRESS, typed(house, crisis_steps="Ours.", practice=str(other.practice.pk)))
        assert stored(other).crisis_steps == "Theirs."

    def test_nobody_else_opens_them(self, house: House) -> None:
        for person in (house.therapist, house.clinician, house.author, house.approver, house.auditor):
            assert signed_in(person).get(ADDRESS).status_code == 403


class TestRoles:
    def test_a_role_is_given_to_somebody_who_has_an_account(self, desk: Client, house: House) -> None:
        tess = UserFactory.create()
        given = {"username": tess.username, "role": "clinician"}
        assert desk.post(reverse("give-role"), given).status_code == 422
        wrong = desk.post(reverse("give-role"), {**given, "password": "not mine at all"})
        assert (wrong.status_code, tess.username in wrong.content.decode()) == (409, True)
        assert not current_memberships(tess)
        assert desk.post(reverse("give-role"), {**given, "password": PASSWORD}).status_code == 302
        assert [(m.role, m.practice) for m in current_memberships(tess)] == [("clinician", house.practice)]

    @pytest.mark.parametrize(
        ("username", "role", "status"), [("nobody", "clinician", 409), ("", "clinician", 422), ("nobody", "king", 422)]
    )
    def test_what_cannot_be_given_is_refused(
        self, desk: Client, house: House, username: str, role: str, status: int
    ) -> None:
        before = Membership.objects.count()
        given = {"username": username, "role": role, "password": PASSWORD}
        assert desk.post(reverse("give-role"), given).status_code == status
        assert Membership.objects.count() == before

    def test_a_role_held_already_is_told(self, desk: Client, house: House) -> None:
        data = {"username": house.therapist.user.username, "role": "therapist", "password": PASSWORD}
        response = desk.post(reverse("give-role"), data)
        assert response.status_code == 409
        assert "in the practice already" in text_of(response)

    def test_nobody_gives_a_role_to_themself(self, desk: Client, house: House) -> None:
        data = {"username": house.manager.user.username, "role": "clinician", "password": PASSWORD}
        response = desk.post(reverse("give-role"), data)
        assert response.status_code == 409
        assert "Nobody gives a role to themself. Another manager of the practice does it" in text_of(response)
        assert [held.role for held in current_memberships(house.manager.user)] == ["manager"]

    def test_a_role_is_ended_and_acts_on_the_next_request(self, desk: Client, house: House) -> None:
        membership = Membership.objects.get(user=house.author.user, role=Role.RULE_AUTHOR)
        browser = signed_in(house.author)
        assert browser.get(reverse("rules")).status_code == 200
        at = reverse("end-role", args=[membership.pk])
        assert house.author.user.printed_name in text_of(desk.get(at))
        assert desk.post(at).status_code == 422
        assert desk.post(at, {"password": "not mine at all"}).status_code == 409
        assert browser.get(reverse("rules")).status_code == 200
        assert desk.post(at, {"password": PASSWORD}).status_code == 302
        assert browser.get(reverse("rules")).status_code == 403

    def test_the_last_manager_stays(self, desk: Client, house: House) -> None:
        membership = Membership.objects.get(user=house.manager.user)
        response = desk.post(reverse("end-role", args=[membership.pk]), {"password": PASSWORD})
        assert response.status_code == 409
        assert "only manager" in text_of(response)

    def test_another_practices_role_is_not_there(self, desk: Client) -> None:
        elsewhere = MembershipFactory.create()
        at = reverse("end-role", args=[elsewhere.pk])
        assert [desk.get(at).status_code, desk.post(at, {"password": PASSWORD}).status_code] == [404, 404]
        elsewhere.refresh_from_db()
        assert elsewhere.ended_at is None

    def test_the_page_makes_as_many_queries_however_many_work_there(self, desk: Client, house: House) -> None:
        queries_of(desk)
        before = queries_of(desk)
        for _ in range(5):
            MembershipFactory.create(practice=house.practice)
        assert queries_of(desk) == before


def queries_of(desk: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(ADDRESS).status_code == 200
    return len(captured)


class TestPrivacy:
    def test_settings_are_saved_and_recorded(self, desk: Client, house: House) -> None:
        assert desk.post(ADDRESS, typed(house, part2_notice="on", retention_years="7")).status_code == 302
        assert (stored(house).part2_notice, stored(house).retention_years) == (True, 7)
        assert desk.post(ADDRESS, typed(house, part2_notice=False, retention_years="")).status_code == 302
        assert (stored(house).part2_notice, stored(house).retention_years) == (False, None)

    @pytest.mark.parametrize("years", ["0", "-1", "101", "seven"])
    def test_years_that_are_none_are_refused(self, desk: Client, house: House, years: str) -> None:
        answer = desk.post(ADDRESS, typed(house, retention_years=years))
        assert (answer.status_code, f'value="{years}"' in answer.content.decode()) == (422, True)

    @pytest.mark.parametrize("bound", [True, False])
    def test_the_notice_stands_on_the_page_for_the_chart_where_it_is_set(self, house: House, bound: bool) -> None:
        case = playing.submitted(house, playing.published(house), "two-beers-at-lunch")
        privacy = policies.Privacy(part2_notice=bound, retention_years=None)
        set_now = policy_of(house.practice)
        policies.change(
            crisis_steps=set_now.crisis_steps,
            determinations=set_now.determinations,
            disagreement_reasons=set_now.disagreement_reasons,
            own_review=False,
            privacy=privacy,
            by=house.manager,
            at=NOON,
        )
        printed = text_of(signed_in(house.therapist).get(reverse("screening-print", args=[case.pk])))
        assert (NOTICE in printed, "42 CFR § 2.32" in printed) == (bound, bound)
