"""``manage.py export_checkpoints FILE``: the checkpoints as witnesses, to be kept where nobody of the house can write.

A file that exists is never written over: it may be the only one that knows better.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.config.database_words import reason
from core.ledger.signing_keys import pinned_keys
from core.ledger.witness_folder import lines, newest_number


class Command(BaseCommand):
    """Write every checkpoint as a line."""

    help = "Write the checkpoints to a file, or to the standard output (-), for verify_ledger --witness."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and the checkpoint to begin behind."""
        parser.add_argument("file", help="a file that does not exist yet, or - for the standard output")
        parser.add_argument("--since", type=int, default=0, metavar="N", help="only the checkpoints behind number N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the lines, and say how many, and with which keys they are signed, beside them."""
        if options["since"] < 0:
            raise CommandError("--since is the number of a checkpoint: 0 or more.")
        try:
            _refuse_nothing(after=options["since"])
            with _opened(options["file"]) as file:
                count = _write(file, after=options["since"])
        except FileExistsError:
            raise CommandError(f"{options['file']} exists, and was left as it is. Name a new file.") from None
        except OSError as problem:
            raise CommandError(f"{options['file']} cannot be written: {problem.strerror}.") from None
        except (DatabaseError, ImproperlyConfigured) as problem:
            raise CommandError(f"Nothing was exported: {reason(problem)}") from None
        self.stderr.write(f"{count} checkpoint{'' if count == 1 else 's'} written.")
        for name, key in pinned_keys().items():
            self.stderr.write(f"Signatures are held against the public key {name}: {key.hex()}")


def _refuse_nothing(*, after: int) -> None:
    """Stop where no line would be written: a file without one is no witness, which is found out when it is needed."""
    newest = newest_number()
    if not newest:
        raise CommandError("Nothing was exported: no checkpoint was made yet. Run checkpoint first.")
    if newest <= after:
        raise CommandError(f"Nothing was exported: there is none behind number {after}. The newest is number {newest}.")


def _write(file: IO[bytes], *, after: int) -> int:
    count = 0
    for count, (_, line) in enumerate(lines(after=after), start=1):  # noqa: B007 - the last one is the answer
        file.write(line + b"\n")
    file.flush()
    return count


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    """Open the standard output, or a new file that is taken away again where it was not written to its end."""
    if name == "-":
        yield sys.stdout.buffer
        return
    path = Path(name)
    with path.open("xb") as file:
        try:
            yield file
        except BaseException:
            path.unlink(missing_ok=True)
            raise
