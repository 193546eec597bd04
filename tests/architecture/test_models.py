"""Every model is either append-only, in the database itself, or listed as mutable with a reason."""

import pytest
from django.apps import apps
from django.db import models

from core.ledger.sealing import registered
from tests.architecture.mutable_models import MUTABLE, THIRD_PARTY_APPS

OUR_APPS = {"accounts", "ledger", "screening"}
OUR_MODELS = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OUR_APPS]


def label(model):
    return model._meta.label


TAKES_ALONG = {models.CASCADE, models.SET_NULL, models.SET_DEFAULT}
APPEND_ONLY = {label(sealed.model) for sealed in registered()}


@pytest.mark.parametrize("model", OUR_MODELS, ids=label)
def test_a_model_is_append_only_or_listed_as_mutable(model):
    assert (label(model) in APPEND_ONLY) != (label(model) in MUTABLE), "one of the two, and not both"


def test_every_listed_mutable_model_exists():
    assert set(MUTABLE) <= {label(model) for model in OUR_MODELS}


def test_every_app_is_ours_or_known():
    assert {model._meta.app_label for model in apps.get_models()} <= OUR_APPS | THIRD_PARTY_APPS


@pytest.mark.parametrize("model", OUR_MODELS, ids=label)
def test_no_timestamp_sets_itself(model):
    """Every time comes from the service's ``at``, so that a test and a replay can say when."""
    fields = [field for field in model._meta.get_fields() if isinstance(field, models.DateField)]
    assert [field.name for field in fields if field.auto_now or field.auto_now_add] == []


@pytest.mark.parametrize("sealed", registered(), ids=lambda sealed: label(sealed.model))
def test_no_append_only_row_goes_with_another(sealed):
    """What is deleted elsewhere never takes a record with it, on a database whose triggers are off either."""
    keys = [field for field in sealed.model._meta.get_fields() if isinstance(field, models.ForeignKey)]
    assert [field.name for field in keys if field.remote_field.on_delete in TAKES_ALONG] == []


def pairs_of(model):
    """Return the fields of a model that say when, and by whom, the same thing was done, and may both be empty."""
    nullable = {field.name for field in model._meta.fields if field.null}
    done = {name.removesuffix("_at") for name in nullable if name.endswith("_at")}
    return [(f"{what}_at", f"{what}_by") for what in sorted(done) if f"{what}_by" in nullable]


PAIRS = [(model, *pair) for model in OUR_MODELS for pair in pairs_of(model)]


@pytest.mark.parametrize(
    ("model", "when", "who"), PAIRS, ids=lambda part: part if isinstance(part, str) else label(part)
)
def test_when_and_by_whom_are_tied_in_the_database(model, when, who):
    """Neither stands without the other: a check constraint names both."""
    checks = [check for check in model._meta.constraints if isinstance(check, models.CheckConstraint)]
    named = [str(check.condition) for check in checks]
    assert [condition for condition in named if when in condition and who in condition]
