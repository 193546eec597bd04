"""Two managers erase a client, the second by the keyboard alone; then everybody is told in plain words."""

import pytest
from django.urls import reverse

from core.accounts.models import Role
from core.ledger.verification import report_on
from tests.factories import PASSWORD, actor
from tests.functional.conftest import publish
from tests.functional.pages import Open
from tests.functional.test_keyboard import tab_to
from tests.playing import House, signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_client_is_erased_and_every_page_says_so(practice: House, open_for: Open) -> None:
    case = signed(practice, publish(practice, "session-day"), "two-beers-at-lunch")
    code = case.client.code
    first = open_for(practice.manager, script=False)
    second = open_for(actor(Role.MANAGER, practice=practice.practice))
    first.arrive(reverse("practice-settings"))
    first.sees("Practice settings")
    first.follow("Retention and erasure")
    first.sees("Retention and erasure")
    first.press("Ask to erase")
    first.reads("Type the client's code.")
    first.page.get_by_label("The client's code").fill(code)
    first.check("reason", "client-asked")
    first.press("Ask to erase")
    first.follow(f"Client {code}")
    first.sees(f"Erase client {code}")
    first.reads("Another manager of the practice opens this page")

    second.arrive(reverse("retention"))
    second.follow(f"Client {code}")
    tab_to(second, second.page.get_by_label("Your password, again"))
    second.page.keyboard.type(PASSWORD)
    second.sees(f"Erase client {code}")
    with second.page.expect_navigation():
        second.page.keyboard.press("Enter")
    second.sees("Retention and erasure")
    second.reads("is erased.")

    therapist, auditor = open_for(practice.therapist), open_for(practice.auditor)
    therapist.arrive(reverse("client", args=[case.client_id]))
    therapist.sees(f"Client {code}")
    therapist.reads("This client was erased")
    auditor.arrive(reverse("audit-case", args=[case.pk]))
    auditor.sees(f"{code}, On the day of a session")
    auditor.reads("can be read by nobody", "More information needed")
    assert (report_on().findings, report_on().erased) == ([], 2)
