"""What a translation says to people is held to the same words, in Spanish too."""

import pytest

from screening.engine.translations import load_translations
from screening.engine.wording_translated import translated_wording_findings
from screening.selectors.shipped import FOLDER, shipped_names
from tests.unit.engine.test_translations import document, items_but, translation


@pytest.mark.parametrize(
    "words",
    [
        "Not eligible", "No elegible", "No apto: rechazado", "No es idónea", "Contraindicado", "Adictos",
        "Abuso de sustancias", "Un alcohólico", "Los esquizofrénicos", "Cliente manipulador", "No es candidata",
        "E\u00adlegible", "RECHAZADA",
    ],
)  # fmt: skip
def test_a_word_that_decides_labels_or_judges_is_found(words: str) -> None:
    found = translated_wording_findings(translation(title=words))
    assert [finding.pointer for finding in found] == ["/title"] * len(found)
    assert found
    assert all(finding.document == "questionnaire.es" and finding.cure for finding in found)


def test_it_is_found_wherever_it_stands() -> None:
    link_id, words = next((name, said) for name, said in document()["items"].items() if "options" in said)
    code = next(iter(words["options"]))
    options = {**words["options"], code: "Rechazado"}
    into = translation(note="Apto.", items=items_but(**{link_id: {**words, "help": "Un adicto.", "options": options}}))
    pointers = [finding.pointer for finding in translated_wording_findings(into)]
    assert pointers == ["/note", f"/items/{link_id}/help", f"/items/{link_id}/options/{code}"]


@pytest.mark.parametrize(
    "words",
    ["Bebidas alcohólicas", "Trastorno bipolar", "Ideas suicidas", "Persona con una adicción", "Consumo de alcohol"],
)
def test_what_is_not_meant_is_left_alone(words: str) -> None:
    assert translated_wording_findings(translation(title=words)) == []


@pytest.mark.parametrize("name", shipped_names())
def test_the_shipped_translations_have_none(name: str) -> None:
    translations = load_translations(FOLDER / name)
    assert translations
    assert [found for into in translations for found in translated_wording_findings(into)] == []
