"""The engine's short words that pages show by themselves: in the record in its language, to a reader in theirs.

The engine stays pure and writes one language; whole sentences of rules and of guidance stay in it on every page.
"""

from django.utils.translation import gettext, gettext_noop, ngettext

from screening.engine.dates import Duration, Unit
from screening.engine.rules import Confirmer, Recheck

SHORT_WORDS = frozenset(
    (
        gettext_noop("client says"),
        gettext_noop("assessed at screening"),
        gettext_noop("on record"),
        gettext_noop("from a test"),
        gettext_noop("someone else says"),
        gettext_noop("not known"),
        gettext_noop("preferred not to say"),
        gettext_noop("not asked"),
        gettext_noop("asked, not told"),
        gettext_noop("not answered"),
        gettext_noop("not told of"),
        gettext_noop("none of them"),
        gettext_noop("Yes"),
        gettext_noop("No"),
        gettext_noop("nothing"),
        gettext_noop("Note for the reviewer"),
        gettext_noop("in hand"),
        gettext_noop("not in hand"),
        gettext_noop("not known whether it is in hand"),
    )
)
"""What is said to a reader in their language where it stands alone."""

ROLES = {
    Confirmer.THERAPIST: gettext_noop("the therapist"),
    Confirmer.CLINICIAN: gettext_noop("a clinician"),
    Confirmer.PRESCRIBER: gettext_noop("the prescriber"),
    Confirmer.MEDICAL_DIRECTOR: gettext_noop("the medical director"),
    Confirmer.ADDICTION_PHYSICIAN: gettext_noop("the addiction physician"),
    Confirmer.TREATMENT_TEAM: gettext_noop("the treatment team"),
}
"""Who confirms, weighs or checks, as the engine calls them."""


def role_label(role: Confirmer) -> str:
    """Return who somebody is to a case, in the reader's language."""
    return gettext(ROLES[role])


def roles_label(roles: tuple[Confirmer, ...]) -> str:
    """Return roles as people list them, in the reader's language; empty where there is none."""
    *others, last = map(role_label, roles) if roles else ("",)
    if not others:
        return last
    return gettext("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last}


def recheck_label(recheck: Recheck | None) -> str:
    """Return when answers are asked again, in the reader's language; empty where nothing says so."""
    if recheck is None:
        return ""
    return every_label(recheck.every) if recheck.every else gettext("before each session")


def every_label(every: Duration) -> str:
    """Return how often something is, in the reader's language: ``every 30 days``."""
    said = {
        Unit.DAYS: ngettext("every %(number)s day", "every %(number)s days", every.value),
        Unit.WEEKS: ngettext("every %(number)s week", "every %(number)s weeks", every.value),
        Unit.MONTHS: ngettext("every %(number)s month", "every %(number)s months", every.value),
        Unit.YEARS: ngettext("every %(number)s year", "every %(number)s years", every.value),
    }
    return said[every.unit] % {"number": every.value}
