"""Words of somebody else inside a sentence of ours: set apart, so that their direction of writing turns none of it.

For refusals, form errors and other plain text. Pages set apart with ``<bdi>``; what programs read is left as it is.
"""

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


def apart(words: object) -> str:
    """Return a name or other words between marks that nobody sees, less any such mark in the words themselves."""
    return f"{FIRST_STRONG_ISOLATE}{str(words).translate(_ISOLATES)}{POP_DIRECTIONAL_ISOLATE}"


def quoted(words: object) -> str:
    """Return words in quotation marks, set apart."""
    return f"“{apart(words)}”"
