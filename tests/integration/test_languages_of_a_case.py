"""A case in another language: its pages have no word of ours left in English, and its paper and its reading stay so."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from screening.models import Screening
from screening.selectors.concerns import CONCERN_LABELS
from screening.selectors.policies import policy_of
from screening.services import papers
from tests import playing, pseudo
from tests.pages import signed_in
from tests.playing import NOON, House
from tests.reading_first import drawn, read

pytestmark = pytest.mark.django_db

VIGNETTE = "thoughts-are-back"
PAPER = ("screening-summary", "screening-print")
# Whose page it is, which one, and of which of the cases below.
PAGES = (
    ("therapist", "clients", ""),
    ("therapist", "client-add", ""),
    ("therapist", "client", "signed"),
    ("therapist", "client-edit", "signed"),
    ("therapist", "screening-result", "signed"),
    ("therapist", "screening-so-far", "open"),
    *(("therapist", name, "signed") for name in PAPER),
    ("clinician", "queue", ""),
    ("clinician", "review", "claimed"),
    ("clinician", "review", "read"),
    ("clinician", "read-first", "drawn"),
    ("clinician", "send-back", "claimed"),
    ("clinician", "sign", "answered"),
    ("clinician", "determination", "signed"),
    ("auditor", "agreement", ""),
)
TYPED = ("Ada Example", "I want the earlier records first.", "Read and weighed.", "Sleep and the medicine come first.")
DATA = (r"Person \d+", r"T-\w+", r"[0-9a-f]{64}", r"\([A-Z]{3}-\d+\)", r"\(UTC\)", r"\d+ de de 20\d\d")


@pytest.fixture(scope="module")
def house(shared_db: None) -> House:
    return playing.house()


@pytest.fixture(scope="module")
def cases(house: House) -> dict[str, Screening]:
    protocol = playing.published(house)
    found = {
        "signed": playing.signed(house, protocol, VIGNETTE),
        "open": playing.filled(house, protocol, VIGNETTE),
        "claimed": playing.claimed(house, protocol, VIGNETTE),
        "answered": playing.answered(house, protocol, VIGNETTE),
        "drawn": drawn(house, protocol, VIGNETTE),
        "read": drawn(house, protocol, VIGNETTE),
    }
    read(house, found["read"])
    return found


def shown(house: House, cases: dict[str, Screening], role: str, name: str, of: str) -> str:
    args = [] if not of else [cases[of].client_id if name.startswith("client") else cases[of].pk]
    answer = signed_in(getattr(house, role)).get(reverse(name, args=args), headers={"Accept-Language": "es"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def practices_own(house: House) -> Iterator[str]:
    """Return what the practice wrote, which no catalogue has."""
    policy = policy_of(house.practice)
    yield from policy.crisis_steps.splitlines()
    yield from (option["text"] for option in (*policy.determinations, *policy.disagreement_reasons))
    yield "On the day of a session"  # the title of its protocol, where a list of choices has no room for its language


@pytest.mark.parametrize(("role", "name", "of"), PAGES)
def test_nothing_is_left_in_english_but_what_says_so(
    house: House, cases: dict[str, Screening], monkeypatch: pytest.MonkeyPatch, role: str, name: str, of: str
) -> None:
    pseudo.speak_it(monkeypatch)
    html = shown(house, cases, role, name, of)
    left = pseudo.bare(html)
    for words in (*practices_own(house), *TYPED):
        left = left.replace(words, "")
    left = re.sub("|".join(DATA), "", left)
    assert re.findall(r"[^\W\d_]{2,}", left) == []
    assert pseudo.BEGIN not in pseudo.in_the_language_of_record(html)


@pytest.mark.parametrize("name", PAPER)
def test_paper_reads_the_same_whoever_prints_it(house: House, cases: dict[str, Screening], name: str) -> None:
    in_spanish = shown(house, cases, "therapist", name, "signed")
    assert '<html lang="es"' in in_spanish
    paper = pseudo.in_the_language_of_record(in_spanish)
    assert paper.startswith("Client T-")
    assert "Signed by" in paper
    assert any(label in paper for label in CONCERN_LABELS.values())


def test_a_pdf_is_made_of_the_same_page_whoever_asks_for_it(
    house: House, cases: dict[str, Screening], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []

    def keep(page: str, **_: Any) -> bytes:
        pages.append(page)
        return b"%PDF"

    monkeypatch.setattr(papers, "pdf_of", keep)
    for language in ("en", "es"):
        with translation.override(language):
            papers.export(screening=cases["signed"], what=papers.WHOLE, by=house.therapist, at=NOON)
    assert pages[0] == pages[1]


def test_the_short_words_of_answers_are_said_in_the_readers_language_and_the_rest_is_said_to_be_english(
    house: House, cases: dict[str, Screening]
) -> None:
    html = shown(house, cases, "therapist", "screening-result", "signed")
    assert "(según la persona)" in html
    assert "<q><bdi>Sí</bdi></q>" in html
    assert "client says" not in html
    assert '<span lang="en">Thoughts of' in html
