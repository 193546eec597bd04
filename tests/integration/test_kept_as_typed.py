"""What was typed and cannot be read, or is too long: kept as typed until it is put right, and read by no rule."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from screening.engine.answers import Absence, Answer
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content
from tests.integration.test_asking import FORM, answers, at, elsewhere, send
from tests.pages import signed_in, text_of, typed
from tests.playing import House, again, house, published, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def case(riverside: House) -> Screening:
    """A screening of the intake on which nothing is answered yet."""
    return started(riverside, published(riverside, "intake"))


@pytest.fixture
def browser(riverside: House) -> Client:
    return signed_in(riverside.therapist)


def test_what_could_not_be_read_is_gone_once_it_is_put_right_or_emptied(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    for instead in ("2021", ""):
        send(browser, case, a__bipolar__diagnosis__when__value="long ago")
        assert draft_content(Draft.objects.get(screening=case)).unread
        assert send(browser, case, a__bipolar__diagnosis__when__value=instead).status_code == 302
        assert not draft_content(Draft.objects.get(screening=case)).unread
        assert ("bipolar-diagnosis-when" in answers(case)) is bool(instead)


def test_an_answer_stands_until_what_was_typed_over_it_can_be_read(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True), bipolar_diagnosis_when=Answer(value="2021-spring"))
    send(browser, case, a__bipolar__diagnosis__when__value="long ago")
    assert answers(case)["bipolar-diagnosis-when"].value == "2021-spring"
    assert typed(browser.get(at(case)), FORM)["a-bipolar-diagnosis-when-value"] == ["long ago"]
    check = text_of(browser.get(reverse("screening-answers", args=[case.pk])))
    assert "long ago cannot be read yet. Until then, spring 2021 counts." in check
    assert "spring 2021 (client says) Typed since, and not to be read yet: long ago" in check


def test_a_row_whose_only_answer_cannot_be_read_is_a_row_all_the_same(riverside, browser, case):
    elsewhere(riverside, case, suicide_attempt_ever=Answer(value=True))
    opened = typed(browser.get(at(case, "suicidality")), FORM)
    when = next(name for name in opened if name.endswith("-attempt-when-value"))
    sent = browser.post(at(case, "suicidality"), {**opened, when: "as a boy", "g-suicide-attempts-complete": "on"})
    assert sent.status_code == 422
    given = draft_content(Draft.objects.get(screening=case)).groups["suicide-attempts"]
    assert (given.complete, given.rows[0].answers["attempt-when"].absent) == (True, Absence.NOT_ASKED)
    page = browser.get(at(case, "suicidality"))
    assert typed(page, FORM)[when] == ["as a boy"]
    assert "was not understood as a date" in text_of(page)
    assert browser.post(at(case, "suicidality"), typed(page, FORM, **{when: ""})).status_code == 302
    assert not draft_content(Draft.objects.get(screening=case)).groups["suicide-attempts"].rows


def test_nothing_is_submitted_while_something_typed_cannot_be_read(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    send(browser, case, a__bipolar__diagnosis__when__value="long ago")
    check = browser.get(reverse("screening-answers", args=[case.pk]))
    said = "long ago cannot be read yet. Until then, it counts as not answered."
    assert re.search(rf"\(Mood[^)]*\) {said}", text_of(check))
    assert f"{at(case)}#q-bipolar-diagnosis-when" in check.content.decode()
    refused = browser.post(reverse("screening-submit", args=[case.pk]), typed(check))
    assert refused.status_code == 409
    assert "Nothing was submitted." in text_of(refused)
    assert again(case).status == "in-progress"


def test_another_tab_does_not_sweep_away_what_could_not_be_read(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    older = browser.get(at(case))
    send(browser, case, a__bipolar__diagnosis__when__value="long ago")
    refused = browser.post(at(case), typed(older, FORM, a__bipolar__diagnosis__when__value="2020"))
    assert refused.status_code == 409
    assert "long ago" in text_of(refused)
    assert draft_content(Draft.objects.get(screening=case)).unread


def test_the_section_says_that_something_is_to_be_put_right(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    send(browser, case, a__bipolar__diagnosis__when__value="long ago")
    assert "1 to put right" in text_of(browser.get(at(case, "psychosis")))


def test_text_that_is_too_long_is_kept_whole_and_told_by_how_much(browser, case):
    words, note = "w" * 2_500, "n" * 4_500
    page = browser.get(at(case, "intention-and-commitment"))
    assert "maxlength" not in page.content.decode()
    sent = send(browser, case, "intention-and-commitment", a__aims__own__words__value=words, note=note)
    assert sent.status_code == 422
    for answered in (sent, browser.get(at(case, "intention-and-commitment"))):
        assert "2,500 characters, and there is room for 2,000: 500 too many" in text_of(answered)
        assert "4,500 characters, and there is room for 4,000: 500 too many" in text_of(answered)
        assert typed(answered, FORM)["a-aims-own-words-value"] == [words]
        assert typed(answered, FORM)["note"] == [note]


def test_none_of_them_beside_others_is_asked_about_and_kept_as_ticked(browser, case):
    page = browser.get(at(case, "medical-and-medicines"))
    both = typed(page, FORM, **{"a-side-effects-explained-value": ["drowsiness", "none-yet"]})
    sent = browser.post(at(case, "medical-and-medicines"), both)
    assert sent.status_code == 422
    assert "“None yet” stands beside other answers. Take it away, or the others." in text_of(sent)
    assert "side-effects-explained" not in answers(case)
    assert set(typed(sent, FORM)["a-side-effects-explained-value"]) == {"drowsiness", "none-yet"}
    alone = typed(sent, FORM, **{"a-side-effects-explained-value": ["none-yet"]})
    assert browser.post(at(case, "medical-and-medicines"), alone).status_code == 302
    assert answers(case)["side-effects-explained"].value == ("none-yet",)


def test_what_was_ticked_or_chosen_is_told_in_the_words_of_the_page_and_never_in_codes(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    older = browser.get(at(case))
    note = "n" * 4_500
    for section, given in (
        ("medical-and-medicines", {"a-side-effects-explained-value": ["drowsiness", "none-yet"]}),
        ("mood", {"a-bipolar-stabilised-value": "~asked-declined", "a-bipolar-stabilised-note": note}),
        ("mood", {"a-bipolar-diagnosis-when-value": "2020", "a-bipolar-diagnosis-when-absent": "~asked-unknown"}),
    ):
        assert send(browser, case, section, **given).status_code == 422
    check = text_of(browser.get(reverse("screening-answers", args=[case.pk])))
    elsewhere_told = text_of(browser.post(at(case), typed(older, FORM, a__bipolar__stabilised__value="no")))
    assert "Drowsiness or tiredness, None yet cannot be read yet." in check
    assert "2020 cannot be read yet. Until then, not known counts." in check
    for page in (check, elsewhere_told):
        assert "Prefers not to say, nnn" in page
        assert not re.search(r"none-yet|~?asked-(?:declined|unknown)", page)


def test_what_was_chosen_in_a_row_is_told_in_the_words_of_the_page(riverside, browser, case):
    elsewhere(riverside, case, suicide_attempt_ever=Answer(value=True))
    opened = typed(browser.get(at(case, "suicidality")), FORM)
    wish = next(name for name in opened if name.endswith("-attempt-wish-to-die-note"))
    chosen = {wish: "n" * 4_500, wish.replace("-note", "-value"): "~asked-unknown"}
    assert browser.post(at(case, "suicidality"), {**opened, **chosen}).status_code == 422
    assert "Not known, nnn" in text_of(browser.get(reverse("screening-answers", args=[case.pk])))


def test_a_line_end_counts_as_one_character(browser, case):
    sent = send(browser, case, note="a\r\n" * 2_000)
    assert sent.status_code == 302
    assert draft_content(Draft.objects.get(screening=case)).note == "a\n" * 2_000


def test_a_date_a_text_and_ticks_are_cleared_like_any_answer(riverside, browser, case):
    elsewhere(riverside, case, aims_own_words=Answer(value="To sleep"), aims=Answer(value=("relief",)))
    page = browser.get(at(case, "intention-and-commitment")).content.decode()
    assert 'value="clear:a-aims-own-words"' in page
    assert 'value="clear:a-aims"' in page
    send(browser, case, "intention-and-commitment", act="clear:a-aims-own-words")
    assert list(answers(case)) == ["aims"]
    send(browser, case, "intention-and-commitment", act="clear:a-aims")
    assert answers(case) == {}


def test_a_note_typed_before_its_answer_is_kept_and_nothing_is_wrong_with_that(riverside, browser, case):
    sent = send(browser, case, a__bipolar__diagnosis__note="Asked twice.")
    assert (sent.status_code, answers(case)) == (302, {})
    page = browser.get(at(case))
    assert "Kept. It stands beside an answer: give one, or say that it is not known." in text_of(page)
    assert typed(page, FORM)["a-bipolar-diagnosis-note"] == ["Asked twice."]
    assert "There is a problem" not in text_of(page)
    assert "to put right" not in text_of(page)
    check = browser.get(reverse("screening-answers", args=[case.pk]))
    assert "Asked twice." in text_of(check)
    assert browser.post(reverse("screening-submit", args=[case.pk]), typed(check)).status_code == 409
    send(browser, case, a__bipolar__diagnosis__value="no")
    assert answers(case) == {"bipolar-diagnosis": Answer(value=False, note="Asked twice.")}
    assert not draft_content(Draft.objects.get(screening=case)).unread
