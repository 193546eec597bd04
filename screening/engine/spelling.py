"""What somebody probably meant: the nearest known name to one that is not known."""

import difflib
from collections.abc import Iterable

MOST_NAMES = 500


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest to ``name``; None where none is near."""
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)), None)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "…"?`` with the nearest known name, or the known names where none is near.

    Of very many known names only some that begin alike are looked at.
    """
    names = sorted(known)
    if len(names) > MOST_NAMES:
        names = [known_name for known_name in names if known_name[:1] == name[:1]][:MOST_NAMES]
    if near := near_name(name, names):
        return f'Did you mean "{near}"?'
    if not names:
        return "There is none to choose from: add one, or take this out."
    listed = ", ".join(f'"{known_name}"' for known_name in names[:8])
    return f"Use one that exists: {listed}{', …' if len(names) > 8 else ''}."
