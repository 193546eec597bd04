"""Putting a bundle together: its files, the manifest over them, and one zip with the same bytes on every machine.

Nothing is compressed, every file has the same date, and the order is fixed, so that the same content is the same file.
"""

import hashlib
import io
import zipfile
from importlib.resources import files as package_files
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.canonical import canonical_bytes
from core.errors import Refused
from screening.evidence import verify_bundle as verifier

BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
READABLE_BY_ALL = 0o644 << 16


def verifier_source() -> bytes:
    """Return the verifier that goes with every bundle, as it stands in this product."""
    return package_files("screening.evidence").joinpath("verify_bundle.py").read_bytes()


def lines(entries: list[dict[str, Any]]) -> bytes:
    """Write one canonical JSON object to a line."""
    return b"".join(canonical_bytes(entry) + b"\n" for entry in entries)


def manifest_of(files: dict[str, bytes], *, stream: str, seq: int, hash: str) -> bytes:  # noqa: A002  the format's word
    """Return the manifest: the stream, where its chain ends, and every other file with its length and SHA-256."""
    listed = {name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in files.items()}
    head = {"seq": seq, "hash": hash}
    return canonical_bytes(
        {"v": verifier.VERSION, "format": verifier.FORMAT, "stream": stream, "head": head, "files": listed}
    )


def signature_over(manifest: bytes, private_key: bytes) -> bytes:
    """Return the file that signs the manifest, and with it every file that no seal binds."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    signature, public = key.sign(verifier.MANIFEST + manifest), key.public_key().public_bytes_raw()
    return canonical_bytes({"v": verifier.VERSION, "signature": signature.hex(), "public_key": public.hex()})


def zipped(files: dict[str, bytes]) -> bytes:
    """Return the zip of these files: README first, then by name. Raise ``Refused`` where it is larger than a bundle."""
    size = sum(len(raw) for raw in files.values())
    if size > verifier.LARGEST_CONTENT or max(map(len, files.values())) > verifier.LARGEST_FILE:
        raise Refused("This record is too large for one bundle.", code="bundle-too-large")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as bundle:
        for name in sorted(files, key=lambda one: (one != "README.txt", one)):
            info = zipfile.ZipInfo(name, BEGINNING_OF_ZIP_TIME)
            info.external_attr, info.create_system = READABLE_BY_ALL, 3
            bundle.writestr(info, files[name])
    return written.getvalue()
