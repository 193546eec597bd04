"""A questionnaire in another language: nothing but its words, all of them, and of that very questionnaire."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.canonical import digest
from screening.engine.documents import InvalidDocument, as_document, load
from screening.engine.fhir import questionnaire_to_fhir
from screening.engine.fhir_translations import TRANSLATION, with_translations
from screening.engine.questionnaire import Group, Questionnaire
from screening.engine.translations import Translation, load_translations, translated, translation_findings
from screening.selectors.shipped import FOLDER, shipped_names, shipped_protocol
from tests.spec.book import QUESTIONNAIRE
from tests.unit.test_messages import PATTERN

DIGEST = digest(as_document(QUESTIONNAIRE))


def words_of(item: Any) -> dict[str, Any]:
    found = {"text": f"¿{item.text}?", "help": f"es: {item.help}"}
    found |= {name: f"es {said}" for name in ("hint", "unit", "row_name") if (said := getattr(item, name, ""))}
    options = {} if isinstance(item, Group) else {option.code: f"es {option.text}" for option in item.answer_options}
    return {**found, "options": options} if options else found


def document(**changes: Any) -> dict[str, Any]:
    sections = {section.link_id: {"title": f"es {section.title}"} for section in QUESTIONNAIRE.sections}
    for section in QUESTIONNAIRE.sections:
        sections[section.link_id] |= {"introduction": "es"} if section.introduction else {}
    whole = {
        "questionnaire": QUESTIONNAIRE.name,
        "translates": DIGEST,
        "language": "es",
        "status": "draft",
        "note": "Traducción en borrador.",
        "title": "Un libro",
        "description": "De prueba.",
        "sections": sections,
        "items": {link_id: words_of(item) for link_id, item in QUESTIONNAIRE.item_by_id.items()},
    }
    return {**whole, **changes}


def translation(**changes: Any) -> Translation:
    return load(Translation, document(**changes), document="questionnaire.es")


def said_of(**changes: Any) -> list[str]:
    found = translation_findings(QUESTIONNAIRE, translation(**changes), DIGEST)
    return [f"{finding.pointer}: {finding.problem}" for finding in found]


def items_but(**changed: Any) -> dict[str, Any]:
    return {**document()["items"], **changed}


def test_a_whole_translation_has_no_finding() -> None:
    assert said_of() == []


def test_it_is_of_one_questionnaire_alone() -> None:
    assert said_of(translates="0" * 64) == [
        "/translates: it was made of another questionnaire, with the digest 000000000000…"
    ]
    (named,) = said_of(questionnaire="another")
    assert named.startswith("/questionnaire: it translates")


def test_what_is_missing_and_what_is_not_there_is_named() -> None:
    items = document()["items"]
    status = {**items["status"], "options": {"active": "activa", "unheard-of": "nada"}}
    missing = {link_id: words for link_id, words in items.items() if link_id != "a"}
    found = said_of(items={**missing, "status": status, "b-b": items["a"]})
    assert '/items: the question "a" has no translation.' in found
    assert '/items/b-b: there is no question "b-b" in the questionnaire.' in found
    assert '/items/status/options/unheard-of: there is no option "unheard-of" in the questionnaire.' in found
    assert any(line.startswith("/items/status/options: the option") for line in found)


def test_a_hint_is_translated_where_there_is_one_and_nowhere_else() -> None:
    words = {**document()["items"]["a"], "hint": "Una ayuda."}
    assert said_of(items=items_but(a=words)) == ["/items/a/hint: it translates what the questionnaire does not have."]


@pytest.mark.parametrize("changes", [{"status": "good"}, {"translates": "abc"}, {"language": "Spanish"}, {"rules": {}}])
def test_a_document_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        translation(**changes)


def test_only_the_words_are_others() -> None:
    other = translated(QUESTIONNAIRE, translation())
    assert other.language == "es"
    assert other.questions["status"].option_text("active") != QUESTIONNAIRE.questions["status"].option_text("active")
    assert without_words(other) == without_words(QUESTIONNAIRE)
    assert digest(as_document(QUESTIONNAIRE)) == DIGEST


def without_words(questionnaire: Questionnaire) -> Any:
    """Return the document with everything that people read taken out."""
    words = {"title", "description", "language", "introduction", "text", "help", "hint", "unit", "row_name"}

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(inner) for name, inner in value.items() if name not in words}
        return [bare(one) for one in value] if isinstance(value, list) else value

    return bare(as_document(questionnaire))


def test_fhir_has_the_other_words_beside_its_own() -> None:
    own, other = questionnaire_to_fhir(QUESTIONNAIRE), questionnaire_to_fhir(translated(QUESTIONNAIRE, translation()))
    both = with_translations(own, [other])
    said = {"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": "es"}]}
    said["extension"].append({"url": "content", "valueString": "Un libro"})  # type: ignore[attr-defined]
    assert both["_title"] == {"extension": [said]}
    assert both["language"] == "en"
    assert without(both) == own


def without(resource: Any) -> Any:
    """Return a resource without what stands beside its texts."""
    if isinstance(resource, dict):
        return {name: without(value) for name, value in resource.items() if not name.startswith("_")}
    return [without(one) for one in resource] if isinstance(resource, list) else resource


@pytest.mark.parametrize("name", shipped_names())
def test_what_ships_is_translated_whole_as_a_draft_and_judges_nobody(name: str) -> None:
    questionnaire = shipped_protocol(name).questionnaire
    translations = load_translations(FOLDER / name)
    assert [into.language for into in translations] == ["es"]
    for into in translations:
        assert translation_findings(questionnaire, into, digest(as_document(questionnaire))) == []
        assert into.status == "draft"
        assert "borrador, para revisión clínica" in into.note
        assert PATTERN.findall((FOLDER / name / "questionnaire.es.json").read_text(encoding="utf-8")) == []
        assert without_words(translated(questionnaire, into)) == without_words(questionnaire)


def test_a_file_is_named_by_the_language_that_it_is_in(tmp_path: Path) -> None:
    (tmp_path / "questionnaire.fr.json").write_text(json.dumps(document()), encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"Name the file questionnaire\.es\.json"):
        load_translations(tmp_path)
