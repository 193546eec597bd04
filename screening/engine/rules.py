"""The rule-set document: what raises a flag, on whose word, unless what, and who has to confirm that."""

import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from screening.engine.conditions import All, Condition
from screening.engine.dates import Duration
from screening.engine.documents import Identifier, Node, StatementId, Words


class Concern(StrEnum):
    """A flag's kind, declared in reading order. No order or number of them adds up to a verdict."""

    ADVISES_AGAINST = "advises-against"
    TREAT_FIRST = "treat-first"
    PREPARE = "prepare"
    CAUTION = "caution"
    DIFFERENTIAL = "differential"
    CONDITION_MISSING = "condition-missing"
    SAFEGUARD_MISSING = "safeguard-missing"


class Confirmer(StrEnum):
    """A role that has to confirm a claimed exception, weighs a flag case by case, or checks what no rule can say."""

    THERAPIST = "therapist"
    CLINICIAN = "clinician"
    PRESCRIBER = "prescriber"
    MEDICAL_DIRECTOR = "medical-director"
    ADDICTION_PHYSICIAN = "addiction-physician"
    TREATMENT_TEAM = "treatment-team"


class Unless(Node):
    """A named *unless*. When it holds it is claimed, never silent: ``confirmed_by`` still has to confirm it.

    ``to`` names the exception that this one is an exception to; left out, it is one to the rule.
    """

    id: Identifier
    title: Words
    when: Condition
    confirmed_by: Confirmer
    to: Identifier | None = None
    cites: tuple[StatementId, ...] = ()


class SubGroup(Node):
    """Whom a rule is for, where it is not for everybody: ``{"title": "ages 18 to 24", "when": ...}``."""

    title: Words
    when: Condition


class Need(Node):
    """A document or clearance to have first: from whom (a role, or words), and how long it is ``good_for``.

    ``in_hand`` holds where the answers say that it is there. Without it no answer tells.
    """

    id: Identifier
    title: Words
    from_whom: Annotated[Confirmer | Words, Field(alias="from", union_mode="left_to_right")]
    good_for: Duration | None = None
    in_hand: Condition | None = None


class Recheck(Node):
    """When the answers behind a rule are asked again: ``every`` so long, or ``before`` each session."""

    every: Duration | None = None
    before: Literal["each-session"] | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.every is None) == (self.before is None):
            raise ValueError('a re-check has either "every" or "before"')
        return self


class Undertaking(Node):
    """What somebody is to undertake, such as not to drive until the next day. That it was given is recorded nowhere."""

    id: Identifier
    text: Words
    by: Words = "the client"


class Rule(Node):
    """A rule: when it is met, a flag of this concern is raised for a clinician to weigh.

    ``cites`` are the guidance statements it rests on. ``weigh_with`` are those to be read beside it, and
    ``disagreements`` the named disagreements between sources; neither changes its state. ``alongside`` are questions
    whose answers are shown with the flag. ``only_for`` is the sub-group that the rule is for. ``explanation`` is the
    rule in plain words; ``would_change`` says what would change it.

    Shown with the flag, and without any say in the state: ``weighed_by``, the roles that weigh it case by case;
    ``needs``, what is to be had first; ``recheck``, when its answers are asked again; ``undertakings``, what is to be
    agreed.
    """

    id: Identifier
    title: Words
    topic: Identifier
    concern: Concern
    only_for: SubGroup | None = None
    when: Condition
    unless: Annotated[tuple[Unless, ...], Field(max_length=10)] = ()
    weighed_by: Annotated[tuple[Confirmer, ...], Field(max_length=6)] = ()
    needs: Annotated[tuple[Need, ...], Field(max_length=10)] = ()
    recheck: Recheck | None = None
    undertakings: Annotated[tuple[Undertaking, ...], Field(max_length=10)] = ()
    cites: tuple[StatementId, ...] = ()
    weigh_with: tuple[StatementId, ...] = ()
    disagreements: tuple[Identifier, ...] = ()
    alongside: tuple[Identifier, ...] = ()
    explanation: Words
    would_change: Words
    owner: Words
    review_by: datetime.date

    @property
    def condition(self) -> Condition:
        """What has to hold for the rule to be met: ``when``, and before it that the case is in the sub-group.

        Who is surely outside the sub-group does not meet the rule. Where it is not known, the rule cannot be ruled
        out, unless ``when`` surely does not hold.
        """
        if self.only_for is None:
            return self.when
        return All.model_construct(kind="all", of=(self.only_for.when, self.when))


class PersonCheck(Node):
    """What no rule can say, and a person has to check: it is listed with every result, whatever is raised."""

    id: Identifier
    title: Words
    text: Words
    by: Confirmer
    cites: tuple[StatementId, ...] = ()


class Definition(Node):
    """A condition with a name, used by ``{"kind": "defined", "name": ...}``."""

    name: Identifier
    title: Words
    condition: Condition


class RuleSet(Node):
    """Rules over one questionnaire.

    Shown with every result, whatever is raised: ``context``, statements to be kept in mind, and ``for_a_person``, what
    is left to a person to check.
    """

    name: Identifier
    title: Words
    description: Words
    questionnaire: Identifier
    definitions: Annotated[tuple[Definition, ...], Field(max_length=100)] = ()
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=500)]
    context: tuple[StatementId, ...] = ()
    for_a_person: Annotated[tuple[PersonCheck, ...], Field(max_length=50)] = ()

    @cached_property
    def rule_by_id(self) -> dict[str, Rule]:
        """Every rule by its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def definition_by_name(self) -> dict[str, Definition]:
        """Every named definition by its name."""
        return {definition.name: definition for definition in self.definitions}

    @cached_property
    def compiled(self) -> dict[int, Any]:
        """What ``compiled`` made of these rules, for each questionnaire that they were read with."""
        return {}
