"""Cases that are drawn to be read first, and their readings, for tests."""

from collections.abc import Callable

from core.accounts.models import Actor
from screening.models import Protocol, Reading, Screening
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import topics_of
from screening.selectors.reviews import newest_evaluation
from screening.services import policies, readings
from tests.playing import NOON, House, claimed

WORDS = "Sleep and the medicine come first."


def draw_all(at_house: House, share: int = 100) -> None:
    """Have a practice draw this share of its cases, all of them where none is given."""
    policy = policy_of(at_house.practice)
    policies.change(
        crisis_steps=policy.crisis_steps,
        determinations=policy.determinations,
        disagreement_reasons=policy.disagreement_reasons,
        own_review=policy.own_review,
        read_first_share=share,
        by=at_house.manager,
        at=NOON,
    )


def drawn(at_house: House, protocol: Protocol, vignette_id: str) -> Screening:
    """Bring a case that was drawn as far as being under review, its reading still to be written."""
    before = policy_of(at_house.practice).read_first_share
    draw_all(at_house)
    case = claimed(at_house, protocol, vignette_id)
    draw_all(at_house, before)
    return case


def ready_to_read(at_house: House) -> Callable[[], Reading]:
    """Prepare a drawn case of the practice's protocol, and return what writes its reading."""
    case = drawn(at_house, Protocol.objects.get(practice=at_house.practice), "thoughts-are-back")
    return lambda: read(at_house, case)


def read(at_house: House, screening: Screening, *, topics: int = 1, by: Actor | None = None) -> Reading:
    """Write a reading that raises the first topics of the guidance."""
    wanted = [topic for topic, _ in topics_of(newest_evaluation(screening))][:topics]
    return readings.write(screening=screening, topics=wanted, words=WORDS, by=by or at_house.clinician, at=NOON)
