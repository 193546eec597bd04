"""Writing one's own reading of a case before its flags are shown."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import command
from core.errors import Conflict, Refused
from core.ledger.services import Event, append
from screening.models import Reading, Screening
from screening.selectors.reading_first import draw_waiting, reading_of, topics_in_words, topics_of
from screening.services import streams
from screening.services.reviews import evaluation_of, lock_in_review

LONGEST = 4_000


@command
def write(*, screening: Screening, topics: Sequence[str], words: str, by: Actor, at: datetime) -> Reading:
    """Keep what the reviewer would raise in a drawn case, before its flags are shown to them. It stays as it is.

    Raise ``Conflict`` where the reading is there already, and ``Refused`` where the case was not drawn, for a topic
    that its rules do not speak of, and for no words.
    """
    with transaction.atomic():
        locked = lock_in_review(screening, by)
        draw = draw_waiting(locked)
        if draw is None:
            raise _not_waiting(locked)
        evaluation = evaluation_of(locked)
        known = [topic for topic, _ in topics_of(evaluation)]
        if not set(topics) <= set(known):
            raise Refused(
                gettext("A topic was chosen that is not on the list. Load the page again."), code="unknown-topic"
            )
        if not words.strip() or len(words) > LONGEST:
            raise Refused(
                gettext("Say in a few words what you make of it, in at most %(longest)s characters.")
                % {"longest": number_format(LONGEST, force_grouping=True)},
                code="words",
            )
        reading = Reading.objects.create(
            draw=draw,
            evaluation=evaluation,
            topics=[topic for topic in known if topic in topics],
            words=words.strip(),
            read_at=at,
            read_by=by.user,
        )
        append(_written(locked, reading), by=by, at=at)
    return reading


def _not_waiting(locked: Screening) -> Refused:
    if reading_of(locked) is not None:
        return Conflict(
            gettext("A reading of this case is written already, and its flags are shown."), code="read-already"
        )
    return Refused(gettext("This case was not drawn to be read first: its flags are shown."), code="not-drawn")


def _written(screening: Screening, reading: Reading) -> Event:
    return Event(
        stream=streams.case(screening),
        action="reading.written",
        object=f"reading:{reading.pk}",
        payload={"topics": topics_in_words(reading), "words": reading.words},
        seals=(reading,),
    )
