"""Which cases are read before their flags are shown: how one is drawn, who waits, and what a reader may point at."""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

from core.accounts.models import Actor, Membership, Role
from screening.models import Evaluation, PracticePolicy, Reading, ReadingDraw, Screening
from screening.selectors.documents import library_of, rule_set_of
from screening.selectors.policies import policy_of


def drawn_number(salt: str, *, screening_id: UUID, response_digest: str) -> int:
    """Return the number, 0 to 99, that a case draws: HMAC-SHA-256 by the practice's salt, so that nobody picks it.

    The first eight bytes, as a number, modulo 100.
    """
    about = f"read-first:{screening_id}:{response_digest}".encode()
    made = hmac.new(bytes.fromhex(salt), about, sha256).digest()
    return int.from_bytes(made[:8], "big") % 100


def salt_digest(salt: str) -> str:
    """Return what the ledger holds of a salt: enough to know it again, too little to draw by."""
    return sha256(bytes.fromhex(salt)).hexdigest()


def made_again(draw: ReadingDraw, policy: PracticePolicy) -> bool:
    """Say whether the practice's salt makes the same number of the same answers once more."""
    salt = policy.read_first_salt or ""
    if not salt or salt_digest(salt) != draw.salt_digest:
        return False
    made = drawn_number(salt, screening_id=draw.screening_id, response_digest=draw.response.digest)
    return made == draw.number


def draw_waiting(screening: Screening) -> ReadingDraw | None:
    """Return the draw by which this case is to be read first, while nobody has written the reading."""
    waiting = ReadingDraw.objects.filter(screening=screening, drawn=True, reading__isnull=True)
    return waiting.select_related("screening").first()


def draw_of(screening: Screening) -> ReadingDraw | None:
    """Return the draw that was made for a case, where one was, whatever it came to."""
    return ReadingDraw.objects.filter(screening=screening).select_related("response").first()


def waiting_for_reading(screenings: Iterable[Screening]) -> set[UUID]:
    """Return which of these cases are to be read first and are not yet. One query, however many."""
    wanted = [screening.pk for screening in screenings]
    waiting = ReadingDraw.objects.filter(screening__in=wanted, drawn=True, reading__isnull=True)
    return set(waiting.values_list("screening", flat=True))


def closed_to(by: Actor, screening: Screening) -> bool:
    """Say whether the flags are kept from ``by`` for now: from whoever could be the one who reads this case first."""
    return screening.pk in closed_among(by, [screening])


def closed_among(by: Actor, screenings: Sequence[Screening]) -> set[UUID]:
    """Return which of these cases are closed to ``by`` in this way."""
    waiting = waiting_for_reading(screenings)
    if not waiting or not _reviews_here(by):
        return set()
    own_too = policy_of(by.practice).own_review
    return {one.pk for one in screenings if one.pk in waiting and (own_too or not _is_own(by, one))}


def _reviews_here(by: Actor) -> bool:
    reviewing = Membership.objects.filter(practice=by.practice, role=Role.CLINICIAN, ended_at__isnull=True)
    return reviewing.filter(user=by.user).exists()


def _is_own(by: Actor, screening: Screening) -> bool:
    response = screening.current_response
    return by.user.pk in (screening.therapist_id, response.submitted_by_id if response else None)


def reading_of(screening: Screening) -> Reading | None:
    """Return what was written of a case before its flags were shown."""
    return (
        Reading.objects.filter(draw__screening=screening)
        .select_related("draw", "read_by", "evaluation__rule_set_version")
        .first()
    )


def topics_of(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Return every topic that the rules of a case speak of, with its title, in the order of the guidance."""
    version = evaluation.rule_set_version
    spoken_of = {rule.topic for rule in rule_set_of(version).rules}
    return [(topic.id, topic.title) for topic in library_of(version).topics if topic.id in spoken_of]


def topics_in_words(reading: Reading) -> list[str]:
    """Return the topics that a reader would raise, as the guidance calls them."""
    titles = dict(topics_of(reading.evaluation))
    return [titles.get(topic, topic) for topic in reading.topics]
