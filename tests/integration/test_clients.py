"""Clients and the worklist: who sees whom, what a second click does, and pages that cost the same for one and many."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.accounts.models import Role
from core.errors import Conflict
from core.ledger.models import Entry
from screening.models import Client, Protocol, Screening
from tests.factories import MembershipFactory, actor
from tests.pages import fields, signed_in, text_of, typed
from tests.playing import House, a_client, filled, house, published, started, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def browser(riverside: House) -> Browser:
    return signed_in(riverside.therapist)


@pytest.fixture
def session_day(riverside: House) -> Protocol:
    return published(riverside)


def queries_of(browser: Browser, address: str) -> int:
    """Return how many queries a page makes once everything that is kept in memory, or renewed at times, is so."""
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def add(browser: Browser, **changes: Any) -> Any:
    return browser.post(reverse("client-add"), typed(browser.get(reverse("client-add")), **changes))


def test_a_client_is_added_and_only_the_code_is_readable_in_the_table(browser):
    add(browser, code="C-0417", name="Ada Example", birth_date="1980-05-31")
    stored = Client.objects.get()
    assert (stored.code, stored.name, stored.birth_date) == ("C-0417", "Ada Example", "1980-05-31")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, birth_date FROM screening_client")
        assert not any("Ada" in value or "1980" in value for value in cursor.fetchone())


def test_a_second_click_adds_nobody(browser):
    sent = typed(browser.get(reverse("client-add")), code="C-1")
    assert browser.post(reverse("client-add"), sent).url == browser.post(reverse("client-add"), sent).url
    assert Client.objects.count() == 1


def test_a_code_that_is_taken_is_said_to_be_and_what_was_typed_stays(riverside, browser):
    a_client(riverside, code="C-1")
    refused = add(browser, code="C-1", name="Somebody Else")
    assert refused.status_code == 409
    assert "The code C-1 is taken in this practice." in text_of(refused)
    assert fields(refused)["name"] == ["Somebody Else"]


@pytest.mark.parametrize("code", ["c-0417", " C-0417 ", "C-0417\n"])
def test_a_code_that_looks_like_another_one_is_taken(riverside, browser, code):
    a_client(riverside, code="C-0417")
    assert add(browser, code=code).status_code == 409
    with pytest.raises(Conflict, match="is taken in this practice"):
        a_client(riverside, code=code)
    assert Client.objects.count() == 1


@pytest.mark.parametrize(("code", "stored"), [("  Ada  7 ", "Ada 7"), ("Ada\t7", "Ada 7")])
def test_a_code_is_stored_as_it_reads(riverside, code, stored):
    assert a_client(riverside, code=code).code == stored


@pytest.mark.parametrize("code", ["c-0417", " C-9", "C-9 ", "C  9"])
def test_the_database_itself_refuses_a_code_that_looks_like_another_one(riverside, code):
    a_client(riverside, code="C-0417")
    other = a_client(riverside, code="C-8")
    with pytest.raises(IntegrityError), transaction.atomic():
        Client.objects.filter(pk=other.pk).update(code=code)


@pytest.mark.parametrize(("code", "birth"), [("", "1980-05-31"), ("C 1", "31.5.1980"), ("<b>", ""), ("C" * 21, "")])
def test_a_client_with_a_mistake_is_not_added(browser, code, birth):
    assert add(browser, code=code, birth_date=birth).status_code == 422
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("code", "said"), [("C-1", "is taken in this practice"), ("<b>", "Use letters, digits"), ("", "This is empty")]
)
def test_everything_that_is_wrong_with_a_new_client_is_said_at_once(riverside, browser, code, said):
    a_client(riverside, code="C-1")
    page = text_of(add(browser, code=code, birth_date="1880-05-31"))
    assert said in page
    assert "A birth date lies between 1900 and today." in page
    assert Client.objects.count() == 1


def test_extra_fields_give_a_client_no_other_practice_or_therapist(riverside, browser):
    other = house()
    add(browser, code="C-1", practice=str(other.practice.pk), therapist=str(other.therapist.user.pk))
    stored = Client.objects.get(code="C-1")
    assert (stored.practice_id, stored.therapist_id) == (riverside.practice.pk, riverside.therapist.user.pk)


def test_the_name_stands_on_the_clients_own_page_which_is_recorded(riverside, browser):
    client = a_client(riverside)
    assert "Ada Example" not in text_of(browser.get(reverse("clients")))
    assert "Ada Example" in text_of(browser.get(reverse("client", args=[client.pk])))
    assert Entry.objects.filter(action="client.viewed", object=f"client:{client.pk}").count() == 1


def test_a_name_is_changed_and_the_code_is_not(riverside, browser):
    client = a_client(riverside, code="C-1")
    edit = reverse("client-edit", args=[client.pk])
    browser.post(edit, typed(browser.get(edit), name="Ada Other", code="C-2"))
    stored = Client.objects.get()
    assert (stored.code, stored.name) == ("C-1", "Ada Other")


@pytest.mark.parametrize("page", ["client", "client-edit"])
@pytest.mark.parametrize("whose", ["a colleague's", "another practice's"])
def test_somebody_elses_client_is_not_there(riverside, page, whose):
    client = a_client(riverside)
    stranger = actor(Role.THERAPIST, practice=riverside.practice) if whose == "a colleague's" else actor()
    assert signed_in(stranger).get(reverse(page, args=[client.pk])).status_code == 404
    start = reverse("screening-start", args=[client.pk])
    assert signed_in(stranger).post(start, {"screening_id": uuid.uuid4()}).status_code == 404


def test_a_screening_is_started_once_however_often_start_is_pressed(riverside, browser, session_day):
    client = a_client(riverside)
    sent = typed(browser.get(reverse("client", args=[client.pk])), protocol=str(session_day.pk))
    start = reverse("screening-start", args=[client.pk])
    assert browser.post(start, sent).url == browser.post(start, sent).url
    assert Screening.objects.count() == 1


def test_a_protocol_of_another_practice_cannot_be_screened_on(riverside, browser, session_day):
    client, other = a_client(riverside), published(house())
    sent = typed(browser.get(reverse("client", args=[client.pk])), protocol=str(other.pk))
    assert browser.post(reverse("screening-start", args=[client.pk]), sent).status_code == 422
    assert not Screening.objects.exists()


def test_without_published_rules_the_page_says_whom_to_ask(riverside, browser):
    page = text_of(browser.get(reverse("client", args=[a_client(riverside).pk])))
    assert "No protocol has published rules yet." in page


def test_an_empty_worklist_says_what_to_do_next(browser):
    page = text_of(browser.get(reverse("worklist")))
    assert "Nothing is on your list." in page
    assert "Add a client" in page


def test_the_worklist_says_how_far_a_screening_is(riverside, browser, session_day):
    started(riverside, session_day)
    page = text_of(browser.get(reverse("worklist")))
    assert "0 of " in page
    assert "answers left" in page


def test_the_worklist_is_the_therapists_own(riverside, session_day):
    case = started(riverside, session_day)
    colleague = signed_in(actor(Role.THERAPIST, practice=riverside.practice))
    assert case.client.code not in text_of(colleague.get(reverse("worklist")))


def test_worklist_clients_and_client_cost_the_same_for_one_and_for_thirty(riverside, browser, session_day):
    one = filled(riverside, session_day, "nothing-asked-yet")
    two = submitted(riverside, session_day, "a-first-attempt")
    Screening.objects.filter(pk=two.pk).update(client=one.client_id)
    addresses = [reverse("worklist"), reverse("clients"), reverse("client", args=[one.client_id])]
    few = [queries_of(browser, address) for address in addresses]
    for _ in range(15):
        filled(riverside, session_day, "nothing-asked-yet")
        submitted(riverside, session_day, "a-first-attempt")
    Screening.objects.filter(client__therapist=riverside.therapist.user).update(client=one.client_id)
    assert [queries_of(browser, address) for address in addresses] == few


def test_clients_are_listed_a_page_at_a_time_and_found_by_code(riverside, browser):
    for number in range(30):
        a_client(riverside, code=f"K-{number:02}")
    first = text_of(browser.get(reverse("clients")))
    assert "K-24" in first
    assert "K-25" not in first
    assert "Later in the list" in first
    found = text_of(browser.post(reverse("clients"), {"sought": "k-29"}))
    assert "K-29" in found
    assert "K-28" not in found


@pytest.mark.parametrize(
    ("role", "begins"), [(Role.THERAPIST, "worklist"), (Role.CLINICIAN, "queue"), (Role.AUDITOR, "audit-cases")]
)
def test_the_first_page_is_where_a_role_begins(role, begins):
    assert signed_in(actor(role)).get(reverse("home")).headers["Location"] == reverse(begins)


def test_with_two_roles_the_day_begins_with_the_first(riverside):
    MembershipFactory.create(user=riverside.clinician.user, practice=riverside.practice, role=Role.THERAPIST)
    assert signed_in(riverside.clinician).get(reverse("home")).headers["Location"] == reverse("worklist")
