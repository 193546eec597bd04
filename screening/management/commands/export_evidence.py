"""Writes everything that is recorded of a case into one file, which can be checked without this product."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from core.operations.files import Unfinished
from core.tenancy.house import HouseCommand
from screening.management.case_files import case_named, exported_to
from screening.models import Screening
from screening.services import evidence


class Command(HouseCommand):
    """``export_evidence SCREENING_ID FILE``: the bundle in a file, and its SHA-256 on standard output."""

    help = "Export a case as one evidence bundle. That it was exported is recorded, as done by the system."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the case and where to write."""
        parser.add_argument("screening", help="the id of the screening, as in the address of its pages")
        parser.add_argument("file", type=Path, help="the file to write; one that exists is not overwritten")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export, record, write."""
        path, screening = options["file"], case_named(options["screening"])
        digest = exported_to(path, lambda file: _write(screening, file))
        self.stdout.write(f"{digest}  {path}")


def _write(screening: Screening, bundle: Unfinished) -> str:
    with transaction.atomic():
        exported = evidence.export(screening=screening, by=None, at=timezone.now())
        bundle.file.write(exported.content)
        bundle.settle()
    return exported.digest
