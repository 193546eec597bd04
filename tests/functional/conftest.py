"""A practice with its people for the tests in a browser, its protocol published today."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from screening.models import Protocol, RuleSetVersion
from screening.services import protocols, rule_sets
from tests.functional.pages import Open, people_at
from tests.playing import House, house


@pytest.fixture
def practice(transactional_db: None) -> House:
    """A practice and somebody in each role."""
    return house()


@pytest.fixture
def open_for(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Open a browser for a person: ``open_for(actor, script=False)``."""
    with people_at(browser, live_server.url) as open_browser:
        yield open_browser


def publish(practice: House, name: str, at: datetime | None = None) -> Protocol:
    """Adopt a shipped protocol, and have a second person publish it."""
    now = at or timezone.now()
    protocol = protocols.adopt(name=name, by=practice.author, at=now)
    version = RuleSetVersion.objects.get(protocol=protocol)
    version = rule_sets.submit(version=version, expected_revision=version.revision, by=practice.author, at=now)
    rule_sets.publish(version=version, shown_digest=version.digest, by=practice.approver, at=now)
    return protocol
