"""Promises 4 and 5 (docs/promises.md): nothing published changes, and nothing happens unrecorded."""

import copy
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from core.ledger import services as ledger
from core.ledger.models import Entry
from core.ledger.sealing import sealed_models
from core.ledger.verification import verify
from screening.models import Protocol, QuestionnaireVersion, RuleSetVersion, Screening
from screening.selectors.documents import rule_set_of
from screening.selectors.results import stored_result
from screening.services import rule_sets
from tests import playing
from tests.append_only_rows import altered_value
from tests.integration.acts import ACTS, VIGNETTE, verbs
from tests.past_the_guards import past_the_guards, run
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

OURS = ("accounts", "ledger", "screening")
PUBLISHED: tuple[type[models.Model], ...] = (RuleSetVersion, QuestionnaireVersion)
every_verb = pytest.mark.parametrize("verb", sorted(ACTS))


class LedgerBroken(Exception):
    """What the ledger's insertion raises in these tests."""


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Protocol]:
    """A practice and its published protocol, written once for the whole module."""
    house = playing.house()
    return house, playing.published(house)


@pytest.fixture
def played(once: tuple[House, Protocol]) -> tuple[House, Protocol]:
    return copy.deepcopy(once)


@pytest.fixture
def house(played: tuple[House, Protocol]) -> House:
    return played[0]


@pytest.fixture
def protocol(played: tuple[House, Protocol]) -> Protocol:
    return played[1]


@pytest.fixture(scope="module")
def reviewed(once: tuple[House, Protocol]) -> None:
    """Two cases that fill every table: one signed, one handed back. Written once, for the tests that alter rows."""
    house, protocol = copy.deepcopy(once)
    playing.signed(house, protocol, VIGNETTE)
    case = playing.claimed(house, protocol, VIGNETTE)
    playing.reviews.send_back(screening=case, words="Ask again.", questions=[], by=house.clinician, at=NOON)
    ACTS["emergencies.acknowledge"](house)()
    ACTS["readings.write"](house)()


class TestPromise4NothingPublishedChanges:
    @pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.__name__)
    @pytest.mark.parametrize("status", ["active", "retired"])
    def test_promise_4_nothing_published_changes_by_any_statement(self, house, protocol, model, status):
        table = model._meta.db_table
        publish_again(house, protocol, "A newer title")
        if status == "retired" and model is QuestionnaireVersion:
            run(f"UPDATE {table} SET status = 'retired'")  # noqa: S608
        for field in model._meta.concrete_fields:
            if field.column not in ("status", "retired_at"):
                changing = f'UPDATE "{table}" SET "{field.column}" = %s WHERE status = %s'  # noqa: S608
                with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                    run(changing, [altered_value(field), status])
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            run(f'DELETE FROM "{table}" WHERE status = %s', [status])  # noqa: S608

    def test_promise_4_nothing_published_changes_under_a_screening_that_began_before(self, house, protocol):
        begun, rule_id = playing.filled(house, protocol, VIGNETTE), "suicidal-thoughts-or-attempt"
        pinned = (begun.questionnaire_version_id, begun.rule_set_version_id)
        old_words = rule_set_of(begun.rule_set_version).rule_by_id[rule_id].title
        publish_again(house, protocol, "A newer title", rule_id)
        done, fresh = submit(house, begun), playing.submitted(house, protocol, VIGNETTE)
        assert (done.questionnaire_version_id, done.rule_set_version_id) == pinned
        assert title_shown(done, rule_id) == old_words
        assert title_shown(fresh, rule_id) == "A newer title"

    def test_promise_4_nothing_published_changes_on_the_page_that_people_read(self, house, protocol, client):
        old = playing.submitted(house, protocol, VIGNETTE)
        publish_again(house, protocol, "A newer title", "suicidal-thoughts-or-attempt")
        new = playing.submitted(house, protocol, VIGNETTE)
        client.force_login(house.therapist.user)
        pages = [client.get(reverse("screening-result", args=[case.pk])).content.decode() for case in (old, new)]
        assert ["A newer title" in page for page in pages] == [False, True]


class TestPromise5NothingHappensUnrecorded:
    def test_promise_5_nothing_happens_unrecorded_by_a_verb_that_nobody_tried(self):
        assert verbs() == set(ACTS)

    @every_verb
    def test_promise_5_nothing_happens_unrecorded_when_all_goes_well(self, house, verb):
        act, before = ACTS[verb](house), Entry.objects.count()
        act()
        assert Entry.objects.count() > before

    @every_verb
    def test_promise_5_nothing_happens_where_it_cannot_be_recorded(self, house, verb, monkeypatch):
        act, before = ACTS[verb](house), everything()
        monkeypatch.setattr(ledger, "_insert", break_down)
        with pytest.raises(LedgerBroken):
            act()
        assert everything() == before

    @every_verb
    def test_promise_5_what_is_recorded_verifies(self, house, verb):
        ACTS[verb](house)()
        assert verify() == []

    @pytest.mark.parametrize("table", sorted(sealed_models()))
    def test_promise_5_an_altered_row_is_found(self, reviewed, table):
        with past_the_guards(table):
            field = text_field(sealed_models()[table].model)
            altered = f'UPDATE "{table}" SET "{field.column}" = %s'  # noqa: S608
            assert run(altered, [altered_value(field)]) > 0
            assert {finding.table for finding in verify()} >= {table}


def break_down(*_: Any) -> None:
    raise LedgerBroken


def everything() -> dict[str, list[Any]]:
    """Return every row of every table of ours."""
    return {
        model._meta.db_table: list(models.QuerySet(model).order_by("pk").values())
        for name in OURS
        for model in apps.get_app_config(name).get_models()
    }


def publish_again(house: House, protocol: Any, title: str, rule_id: str = "suicidal-thoughts-or-attempt") -> None:
    """Publish a second version, in which one rule has another title."""
    draft = rule_sets.take_draft(protocol=protocol, by=house.author, at=NOON)
    rule = rule_set_of(draft).rule_by_id[rule_id].model_copy(update={"title": title})
    draft = rule_sets.change_rule(
        version=draft, rule_id=rule_id, rule=rule, expected_revision=draft.revision, by=house.author, at=NOON
    )
    draft = rule_sets.note_changes(
        version=draft, change_notes="A title.", expected_revision=draft.revision, by=house.author, at=NOON
    )
    draft = rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)
    rule_sets.publish(version=draft, shown_digest=draft.digest, by=house.approver, at=NOON)


def submit(house: House, screening: Screening) -> Screening:
    revision = screening.draft.revision
    at = playing.noon_of(playing.vignette_of(screening.protocol, VIGNETTE))
    return playing.again(
        playing.submissions.submit(screening=screening, base_revision=revision, by=house.therapist, at=at)
    )


def title_shown(screening: Screening, rule_id: str) -> str:
    assert screening.current_evaluation is not None
    return stored_result(screening.current_evaluation).flag(rule_id).title


def text_field(model: type[models.Model]) -> Any:
    """Return a column that refers to nothing and may never change, one of text before any other."""
    mutable = sealed_models()[model._meta.db_table].mutable_columns
    fixed = [field for field in model._meta.concrete_fields if field.column not in mutable and not field.is_relation]
    kinds = (models.TextField, models.DateTimeField, models.CharField)
    return next(field for kind in kinds for field in fixed if isinstance(field, kind))
