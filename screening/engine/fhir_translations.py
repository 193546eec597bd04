"""A FHIR resource with its words in other languages beside its own, in the extension that FHIR has for that."""

from collections.abc import Iterable
from typing import Any

from screening.engine.fhir import HL7, Json

TRANSLATION = f"{HL7}/translation"
_IN_WORDS = ("title", "description", "text", "display")


def with_translations(resource: Json, translations: Iterable[Json]) -> Json:
    """Return a FHIR resource with other words beside its own; ``translations`` are the same in other languages."""
    found = resource
    for other in translations:
        found = _beside(found, other, str(other["language"]))
    return found


def _beside(own: Any, other: Any, language: str) -> Any:
    if isinstance(own, list):
        return [_beside(one, its, language) for one, its in zip(own, other, strict=True)]
    if not isinstance(own, dict):
        return own
    found: Json = {}
    for name, value in own.items():
        found[name] = _beside(value, other[name], language) if name in other else value
        if name in _IN_WORDS and isinstance(value, str) and other[name] != value:
            found[f"_{name}"] = _extended(own.get(f"_{name}"), language, other[name])
    return found


def _extended(before: Any, language: str, words: str) -> Json:
    said = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": words}]
    extensions = [*(before or {}).get("extension", ()), {"url": TRANSLATION, "extension": said}]
    return {**(before or {}), "extension": extensions}
