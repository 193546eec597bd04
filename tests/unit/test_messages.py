"""The catalogues of translations: whole, fresh, with every placeholder and mark-up, in words that judge nobody."""

import re
from string import Formatter

import pytest

from docs.messages import APPS, LANGUAGES, MARKUP, PLACEHOLDER, Entry, catalogue, compiled, marked, read, written

# Words that decide or stigmatise, in Spanish; what stands here is looked for in all that a reader can be shown.
FORBIDDEN = (
    r"(?:no )?apt[oa]s?",
    r"(?:in)?elegibles?",
    r"(?:in)?elegibilidad",
    r"(?:no )?id[óo]ne[oa]s?",
    r"idoneidad",
    r"aprobad[oa]s?",
    r"rechazad[oa]s?",
    r"descartad[oa]s? para (?:el )?tratamiento",
    r"adict[oa]s?",
    r"drogadict[oa]s?",
    r"toxic[óo]man[oa]s?",
    r"abusador(?:a|es|as)?",
    r"alcoh[óo]lic[oa]s?",
    r"yonquis?",
    r"limpi[oa]s? de (?:drogas|sustancias)",
    r"estar limpi[oa]",
    r"cometer suicidio",
    r"cometi[óo] suicidio",
    r"suicidio (?:consumado|fallido|frustrado)",
)
PATTERN = re.compile(r"\b(?:" + "|".join(FORBIDDEN) + r")\b", re.IGNORECASE)

every_catalogue = pytest.mark.parametrize(("app", "language"), [(app, one) for app in APPS for one in LANGUAGES])


@every_catalogue
def test_the_catalogue_has_every_marked_text_and_no_other(app, language):
    path = catalogue(app, language)
    entries = read(path)
    assert set(entries) == set(marked(app)), "run: python -m docs.write_messages"
    assert path.read_text(encoding="utf-8") == written(app, language, entries)


@every_catalogue
def test_every_text_is_translated_and_none_is_a_guess(app, language):
    entries = read(catalogue(app, language)).values()
    assert [entry.text for entry in entries if not entry.translated or not all(entry.translated)] == []
    assert [entry.text for entry in entries if "fuzzy" in entry.flags] == []


@every_catalogue
def test_a_translation_has_the_placeholders_and_the_mark_up_of_its_text(app, language):
    assert [entry.text for entry in read(catalogue(app, language)).values() if not fits(entry)] == []


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("%(number)s cases", "casos"),
        ("<b>Told</b>", "Contado"),
        ("Print", '" onclick="alert(1)'),
        ("at %(day)s", "el %(dia)s"),
        ("told", " contado"),
    ],
)
def test_a_translation_that_does_not_fit_is_found(text, translated):
    assert not fits(Entry(text, translated=[translated]))


@every_catalogue
def test_no_word_decides_or_stigmatises(app, language):
    words = [form for entry in read(catalogue(app, language)).values() for form in entry.translated]
    assert [found.group() for form in words for found in PATTERN.finditer(form)] == []


@pytest.mark.parametrize("word", ["No apta", "es un ADICTO", "aprobado para el tratamiento", "cometió suicidio"])
def test_a_word_that_decides_or_stigmatises_is_found(word):
    assert PATTERN.search(word)


@pytest.mark.parametrize("word", ["una persona con dependencia", "limpiar", "adicción", "capto"])
def test_a_word_that_only_looks_like_one_is_not(word):
    assert not PATTERN.search(word)


@every_catalogue
def test_what_programs_read_is_made_of_what_people_read(app, language):
    path = catalogue(app, language)
    fresh = compiled(language, read(path))
    assert path.with_suffix(".mo").read_bytes() == fresh, "run: python -m docs.write_messages"


def fits(entry):
    """Say whether a translation keeps what stands in its text for something else, and brings nothing of the kind."""
    sources = [entry.text, entry.plural] if entry.plural else [entry.text]
    pairs = zip(sources, entry.translated, strict=True)
    return all(_held(source) == _held(form) and _edges(source) == _edges(form) for source, form in pairs)


def _held(text):
    empty = sorted(name for _, name, _, _ in Formatter().parse(re.sub(r"%\(\w+\)[sd]", "", text)) if name == "")
    placeholders = sorted(found.group() for found in PLACEHOLDER.finditer(text))
    # A straight quotation mark would end the attribute that a text stands in.
    return empty, placeholders, sorted(MARKUP.findall(text)), MARKUP.sub("", text).count('"')


def _edges(text):
    return text[:1] == " ", text[-1:] == " ", "\n" in text
