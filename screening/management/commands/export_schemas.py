"""Writes the JSON Schema of each kind of document into a folder, for editors and for other programs."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from screening.engine.answers import Answers
from screening.engine.documents import Node
from screening.engine.protocol import KINDS

FOLDER = Path(settings.BASE_DIR) / "docs" / "schemas"
DOCUMENTS: dict[str, type[Node]] = {**KINDS, "answers": Answers}


def schema_texts() -> dict[str, str]:
    """Return the JSON Schema of each kind of document, by file name, as it is written."""
    return {f"{name}.schema.json": _text(name, kind) for name, kind in DOCUMENTS.items()}


def _text(name: str, kind: type[Node]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema(), "title": name}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


class Command(BaseCommand):
    """``export_schemas``: rewrites ``docs/schemas``."""

    help = "Write the JSON Schema of every kind of protocol document."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to write."""
        parser.add_argument("--folder", default=str(FOLDER))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write every schema."""
        folder = Path(options["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in schema_texts().items():
            (folder / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"{folder / name}")
