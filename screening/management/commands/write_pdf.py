"""Writes a submitted case into a PDF for the chart: a summary, or the whole of it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from core.operations.files import Unfinished
from core.tenancy.house import HouseCommand
from screening.management.case_files import case_named, exported_to
from screening.models import Screening
from screening.services import papers


class Command(HouseCommand):
    """``write_pdf SCREENING_ID FILE``: the PDF in a file, and its SHA-256 on standard output."""

    help = "Write a case as a PDF for the chart. That it was exported is recorded, as done by the system."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the case, where to write, and how much."""
        parser.add_argument("screening", help="the id of the screening, as in the address of its pages")
        parser.add_argument("file", type=Path, help="the file to write; one that exists is not overwritten")
        parser.add_argument("--whole", action="store_true", help="the whole case instead of its summary")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Draw, record, write."""
        path, screening = options["file"], case_named(options["screening"])
        what = papers.WHOLE if options["whole"] else papers.SUMMARY
        digest = exported_to(path, lambda file: _write(screening, what, file))
        self.stdout.write(f"{digest}  {path}")


def _write(screening: Screening, what: str, file: Unfinished) -> str:
    def put(content: bytes) -> None:
        file.file.seek(0)
        file.file.write(content)
        file.settle()

    return papers.export(screening=screening, what=what, by=None, at=timezone.now(), put=put).digest
