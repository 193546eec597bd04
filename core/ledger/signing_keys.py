"""The key that signs checkpoints, and the public keys that a signature is held against, from the settings.

The private key stands in the environment or in a file, never in the database. Several public keys may be pinned, so
that checkpoints signed before a change of the key stay verifiable.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.ledger import checkpoints

KEY_LENGTH = 2 * checkpoints.KEY_BYTES


def private_key() -> bytes:
    """Return the 32 bytes that sign; raise ``ImproperlyConfigured`` where there are none."""
    return _key(settings.CHECKPOINT_KEY, "CHECKPOINT_KEY")


def pinned_keys() -> dict[str, bytes]:
    """Return the public keys by their id: those pinned, or else the one that belongs to the private key."""
    given = [_key(text, "CHECKPOINT_PUBLIC_KEYS") for text in settings.CHECKPOINT_PUBLIC_KEYS]
    keys = given or [checkpoints.public_key_of(private_key())]
    return {checkpoints.key_id(key): key for key in keys}


def _key(text: str, name: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != checkpoints.KEY_BYTES:
        raise ImproperlyConfigured(f"{name} is missing, or is not {KEY_LENGTH} hexadecimal characters.")
    return key
