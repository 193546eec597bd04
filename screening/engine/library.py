"""The guidance library: sources, what they state in our words, and where they disagree."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from screening.engine.documents import Identifier, Node, StatementId, Words


class StatementKind(StrEnum):
    """What a source does with a statement."""

    ADVISES_AGAINST = "advises-against"
    TREAT_FIRST = "treat-first"
    PREPARE = "prepare"
    CAUTION = "caution"
    DIFFERENTIAL = "differential"
    CONDITION = "condition"
    SAFEGUARD = "safeguard"
    MONITOR = "monitor"
    CONTEXT = "context"


class GuidanceSource(Node):
    """Where statements come from. ``grade`` says what kind of source it is, in words shown beside every citation."""

    key: Identifier
    title: Words
    author: str = ""
    publisher: str = ""
    updated: str = ""
    grade: Words


class Topic(Node):
    """A topic that sections, statements and rules share."""

    id: Identifier
    title: Words


class Statement(Node):
    """One statement of the guidance, paraphrased, with the sources that make it."""

    id: StatementId
    topic: Identifier
    sources: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    kind: StatementKind
    text: Words


class Disagreement(Node):
    """A place where sources disagree. Both sides are shown; neither is picked."""

    id: Identifier
    topic: Identifier
    title: Words
    text: Words
    statements: Annotated[tuple[StatementId, ...], Field(min_length=1)]


class GuidanceLibrary(Node):
    """The statements that a protocol's rules cite."""

    name: Identifier
    title: Words
    sources: Annotated[tuple[GuidanceSource, ...], Field(min_length=1)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    statements: Annotated[tuple[Statement, ...], Field(min_length=1)]
    disagreements: tuple[Disagreement, ...] = ()

    @cached_property
    def statement_by_id(self) -> dict[str, Statement]:
        """Every statement by its id."""
        return {statement.id: statement for statement in self.statements}

    @cached_property
    def source_by_key(self) -> dict[str, GuidanceSource]:
        """Every source by its key."""
        return {source.key: source for source in self.sources}

    @cached_property
    def disagreement_by_id(self) -> dict[str, Disagreement]:
        """Every disagreement by its id."""
        return {disagreement.id: disagreement for disagreement in self.disagreements}

    @cached_property
    def topic_title(self) -> dict[str, str]:
        """The title of each topic by its id."""
        return {topic.id: topic.title for topic in self.topics}
