"""A questionnaire in Spanish: whose it is, how a page shows it, and that the pinned question stays the English one."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from screening.models import QuestionnaireVersion
from screening.selectors.documents import questionnaire_of
from screening.selectors.shipped import FOLDER
from screening.selectors.translations import languages_of, questionnaire_in
from tests import playing
from tests.pages import signed_in, text_of
from tests.playing import House

pytestmark = pytest.mark.django_db

DRAFT = "Traducción en borrador, para revisión clínica."
ASKED = "Are there thoughts of suicide today, or a wish not to be alive?"
ASKED_IN_SPANISH = "¿Hay hoy pensamientos de suicidio, o un deseo de no estar con vida?"
SPANISH = {"Accept-Language": "es"}


@pytest.fixture(scope="module")
def house(shared_db: None) -> House:
    at_house = playing.house()
    playing.published(at_house)
    return at_house


@pytest.fixture
def version(house: House) -> QuestionnaireVersion:
    return QuestionnaireVersion.objects.get(protocol__practice=house.practice)


class TestWhatItReadsAs:
    def test_in_spanish_with_its_note_and_in_english_without_one(self, version: QuestionnaireVersion) -> None:
        spanish, english = questionnaire_in(version, "es"), questionnaire_in(version, "en")
        assert spanish.questionnaire.questions["suicide-thoughts-today"].text == ASKED_IN_SPANISH
        assert spanish.note.startswith(DRAFT)
        assert (spanish.language, english.language, english.note) == ("es", "en", "")
        assert english.questionnaire.questions["suicide-thoughts-today"].text == ASKED
        assert languages_of(version) == ["en", "es"]

    def test_in_its_own_words_where_nobody_has_translated_it(self, version: QuestionnaireVersion) -> None:
        assert questionnaire_in(version, "fr").language == "en"

    def test_another_questionnaire_has_no_translation_however_alike(self, version: QuestionnaireVersion) -> None:
        other = QuestionnaireVersion(document=version.document, digest="0" * 64)
        assert questionnaire_in(other, "es").language == "en"
        assert languages_of(other) == ["en"]

    def test_what_is_pinned_is_untouched(self, version: QuestionnaireVersion) -> None:
        questionnaire_in(version, "es")
        assert questionnaire_of(version).questions["suicide-thoughts-today"].text == ASKED


class TestThePage:
    def test_the_translation_is_marked_as_a_draft_and_the_pinned_question_stands_beside_it(
        self, house: House, version: QuestionnaireVersion
    ) -> None:
        shown = signed_in(house.author).get(reverse("questionnaire-version", args=[version.pk]), headers=SPANISH)
        html = shown.content.decode()
        assert DRAFT in text_of(shown)
        assert f"<b>{ASKED_IN_SPANISH}</b>" in html
        assert f'<p class="kicker mb-1" lang="en">{ASKED}' in html
        assert 'Se pregunta cuando <span lang="en">' in html

    def test_in_english_there_is_nothing_of_it(self, house: House, version: QuestionnaireVersion) -> None:
        shown = signed_in(house.author).get(reverse("questionnaire-version", args=[version.pk]))
        assert f"<b>{ASKED}</b>" in shown.content.decode()
        assert "lang=" not in shown.content.decode().partition("<main")[2]

    def test_fhir_has_both(self, house: House, version: QuestionnaireVersion) -> None:
        resource = json.loads(signed_in(house.author).get(reverse("questionnaire-fhir", args=[version.pk])).content)
        question = next(item for item in resource["item"][0]["item"] if item["linkId"] == "suicide-thoughts-today")
        assert question["text"] == ASKED
        (said,) = question["_text"]["extension"]
        assert {part["url"]: part for part in said["extension"]} == {
            "lang": {"url": "lang", "valueCode": "es"},
            "content": {"url": "content", "valueString": ASKED_IN_SPANISH},
        }
        assert question["answerOption"][1]["valueCoding"]["_display"]


class TestTheCommand:
    def test_a_translation_that_fits_is_named(self, capsys: Any) -> None:
        call_command("check_protocol", "session-day")
        assert 'Translation "es", draft: whole.' in capsys.readouterr().out

    def test_one_that_does_not_is_a_finding(self, tmp_path: Path) -> None:
        copytree(FOLDER / "session-day", tmp_path / "mine")
        path = tmp_path / "mine" / "questionnaire.es.json"
        words = json.loads(path.read_text(encoding="utf-8"))
        del words["items"]["taken-what"]
        path.write_text(json.dumps({**words, "translates": "0" * 64}), encoding="utf-8")
        with pytest.raises(CommandError) as refused:
            call_command("check_protocol", str(tmp_path / "mine"))
        assert 'questionnaire.es at /items: the question "taken-what" has no translation.' in str(refused.value)
        assert "questionnaire.es at /translates: it was made of another questionnaire" in str(refused.value)
