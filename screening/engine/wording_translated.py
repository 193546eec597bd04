"""The words of a translation, held to the lists that the questionnaire is held to, and in Spanish to one more.

An English word is looked for in every language, since it is what a draft leaves in. Like the others, these are lists
and understand nothing: whoever reviews a translation reads it.
"""

from collections.abc import Iterator

from screening.engine.documents import Finding, pointer_to
from screening.engine.translations import WORDS_OF_AN_ITEM, Translation, document_of
from screening.engine.wording import DECIDES, JUDGES, LABELS, TERMS, Term, term, wording_problems

_SPANISH = (
    term(r"(?:in)?elegib(?:les?|ilidad)", DECIDES, "Diga qué señalan las fuentes."),
    term(r"(?:in|no )?apt[oa]s?|aptitud para", DECIDES, "Diga qué señalan las fuentes."),
    term(r"(?:no )?idone[oa]s?|idoneidad", DECIDES, "Diga qué señalan las fuentes."),
    term(r"(?:no )?(?:aprobad|rechazad|descalificad|descartad)[oa]s?", DECIDES, "Diga qué se encontró, y quién."),
    term(r"contraindicad[oa]s?|contraindicaci(?:on|ones)", DECIDES, 'Escriba "las fuentes lo desaconsejan".'),
    term(r"(?:buen|mal|no es|no son) candidat[oa]s?|(?:buenos|malos) candidatos", DECIDES, "Diga qué se encontró."),
    term(r"(?:drog)?adict[oa]s?|toxicoman[oa]s?|drogat[oa]s?", LABELS, 'Escriba "persona con …".'),
    term(r"(?:un|una|unos|unas|los|las|es|son) (?:alcoholic|esquizofrenic|psicotic|suicid|bipolar)(?:[oae]s?)?",
         LABELS, 'Escriba "persona con …".'),
    term(r"abusador(?:a|es|as)?|abus(?:o|os|a|ar) de (?:(?:las?|los?|el) )?(?:drogas?|sustancias?|alcohol|ketamina)",
         JUDGES, 'Escriba "uso problemático" o "consumo que causa problemas".'),
    term(r"manipulador(?:a|es|as)?|limpi[oa]s? de drogas", JUDGES, "Describa lo que se vio."),
)  # fmt: skip
_TERMS: dict[str, tuple[Term, ...]] = {"es": (*TERMS, *_SPANISH)}


def translated_wording_findings(into: Translation) -> list[Finding]:
    """Return a finding for every text of a translation that labels, judges or decides."""
    terms = _TERMS.get(into.language, TERMS)
    return [
        Finding(document_of(into), pointer, problem, cure)
        for pointer, text in _said(into)
        for problem, cure in wording_problems(text, terms)
    ]


def _said(into: Translation) -> Iterator[tuple[str, str]]:
    yield from ((pointer_to(name), getattr(into, name)) for name in ("note", "title", "description"))
    for link_id, section in into.sections.items():
        yield pointer_to("sections", link_id, "title"), section.title
        yield pointer_to("sections", link_id, "introduction"), section.introduction
    for link_id, words in into.items.items():
        for name in WORDS_OF_AN_ITEM:
            yield pointer_to("items", link_id, name), getattr(words, name)
        for code, text in words.options.items():
            yield pointer_to("items", link_id, "options", code), text
