"""Verifying a practice's part of the ledger, which takes as long as the ledger is."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from core import access
from core.accounts.models import Actor, Practice, User
from core.background import background_task
from core.ledger.guards import missing_guards
from core.ledger.services import practice_stream
from core.ledger.verification import verify_for

FINDINGS_KEPT = 200


@background_task()
def verify_practice(*, practice_id: str, user_id: str, role: str) -> dict[str, Any]:
    """Verify the practice's streams and sealed rows, record that it was done, for whom and with what outcome.

    The outcome has the counts, the first findings, the guards missing in the database, and the time it ended.
    """
    practice = Practice.objects.get(pk=practice_id)
    report, unguarded, at = verify_for(practice), missing_guards(), timezone.now()
    counts = {"streams": report.streams, "entries": report.entries, "findings": len(report.findings)}
    stream = practice_stream(practice.pk)
    by = Actor(User.objects.get(pk=user_id), practice, role)
    payload = {**counts, "missing_guards": len(unguarded)}
    access.record_view(action="ledger.verified", object=stream, stream=stream, by=by, at=at, payload=payload)
    return {
        **counts,
        "rows": report.rows,
        "checkpoints": report.checkpoints,
        "intact": report.intact and not unguarded,
        "tampered": report.tampered or bool(unguarded),
        "shown": [asdict(finding) for finding in report.findings[:FINDINGS_KEPT]],
        "missing_guards": unguarded,
        "at": at.isoformat(),
    }
