"""Every word that a page shows is marked for translation, so that none stays in English on a page in Spanish."""

import re
from html.parser import HTMLParser

import pytest

from tests.architecture.source import files_under, shown

# What stays in the language of the record on every page: paper and its PDF, which do not change with who asks for it;
# what is read to be signed; and rules as the engine puts them into sentences.
OF_THE_RECORD = (
    "templates/screening/paper/",
    "templates/screening/review/signed_reading.html",
    "templates/screening/components/sentence.html",
    "templates/screening/components/rule_sentence.html",
)
FOR_DEVELOPERS = ("templates/screening/patterns/",)  # served in development alone, in English
NAMES = {"Soundings", "UTC"}  # what is called the same in every language
READ_OUT = {"aria-label", "alt", "title", "placeholder"}
NOT_WORDS = {"code", "kbd", "script", "style"}
CODE = re.compile(r"[a-z]+(?:-[a-z]+)+|\?\w+=[\w-]*")  # the name of a class, or a part of an address

WORD = re.compile(r"[^\W\d_]{2,}")
TRANSLATED = re.compile(
    r"\{%-? *blocktranslate\b.*?endblocktranslate *-?%\}|\{% *comment\b.*?endcomment *%\}|\{#.*?#\}", re.S
)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
IN_A_TAG = re.compile(
    r"""\|(?:yesno|default|default_if_none|pluralize|add):(?P<filter>"[^"]*"|'[^']*')"""
    r"""|\b(?:label|what|said|heading_words|none_words)=(?P<given>"[^"]*")"""
    r"""|\{% firstof [^%]*?(?<!\()(?P<first>"[^"]*")"""
)


TEMPLATES = files_under("templates", suffix=".html")


@pytest.mark.parametrize(
    "path",
    [path for path in TEMPLATES if not shown(path).startswith((*OF_THE_RECORD, *FOR_DEVELOPERS))],
    ids=shown,
)
def test_every_word_of_a_template_is_marked(path):
    assert unmarked(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("markup", "word"),
    [
        ("<p>Nothing here</p>", "Nothing here"),
        ('<nav aria-label="Main"></nav>', "Main"),
        ("<p>{% if x %}yes{% endif %}{% translate 'so' %}</p>", "yes"),
        ("{{ n }} case{{ n|pluralize }}", "case"),
        ('{{ x|yesno:"allowed,not allowed" }}', '"allowed,not allowed"'),
        ('{% include "x.html" with label="Sign" %}', '"Sign"'),
        ('{% firstof name "none" %}', '"none"'),
    ],
)
def test_a_word_that_is_not_marked_is_found(markup, word):
    assert unmarked(markup) == [word]


def test_what_is_marked_is_not_complained_of():
    markup = (
        """{% load i18n %}<p class="never" aria-label="{% translate 'Main' %}">{% translate "Nothing" %} {{ name }}"""
        """{% blocktranslate %}So <b>it</b> is{% endblocktranslate %} · {{ x|yesno:_("a,b") }} <code>manage.py</code>"""
        """{% include "x.html" with label=_("Sign") what=what %}{{ x|default:"–" }}{% firstof x _("so") %}</p>"""
    )
    assert unmarked(markup) == []


def unmarked(text):
    text = TRANSLATED.sub("", text)
    tags = [
        found["filter"] or found["given"] or found["first"]
        for tag in TAG.findall(text)
        for found in IN_A_TAG.finditer(tag)
    ]
    page = _Page()
    page.feed(TAG.sub("", text))
    page.close()
    return [*page.words, *(tag for tag in tags if WORD.search(CODE.sub("", tag)))]


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        self.inside += [tag] if tag in NOT_WORDS else []
        self.words += [value for name, value in attrs if name in READ_OUT and value and WORD.search(value)]

    def handle_endtag(self, tag):
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data):
        said = " ".join(data.split())
        if not self.inside and WORD.search(said) and not set(WORD.findall(said)) <= NAMES:
            self.words.append(said)
