"""A questionnaire in another language: its words beside the question that is pinned, which they never replace.

A translation names the questionnaire that it puts into words by its digest. It has no questions of its own, no rules
and no conditions, so that what is asked when, what an answer means and what rules make of it stay as they are.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from screening.engine.documents import Finding, Identifier, InvalidDocument, Node, Words, as_document, load, pointer_to
from screening.engine.json_text import read_json_file
from screening.engine.questionnaire import Group, Question, Questionnaire

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
WORDS_OF_AN_ITEM = ("text", "help", "hint", "unit", "row_name")
Json = dict[str, Any]


class SectionWords(Node):
    """A section's words."""

    title: Words
    introduction: str = ""


class ItemWords(Node):
    """The words of a question or a list, with those of each option by its code."""

    text: Words
    help: Words
    hint: str = ""
    unit: str = ""
    row_name: str = ""
    options: dict[Identifier, Words] = Field(default_factory=dict)


class Translation(Node):
    """A questionnaire's words in another language. ``note`` says in that language how far they can be relied on.

    ``translates``: the digest of the very questionnaire. ``status``: a draft, until clinicians have reviewed it.
    """

    questionnaire: Identifier
    translates: Digest
    language: Language
    status: Literal["draft", "reviewed"]
    note: Words
    title: Words
    description: Words
    sections: dict[Identifier, SectionWords]
    items: dict[Identifier, ItemWords]


def file_name(language: str) -> str:
    """Return the name of the file that holds a protocol's translation into a language."""
    return f"questionnaire.{language}.json"


def load_translations(folder: Path) -> tuple[Translation, ...]:
    """Read every translation that lies in a protocol's folder; raise ``InvalidDocument`` where one cannot be read."""
    return tuple(_load(path) for path in sorted(folder.glob(file_name("*"))))


def _load(path: Path) -> Translation:
    found = load(Translation, read_json_file(path, path.stem), document=path.stem)
    if path.name != file_name(found.language):
        problem = f'it is in "{found.language}", and the file is named {path.name}.'
        cure = f"Name the file {file_name(found.language)}, or correct the language."
        raise InvalidDocument([Finding(path.stem, "/language", problem, cure)])
    return found


def translated(questionnaire: Questionnaire, into: Translation) -> Questionnaire:
    """Return the same questionnaire in other words. It is for reading: nothing pins, evaluates or stores it."""
    document = as_document(questionnaire)
    document |= {"language": into.language, "title": into.title, "description": into.description}
    for section in document["sections"]:
        section.update(as_document(into.sections[section["link_id"]]))
        for item in section["items"]:
            for one in (item, *item.get("items", ())):
                _put_into_words(one, into.items[one["link_id"]])
    return load(Questionnaire, document, document=document_of(into))


def _put_into_words(item: Json, words: ItemWords) -> None:
    item |= {name: said for name in WORDS_OF_AN_ITEM if (said := getattr(words, name))}
    for option in item.get("answer_options", ()):
        option["text"] = words.options[option["code"]]


def translation_findings(questionnaire: Questionnaire, into: Translation, digest: str) -> list[Finding]:
    """Return where a translation does not fit the questionnaire, whose digest is given: what is missing or unknown."""
    found = [] if into.translates == digest else [_stale(into, digest)]
    if into.questionnaire != questionnaire.name:
        problem = f'it translates "{into.questionnaire}", and the questionnaire is "{questionnaire.name}".'
        found.append(Finding(document_of(into), "/questionnaire", problem, "Name the questionnaire beside it."))
    sections = {section.link_id: section for section in questionnaire.sections}
    found += _names(into, ("sections",), sections, into.sections, "section")
    found += _names(into, ("items",), questionnaire.item_by_id, into.items, "question")
    for link_id in sections.keys() & into.sections.keys():
        introductions = sections[link_id].introduction, into.sections[link_id].introduction
        found += _words(into, ("sections", link_id, "introduction"), *introductions)
    for link_id in questionnaire.item_by_id.keys() & into.items.keys():
        found += _item(into, questionnaire.item_by_id[link_id], into.items[link_id])
    return sorted(found, key=lambda finding: finding.pointer)


def _item(into: Translation, item: Question | Group, words: ItemWords) -> Iterator[Finding]:
    for name in WORDS_OF_AN_ITEM:
        yield from _words(into, ("items", item.link_id, name), getattr(item, name, ""), getattr(words, name))
    options = item.option_by_code if isinstance(item, Question) else {}
    yield from _names(into, ("items", item.link_id, "options"), options, words.options, "option")


def _names(
    into: Translation, way: tuple[str, ...], wanted: Mapping[str, Any], given: Mapping[str, Any], kind: str
) -> Iterator[Finding]:
    for name in wanted.keys() - given.keys():
        yield Finding(document_of(into), pointer_to(*way), f'the {kind} "{name}" has no translation.', "Add it.")
    for name in given.keys() - wanted.keys():
        problem = f'there is no {kind} "{name}" in the questionnaire.'
        yield Finding(document_of(into), pointer_to(*way, name), problem, "Remove it, or check its spelling.")


def _words(into: Translation, way: tuple[str, ...], original: str, given: str) -> Iterator[Finding]:
    if bool(original.strip()) != bool(given.strip()):
        problem = "it has no translation." if original else "it translates what the questionnaire does not have."
        cure = "Put it into words." if original else "Remove it."
        yield Finding(document_of(into), pointer_to(*way), problem, cure)


def _stale(into: Translation, digest: str) -> Finding:
    problem = f"it was made of another questionnaire, with the digest {into.translates[:12]}…"
    cure = f"Compare it with the questionnaire as it is, then write its digest: {digest}"
    return Finding(document_of(into), "/translates", problem, cure)


def document_of(into: Translation) -> str:
    """Return the name that findings give the document of a translation."""
    return file_name(into.language).removesuffix(".json")
