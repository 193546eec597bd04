"""The rules whose flag reads otherwise than before, raised as before or not: its kind, its exceptions …"""

from collections.abc import Iterator
from dataclasses import dataclass

from screening.engine.comparison import rule_changes
from screening.engine.difference_words import FIELD_WORDS
from screening.engine.differences import CONDITION
from screening.engine.rules import Rule
from screening.engine.words import CONCERN_WORDS
from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of
from screening.selectors.origins import origin_of

NOT_ON_A_FLAG = {*CONDITION, "id", "topic", "owner", "review_by"}


@dataclass(frozen=True)
class ShownOtherwise:
    """One rule, and what of its flag reads otherwise, in words."""

    rule_id: str
    title: str
    words: str


def shown_otherwise(version: RuleSetVersion) -> list[ShownOtherwise]:
    """Return the rules of ``version`` whose flag reads otherwise than in what it was taken from."""
    origin = origin_of(version).version
    if origin is None:
        return []
    pairs = [(found.before, found.now) for found in rule_changes(rule_set_of(origin), rule_set_of(version))]
    told = [
        (now, list(dict.fromkeys(_otherwise(old, now)))) for old, now in pairs if old is not None and now is not None
    ]
    return [ShownOtherwise(rule.id, rule.title, ", ".join(words)) for rule, words in told if words]


def _otherwise(old: Rule, now: Rule) -> Iterator[str]:
    if old.concern is not now.concern:
        yield f"kind of concern ({CONCERN_WORDS[old.concern]} before, {CONCERN_WORDS[now.concern]} now)"
    for name in Rule.model_fields:
        if name not in {*NOT_ON_A_FLAG, "concern"} and getattr(old, name) != getattr(now, name):
            yield FIELD_WORDS[name]
