"""Asking in a real browser: what is saved beside the page, what opens, and that no keystroke is lost on the way."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from screening.models import Draft, Screening
from screening.selectors.documents import draft_content
from tests.playing import house, published, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


KEYS_AND_WORDS = """() => Array.from(document.querySelectorAll('.items .known-from'), (label) => {
  label.querySelector('input').focus();
  const mark = label.querySelector('kbd');
  const key = mark.getBoundingClientRect();
  const span = document.createRange();
  span.selectNodeContents(label.querySelector('span'));
  const beside = (words) => key.left >= words.right || words.left >= key.right;
  const meets = (words) => !(beside(words) || key.top >= words.bottom || words.top >= key.bottom);
  const shown = mark.checkVisibility({ visibilityProperty: true });
  return [label.innerText, shown, Array.from(span.getClientRects()).some(meets)];
})"""
"""Puts the focus on each way in which an answer is known; says whether its key is shown, and lies over its words."""


@pytest.fixture
def case() -> Screening:
    riverside = house()
    return started(riverside, published(riverside, "intake"))


@pytest.fixture
def page(browser: "Browser", live_server: Any, case: Screening) -> "Iterator[Page]":
    """The suicidality section, open in a browser in which the therapist is signed in."""
    signed = Client()
    signed.force_login(case.therapist)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    cookie = signed.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    opened = context.new_page()
    opened.goto(live_server.url + reverse("section", args=[case.pk, "suicidality"]))
    yield opened
    context.close()


def content(case: Screening) -> Any:
    return draft_content(Draft.objects.get(screening=case))


def choose(page: "Page", question: str, words: str) -> None:
    page.locator(f"#q-{question}").get_by_text(words, exact=True).click()


def saved(page: "Page", words: str = "Saved") -> None:
    page.locator("#saved", has_text=re.compile(words)).wait_for()


def two_that_cannot_be_read(page: "Page") -> "list[Locator]":
    """Type words in two rows that are no dates, and have the page told so; return the two fields."""
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    page.locator("#q-suicide-attempts input[type=text]").fill("some day soon")
    page.get_by_role("button", name="Add another attempt").click()
    page.wait_for_url("**add=suicide-attempts**")
    page.locator("#q-suicide-attempts input[type=text]").last.fill("on a day like this")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#error-summary li").nth(1).wait_for()
    return page.locator("#q-suicide-attempts input[type=text]").all()


def _attempt(case: Screening) -> tuple[Any, Any]:
    """Return when the one attempt was, and why that is not said."""
    given = content(case).groups["suicide-attempts"].rows[0].answers["attempt-when"]
    return given.value, given.absent


def test_a_choice_is_saved_beside_the_page_and_opens_what_follows(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, r"1 more question follows")
    assert page.locator("#q-suicide-attempts").is_visible()
    assert content(case).answers["suicide-attempt-ever"].value is True


def test_words_being_typed_stay_while_something_else_is_saved(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    page.locator("#note").fill("Half a sent")
    choose(page, "suicidal-thoughts-now", "No")
    page.locator("#note").press("End")
    page.locator("#note").type("ence", delay=30)
    assert page.locator("#note").input_value() == "Half a sentence"
    assert page.evaluate("document.activeElement.id") == "note"


def test_a_date_is_read_back_and_a_wrong_one_is_said_to_be_so_in_place(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    when = page.locator("#q-suicide-attempts input[type=text]")
    when.fill("spring 2021")
    when.press("Tab")
    page.get_by_text("Read as: between March and May 2021").wait_for()
    when.fill("next spring")
    when.press("Tab")
    saved(page, "1 answer needs a look: kept as typed")
    assert when.input_value() == "next spring"
    rows = content(case).groups["suicide-attempts"].rows
    assert rows[0].answers["attempt-when"].value == "2021-spring"


def test_a_reason_empties_the_field_and_what_was_typed_comes_back_with_it_taken_back(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    row, when = page.locator("#q-suicide-attempts"), page.locator("#q-suicide-attempts input[type=text]")
    when.fill("spring 2021")
    when.press("Tab")
    row.get_by_text("Read as: between March and May 2021").wait_for()
    row.get_by_text("Prefers not to say", exact=True).first.click()
    row.get_by_text("Taken as the answer: Prefers not to say, instead of spring 2021").wait_for()
    assert when.input_value() == ""
    assert _attempt(case) == (None, "asked-declined")
    row.get_by_text("As typed", exact=True).first.click()
    row.get_by_text("Read as: between March and May 2021").wait_for()
    assert (when.input_value(), _attempt(case)) == ("spring 2021", ("2021-spring", None))


def test_typing_takes_a_reason_back_and_so_does_a_tick(page, case, live_server):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    row = page.locator("#q-suicide-attempts")
    row.get_by_text("Not known", exact=True).first.click()
    row.get_by_text("Taken as the answer: Not known").wait_for()
    row.locator("input[type=text]").press_sequentially("2009")
    row.get_by_text("Read as: some day in 2009").wait_for()
    assert _attempt(case) == ("2009", None)
    page.goto(live_server.url + reverse("section", args=[case.pk, "intention-and-commitment"]))
    aims = page.locator("#q-aims")
    aims.locator(".choice input").first.check()
    aims.get_by_text("Prefers not to say", exact=True).click()
    aims.get_by_text("Taken as the answer: Prefers not to say").wait_for()
    assert aims.locator("[type=checkbox]:checked").count() == 0
    assert content(case).answers["aims"].absent == "asked-declined"
    aims.locator("[type=checkbox]").nth(1).check()
    aims.get_by_text("Taken as the answer").wait_for(state="detached")
    assert aims.get_by_role("radio", name="As ticked").is_checked()
    assert len(content(case).answers["aims"].value) == 1


def test_what_is_being_typed_is_said_to_be_unsaved_and_saved_after_a_pause(page, case):
    page.locator("#note").press_sequentially("Half a sentence")
    saved(page, "Not saved yet")
    saved(page, r"Saved \d")
    assert page.evaluate("document.activeElement.id") == "note"
    assert content(case).note == "Half a sentence"


def test_words_typed_while_a_save_runs_are_not_called_saved(page, case):
    def type_on(route):
        page.locator("#note").press_sequentially("ence")
        route.continue_()

    page.route("**/sections/**", type_on, times=1)
    page.locator("#note").press_sequentially("Half a sent")
    saved(page, "Not saved yet")
    saved(page, r"Saved \d")
    assert content(case).note == page.locator("#note").input_value() == "Half a sentence"


def test_a_word_in_the_middle_is_not_called_wrong_until_it_is_left(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    when = page.locator("#q-suicide-attempts input[type=text]")
    when.press_sequentially("spri")
    saved(page, "1 answer needs a look")
    assert page.locator("#q-suicide-attempts .mistake").count() == 0
    when.press("Tab")
    page.locator("#q-suicide-attempts .mistake", has_text="was not understood as a date").wait_for()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the same page, examined on SQLite")
def test_where_a_script_did_not_come_a_reason_says_what_it_takes_the_place_of(page, case):
    page.route("**/reasons.js", lambda route: route.abort())
    page.reload()
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    when = page.locator("#q-suicide-attempts input[type=text]")
    when.fill("2009")
    when.press("Tab")
    saved(page, r"Saved \d")
    page.locator("#q-suicide-attempts").get_by_text("Prefers not to say", exact=True).first.click()
    page.get_by_text("Taken as the answer: Prefers not to say, instead of").wait_for()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    assert _attempt(case) == (None, "asked-declined")


def test_what_is_put_right_is_called_wrong_nowhere(page, case):
    two = two_that_cannot_be_read(page)
    listed = page.locator("#error-summary li")
    assert [listed.count(), page.locator("#q-suicide-attempts .has-error").count()] == [2, 2]
    two[0].fill("2009")
    two[0].press("Tab")
    listed.nth(1).wait_for(state="detached")
    assert [field.get_attribute("aria-invalid") for field in two] == [None, "true"]
    assert page.locator("#q-suicide-attempts .has-error").count() == 1
    assert page.locator("#kept-as-typed").is_visible()
    page.locator("#q-suicide-attempts .has-error").get_by_text("Not known", exact=True).click()
    page.locator("#error-summary").wait_for(state="detached")
    assert page.locator("#kept-as-typed, .has-error, [aria-invalid]").count() == 0


def test_what_is_typed_wrong_meanwhile_is_marked_where_it_stands(page, case):
    two = two_that_cannot_be_read(page)
    two[0].fill("2009")
    two[0].press("Tab")
    page.locator("#error-summary li").nth(1).wait_for(state="detached")
    two[0].fill("soonish")
    two[0].press("Tab")
    page.locator("#q-suicide-attempts .has-error").nth(1).wait_for()
    assert [field.get_attribute("aria-invalid") for field in two] == ["true", "true"]
    assert page.locator("#error-summary li").count() == 1


def test_leaving_by_a_link_waits_until_what_was_typed_is_saved(page, case):
    page.locator("#note").press_sequentially("Half a sentence")
    page.get_by_role("link", name="Check all answers").click()
    page.wait_for_url("**/answers/")
    assert content(case).note == "Half a sentence"


def test_without_an_answer_from_the_server_one_stays_and_is_told(page, case):
    page.route("**/sections/**", lambda route: route.abort())
    page.locator("#note").press_sequentially("Half a sentence")
    page.get_by_role("link", name="Check all answers").click()
    saved(page, "Not saved: no answer from the server")
    assert "/sections/" in page.url
    page.unroute("**/sections/**")
    saved(page, r"Saved \d")
    assert content(case).note == "Half a sentence"


def test_a_row_is_added_with_the_keyboard_on_it_and_nothing_lost(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    page.locator("#q-suicide-attempts input[type=text]").fill("2009")
    page.get_by_role("button", name="Add another attempt").click()
    page.wait_for_url("**add=suicide-attempts**")
    assert page.locator(".row-card").count() == 2
    assert page.locator("#q-suicide-attempts input[type=text]").first.input_value() == "2009"
    assert page.evaluate("document.activeElement.closest('.row-card').id") == "new-row"


def test_enter_in_a_field_goes_on_to_the_next_question_and_takes_nothing_away(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    page.locator("#q-suicide-attempts input[type=text]").fill("2009")
    page.locator("#q-suicide-attempts input[type=text]").press("Enter")
    page.locator("[id^=q-attempt-wish-to-die]:focus-within").wait_for()
    saved(page, r"Saved \d")
    assert content(case).groups["suicide-attempts"].rows[0].answers["attempt-when"].value == "2009"


def test_a_press_counts_for_what_it_began_on_when_the_page_moves_under_it(page, case):
    option = page.locator("#q-suicide-threats").get_by_text("No", exact=True)
    option.scroll_into_view_if_needed()
    box = option.bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.evaluate("document.querySelector('#q-suicide-threats legend').insertAdjacentHTML('afterend', '<p>Moved</p>')")
    page.mouse.up()
    saved(page)
    assert content(case).answers["suicide-threats"].value == "never"


def test_a_press_that_is_drawn_away_is_taken_back(page, case):
    box = page.locator("#q-suicide-threats").get_by_text("No", exact=True).bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + 300)
    page.mouse.up()
    choose(page, "suicidal-thoughts-now", "No")
    saved(page)
    assert "suicide-threats" not in content(case).answers


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_no_key_lies_over_the_words_of_how_it_is_known(page, case, width):
    page.set_viewport_size({"width": width, "height": 900})
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    looked_at = page.evaluate(KEYS_AND_WORDS)
    assert len(looked_at) >= 10
    assert [words for words, shown, over in looked_at if not shown or over] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the same page, examined on SQLite")
def test_axe_finds_nothing_with_everything_open(page, case):
    choose(page, "suicide-attempt-ever", "Yes")
    saved(page, "follows")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
