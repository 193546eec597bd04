"""Writes everything that is recorded of a case into one file, which can be checked without this product."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from core.errors import Refused
from core.operations.files import unfinished
from screening.management.protocol_files import bad_input
from screening.models import Screening
from screening.services import evidence


class Command(BaseCommand):
    """``export_evidence SCREENING_ID FILE``: the bundle in a file, and its SHA-256 on standard output."""

    help = "Export a case as one evidence bundle. That it was exported is recorded, as done by the system."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the case and where to write."""
        parser.add_argument("screening", help="the id of the screening, as in the address of its pages")
        parser.add_argument("file", type=Path, help="the file to write; one that exists is not overwritten")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export, record, write."""
        path: Path = options["file"]
        screening = _screening(options["screening"])
        if path.exists():
            raise _exists(path)
        try:
            digest = _write(screening, path)
        except Refused as refusal:
            raise bad_input(refusal.message) from None
        except FileExistsError:
            raise _exists(path) from None
        except OSError as problem:
            raise bad_input(f"{path} cannot be written: {problem.strerror}.") from None
        self.stdout.write(f"{digest}  {path}")


def _exists(path: Path) -> CommandError:
    return bad_input(f"{path} exists already. Name a new file.")


def _write(screening: Screening, path: Path) -> str:
    """Write the bundle and record it, both or neither; only then does the file get its name."""
    with unfinished(path) as bundle:
        with transaction.atomic():
            exported = evidence.export(screening=screening, by=None, at=timezone.now())
            bundle.file.write(exported.content)
            bundle.settle()
        bundle.put_where_nothing_is()
    return exported.digest


def _screening(text: str) -> Screening:
    try:
        return Screening.objects.get(pk=UUID(text))
    except (ValueError, Screening.DoesNotExist):
        raise bad_input(f"There is no screening with the id {text}. It stands in the address of its pages.") from None
