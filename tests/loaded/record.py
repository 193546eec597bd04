"""Run apart, on the database of the server that is killed: ``prepare N`` makes cases ready, ``check`` looks at them.

``prepare`` prints what the clients need. ``check`` reads what was acknowledged from standard input and prints what is
wrong: something acknowledged that is not there, something done twice, or a record that does not verify.
"""

import json
import os
import sys
from typing import Any

import django

DONE = {
    "save": "screening.saved",
    "submit": "screening.submitted",
    "claim": "screening.claimed",
    "answer": "flag.answered",
    "sign": "determination.signed",
}


def prepare(count: int) -> dict[str, Any]:
    """Make a practice with a published protocol and cases that are filled, and sign its people in."""
    from django.core.management import call_command

    from tests import playing
    from tests.pages import signed_in

    call_command("migrate", verbosity=0)
    house = playing.house()
    protocol = playing.published(house)
    cases = [str(playing.filled(house, protocol, "an-agreed-medicine").pk) for _ in range(count)]
    people = {"therapist": house.therapist, "clinician": house.clinician}
    sessions = {role: signed_in(actor).cookies["sessionid"].value for role, actor in people.items()}
    return {"cases": cases, "sessions": sessions}


def check(acknowledged: list[list[str]]) -> list[str]:
    """Return what is wrong: each acknowledged step has to be there, and no step twice."""
    from collections import Counter

    from core.ledger.models import Entry
    from core.ledger.verification import verify
    from screening.models import Determination, Draft, FlagAnswer, ResponseVersion

    done: Counter[tuple[str, str]] = Counter(
        (name.removeprefix("case:"), action) for name, action in Entry.objects.values_list("stream__name", "action")
    )
    wrong = [
        f"{case}: {step} was acknowledged and is not there" for case, step in acknowledged if not done[case, DONE[step]]
    ]
    once = ("screening.submitted", "screening.claimed", "determination.signed")
    wrong += [
        f"{case}: {action}, {times} times" for (case, action), times in done.items() if action in once and times > 1
    ]
    typed = {case for case, step in acknowledged if step == "save"}
    drafts = [draft for draft in Draft.objects.all() if str(draft.pk) in typed]
    wrong += [f"{draft.pk}: what was typed is lost" for draft in drafts if f"Typed for {draft.pk}" not in draft.content]
    counts = {model: model.objects.count() for model in (ResponseVersion, Determination)}
    events = {ResponseVersion: "screening.submitted", Determination: "determination.signed"}
    for model, count in counts.items():
        recorded = Entry.objects.filter(action=events[model]).count()
        wrong += [f"{count} of {model.__name__}, {recorded} recorded"] if count != recorded else []
    wrong += ["a flag was answered twice by one press"] if FlagAnswer.objects.filter(number__gt=1).exists() else []
    return wrong + [str(finding) for finding in verify()]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    django.setup()
    asked = sys.argv[1]
    found = prepare(int(sys.argv[2])) if asked == "prepare" else check(json.load(sys.stdin))
    json.dump(found, sys.stdout)
