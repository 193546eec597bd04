"""A case handed out as evidence and checked, and who opened it read by those whom it concerns, in a browser."""

from pathlib import Path

import pytest
from django.urls import reverse

from core.ledger import checkpoints
from core.ledger.signing_keys import private_key
from screening.evidence.verify_bundle import INTACT, verify
from tests import playing
from tests.functional.conftest import publish
from tests.functional.pages import Open
from tests.playing import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_case_leaves_as_evidence_and_its_openings_are_read(
    practice: House, open_for: Open, script: bool, tmp_path: Path
) -> None:
    case = playing.signed(practice, publish(practice, "session-day"), "thoughts-are-back")
    code, opened = case.client.code, f"Who opened {case.client.code}, On the day of a session"
    auditor = open_for(practice.auditor, script=script)
    auditor.arrive(reverse("audit-case", args=[case.pk]))
    auditor.sees(f"{code}, On the day of a session")
    with auditor.page.expect_download() as download:
        auditor.page.get_by_role("button", name="Export as evidence").press("Enter")
    file = tmp_path / "case.zip"
    download.value.save_as(file)
    assert code not in download.value.suggested_filename
    key = checkpoints.public_key_of(private_key()).hex()
    assert verify(file, public_key=key)[0].code == INTACT
    auditor.follow("Who opened this case")
    auditor.sees(opened)
    auditor.reads("The case was exported as evidence", "An auditor opened the case")
    manager = open_for(practice.manager, script=script)
    manager.arrive("/")
    manager.follow("Openings")
    manager.sees("Who opened a case")
    manager.follow(code)
    manager.sees(opened)
    manager.follow("For the client, on paper")
    manager.sees("Who opened your record")
    therapist = open_for(practice.therapist, script=script)
    therapist.arrive(reverse("client", args=[case.client_id]))
    therapist.follow("who opened it")
    therapist.sees(opened)
    therapist.reads("A client's page was opened", "The list of who opened the case was opened for printing")
