"""The one file of a backup: a ZIP with the dump and its manifest, plain or encrypted in chunks.

Plain, it opens with any tool: ``dump`` is then a SQLite database, or what pg_restore reads. Nothing here knows what a
dump holds; everything that is read is checked before it is believed.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.errors import Refused
from core.operations.chunks import MAGIC, OpeningReader, SealingWriter
from core.operations.manifest import LARGEST, Manifest, read_manifest

DUMP, MANIFEST = "dump", "manifest.json"
PIECE = 1 << 20
_NOT_WHOLE = "This is no whole backup: it was cut off, altered, or is another kind of file. Take another one."


@dataclass(frozen=True)
class Dumped:
    """How large a dump came out, and its SHA-256."""

    bytes: int
    sha256: str


def write_archive(
    target: BinaryIO, pieces: Iterable[bytes], describe: Callable[[Dumped], Manifest], key: bytes | None
) -> Manifest:
    """Write a dump, piece by piece, and the manifest that ``describe`` then makes of it; encrypted where ``key`` is."""
    sealing = SealingWriter(target, key) if key else None
    with zipfile.ZipFile(cast(BinaryIO, sealing or target), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        digest, size = hashlib.sha256(), 0
        with archive.open(DUMP, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                size += len(piece)
        manifest = describe(Dumped(size, digest.hexdigest()))
        archive.writestr(MANIFEST, manifest.to_bytes())
    if sealing:
        sealing.finish()
    return manifest


class Backup:
    """An opened backup: its manifest, and its dump to be read, as often as needed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        if sorted(archive.namelist()) != [DUMP, MANIFEST] or archive.getinfo(MANIFEST).file_size > LARGEST:
            raise Refused(_NOT_WHOLE)
        with _refusing_what_is_broken():
            self.manifest = read_manifest(archive.read(MANIFEST))

    def dump(self) -> Iterator[bytes]:
        """Yield the dump piece by piece. Refuse it, at its end at the latest, where it is not the one described."""
        digest, left = hashlib.sha256(), self.manifest.dump_bytes
        with _refusing_what_is_broken(), self._archive.open(DUMP) as entry:
            while piece := entry.read(PIECE):
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                yield piece
        if left or digest.hexdigest() != self.manifest.dump_sha256:
            raise Refused("The backup was altered: its dump is not the one that it describes. Take another one.")

    def check(self) -> None:
        """Read the whole dump, and refuse it where it is not the one described."""
        for _ in self.dump():
            pass


@contextmanager
def open_backup(path: Path, keys: Sequence[bytes]) -> Iterator[Backup]:
    """Open a backup to read; refuse, in words, what is none, is cut off, or does not open."""
    try:
        file = path.open("rb")
    except OSError as problem:
        raise Refused(f"{path} cannot be opened: {problem.strerror}. Name a backup.") from None
    with file, _unlocked(file, keys) as plain, _read_as_zip(plain) as archive:
        yield Backup(archive)


def is_backup(path: Path) -> bool:
    """Say whether a file looks like a backup of ours, without opening what is encrypted."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            return True
    try:
        with zipfile.ZipFile(path) as archive:
            return sorted(archive.namelist()) == [DUMP, MANIFEST]
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _read_as_zip(file: BinaryIO) -> zipfile.ZipFile:
    with _refusing_what_is_broken():
        return zipfile.ZipFile(file)


@contextmanager
def _unlocked(file: BinaryIO, keys: Sequence[bytes]) -> Iterator[BinaryIO]:
    encrypted = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    yield cast(BinaryIO, io.BufferedReader(OpeningReader(file, keys), PIECE)) if encrypted else file


@contextmanager
def _refusing_what_is_broken() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError):
        raise Refused(_NOT_WHOLE) from None
