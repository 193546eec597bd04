"""What the kinds of concern are called: in the record always in its own language, and to a reader in theirs."""

from django.utils.translation import gettext, gettext_noop

from screening.engine.rules import Concern
from screening.models.reviews import CANNOT_RULE_OUT

CONCERN_LABELS = {
    Concern.ADVISES_AGAINST.value: gettext_noop("Guidance advises against"),
    Concern.TREAT_FIRST.value: gettext_noop("Other treatment first"),
    Concern.PREPARE.value: gettext_noop("Prepare first"),
    Concern.CAUTION.value: gettext_noop("Caution"),
    Concern.DIFFERENTIAL.value: gettext_noop("Is the label right?"),
    Concern.CONDITION_MISSING.value: gettext_noop("Condition missing"),
    Concern.SAFEGUARD_MISSING.value: gettext_noop("Safeguard missing"),
    CANNOT_RULE_OUT: gettext_noop("Cannot be ruled out"),
}
"""The kinds of concern in the language of the record, in reading order; ``concern_label`` says one to a reader."""


def concern_label(concern: str) -> str:
    """Return what a kind of concern is called, in the reader's language."""
    return gettext(CONCERN_LABELS[concern])
