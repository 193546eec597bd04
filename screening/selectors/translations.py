"""In which languages a questionnaire can be read, and how it reads in one. The pinned questions stay as they are.

A translation is found by the digest of the very questionnaire that it puts into words, so that a version which says
anything else has none.
"""

from dataclasses import dataclass
from functools import cache

from screening.engine.fhir import Json, questionnaire_to_fhir
from screening.engine.fhir_translations import with_translations
from screening.engine.questionnaire import Questionnaire
from screening.engine.translations import Translation, load_translations, translated
from screening.models import QuestionnaireVersion
from screening.selectors.documents import questionnaire_of
from screening.selectors.shipped import FOLDER, shipped_names


@dataclass(frozen=True)
class Asked:
    """A questionnaire as it is read in a language: its own words, or those of a translation.

    ``language``: the one that the words are in, which is the questionnaire's own where there is no translation.
    ``note`` says in that language how far a translation can be relied on; empty where there is none. ``pinned`` is the
    very questionnaire that a translation puts into words.
    """

    questionnaire: Questionnaire
    translation: Translation | None = None
    pinned: Questionnaire | None = None

    @property
    def language(self) -> str:
        """The language of the words."""
        return self.questionnaire.language

    @property
    def note(self) -> str:
        """What has to stand on each page that shows these words."""
        return self.translation.note if self.translation else ""


def questionnaire_in(version: QuestionnaireVersion, language: str) -> Asked:
    """Return the questionnaire of ``version`` as it reads in ``language``, or in its own where it has no translation.

    What it returns is for reading, and for asking: it takes the same answers, by the same codes. Answers are merged,
    submitted, pinned and evaluated by ``questionnaire_of``.
    """
    own = questionnaire_of(version)
    into = _translations().get((version.digest, language))
    return Asked(_translated(version.digest, own, into), into, own) if into else Asked(own)


def languages_of(version: QuestionnaireVersion) -> list[str]:
    """Return the languages that ``version`` can be read in, its own first."""
    others = sorted(language for digest, language in _translations() if digest == version.digest)
    return [questionnaire_of(version).language, *others]


def in_other_languages(questionnaire: Questionnaire, digest: str) -> list[Questionnaire]:
    """Return the questionnaire of this digest in every other language that there is."""
    found = [into for (of, _), into in sorted(_translations().items()) if of == digest]
    return [_translated(digest, questionnaire, into) for into in found]


def questionnaire_as_fhir(questionnaire: Questionnaire, *, digest: str, number: str | None) -> Json:
    """Return the questionnaire of this digest as FHIR, with its words in every other language beside its own."""
    own, *others = (
        questionnaire_to_fhir(one, version=number)
        for one in (questionnaire, *in_other_languages(questionnaire, digest))
    )
    return with_translations(own, others)


@cache
def _translations() -> dict[tuple[str, str], Translation]:
    """Return every translation that ships, by the digest of what it translates and its language."""
    shipped = (into for name in shipped_names() for into in load_translations(FOLDER / name))
    return {(into.translates, into.language): into for into in shipped}


_put: dict[tuple[str, str], Questionnaire] = {}


def _translated(digest: str, own: Questionnaire, into: Translation) -> Questionnaire:
    key = (digest, into.language)
    if key not in _put:
        _put[key] = translated(own, into)
    return _put[key]
