"""The language of words on a page that is in another one: what a browser reads them out in."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language, gettext

from core.languages import LANGUAGE_OF_RECORD
from screening.selectors.short_words import SHORT_WORDS

register = template.Library()


@register.simple_tag
def words_in(language: str) -> str:
    """Return the attribute that says which language an element is in; nothing where it is the page's own."""
    return "" if language == get_language() else format_html(' lang="{}"', language)


@register.simple_tag
def as_recorded() -> str:
    """Return the attribute for words that stay in the language of the record: of rules, of guidance, of findings."""
    return words_in(LANGUAGE_OF_RECORD)


@register.filter
def recorded(words: str) -> str:
    """Return words that stay in the language of the record, set apart where the page is in another one.

    The engine's short words, such as ``not known`` or ``Yes``, are said in the reader's language instead.
    """
    if words in SHORT_WORDS:
        return gettext(words)
    if not words or get_language() == LANGUAGE_OF_RECORD:
        return conditional_escape(words)
    return format_html('<span lang="{}">{}</span>', LANGUAGE_OF_RECORD, words)
