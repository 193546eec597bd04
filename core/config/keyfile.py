"""A secret that stands in a file of its own, as containers and service managers hand them over."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read(path: str) -> str:
    """Return what the file of this name holds, without the end of its line; nothing for no name."""
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        kind = type(problem).__name__
        raise ImproperlyConfigured(
            f"CHECKPOINT_KEY_FILE cannot be read ({kind}). It holds the key and nothing else."
        ) from None
