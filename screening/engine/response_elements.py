"""What a FHIR R4 ``QuestionnaireResponse`` consists of, by name, and the extensions that are read here.

What has a name that FHIR does not have, or stands where nothing is read, would be dropped without a word, and an answer
with it. It is refused instead, with its place and the cure.
"""

import re
from collections.abc import Collection
from typing import Any

from screening.engine.documents import Finding
from screening.engine.fhir import ABSENT_REASON, ANSWER_NOTE, ANSWER_SOURCE, OWN, ROW_ID, ROWS_COMPLETE, Json
from screening.engine.questionnaire import ItemType
from screening.engine.quoting import clipped
from screening.engine.spelling import nearest

DOCUMENT = "response"
FHIR_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
_ELEMENT = frozenset({"id", "extension", "modifierExtension"})
RESOURCE = _ELEMENT | {
    *("resourceType", "meta", "implicitRules", "language", "text", "contained", "identifier", "basedOn", "partOf"),
    *("questionnaire", "status", "subject", "encounter", "authored", "author", "source", "item"),
}
ITEM = _ELEMENT | {"linkId", "definition", "text", "answer", "item"}
ANSWER = _ELEMENT | {"item"}
"""An answer's value is named by its type, which is looked at where the value is read."""
_VALUE_OF = {
    ABSENT_REASON: ("valueCode", str),
    ANSWER_SOURCE: ("valueCode", str),
    ANSWER_NOTE: ("valueString", str),
    ROW_ID: ("valueString", str),
    ROWS_COMPLETE: ("valueBoolean", bool),
}
VALUE_NAMES = {
    ItemType.BOOLEAN: ("valueBoolean",),
    ItemType.CHOICE: ("valueCoding",),
    ItemType.INTEGER: ("valueInteger",),
    ItemType.DECIMAL: ("valueDecimal",),
    ItemType.DATE: ("valueDate", "valueString"),
    ItemType.STRING: ("valueString",),
    ItemType.TEXT: ("valueString",),
}
"""What the value of an answer may be called, by the type of the question."""
_HOME = {
    ABSENT_REASON: "It stands on an answer without a value, or on an item without an answer.",
    ANSWER_SOURCE: "It stands on an answer.",
    ANSWER_NOTE: "It stands on an answer.",
    ROW_ID: "It stands on a row of a repeating group.",
    ROWS_COMPLETE: "It stands on an item of a repeating group.",
}


class Misfit(Exception):
    """One fault of a response, caught where the next item begins, so that all faults are named at once."""

    def __init__(self, pointer: str, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.finding = Finding(DOCUMENT, pointer, clipped(problem, 400), cure)


def check_names(element: Json, known: Collection[str], place: str) -> None:
    """Raise ``Misfit`` for a name that the element of FHIR does not have. ``_name`` extends a primitive."""
    for name in element:
        bare = name.removeprefix("_")
        if bare not in known and not (known is ANSWER and bare.startswith("value")):
            raise Misfit(place, f'FHIR has no "{name}" here, so nothing would read it.', nearest(bare, known))


def own_extensions(element: Json, place: str, *urls: str) -> dict[str, Any]:
    """Return the values of the extensions that are read here, by their addresses.

    Raise ``Misfit`` for one that is not among ``urls``, stands there twice, or has no value of its type; and where
    ``extension`` is no list of extensions. What others write in extensions of their own is theirs.
    """
    found: dict[str, Any] = {}
    for url, part in _listed(element, place):
        if url not in _VALUE_OF:
            if url.startswith(f"{OWN}:"):
                raise Misfit(f"{place}/extension", f'"{url}" is not known here.', nearest(url, _VALUE_OF))
            continue
        if url not in urls:
            raise Misfit(f"{place}/extension", f'"{url}" is not read here.', _HOME[url])
        if url in found:
            problem = f'"{url}" stands there twice.'
            raise Misfit(f"{place}/extension", problem, "Send one of them; neither is picked here.")
        found[url] = _value(part, url, place)
    return found


def _listed(element: Json, place: str) -> list[tuple[str, Json]]:
    listed = element.get("extension", [])
    if not isinstance(listed, list) or not all(isinstance(p, dict) and isinstance(p.get("url"), str) for p in listed):
        problem, cure = '"extension" is not a list of extensions.', 'Send a list; each has a "url" and a value.'
        raise Misfit(f"{place}/extension", problem, cure)
    return [(part["url"], part) for part in listed]


def _value(part: Json, url: str, place: str) -> Any:
    name, kind = _VALUE_OF[url]
    if not isinstance(part.get(name), kind) or any(key.startswith("value") and key != name for key in part):
        said = "true or false" if kind is bool else "text"
        raise Misfit(f"{place}/extension", f'"{url}" has no "{name}" that is {said}.', f'Give it a "{name}".')
    return part[name]
