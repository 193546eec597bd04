"""Vignettes: made-up cases with the flags that a protocol must and must not raise for them."""

import datetime
from typing import Annotated

from pydantic import Field

from screening.engine.answers import Answer, Answers, Rows
from screening.engine.documents import Identifier, Node, Words


class Vignette(Node):
    """A short clinical story about nobody real, its answers, and what the rules must make of them.

    ``answers`` and ``groups`` are laid over the base named ``base`` (over nothing where it is left out); the items in
    ``without`` are then taken away, as never asked. ``raises`` are the rules that must be met, and no others may be;
    ``cannot_rule_out`` must end as *cannot be ruled out*; ``not_raised`` must end as *not met*. ``claims`` names rules
    with the exceptions that must be claimed, and no others of theirs may be.
    """

    id: Identifier
    title: Words
    story: Words
    on: datetime.date
    base: Identifier | None = None
    answers: dict[Identifier, Answer] = {}
    groups: dict[Identifier, Rows] = {}
    without: tuple[Identifier, ...] = ()
    raises: tuple[Identifier, ...] = ()
    cannot_rule_out: tuple[Identifier, ...] = ()
    not_raised: tuple[Identifier, ...] = ()
    claims: dict[Identifier, tuple[Identifier, ...]] = {}


class VignetteSet(Node):
    """The vignettes of a protocol, with the bases they start from."""

    bases: dict[Identifier, Answers] = {}
    vignettes: Annotated[tuple[Vignette, ...], Field(min_length=1, max_length=1000)]

    def answers_of(self, vignette: Vignette) -> Answers:
        """Return the answers of ``vignette``: its base, overlaid, less what it leaves out."""
        base = self.bases[vignette.base] if vignette.base else Answers()
        answers = {**base.answers, **vignette.answers}
        groups = {**base.groups, **vignette.groups}
        return Answers(
            answers={key: value for key, value in answers.items() if key not in vignette.without},
            groups={key: value for key, value in groups.items() if key not in vignette.without},
        )
