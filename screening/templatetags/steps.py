"""The practice's own steps for a crisis, one by one, with a telephone number that no line breaks in two."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
NUMBER = re.compile(r"\d+(?: \d+)+")


@register.filter
def steps(text: str) -> list[SafeString]:
    """Return the lines of what the practice has written, those without words left out."""
    return [_whole_numbers(line) for line in text.splitlines() if line.strip()]


def _whole_numbers(line: str) -> SafeString:
    kept = NUMBER.sub(lambda found: f'<span class="text-nowrap">{found[0]}</span>', escape(line.strip()))
    return mark_safe(kept)  # noqa: S308  escaped above
