"""No field that a form does not have is ever taken: not a status, a practice, a signer, nor any other of any model.

Each address that takes a POST is sent what it is for, and then the same once more with every field name of every model
beside it, in the body and in the address. Both runs have to answer alike, and write alike.
"""

import copy
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import models
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from core.accounts.models import Practice, User
from core.config.limits import LONGEST_QUERY
from core.ledger.models import Entry
from tests.integration.footprints import changed, footprint, nothing_by_chance, our_models, said_since
from tests.integration.post_bodies import BODIES
from tests.integration.test_access_matrix import POST, ROWS, Scene, play, undone

pytestmark = pytest.mark.django_db

SAYS_NO = (422, 409, 404, 403)
CHANGES_NOTHING = {"clients"}  # a search, sent as a form because a name may stand in no address


@pytest.fixture(scope="module")
def played(shared_db: None) -> Scene:
    return play()


@pytest.fixture
def scene(played: Scene) -> Scene:
    return copy.deepcopy(played)


def hostile(scene: Scene) -> dict[str, str]:
    """Return a value for every field of every model that would do harm if it were taken."""
    theirs = {**scene.elsewhere["in-review"], "practice": _practice_elsewhere(scene)}
    return {
        name: _value(field, theirs)
        for model in our_models()
        for field in model._meta.concrete_fields
        for name in (field.name, field.attname)
    }


def _practice_elsewhere(scene: Scene) -> str:
    own = next(iter(scene.people.values())).practice
    return str(Practice.objects.exclude(pk=own.pk).earliest("name").pk)


def _value(field: Any, theirs: dict[str, Any]) -> str:
    if field.related_model is Practice or field.name == "practice":
        return str(theirs["practice"])
    if field.related_model is User:
        return str(User.objects.exclude(is_superuser=True).latest("pk").pk)
    if field.is_relation:
        return str(theirs.get(f"{field.related_model._meta.model_name}_id", theirs["screening_id"]))
    if field.choices:
        return str(list(field.choices)[-1][0])
    kinds: tuple[tuple[type[models.Field], str], ...] = (
        (models.BooleanField, "on"),
        (models.UUIDField, str(theirs["screening_id"])),
        (models.IntegerField, "987"),
        (models.DateTimeField, datetime(2001, 1, 1, tzinfo=UTC).isoformat()),
        (models.DateField, "2001-01-01"),
    )
    return next((value for kind, value in kinds if isinstance(field, kind)), "forged-by-a-field")


def in_addresses(extra: dict[str, str]) -> list[dict[str, str]]:
    """Return the fields in parts, each as long as an address may be: a longer one is refused unread."""
    parts: list[dict[str, str]] = [{}]
    for name, value in extra.items():
        if len(urlencode({**parts[-1], name: value})) > LONGEST_QUERY:
            parts.append({})
        parts[-1][name] = value
    return parts


def posted(
    scene: Scene, browser: Client, name: str, extra: dict[str, str], in_address: dict[str, str], at: datetime
) -> tuple[int, list[str], list[str]]:
    """Send a form with some fields more; return the answer, what changed, and what the ledger says of it."""
    with undone(), nothing_by_chance(at):
        place, body = BODIES[name](scene, browser)
        before, newest = footprint(), Entry.objects.aggregate(newest=Max("pk"))["newest"]
        beside = {field: value for field, value in extra.items() if field not in body}
        asked = {field: value for field, value in in_address.items() if field not in body}
        address = f"{place}?{urlencode(asked)}" if asked else place
        status = browser.post(address, {**beside, **body}).status_code
        return status, changed(before, footprint()), said_since(newest)


def test_every_address_that_takes_a_form_is_tried():
    assert set(BODIES) == {name for name, row in ROWS.items() if POST in row.methods}


@pytest.mark.parametrize("name", BODIES)
def test_a_field_that_the_form_does_not_have_changes_nothing(scene: Scene, client: Client, name: str) -> None:
    client.force_login(scene.people[ROWS[name].roles[0]].user)
    extra = hostile(scene)
    assert {"status", "practice", "signed_digest", "therapist", "published_by", "digest", "claimed_by"} < set(extra)
    now = timezone.now()
    meant = posted(scene, client, name, {}, {}, now)
    assert meant[0] not in SAYS_NO
    assert meant[2] or name in CHANGES_NOTHING, "what is tried here has to do something"
    parts = in_addresses(extra)
    assert {field for part in parts for field in part} == set(extra)
    for part in parts:
        assert posted(scene, client, name, extra, part, now) == meant


def test_what_changed_is_seen(scene: Scene, client: Client) -> None:
    """The comparison is worth something: a form field that is taken shows in what is compared."""
    client.force_login(scene.people[ROWS["client-edit"].roles[0]].user)
    with undone(), nothing_by_chance(timezone.now()):
        at, body = BODIES["client-edit"](scene, client)
        before = footprint()
        client.post(at, {**body, "name": "Somebody else"})
        assert [line for line in changed(before, footprint()) if "Somebody else" in line]
