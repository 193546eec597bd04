"""The notice of 42 CFR Part 2 on whatever of a case leaves a practice that says it is bound by it.

It stands on every print and export of a case, and not only where a question is known to be about substance use:
practices write questions of their own, and no list tells which answers the regulation covers. The words are ours.
"""

from core.accounts.models import Practice
from screening.selectors.policies import policy_of

CITATION = "42 CFR § 2.32"
NOTICE = (
    "This record may hold answers about alcohol or drug use that 42 CFR Part 2 protects. Whoever receives it may use "
    "it or pass it on only as the person's written consent or that regulation allows, and it may not be used against "
    f"the person in a legal proceeding unless the regulation permits it. See {CITATION}."
)


def notice_for(practice: Practice) -> str:
    """Return the notice that goes with what leaves this practice, or nothing where it is not bound by it."""
    return NOTICE if policy_of(practice).part2_notice else ""
