"""Backups that are not what they should be, for the tests of restoring."""

import io
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

from core.operations import backups
from core.operations.archive import DUMP, MANIFEST, open_backup, write_archive

KEY = "A" * 43 + "="


def forged(path, target, *, dump=None, **manifest):
    """Write a backup like the one at ``path`` with another dump or other words about itself."""
    with open_backup(path, []) as backup:
        pieces = [dump] if dump is not None else list(backup.dump())
        described = backup.manifest
    with target.open("wb") as file:
        known = lambda dumped: replace(described, dump_bytes=dumped.bytes, dump_sha256=dumped.sha256, **manifest)  # noqa: E731
        write_archive(file, pieces, known, None)
    return target


def flipped(raw):
    """Flip one bit near the middle that matters: compressed, another bit may stand for the same bytes."""
    for at in range(len(raw) // 2, len(raw)):
        other = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        if contents(other) != contents(raw) or contents(raw) is None:
            return other
    raise AssertionError("no bit matters")


def contents(raw):
    """Return what the files of an archive hold; ``None`` where it cannot be read, as when it is sealed."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error):
        return None


def sealed(path, settings):
    """Return the bytes of the same backup, encrypted."""
    settings.BACKUP_KEYS = [KEY]
    target = io.BytesIO()
    with open_backup(path, []) as backup:
        write_archive(target, backup.dump(), lambda _: backup.manifest, backups.backup_keys()[0])
    return target.getvalue()


def repacked(path: Path, target: Path, how: str) -> None:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as changed:
        changed.writestr(DUMP, source.read(DUMP))
        if how == "more":
            changed.writestr(MANIFEST, source.read(MANIFEST))
            changed.writestr("more", b"")
