"""What a version of rules raises differently from what it was taken from, with made-up cases. No case is read.

The same two versions are compared once: it takes far longer than reading them.
"""

from dataclasses import dataclass
from functools import lru_cache

from screening.engine.difference_words import (
    DAY_WORDS,
    NOT_LOOKED_AT,
    example_sentence,
    questionnaire_differences,
    raises_words,
)
from screening.engine.differences import Raises, rule_differences
from screening.engine.unfolding import Side
from screening.models import RuleSetVersion
from screening.selectors.documents import documents_from
from screening.selectors.origins import origin_of
from screening.selectors.rule_sets import check_of

STEPS = 1_000_000


@dataclass(frozen=True)
class RaisedView:
    """One rule that is not raised as before: how, and a case for each way; ``open`` says what was not decided."""

    rule_id: str
    title: str
    words: str
    cases: tuple[str, ...]
    open: str


@dataclass(frozen=True)
class RaisedDifferently:
    """The rules that are not raised as before, how many are, and what the questionnaires do differently."""

    rules: tuple[RaisedView, ...]
    alike: int
    questionnaire: tuple[str, ...]
    day: str = DAY_WORDS


def raised_differently(version: RuleSetVersion) -> RaisedDifferently | None:
    """Return what ``version`` raises differently; None where it is as it was adopted, or one of the two is not there.

    It is not there where its rules cannot be read, or where what was adopted is not at hand any more.
    """
    before = origin_of(version).version
    if before is None or before is version or not check_of(version).results:
        return None
    same = before.questionnaire_version_id == version.questionnaire_version_id
    asked = version.questionnaire_version.document
    asked_before = asked if same else before.questionnaire_version.document
    return _compared(_texts(before, asked_before), _texts(version, asked))


_Texts = tuple[str, str, str, str]


def _texts(version: RuleSetVersion, questionnaire: str) -> _Texts:
    return questionnaire, version.library, version.rules, version.vignettes


@lru_cache(maxsize=32)
def _compared(before: _Texts, now: _Texts) -> RaisedDifferently:
    old, new = _side(before), _side(now)
    found = rule_differences(old, new, STEPS)
    shown = [difference for difference in found if difference.raises is not Raises.ALIKE]
    asked = old.questionnaire, new.questionnaire
    return RaisedDifferently(
        rules=tuple(
            RaisedView(
                difference.rule.id,
                difference.rule.title,
                raises_words(difference),
                tuple(example_sentence(example, *asked) for example in difference.examples),
                "" if difference.decided else NOT_LOOKED_AT,
            )
            for difference in shown
        ),
        alike=len(found) - len(shown),
        questionnaire=tuple(questionnaire_differences(*asked)),
    )


def _side(texts: _Texts) -> Side:
    questionnaire, library, rules, vignettes = texts
    documents = documents_from(questionnaire=questionnaire, library=library, rules=rules, vignettes=vignettes)
    return Side(documents.rule_set, documents.questionnaire)
