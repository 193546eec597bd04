"""Where the form of a rule goes on after a button has changed its shape: the new field, or what stands next to the gap.

The whole page comes anew, and is long. A browser goes to the one field that is marked.
"""

from django.forms import BoundField
from django.http import QueryDict

from screening.forms.lines import LinesForm
from screening.forms.rules import RuleEditor


def focus_after(editor: RuleEditor, do: str, before: QueryDict) -> None:
    """Mark where ``editor`` goes on after the button ``do``; ``before`` is what was typed when it was pressed."""
    verb, _, rest = do.partition(":")
    prefix, _, key = rest.partition(":")
    lines = {found.prefix: found for found in (editor.when, *(part.lines for part in editor.unless))}.get(prefix)
    if verb == "add-unless" and editor.unless:
        _mark(editor.unless[-1].form["title"])
    elif verb == "drop-unless":
        editor.focus_on_adding = True
    elif lines is not None and verb == "refresh":
        lines.focus = "refresh"
    elif lines is not None and verb == "add-line" and lines.rows:
        _mark(max(lines.rows, key=lambda row: int(row.key))["kind"])
    elif lines is not None and verb == "drop-line":
        _after_dropping(lines, key, before.getlist(f"{prefix}-line"))


def _after_dropping(lines: LinesForm, key: str, keys: list[str]) -> None:
    place = keys.index(key) if key in keys else 0
    if lines.rows:
        _mark(lines.rows[min(place, len(lines.rows) - 1)]["kind"])
    else:
        lines.focus = "add"


def _mark(field: BoundField) -> None:
    field.field.widget.attrs["autofocus"] = True
