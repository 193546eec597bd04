"""A secret that stands in a file of its own, as containers and service managers hand them over."""

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read(path: str) -> str:
    """Return what the file of this name holds, without the end of its line; nothing for no name."""
    if not path:
        return ""
    if re.fullmatch(r"[0-9a-fA-F]{64}", path.strip()):
        raise ImproperlyConfigured("CHECKPOINT_KEY_FILE is a key, not the name of a file. Set CHECKPOINT_KEY to it.")
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError as problem:
        raise ImproperlyConfigured(f"CHECKPOINT_KEY_FILE cannot be read: {path}: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(
            f"CHECKPOINT_KEY_FILE cannot be read: {path} holds something else than a key."
        ) from None
