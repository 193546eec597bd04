"""Asking in Spanish: the questions in other words, the same answers by the same codes, and which language it was."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.ledger.selectors import timeline
from screening.engine import words as in_the_engine
from screening.engine.answers import Absence, Answer, Source
from screening.engine.questionnaire import Questionnaire
from screening.models import Client as Person
from screening.models import Draft, Protocol, Screening
from screening.selectors import answer_words
from screening.selectors.documents import draft_content, questionnaire_of
from screening.selectors.moments import in_words
from screening.selectors.translations import questionnaire_in
from tests import pseudo
from tests.pages import signed_in, text_of, typed
from tests.playing import House, filled, house, published, started, submitted

pytestmark = pytest.mark.django_db

FORM = "section-form"
DRAFT = "Traducción en borrador, para revisión clínica."
ASKED = "Has anyone ever diagnosed bipolar disorder?"
ASKED_IN_SPANISH = "¿Le ha diagnosticado alguien alguna vez un trastorno bipolar?"


@pytest.fixture(scope="module")
def intake(shared_db: None) -> tuple[House, Protocol]:
    at_house = house()
    return at_house, published(at_house, "intake")


def browser(at_house: House, language: str) -> Client:
    desk = signed_in(at_house.therapist)
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    return desk


def at(case: Screening, section: str = "mood") -> str:
    return reverse("section", args=[case.pk, section])


def send(desk: Client, case: Screening, section: str = "mood", **changes: Any) -> Any:
    """Open a section, type these changes, and press "Save and go on"."""
    return desk.post(at(case, section), typed(desk.get(at(case, section)), FORM, **changes))


def asked_in(at_house: House, language: str, protocol: Protocol, when: str) -> Screening:
    """Have a section asked in a language: one answer is chosen, and one, which then opens up, is typed."""
    case, desk = started(at_house, protocol), browser(at_house, language)
    send(desk, case, a__bipolar__diagnosis__value="yes")
    send(desk, case, a__bipolar__diagnosis__by__absent="", a__bipolar__diagnosis__when__value=when)
    return case


def saved(at_house: House, case: Screening) -> list[dict[str, Any]]:
    moments = timeline(at_house.therapist, stream=f"case:{case.pk}", actions=("screening.saved",))
    return [moment.payload for moment in moments]


class TestTheSameAnswer:
    def test_is_saved_in_either_language_and_the_ledger_says_which_it_was(self, intake: tuple[House, Protocol]) -> None:
        at_house, protocol = intake
        english = asked_in(at_house, "en", protocol, "May 2021")
        spanish = asked_in(at_house, "es", protocol, "mayo de 2021")
        stored = [Draft.objects.get(screening=case).content for case in (english, spanish)]
        assert stored[0] == stored[1]
        assert '"2021-05"' in stored[0]
        in_english, in_spanish = saved(at_house, english), saved(at_house, spanish)
        assert not any("asked_in" in one for one in in_english)
        assert [one.pop("asked_in") for one in in_spanish] == ["es", "es"]
        assert in_spanish == in_english

    def test_a_language_that_there_is_no_translation_in_is_recorded_of_no_answer(
        self, intake: tuple[House, Protocol]
    ) -> None:
        at_house, protocol = intake
        case, desk = started(at_house, protocol), browser(at_house, "en")
        for said in ("fr", "en"):
            given = typed(desk.get(at(case)), FORM, a__bipolar__diagnosis__value="yes" if said == "fr" else "no")
            desk.post(at(case), {**given, "asked_in": said})
        assert [one.get("asked_in") for one in saved(at_house, case)] == [None, None]

    def test_an_auditor_reads_in_the_timeline_in_which_language_it_was_asked(
        self, intake: tuple[House, Protocol]
    ) -> None:
        at_house, protocol = intake
        case = asked_in(at_house, "es", protocol, "2021")
        moments = timeline(at_house.auditor, stream=f"case:{case.pk}", actions=("screening.saved",))
        assert in_words(moments[0]) == "Revision 1, 1 answer. Asked in Spanish, by a translation of the questions."


class TestThePage:
    def test_asks_in_spanish_and_keeps_the_pinned_question_at_hand(self, intake: tuple[House, Protocol]) -> None:
        at_house, protocol = intake
        shown = browser(at_house, "es").get(at(started(at_house, protocol)))
        html = shown.content.decode()
        assert re.search(rf"<legend[^>]*>{ASKED_IN_SPANISH[:-1]}", html)
        assert text_of(shown).count(DRAFT) == 1
        assert re.search(rf'<div lang="en">\s*<p>{re.escape(ASKED)}', html)

    def test_in_english_says_nothing_of_a_translation(self, intake: tuple[House, Protocol]) -> None:
        at_house, protocol = intake
        html = browser(at_house, "en").get(at(started(at_house, protocol))).content.decode()
        assert not [word for word in ("asked_in", "ask-pinned", 'lang="es"', "Traducción") if word in html]

    def test_what_was_answered_reads_in_spanish_where_it_is_checked(self, intake: tuple[House, Protocol]) -> None:
        at_house, protocol = intake
        case = asked_in(at_house, "es", protocol, "primavera de 2021")
        page = text_of(browser(at_house, "es").get(reverse("screening-answers", args=[case.pk])))
        assert f"{ASKED_IN_SPANISH} Sí (según la persona)" in page
        assert "primavera de 2021" in page
        assert page.count(DRAFT) == 1


PAGES = ("mood", "suicidality", "substances-and-recovery", "medical-and-medicines", "screening-answers", "worklist")


class TestNothingIsLeftInEnglish:
    @pytest.mark.parametrize("name", PAGES)
    def test_on_a_page_of_answers(
        self, intake: tuple[House, Protocol], monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        at_house, protocol = intake
        case = filled(at_house, protocol, "three-attempts")
        address = {"screening-answers": reverse("screening-answers", args=[case.pk]), "worklist": reverse("worklist")}
        assert left(at_house, monkeypatch, case, address.get(name) or at(case, name)) == ""

    def test_on_the_page_of_what_was_submitted(
        self, intake: tuple[House, Protocol], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_house, protocol = intake
        case = submitted(at_house, protocol, "three-attempts")
        assert left(at_house, monkeypatch, case, reverse("screening-answers", args=[case.pk])) == ""

    def test_where_an_answer_cannot_be_read_and_a_row_is_empty(
        self, intake: tuple[House, Protocol], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_house, protocol = intake
        case, desk = started(at_house, protocol), browser(at_house, "es")
        send(desk, case, a__bipolar__diagnosis__value="yes")
        pseudo.speak_it(monkeypatch)
        shown = send(desk, case, a__bipolar__diagnosis__when__value="2090", note="x" * 4_001)
        assert shown.status_code == 422
        assert bare(shown, at_house, case, "x" * 4_001) == ""


def left(at_house: House, patch: pytest.MonkeyPatch, case: Screening, address: str) -> str:
    """Return what a page shows that is neither of the catalogues nor the questionnaire's or a person's words."""
    pseudo.speak_it(patch)
    content = draft_content(Draft.objects.get(screening=case))
    rows = [row.answers for group in content.groups.values() for row in group.rows]
    given = [answer for answers in (content.answers, *rows) for answer in answers.values()]
    written = [words for one in given for words in (str(one.value), one.note) if words]
    return bare(browser(at_house, "es").get(address), at_house, case, content.note, *written)


def bare(response: Any, at_house: House, case: Screening, *written: str) -> str:
    page = re.sub(r'<section class="crisis".*?</section>', "", response.content.decode(), flags=re.S)  # the practice's
    version, page = case.questionnaire_version, pseudo.bare(page)
    spanish = questionnaire_in(version, "es")
    codes = Person.objects.filter(practice=at_house.practice).values_list("code", flat=True)
    data = [*words_of(spanish.questionnaire), *words_of(questionnaire_of(version)), spanish.note, *codes, *written]
    for words in sorted([*data, case.protocol.title], key=len, reverse=True):
        page = page.replace(" ".join(words.split()), "") if words else page
    return " ".join(re.findall(r"[^\W\d_]{2,}", page))


def words_of(questionnaire: Questionnaire) -> list[str]:
    found = [words for section in questionnaire.sections for words in (section.title, section.introduction)]
    for item in questionnaire.item_by_id.values():
        found += [item.text, item.text.strip("¿?"), item.help, getattr(item, "hint", ""), getattr(item, "unit", "")]
        name = getattr(item, "row_name", "")
        found += [name, f"{name[:1].upper()}{name[1:]}", *(o.text for o in getattr(item, "answer_options", ()))]
    return [words for words in found if words]


class TestAnswersInWords:
    def test_read_in_english_as_the_engine_has_them(self, intake: tuple[House, Protocol]) -> None:
        questionnaire = questionnaire_of(started(*intake).questionnaire_version)
        dates = ("2021", "2021-05", "2021-05-03", "2021-spring", "2021-winter", "2021-05/2021-08")
        for question in questionnaire.questions.values():
            given = [None, *(Answer(absent=absent) for absent in Absence)]
            match question.type.value:
                case "boolean":
                    given += [Answer(value=True), Answer(value=False)]
                case "date":
                    given += [Answer(value=day) for day in dates]
                case "choice":
                    codes = tuple(option.code for option in question.answer_options)
                    given += [Answer(value=()), Answer(value=codes)] if question.repeats else [Answer(value=codes[0])]
                case "integer":
                    given.append(Answer(value=3))
                case _:
                    given.append(Answer(value="words"))
            for answer in given:
                assert answer_words.answer_words(question, answer) == in_the_engine.answer_words(question, answer)
        assert answer_words.SOURCE_LABELS == in_the_engine.SOURCE_WORDS
        assert set(answer_words.SOURCE_LABELS) == set(Source)
