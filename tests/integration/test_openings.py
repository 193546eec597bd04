"""Who opened a case: each reading, print, export and change stands in a list in plain words, and so does reading it."""

import copy
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Actor, Role
from core.ledger.models import Entry
from screening.events import EVENTS
from screening.models import Screening
from screening.selectors import openings
from screening.selectors.keyset import Place
from screening.services import emergencies, evidence
from tests import playing
from tests.factories import actor
from tests.pages import signed_in
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}")


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Screening]:
    house = playing.house()
    return house, playing.signed(house, playing.published(house), "thoughts-are-back")


@pytest.fixture
def house(once: Any) -> House:
    return copy.deepcopy(once[0])


@pytest.fixture
def case(once: Any) -> Screening:
    return playing.again(once[1])


def as_(client: Client, somebody: Actor) -> Client:
    client.force_login(somebody.user)
    return client


def text_of(page: str) -> str:
    """Return what a reader of a page sees of its main part."""
    main = page.partition('<main id="main"')[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def listed(by: Actor, case: Screening) -> list[openings.Opening]:
    return [openings.opening_of(entry, case) for entry in openings.entries_of(by, case)]


class TestTheList:
    def test_has_every_entry_of_the_case_and_of_its_clients_page(self, house: House, case: Screening) -> None:
        found = listed(house.manager, case)
        own = Entry.objects.filter(stream__name=f"case:{case.pk}").count()
        about_client = Entry.objects.filter(object=f"client:{case.client_id}", action__startswith="client.").count()
        assert len(found) == own + about_client
        assert about_client == 1

    def test_tells_readings_prints_exports_and_changes_apart(
        self, house: House, case: Screening, client: Client
    ) -> None:
        as_(client, house.therapist).get(reverse("screening-result", args=[case.pk]))
        as_(client, house.therapist).get(reverse("screening-print", args=[case.pk]))
        as_(client, house.auditor).get(reverse("audit-case", args=[case.pk]))
        as_(client, house.therapist).get(reverse("client", args=[case.client_id]))
        evidence.export(screening=case, by=None, at=NOON)
        found = {(one.kind, one.what, one.who, one.role) for one in listed(house.manager, case)}
        therapist, auditor = house.therapist.user.printed_name, house.auditor.user.printed_name
        assert found >= {
            ("Reading", "The screening was opened", therapist, "Therapist"),
            ("Print", "The page for the chart was opened", therapist, "Therapist"),
            ("Reading", "An auditor opened the case", auditor, "Auditor"),
            ("Reading", "A client's page was opened, with something of this case on it", therapist, "Therapist"),
            ("Export", "The case was exported as evidence", "The system", ""),
            ("Change", "The answers were submitted and evaluated", therapist, "Therapist"),
            ("Change", "A determination was signed", house.clinician.user.printed_name, "Clinician"),
        }

    def test_knows_the_kind_of_every_event_that_only_reads(self) -> None:
        """A new event that reads, by the words of its label, is not called a change."""
        reads = {name for name, label in EVENTS.items() if re.search(r"was (opened|exported|read)|opened the", label)}
        assert {name for name in reads if name.partition(".")[2] not in openings.KINDS} == set()

    def test_tells_an_emergency_access_as_a_reading_and_what_a_second_person_said_of_it(
        self, house: House, case: Screening
    ) -> None:
        reason, now = "They called and are in danger.", timezone.now()
        access = emergencies.open_case(screening=case, reason=reason, by=house.manager, at=now)
        signed_in(house.manager).get(reverse("emergency-case", args=[access.pk]))
        emergencies.acknowledge(access=access, words="Rightly so.", by=house.auditor, at=now)
        told = [(one.kind, one.who) for one in listed(house.manager, case) if "emergency" in one.what]
        manager, auditor = house.manager.user.printed_name, house.auditor.user.printed_name
        assert sorted(told) == [("Change", auditor), ("Reading", manager), ("Reading", manager)]

    @pytest.mark.parametrize("name", ["case-openings", "case-openings-print"])
    def test_is_itself_in_the_list_when_it_is_opened(
        self, house: House, case: Screening, client: Client, name: str
    ) -> None:
        page = as_(client, house.manager).get(reverse(name, args=[case.pk])).content.decode()
        entry = Entry.objects.filter(stream__name=f"case:{case.pk}").order_by("-seq")[0]
        assert (entry.action, entry.role) == (
            *("case.openings-printed" if name.endswith("print") else "case.openings-read", "manager"),
        )
        assert house.manager.user.printed_name in page
        assert "The list of who opened the case was" in page

    @pytest.mark.parametrize("name", ["case-openings", "case-openings-print"])
    def test_shows_no_id_no_name_of_the_client_and_no_answer(
        self, house: House, case: Screening, client: Client, name: str
    ) -> None:
        text = text_of(as_(client, house.manager).get(reverse(name, args=[case.pk])).content.decode())
        assert AN_ID.findall(text) == []
        assert case.client.name not in text
        assert "I want the earlier records first" not in text
        assert case.client.code in text

    def test_is_read_page_by_page_and_printed_as_a_whole(
        self, house: House, case: Screening, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("screening.selectors.openings.ENTRIES_ON_A_PAGE", 3)
        first = as_(client, house.manager).get(reverse("case-openings", args=[case.pk]))
        assert len(first.context["openings"]) == 3
        whole = client.get(reverse("case-openings-print", args=[case.pk]))
        assert len(whole.context["openings"]) == len(listed(house.manager, case))
        times = [one.at for one in whole.context["openings"]]
        assert times == sorted(times)

    def test_says_so_where_not_all_of_it_is_printed(
        self, house: House, case: Screening, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("screening.views.openings.PRINTED", 2)
        page = as_(client, house.manager).get(reverse("case-openings-print", args=[case.pk])).content.decode()
        assert "only the newest are printed here" in page


class TestWhoMaySeeIt:
    def test_a_therapist_sees_it_for_their_own_clients(self, house: House, case: Screening, client: Client) -> None:
        assert as_(client, house.therapist).get(reverse("screening-openings", args=[case.pk])).status_code == 200
        colleague = actor(Role.THERAPIST, practice=house.practice)
        assert as_(client, colleague).get(reverse("screening-openings", args=[case.pk])).status_code == 404

    def test_a_manager_sees_it_for_a_case_that_is_not_submitted(
        self, house: House, case: Screening, client: Client
    ) -> None:
        begun = playing.started(house, case.protocol)
        assert as_(client, house.manager).get(reverse("case-openings", args=[begun.pk])).status_code == 200
        assert as_(client, house.auditor).get(reverse("case-openings", args=[begun.pk])).status_code == 404

    def test_nobody_sees_it_for_another_practice(self, house: House, case: Screening, client: Client) -> None:
        elsewhere = actor(Role.MANAGER)
        assert as_(client, elsewhere).get(reverse("case-openings", args=[case.pk])).status_code == 404
        assert openings.cases_for(elsewhere, Place()).rows == []

    def test_a_case_is_found_by_its_clients_code(self, house: House, case: Screening, client: Client) -> None:
        other = playing.started(house, case.protocol)
        page = as_(client, house.manager).get(reverse("openings"), {"code": case.client.code.lower()}).content.decode()
        assert reverse("case-openings", args=[case.pk]) in page
        assert reverse("case-openings", args=[other.pk]) not in page
        assert "code begins with" in client.get(reverse("openings"), {"code": "<b>"}).content.decode()

    def test_an_id_that_nobody_has_is_not_there(self, house: House, client: Client) -> None:
        assert as_(client, house.manager).get(reverse("case-openings", args=[uuid.uuid4()])).status_code == 404
