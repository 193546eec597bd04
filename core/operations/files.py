"""Files that are there whole or not at all: written under another name, brought to the disk, and then renamed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import Refused


class Unfinished:
    """A file being written beside the place where it will stand. Its owner alone may read it (mode 0600)."""

    def __init__(self, path: Path, part: Path, file: BinaryIO) -> None:
        self.path, self.part, self.file = path, part, file

    def settle(self) -> None:
        """Bring what was written to the disk, so that only the renaming is left."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def put_in_place(self) -> None:
        """Give it its name, in place of an older file of that name."""
        self.part.replace(self.path)
        settle_folder(self.path.parent)

    def put_where_nothing_is(self) -> None:
        """Give it its name; raise ``FileExistsError`` where something has that name already, and leave that be."""
        os.link(self.part, self.path)
        settle_folder(self.path.parent)


@contextmanager
def unfinished(path: Path) -> Iterator[Unfinished]:
    """Open a file that gets the name ``path`` once it is put in place, and is gone where that was never reached."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as problem:
        raise Refused(f"{path.parent} cannot be written to: {problem.strerror}. Name another folder.") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield Unfinished(path, part, file)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def settle_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
