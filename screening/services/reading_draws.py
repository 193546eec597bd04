"""Drawing which cases are read first, and holding back what rests on flags until one of them is."""

from datetime import datetime

from core.errors import Refused
from screening.models import PracticePolicy, ReadingDraw, ResponseVersion, Screening
from screening.selectors.reading_first import draw_waiting, drawn_number, salt_digest


def draw_for(response: ResponseVersion, policy: PracticePolicy, *, at: datetime) -> ReadingDraw | None:
    """Draw whether a case that is submitted for the first time is read first; None where the practice draws none.

    Later answers of the case are not drawn anew: whoever reviews them may have seen its flags. Seal the row.
    """
    share, salt = policy.read_first_share, policy.read_first_salt
    if response.number > 1 or not share or not salt:
        return None
    number = drawn_number(salt, screening_id=response.screening_id, response_digest=response.digest)
    return ReadingDraw.objects.create(
        screening_id=response.screening_id,
        response=response,
        share=share,
        number=number,
        drawn=number < share,
        salt_digest=salt_digest(salt),
        drawn_at=at,
    )


def refuse_unread(locked: Screening) -> None:
    """Refuse what rests on flags that nobody was shown: the case was drawn, and its reading is not written."""
    if draw_waiting(locked) is not None:
        raise Refused("Write your own reading of this case first. Its flags are shown then.", code="reading-first")
