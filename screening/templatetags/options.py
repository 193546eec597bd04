"""The options of a list to choose from, written at once: by Django each is a template, which is slow for hundreds."""

from django import template
from django.forms import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
SELECTED = " selected"


@register.simple_tag
def options(field: BoundField) -> SafeString:
    """Return the options of a bound field with choices, the one that was sent marked."""
    chosen = str(field.data or "")
    choices = field.field.choices  # type: ignore[attr-defined]
    told = ((escape(value), SELECTED if str(value) == chosen else "", escape(words)) for value, words in choices)
    return mark_safe("".join(f'<option value="{value}"{mark}>{words}</option>' for value, mark, words in told))  # noqa: S308  both escaped
