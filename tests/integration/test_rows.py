"""Repeating groups on the page: rows come and go, and no answer changes places."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.engine.answers import Answer, Row, Rows, Source
from screening.engine.drafts import Change
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content
from screening.services import drafts
from tests.pages import fields, signed_in, text_of, typed
from tests.playing import NOON, House, house, published, started

pytestmark = pytest.mark.django_db
FORM, GROUP = "section-form", "suicide-attempts"
FIRST = Row(
    row_id="a1",
    answers={
        "attempt-when": Answer(value="2009", source=Source.RECORD),
        "attempt-wish-to-die": Answer(value=True, source=Source.CLIENT, note="Said so twice."),
    },
)
SECOND = Row(row_id="a2", answers={"attempt-when": Answer(value="2021-spring")})


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Screening]:
    """A practice and a screening, written once for the whole module."""
    at_house = house()
    found = started(at_house, published(at_house, "intake"))
    change = Change(answers={"suicide-attempt-ever": Answer(value=True)}, groups={GROUP: Rows(rows=(FIRST, SECOND))})
    drafts.save(screening=found, change=change, base_revision=0, by=at_house.therapist, at=NOON)
    return at_house, found


@pytest.fixture
def played(once: tuple[House, Screening]) -> tuple[House, Screening]:
    return copy.deepcopy(once)


@pytest.fixture
def riverside(played: tuple[House, Screening]) -> House:
    return played[0]


@pytest.fixture
def browser(riverside: House) -> Client:
    return signed_in(riverside.therapist)


@pytest.fixture
def case(played: tuple[House, Screening]) -> Screening:
    """A screening with two attempts told of."""
    return played[1]


def at(case: Screening) -> str:
    return reverse("section", args=[case.pk, "suicidality"])


def rows(case: Screening) -> Rows:
    return draft_content(Draft.objects.get(screening=case)).groups[GROUP]


def send(browser: Client, case: Screening, **changes: Any) -> Any:
    return browser.post(at(case), typed(browser.get(at(case)), FORM, **changes))


def test_saving_the_rows_as_they_stand_changes_nothing_in_them(browser, case):
    send(browser, case)
    assert rows(case) == Rows(rows=(FIRST, SECOND))


def test_a_row_is_added_by_answering_in_it(browser, case):
    page = browser.post(at(case), typed(browser.get(at(case)), FORM, act=f"add:{GROUP}"), follow=True)
    ids = fields(page, FORM)[f"g-{GROUP}-row"]
    assert ids[:2] == ["a1", "a2"]
    browser.post(at(case), typed(page, FORM, **{f"g-{GROUP}-{ids[2]}-attempt-when-value": "2024"}))
    assert [row.row_id for row in rows(case).rows] == ids
    assert rows(case).rows[2].answers == {"attempt-when": Answer(value="2024")}


def test_adding_a_row_saves_what_was_typed_in_the_others(browser, case):
    send(browser, case, act=f"add:{GROUP}", **{f"g-{GROUP}-a2-attempt-wish-to-die-value": "no"})
    assert rows(case).rows[1].answers["attempt-wish-to-die"].value is False


def test_an_empty_row_is_never_stored(browser, case):
    page = browser.get(f"{at(case)}?add={GROUP}")
    assert len(fields(page, FORM)[f"g-{GROUP}-row"]) == 3
    browser.post(at(case), typed(page, FORM))
    assert rows(case) == Rows(rows=(FIRST, SECOND))


def test_adding_to_an_empty_row_says_to_fill_it_in_first(browser, case):
    said = "Fill in this new row first. An empty row is not kept."
    added = browser.post(at(case), typed(browser.get(at(case)), FORM, act=f"add:{GROUP}"), follow=True)
    assert said not in text_of(added)
    once_more = browser.post(at(case), typed(added, FORM, act=f"add:{GROUP}"), follow=True)
    assert said in text_of(once_more)
    assert len(fields(once_more, FORM)[f"g-{GROUP}-row"]) == 3


def test_removing_the_first_row_leaves_the_second_as_it_was(browser, case):
    send(browser, case, act=f"remove:{GROUP}:a1")
    assert rows(case) == Rows(rows=(SECOND,))


def test_a_row_that_was_taken_away_is_put_back_as_it_was_with_what_was_typed_since(browser, case):
    taken = send(browser, case, act=f"remove:{GROUP}:a1")
    assert "Taken away: attempt: 2009" in text_of(taken)
    both = browser.post(at(case), typed(taken, FORM, act=f"remove:{GROUP}:a2"))
    assert rows(case) == Rows()
    back = browser.post(at(case), typed(both, FORM, act=f"restore:{GROUP}:a1"))
    assert back.url == f"{at(case)}#g-{GROUP}-a1"
    assert rows(case) == Rows(rows=(FIRST,))


def test_an_answer_in_a_row_takes_a_note_of_its_own(browser, case):
    send(browser, case, **{f"g-{GROUP}-a2-attempt-when-note": "Not sure of the year."})
    assert [answer.note for row in rows(case).rows for answer in row.answers.values()] == [
        "",
        "Said so twice.",
        "Not sure of the year.",
    ]


def test_what_a_row_is_called_follows_what_was_saved(browser, case):
    sent = typed(browser.get(at(case)), FORM, **{f"g-{GROUP}-a1-attempt-when-value": "2011"})
    saved = browser.post(at(case), sent, headers={"HX-Request": "true"})
    assert f'<bdi id="name-g-{GROUP}-a1" hx-swap-oob="true">Attempt: 2011</bdi>' in saved.content.decode()


def test_rows_that_a_tab_left_as_they_were_are_those_saved_elsewhere(riverside, browser, case):
    page = browser.get(at(case))
    third = Row(row_id="a3", answers={"attempt-when": Answer(value="2024")})
    change = Change(
        groups={GROUP: Rows(rows=(FIRST, SECOND, third))}, answers={"suicidal-thoughts-now": Answer(value=True)}
    )
    revision = Draft.objects.get(screening=case).revision
    drafts.save(screening=case, change=change, base_revision=revision, by=riverside.therapist, at=NOON)
    refused = browser.post(at(case), typed(page, FORM, **{"a-suicidal-thoughts-now-value": "no"}))
    assert refused.status_code == 409
    assert browser.post(at(case), typed(refused, FORM)).status_code == 302
    assert rows(case) == Rows(rows=(FIRST, SECOND, third))


def test_clearing_an_answer_in_a_row_leaves_the_row(browser, case):
    send(browser, case, act=f"clear:g-{GROUP}-a1-attempt-wish-to-die")
    assert list(rows(case).rows[0].answers) == ["attempt-when"]


def test_that_these_are_all_is_kept_only_where_somebody_said_so(browser, case):
    assert rows(case).complete is False
    send(browser, case, **{f"g-{GROUP}-complete": "on"})
    assert rows(case).complete is True


def test_how_a_row_is_known_is_said_once_for_all_its_answers(browser, case):
    send(browser, case, **{f"g-{GROUP}-a1-source": "clinician"})
    assert {answer.source for answer in rows(case).rows[0].answers.values()} == {Source.CLINICIAN}


def test_another_substance_is_named_in_its_own_row(riverside, browser, case):
    chosen = {"substance": Answer(value="other-substance")}
    change = Change(
        answers={"substance-problem-ever": Answer(value=True)},
        groups={"substances": Rows(rows=(Row(row_id="s1", answers=chosen),))},
    )
    drafts.save(screening=case, change=change, base_revision=1, by=riverside.therapist, at=NOON)
    page = reverse("section", args=[case.pk, "substances-and-recovery"])
    browser.post(page, typed(browser.get(page), FORM, **{"g-substances-s1-substance-name-value": "Kratom"}))
    row = draft_content(Draft.objects.get(screening=case)).groups["substances"].rows[0]
    assert row.answers["substance-name"] == Answer(value="Kratom")


def test_the_name_is_asked_only_of_another_substance(riverside, browser, case):
    change = Change(
        answers={"substance-problem-ever": Answer(value=True)},
        groups={"substances": Rows(rows=(Row(row_id="s1", answers={"substance": Answer(value="alcohol")}),))},
    )
    drafts.save(screening=case, change=change, base_revision=1, by=riverside.therapist, at=NOON)
    page = browser.get(reverse("section", args=[case.pk, "substances-and-recovery"]))
    assert "g-substances-s1-substance-name-value" not in fields(page, FORM)
    assert "What is it called?" not in text_of(page)


def test_a_mistake_in_one_row_keeps_what_was_typed_in_all(browser, case):
    sent = send(
        browser,
        case,
        **{f"g-{GROUP}-a1-attempt-when-value": "long ago", f"g-{GROUP}-a2-attempt-wish-to-die-value": "yes"},
    )
    assert sent.status_code == 422
    assert "“long ago” was not understood as a date" in text_of(sent)
    assert fields(sent, FORM)[f"g-{GROUP}-a1-attempt-when-value"] == ["long ago"]
    assert fields(sent, FORM)[f"g-{GROUP}-a2-attempt-wish-to-die-value"] == ["yes"]
    first, second = rows(case).rows
    assert first == FIRST
    assert second.answers["attempt-wish-to-die"].value is True


@pytest.mark.parametrize("forged", ["../etc", "A1", "a" * 65, "a1--b"])
def test_a_row_with_an_id_nobody_gave_out_is_not_taken(browser, case, forged):
    sent = typed(browser.get(at(case)), FORM)
    sent[f"g-{GROUP}-row"] = ["a1", "a2", forged]
    sent[f"g-{GROUP}-{forged}-attempt-when-shown"] = "1"
    sent[f"g-{GROUP}-{forged}-attempt-when-value"] = "2020"
    browser.post(at(case), sent)
    assert rows(case) == Rows(rows=(FIRST, SECOND))


def test_no_more_than_fifty_rows_are_taken(browser, case):
    sent = typed(browser.get(at(case)), FORM)
    sent[f"g-{GROUP}-row"] = [f"r{number}" for number in range(60)]
    for number in range(60):
        sent[f"g-{GROUP}-r{number}-attempt-when-shown"] = "1"
        sent[f"g-{GROUP}-r{number}-attempt-when-value"] = "2020"
    assert browser.post(at(case), sent).status_code == 302
    assert len(rows(case).rows) == 50
    assert "No more rows fit here." in text_of(browser.get(at(case)))


def test_rows_changed_elsewhere_are_shown_beside_what_was_typed(riverside, browser, case):
    page = browser.get(at(case))
    change = Change(groups={GROUP: Rows(rows=(FIRST,), complete=True)})
    drafts.save(screening=case, change=change, base_revision=1, by=riverside.therapist, at=NOON)
    sent = browser.post(at(case), typed(page, FORM, **{f"g-{GROUP}-a2-attempt-when-value": "2022"}))
    assert sent.status_code == 409
    assert "Meanwhile saved elsewhere: 2009, Yes" in text_of(sent)
    assert fields(sent, FORM)[f"g-{GROUP}-a2-attempt-when-value"] == ["2022"]
    assert rows(case) == Rows(rows=(FIRST,), complete=True)


def test_a_row_whose_answers_are_known_in_several_ways_says_which_in_which(browser, case):
    at = reverse("section", args=[case.pk, "suicidality"])
    before = text_of(browser.get(at))
    assert "is known: in several ways" in before
    assert "When was it? (on record)" in before
    send(browser, case, **{f"g-{GROUP}-a1-source": "clinician"})
    assert "is known: in several ways" not in text_of(browser.get(at))
