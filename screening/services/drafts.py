"""Saving answers while they are being given. A save from an older page never overwrites a newer answer unseen."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.canonical import canonical_bytes
from core.commands import repeatable
from core.errors import Conflict, Refused
from core.ledger.services import Event, append
from screening.engine.documents import as_document
from screening.engine.drafts import Change, DraftContent, merge
from screening.models import Draft, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.documents import draft_content
from screening.services import streams
from screening.services.erased import refuse_erased

OPEN = (ScreeningStatus.IN_PROGRESS, ScreeningStatus.RETURNED)


class DraftConflict(Conflict):
    """Answers changed elsewhere since the page was loaded: ``keys`` says which, ``draft`` how they stand now."""

    def __init__(self, keys: tuple[str, ...], draft: Draft) -> None:
        super().__init__(
            gettext(
                "Some of these answers were changed elsewhere since this page was opened. "
                "Both are shown below. Choose what is right and save again."
            ),
            code="draft-conflict",
        )
        self.keys = keys
        self.draft = draft


@repeatable
def save(
    *, screening: Screening, change: Change, base_revision: int, by: Actor, at: datetime, asked_in: str = ""
) -> Draft:
    """Save ``change``, made on a page that was loaded at ``base_revision`` of the draft.

    ``asked_in`` is the language in which the page put the questions, where it is not the questionnaire's own. It is
    recorded in the ledger beside what was given, and stored with no answer.

    Raise ``DraftConflict`` where an answer it changes was changed since then, and ``Refused`` where the answers are
    locked; nothing is saved then. A save that changes nothing writes nothing.
    """
    with transaction.atomic():
        locked = lock_open(screening)
        draft = Draft.objects.select_for_update().get(screening=locked)
        outcome = merge(draft_content(draft), change, base_revision=base_revision, next_revision=draft.revision + 1)
        if outcome.conflicts:
            raise DraftConflict(outcome.conflicts, draft)
        if outcome.changed:
            _store(draft, outcome.content, at=at)
            append(_saved(locked, draft, outcome.content, outcome.changed, asked_in), by=by, at=at)
    return draft


def lock_open(screening: Screening) -> Screening:
    """Return the screening, locked, or raise ``Refused`` where its answers cannot be changed now."""
    locked = Screening.objects.select_for_update().get(pk=screening.pk)
    refuse_erased(locked)
    if locked.status not in OPEN and not locked.amending:
        raise Refused(
            gettext("These answers were submitted and are locked. Start an amendment to change them."),
            code="answers-locked",
        )
    return locked


def _store(draft: Draft, content: DraftContent, *, at: datetime) -> None:
    draft.content = canonical_bytes(as_document(content)).decode()
    draft.revision += 1
    draft.saved_at = at
    draft.save(update_fields=["content", "revision", "saved_at"])


def _saved(screening: Screening, draft: Draft, content: DraftContent, changed: tuple[str, ...], asked_in: str) -> Event:
    stored = as_document(content)
    return Event(
        stream=streams.case(screening),
        action="screening.saved",
        object=f"screening:{screening.pk}",
        payload={
            "revision": draft.revision,
            "changed": list(changed),
            "answers": {key: stored.get("answers", {}).get(key) for key in changed if key not in content.groups},
            "groups": {key: stored.get("groups", {}).get(key) for key in changed if key in content.groups},
            "unread": [key for key in changed if key in content.unread],
            **({"asked_in": asked_in} if asked_in else {}),
        },
    )
