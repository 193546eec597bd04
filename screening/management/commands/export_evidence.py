"""Writes everything that is recorded of a case into one file, which can be checked without this product."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.errors import Refused
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
        try:
            with path.open("xb") as file:
                exported = _exported(screening, path)
                file.write(exported.content)
        except FileExistsError:
            raise bad_input(f"{path} exists already. Name a new file.") from None
        except OSError as problem:
            raise bad_input(f"{path} cannot be written: {problem.strerror}.") from None
        self.stdout.write(f"{exported.digest}  {path}")


def _exported(screening: Screening, path: Path) -> evidence.Exported:
    """Export the case; where that is refused, leave no empty file behind."""
    try:
        return evidence.export(screening=screening, by=None, at=timezone.now())
    except Refused as refusal:
        path.unlink(missing_ok=True)
        raise bad_input(refusal.message) from None


def _screening(text: str) -> Screening:
    try:
        return Screening.objects.get(pk=UUID(text))
    except (ValueError, Screening.DoesNotExist):
        raise bad_input(f"There is no screening with the id {text}. It stands in the address of its pages.") from None
