"""Opening a case that is not theirs to see in an emergency: for a while, with a reason, and for everybody to know."""

import copy
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Actor, Membership, Role
from core.accounts.services import end_membership
from core.errors import NotForThisUser, Refused
from core.ledger.models import Entry
from core.ledger.verification import verify
from screening.models import EmergencyAccess, EmergencyAcknowledgement, PracticePolicy, Protocol, Screening
from screening.services import emergencies, screenings
from tests import playing
from tests.factories import PASSWORD, actor
from tests.pages import fields, signed_in, text_of
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

REASON = "They called from a bridge and gave no address."
OPEN = reverse("emergency-open")


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Protocol, Actor]:
    house = playing.house()
    return house, playing.published(house), actor(Role.THERAPIST, practice=house.practice)


@pytest.fixture
def house(once: tuple[House, Protocol, Actor]) -> House:
    return copy.deepcopy(once[0])


@pytest.fixture
def colleague(once: tuple[House, Protocol, Actor]) -> Actor:
    """Another therapist of the practice."""
    return copy.deepcopy(once[2])


@pytest.fixture
def case(once: tuple[House, Protocol, Actor], house: House) -> Screening:
    """A case of the practice's therapist, with answers that are not submitted."""
    return playing.filled(house, once[1], "thoughts-are-back")


def ask(browser: Client, case: Screening, **changed: str) -> Any:
    return browser.post(OPEN, {"code": case.client.code, "reason": REASON, "password": PASSWORD, **changed})


def grant(by: Actor, case: Screening, at: Any = None) -> EmergencyAccess:
    return emergencies.open_case(screening=case, reason=REASON, by=by, at=at or timezone.now())


def actions(case: Screening) -> list[str]:
    entries = Entry.objects.filter(stream__name=f"case:{case.pk}", action__startswith="case.break-glass")
    return [
        action.removeprefix("case.break-glass-") for action in entries.order_by("seq").values_list("action", flat=True)
    ]


class TestOpening:
    def test_shows_a_colleagues_case_to_be_read_and_says_so_in_its_record(
        self, house: House, colleague: Actor, case: Screening
    ) -> None:
        browser = signed_in(colleague)
        answer = ask(browser, case)
        assert answer.status_code == 302
        page = browser.get(answer.headers["Location"])
        assert "Opened in an emergency, until" in text_of(page)
        assert "Ada Example" in text_of(page)
        assert "If someone may be in danger now" in text_of(page)
        assert "Thoughts of suicide today" in text_of(page)
        # Nothing on the page itself can be sent; below it, as on every page, the session can be kept.
        assert 'method="post"' not in page.content.decode().partition("<main")[2].partition("</main>")[0]
        assert actions(case) == ["opened", "viewed"]
        browser.get(answer.headers["Location"])
        assert actions(case) == ["opened", "viewed", "viewed"]
        assert verify([f"case:{case.pk}"]) == []

    def test_opens_no_other_page_of_the_case(self, colleague: Actor, case: Screening) -> None:
        browser = signed_in(colleague)
        ask(browser, case)
        for name in ("screening", "screening-answers", "screening-so-far", "screening-submit", "screening-amend"):
            assert browser.get(reverse(name, args=[case.pk])).status_code in (404, 405)
            assert browser.post(reverse(name, args=[case.pk])).status_code in (404, 405)

    @pytest.mark.parametrize("role", ["manager", "clinician"])
    def test_is_for_a_manager_and_for_a_clinician_before_it_is_submitted(
        self, house: House, case: Screening, role: str
    ) -> None:
        assert ask(signed_in(getattr(house, role)), case).status_code == 302

    @pytest.mark.parametrize("role", ["author", "approver", "auditor"])
    def test_is_not_for_whoever_never_sees_a_client(self, house: House, case: Screening, role: str) -> None:
        assert ask(signed_in(getattr(house, role)), case).status_code == 403
        with pytest.raises(NotForThisUser):
            grant(getattr(house, role), case)
        assert actions(case) == []

    @pytest.mark.parametrize("reason", ["", "urgent", " " * 40, "x" * 2_001])
    def test_needs_a_reason(self, colleague: Actor, case: Screening, reason: str) -> None:
        assert ask(signed_in(colleague), case, reason=reason).status_code == 422
        assert actions(case) == []
        with pytest.raises(Refused):
            emergencies.open_case(screening=case, reason=reason, by=colleague, at=NOON)

    def test_needs_the_password_again_and_keeps_the_reason(self, colleague: Actor, case: Screening) -> None:
        page = ask(signed_in(colleague), case, password="not mine at all")
        assert page.status_code == 409
        assert fields(page)["reason"] == [REASON]
        assert fields(page)["password"] == [""]
        assert actions(case) == []

    def test_says_what_is_missing_in_the_order_of_the_page(self, colleague: Actor) -> None:
        answer = signed_in(colleague).post(OPEN, {})
        labels = [problem.label for problem in answer.context["form"].problems]
        assert labels == ["Client's code", "Why you have to see it now", "Your password, again"]

    def test_needs_a_code_of_the_practice(self, colleague: Actor, case: Screening) -> None:
        page = ask(signed_in(colleague), case, code="C-nobody")
        assert "No client of this practice with that code has been screened." in text_of(page)

    def test_finds_the_client_whatever_the_capitals_and_spaces(self, colleague: Actor, case: Screening) -> None:
        assert ask(signed_in(colleague), case, code=f"  {case.client.code.lower()} ").status_code == 302

    def test_shows_what_was_answered_last_and_names_the_other_screenings(
        self, once: Any, house: House, colleague: Actor, case: Screening
    ) -> None:
        """One that was started meanwhile and holds nothing yet hides nothing; it is opened as well where asked for."""
        empty = screenings.start(
            screening_id=uuid.uuid4(), client=case.client, protocol=once[1], by=house.therapist, at=timezone.now()
        )
        browser = signed_in(colleague)
        page = browser.get(ask(browser, case).url)
        access = EmergencyAccess.objects.get()
        assert access.screening == case
        assert "This client has 1 other screening." in text_of(page)
        asked_for = browser.get(f"{OPEN}?from={access.pk}&screening={empty.pk}")
        sent = {name: values[0] for name, values in fields(asked_for).items()}
        assert (sent["code"], sent["reason"], sent["beside"]) == (case.client.code, REASON, str(empty.pk))
        assert browser.post(OPEN, {**sent, "password": PASSWORD}).status_code == 302
        assert {access.screening_id for access in EmergencyAccess.objects.all()} == {case.pk, empty.pk}

    def test_opens_none_beside_one_that_is_not_open(
        self, once: Any, house: House, colleague: Actor, case: Screening
    ) -> None:
        browser = signed_in(colleague)
        assert ask(browser, case, beside=str(case.pk)).status_code == 404
        grant(house.manager, case)
        assert ask(browser, case, beside=str(case.pk)).status_code == 404
        ask(browser, case)
        other = playing.filled(house, once[1], "thoughts-are-back")
        assert ask(browser, case, beside=str(other.pk)).status_code == 404
        assert EmergencyAccess.objects.filter(opened_by=colleague.user).count() == 1

    def test_of_ones_own_client_is_refused_as_needless(self, house: House, case: Screening) -> None:
        assert "This is your own client" in text_of(ask(signed_in(house.therapist), case))

    def test_twice_opens_once(self, colleague: Actor, case: Screening) -> None:
        browser = signed_in(colleague)
        assert ask(browser, case).headers["Location"] == ask(browser, case).headers["Location"]
        assert actions(case) == ["opened"]
        shown = browser.get(ask(browser, case, reason="Her brother called about a new threat.").headers["Location"])
        assert "The one you typed now is not recorded." in text_of(shown)
        assert EmergencyAccess.objects.get().reason == REASON

    def test_can_be_switched_off_by_the_practice(self, house: House, colleague: Actor, case: Screening) -> None:
        browser = signed_in(colleague)
        now = timezone.now()
        PracticePolicy.objects.create(practice=house.practice, emergency_access=False, changed_at=now)
        assert "The practice has switched this off." in text_of(browser.get(OPEN))
        assert ask(browser, case).status_code == 409
        assert actions(case) == []


class TestWhileItLasts:
    def test_it_ends_by_itself(self, colleague: Actor, case: Screening) -> None:
        browser, now = signed_in(colleague), timezone.now()
        lasting = grant(colleague, case, at=now - timedelta(minutes=59))
        assert browser.get(reverse("emergency-case", args=[lasting.pk])).status_code == 200
        ended = EmergencyAccess.objects.create(
            screening=case,
            opened_by=colleague.user,
            role="therapist",
            reason=REASON,
            minutes=60,
            opened_at=now - timedelta(minutes=60),
        )
        over = browser.get(reverse("emergency-case", args=[ended.pk]))
        assert over.status_code == 410
        assert "The time for which you had opened this case in an emergency has ended" in text_of(over)
        assert case.client.code not in text_of(over)
        somebody = signed_in(actor(Role.THERAPIST, practice=colleague.practice))
        assert somebody.get(reverse("emergency-case", args=[ended.pk])).status_code == 404

    @pytest.mark.parametrize("minutes", [0, 61, 10_000])
    def test_no_longer_than_an_hour_in_the_database(self, colleague: Actor, case: Screening, minutes: int) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            EmergencyAccess.objects.create(
                screening=case,
                opened_by=colleague.user,
                role="therapist",
                reason=REASON,
                opened_at=NOON,
                minutes=minutes,
            )

    def test_nor_without_a_reason(self, colleague: Actor, case: Screening) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            EmergencyAccess.objects.create(
                screening=case, opened_by=colleague.user, role="therapist", reason="", opened_at=NOON
            )

    def test_it_is_nobody_elses(self, house: House, colleague: Actor, case: Screening) -> None:
        access = grant(colleague, case)
        for other in (house.manager, house.clinician, actor(Role.THERAPIST, practice=house.practice)):
            assert signed_in(other).get(reverse("emergency-case", args=[access.pk])).status_code == 404

    def test_it_ends_with_the_role(self, house: House, colleague: Actor, case: Screening) -> None:
        access, browser = grant(colleague, case), signed_in(colleague)
        end_membership(membership=Membership.objects.get(user=colleague.user), by=house.manager, at=timezone.now())
        assert browser.get(reverse("emergency-case", args=[access.pk])).status_code == 403


class TestAnotherPractice:
    def test_is_never_reached_by_code_or_by_id(self, colleague: Actor, case: Screening) -> None:
        stranger = actor(Role.THERAPIST)
        browser = signed_in(stranger)
        assert ask(browser, case).status_code == 409
        with pytest.raises(NotForThisUser):
            grant(stranger, case)
        access = grant(colleague, case)
        assert browser.get(reverse("emergency-case", args=[access.pk])).status_code == 404
        manager = actor(Role.MANAGER)
        sent = {"words": "Seen."}
        assert signed_in(manager).post(reverse("emergency-acknowledge", args=[access.pk]), sent).status_code == 404
        assert case.client.code not in text_of(signed_in(manager).get(reverse("emergencies")))

    def test_not_by_somebody_who_works_in_both(self, house: House, colleague: Actor, case: Screening) -> None:
        both = actor(Role.THERAPIST, user=colleague.user)
        access = grant(colleague, case)
        browser = signed_in(both)
        browser.post("/practice/choose/", {"practice": str(both.practice.pk)})
        assert browser.get(reverse("emergency-case", args=[access.pk])).status_code == 404
        assert ask(browser, case).status_code == 409


class TestEverybodyIsTold:
    def test_the_therapist_on_their_worklist(self, house: House, colleague: Actor, case: Screening) -> None:
        grant(colleague, case)
        page = text_of(signed_in(house.therapist).get(reverse("worklist")))
        assert f"{case.client.code} was opened in an emergency" in page
        assert REASON in page
        assert REASON not in text_of(signed_in(colleague).get(reverse("worklist")))

    def test_the_auditor_first_on_the_cases_page(self, once: Any, house: House, colleague: Actor) -> None:
        case = playing.submitted(house, once[1], "thoughts-are-back")
        grant(colleague, case)
        page = text_of(signed_in(house.auditor).get(reverse("audit-case", args=[case.pk])))
        assert page.index(REASON) < page.index("Pinned versions")
        assert "was opened in an emergency by somebody who otherwise may not see it" in page

    @pytest.mark.parametrize("role", ["manager", "auditor"])
    def test_whoever_looks_into_it(self, house: House, colleague: Actor, case: Screening, role: str) -> None:
        access = grant(colleague, case)
        browser = signed_in(getattr(house, role))
        assert REASON in text_of(browser.get(reverse("emergencies")))
        sent = browser.post(reverse("emergency-acknowledge", args=[access.pk]), {"words": "Rightly so."})
        assert sent.status_code == 302
        assert "Rightly so." in text_of(browser.get(reverse("emergencies")))
        assert actions(case) == ["opened", "acknowledged"]


class TestAcknowledging:
    def press(self, by: Actor, access: EmergencyAccess, words: str = "Seen.") -> int:
        return signed_in(by).post(reverse("emergency-acknowledge", args=[access.pk]), {"words": words}).status_code

    def test_is_never_by_whoever_opened_it(self, house: House, case: Screening) -> None:
        access = grant(house.manager, case)
        assert self.press(house.manager, access) == 409
        with pytest.raises(DatabaseError), transaction.atomic():
            EmergencyAcknowledgement.objects.create(
                access=access, words="Mine.", acknowledged_at=NOON, acknowledged_by=house.manager.user
            )
        assert self.press(house.auditor, access) == 302

    def test_not_after_a_change_of_role_either(self, house: House, colleague: Actor, case: Screening) -> None:
        access = grant(colleague, case)
        actor(Role.AUDITOR, practice=house.practice, user=colleague.user)
        assert self.press(colleague, access) == 409

    def test_is_not_for_other_roles(self, house: House, colleague: Actor, case: Screening) -> None:
        access = grant(colleague, case)
        assert {self.press(by, access) for by in (house.therapist, house.clinician, house.author)} == {403}

    def test_needs_words(self, house: House, colleague: Actor, case: Screening) -> None:
        assert self.press(house.manager, grant(colleague, case), words=" ") == 422

    def test_happens_once(self, house: House, colleague: Actor, case: Screening) -> None:
        access = grant(colleague, case)
        assert [self.press(house.manager, access), self.press(house.auditor, access)] == [302, 409]
        assert EmergencyAcknowledgement.objects.get(access=access).acknowledged_by == house.manager.user

    def test_of_an_id_that_nobody_has_is_not_found(self, house: House) -> None:
        at = reverse("emergency-acknowledge", args=[uuid.uuid4()])
        assert signed_in(house.manager).post(at, {"words": "Seen."}).status_code == 404
