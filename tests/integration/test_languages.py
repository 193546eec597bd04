"""In which language a page speaks, that nothing on it stays in English, and that the record does not change with it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.accounts.models import Role, User
from core.ledger.models import Entry
from screening.engine.words import CONCERN_WORDS
from screening.models.reviews import CANNOT_RULE_OUT
from screening.models.screenings import ScreeningStatus
from screening.selectors.audit import flag_choices
from screening.selectors.concerns import CONCERN_LABELS
from screening.selectors.determinations import to_be_signed
from tests import playing, pseudo
from tests.evidence_cases import eventful, exported
from tests.factories import actor
from tests.integration.footprints import our_models
from tests.pages import signed_in, text_of
from tests.playing import House

pytestmark = pytest.mark.django_db

VIGNETTE = "thoughts-are-back"
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


def choose(browser: Client, language: str, name: str = "language", **sent: str) -> Any:
    return browser.post(reverse(name), {"language": language, **sent})


def language_of(response: Any) -> str:
    html = response.content.decode()
    said = html.partition('<html lang="')[2].partition('"')[0]
    assert response["Content-Language"] == said
    return said


class TestWhichOne:
    @pytest.mark.parametrize(
        ("asked", "language"),
        [("", "en"), ("es", "es"), ("es-AR,en;q=0.5", "es"), ("de,es;q=0.4", "es"), ("de", "en"), ("\0,;q", "en")],
    )
    def test_the_browser_asks_for_one_of_those_offered(self, asked: str, language: str) -> None:
        shown = Client().get(reverse("sign-in"), headers={"Accept-Language": asked})
        assert language_of(shown) == language
        assert "Accept-Language" in shown["Vary"]

    def test_what_was_chosen_in_a_browser_comes_before_what_it_asks_for(self) -> None:
        browser = Client(headers=SPANISH)
        assert choose(browser, "en", next="/sign-in/?next=/clients/").headers["Location"] == "/sign-in/?next=/clients/"
        assert language_of(browser.get(reverse("sign-in"))) == "en"

    @pytest.mark.parametrize(("language", "after"), [("fr", "/sign-in/"), ("", "/sign-in/"), ("es", "//elsewhere/")])
    def test_no_other_language_is_chosen_and_nobody_is_led_elsewhere(self, language: str, after: str) -> None:
        browser = Client()
        answer = choose(browser, language, next=after)
        assert answer.headers["Location"] in ("/sign-in/", "/")
        assert ("language" in browser.cookies) is (language == "es")

    def test_a_persons_own_comes_before_both_and_is_recorded(self) -> None:
        by = actor(Role.THERAPIST)
        browser = signed_in(by)
        shown = browser.post(reverse("own-language"), {"language": "es"}, follow=True)
        assert language_of(shown) == "es"
        assert "Este es el idioma de sus páginas" in text_of(shown)
        assert Entry.objects.get(action="user.language-chosen").object == f"user:{by.user.pk}"
        elsewhere = Client(headers={"Accept-Language": "en"})
        elsewhere.force_login(by.user)
        assert language_of(elsewhere.get(reverse("account"))) == "es"
        assert language_of(Client().get(reverse("sign-in"))) == "en", "it ended with the request"

    def test_one_that_is_not_offered_is_refused(self) -> None:
        by = actor(Role.THERAPIST)
        assert choose(signed_in(by), "fr", "own-language").status_code == 409
        assert User.objects.get(pk=by.user.pk).language == ""

    @pytest.mark.parametrize("path", ["/nowhere/", "/?q=" + "x" * 3_001])
    def test_what_goes_wrong_is_said_in_it_too(self, path: str) -> None:
        assert language_of(Client().get(path, headers=SPANISH)) == "es"


@pytest.fixture(scope="module")
def house(shared_db: None) -> House:
    at_house = playing.house()
    playing.submitted(at_house, playing.published(at_house), VIGNETTE)
    return at_house


# What a page shows that is nobody's to translate: the person's role here, the name of the page, and what is data on it.
PAGES = (
    ("", "sign-in", "Español"),
    ("therapist", "account", "Español"),
    ("therapist", "change-password", ""),
    ("auditor", "openings", ""),
    ("auditor", "emergencies", ""),
    ("manager", "retention", ""),
)


class TestWhatIsOnAPage:
    @pytest.mark.parametrize(("role", "name", "data"), PAGES)
    def test_nothing_is_left_in_english(
        self, house: House, monkeypatch: pytest.MonkeyPatch, role: str, name: str, data: str
    ) -> None:
        pseudo.speak_it(monkeypatch)
        browser = signed_in(getattr(house, role)) if role else Client()
        shown = browser.get(reverse(name), headers={"Accept-Language": pseudo.STANDS_FOR})
        assert shown.status_code == 200
        assert language_of(shown) == pseudo.STANDS_FOR
        assert pseudo.bare(shown.content.decode()).rstrip(" ,") == data

    def test_the_settings_show_what_the_practice_wrote_as_it_wrote_it(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pseudo.speak_it(monkeypatch)
        shown = signed_in(house.manager).get(reverse("practice-settings"), headers={"Accept-Language": "es"})
        left = pseudo.bare(shown.content.decode())
        assert left.startswith("Stay with the person, or stay on the line.")
        assert re.fullmatch(r"( Person \d+)+", left.partition("Already addressed in the plan")[2])

    @pytest.mark.parametrize("name", ["audit-ledger", "audit-cases"])
    def test_an_auditors_pages_show_names_codes_and_digests_as_they_are(
        self, house: House, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        pseudo.speak_it(monkeypatch)
        shown = signed_in(house.auditor).get(reverse(name), headers={"Accept-Language": "es"})
        left = pseudo.bare(shown.content.decode())
        rules, topics = flag_choices(house.auditor)
        offered = [*(f"{title} ({rule})" for rule, title in rules), *(title for _, title in topics)]
        for data in (*map(re.escape, offered), r"[0-9a-f]{16,}", r"T-\w+", "On the day of a session"):
            left = re.sub(data, "", left)
        assert re.findall(r"[^\W\d_]{2,}", left) == []

    def test_days_are_written_as_the_language_writes_them(self, house: House) -> None:
        settings = signed_in(house.manager).get(reverse("practice-settings"), headers=SPANISH)
        assert re.search(r"desde el \d+ de [a-z]+ de 20\d\d", text_of(settings))

    def test_a_day_is_sent_and_shown_again_as_a_browsers_own_field_has_it(self, house: House) -> None:
        address = reverse("audit-cases") + "?submitted_from=2026-05-31"
        shown = signed_in(house.auditor).get(address, headers=SPANISH)
        assert 'value="2026-05-31"' in shown.content.decode()


class TestTheRecord:
    def test_what_is_kept_signed_and_handed_out_has_no_word_of_the_readers_language(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pseudo.speak_it(monkeypatch)
        with translation.override(pseudo.STANDS_FOR):
            house = playing.house()
            case = eventful(house, playing.published(house))
            files = exported(house, case)
        stored = [
            (m.__name__, f.name, str(f.value_from_object(row)))
            for m in our_models()
            for row in m._default_manager.all()
            for f in m._meta.concrete_fields
        ]
        assert [(model, name) for model, name, value in stored if pseudo.BEGIN in value] == []
        assert [name for name, content in files.items() if pseudo.BEGIN.encode() in content] == []

    def test_the_kinds_of_concern_are_called_what_the_engine_calls_them(self) -> None:
        words = {concern.value: f"{said[0].upper()}{said[1:]}" for concern, said in CONCERN_WORDS.items()}
        assert {**words, CANNOT_RULE_OUT: "Cannot be ruled out"} == CONCERN_LABELS
        assert list(CONCERN_LABELS)[:-1] == list(words), "in reading order"

    def test_what_is_signed_is_the_same_in_every_language(self, house: House) -> None:
        other = playing.house()
        case = playing.answered(other, playing.published(other), VIGNETTE)
        assert case.status == ScreeningStatus.IN_REVIEW
        in_english = to_be_signed(case, other.clinician)
        with translation.override("es"):
            assert to_be_signed(case, other.clinician) == in_english
