"""What a practice has set for itself."""

from core.accounts.models import Practice
from screening.models import PracticePolicy


def policy_of(practice: Practice) -> PracticePolicy:
    """Return the practice's settings, or what a practice starts with where it has set nothing yet."""
    found = PracticePolicy.objects.filter(practice=practice).first()
    return found or PracticePolicy(practice=practice)
