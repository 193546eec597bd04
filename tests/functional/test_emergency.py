"""A case opened in an emergency, from the asking to the acknowledgement, in a browser."""

import pytest
from django.urls import reverse

from core.accounts.models import Role
from tests import playing
from tests.factories import PASSWORD, actor
from tests.functional.conftest import publish
from tests.functional.pages import Open
from tests.playing import House

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
REASON = "They called from a bridge and gave no address."


def test_from_the_asking_to_the_acknowledgement(practice: House, open_for: Open) -> None:
    protocol = publish(practice, "session-day")
    case = playing.submitted(practice, protocol, "thoughts-are-back")
    me = open_for(actor(Role.THERAPIST, practice=practice.practice), script=False)
    me.arrive(reverse("emergency-open"))
    me.sees("Open a case in an emergency")
    me.page.get_by_label("Client's code").fill(case.client.code)
    me.page.get_by_label("Why you have to see it now").fill(REASON)
    me.page.get_by_label("Your password, again").fill(PASSWORD)
    me.press("Open the case for an hour")
    me.sees(f"{case.client.code}, {protocol.title}")
    me.reads("Opened in an emergency, until", REASON)

    therapist = open_for(practice.therapist)
    therapist.arrive(reverse("worklist"))
    therapist.sees("Worklist")
    therapist.reads(f"{case.client.code} was opened in an emergency", REASON)

    auditor = open_for(practice.auditor, script=False)
    auditor.arrive(reverse("emergencies"))
    auditor.sees("Opened in an emergency")
    auditor.page.get_by_label("What you found").focus()
    auditor.page.keyboard.type("Rightly so.")
    auditor.page.keyboard.press("Tab")
    with auditor.page.expect_navigation():
        auditor.page.keyboard.press("Enter")
    auditor.reads("Your words stand beside the emergency access now.", "Rightly so.")
