"""The words of a document at a place: what a finding shows beside its pointer, short enough for one line."""

import json
import re
from typing import Any

MOST_CHARACTERS = 80
_WRITER = json.JSONEncoder(ensure_ascii=False, default=lambda _: "…")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def words_at(document: Any, pointer: str) -> str:
    """Return what stands in ``document`` (parsed JSON) at a JSON pointer, as JSON text, shortened.

    Where nothing stands there, because it is missing, return what stands in the nearest place around it.
    """
    value = document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            break
    return shortened(value)


def shortened(value: Any) -> str:
    """Return parsed JSON as text of about 80 characters; of a large value only the beginning is written."""
    written = ""
    for part in _WRITER.iterencode(value):
        written += part[: 2 * MOST_CHARACTERS]
        if len(written) > MOST_CHARACTERS:
            break
    return clipped(written)


def clipped(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return ``text`` on one line, at most ``most`` characters of it, with what nobody sees written as escapes."""
    whole = _UNSEEN.sub(_escaped, _SPACE.sub(" ", text[: 4 * most])).strip()
    return whole if len(whole) <= most and len(text) <= 4 * most else f"{whole[: most - 1].rstrip()}…"


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
