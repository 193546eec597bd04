"""A form says in our own words what is wrong and what to do, and lists it in the order in which the page asks."""

import uuid

import pytest
from django import forms

from core.forms import Form, Problem
from screening.forms.clients import NewClientForm


class Everything(Form):
    text = forms.CharField(max_length=5, min_length=2)
    choice = forms.ChoiceField(choices=[("a", "A")])
    several = forms.MultipleChoiceField(choices=[("a", "A")])
    day = forms.DateField()
    number = forms.IntegerField(min_value=1, max_value=9)
    key = forms.UUIDField()
    tick = forms.BooleanField()
    own = forms.CharField(error_messages={"required": "Give your reasons."})


def said(**sent: object) -> dict[str, str]:
    form = Everything(sent)
    return {problem.label: problem.message for problem in form.problems}


DJANGO_S = ("This field is required", "Ensure this", "Enter a", "Select a valid", "Null characters", "must be")


@pytest.mark.parametrize(
    ("sent", "label", "message"),
    [
        ({}, "Text", "This is empty. Fill it in."),
        ({"text": "a\x00b"}, "Text", "This holds a character that cannot be stored"),
        ({"text": "far too long"}, "Text", "This has 12 characters, and there is room for 5. Shorten it."),
        ({"text": "a"}, "Text", "This is shorter than 2 characters. Write more."),
        ({}, "Choice", "Nothing is chosen. Choose one of those offered."),
        ({"choice": "b"}, "Choice", "That is not among the choices. Choose one of those offered."),
        ({"several": ["b"]}, "Several", "That is not among the choices."),
        ({"day": "31 June"}, "Day", "This is not a day in the calendar. Write it as 2026-05-31."),
        ({"number": "ten"}, "Number", "This is not a whole number. Write digits only."),
        ({"number": "10"}, "Number", "This is too large. Give 9 or less."),
        ({"number": "0"}, "Number", "This is too small. Give 1 or more."),
        ({"key": "x"}, "Key", "This page did not send what it should. Load it again."),
        ({}, "Tick", "This is not ticked. Tick it to go on."),
        ({}, "Own", "Give your reasons."),
    ],
)
def test_what_is_wrong_is_said_plainly_with_what_to_do(sent: dict[str, object], label: str, message: str) -> None:
    found = said(**sent)
    assert found[label].startswith(message)
    assert not any(words in text for text in found.values() for words in DJANGO_S)


def test_a_field_that_is_added_to_a_form_later_speaks_plainly_too() -> None:
    form = Everything({})
    form.fields["added"] = forms.CharField()
    assert form.errors["added"] == ["This is empty. Fill it in."]


def test_problems_stand_in_the_order_in_which_the_page_has_its_fields() -> None:
    form = NewClientForm({"client_id": str(uuid.uuid4()), "name": "x" * 201, "code": "", "birth_date": "soon"})
    assert [problem.label for problem in form.problems] == ["Code", "Name", "Birth date"]


def test_what_is_wrong_with_the_whole_form_comes_first() -> None:
    form = NewClientForm({"client_id": str(uuid.uuid4()), "code": ""})
    form.full_clean()
    form.add_error(None, "The two do not fit.")
    assert [problem.label for problem in form.problems] == ["", "Code"]


@pytest.mark.parametrize(("label", "mark"), [("Why are the answers amended?", ""), ("Title", ":"), ("¿Por qué?", "")])
def test_a_label_that_is_a_question_gets_no_colon(label: str, mark: str) -> None:
    assert Problem(label, "Say why.", "id_why").mark == mark
