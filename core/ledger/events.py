"""The names of what can be recorded, each with its label. A name that is not registered here cannot be recorded.

The core's own names stand below; another application registers its own when it is loaded.
"""

import re

from django.utils.translation import gettext, gettext_noop

_NAME = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\Z")
_labels: dict[str, str] = {}


def register(name: str, label: str) -> str:
    """Make ``name`` (``noun.verb``) recordable, under ``label`` for readers. Registering it again alike is harmless."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not an event name: write noun.verb in lower case, words joined by hyphens")
    if _labels.setdefault(name, label) != label:
        raise ValueError(f"{name!r} is registered already, as {_labels[name]!r}")
    return name


def is_registered(name: str) -> bool:
    """Say whether ``name`` may be recorded."""
    return name in _labels


def label_of(name: str) -> str:
    """Return the label of ``name`` for a reader, in their language; an unknown name labels itself.

    So an old entry can still be read.
    """
    return gettext(_labels[name]) if name in _labels else name


def registered() -> dict[str, str]:
    """Return every registered name with its label."""
    return dict(_labels)


STREAM_OPENED = register("stream.opened", gettext_noop("A record was opened"))
STREAM_ERASED = register(
    "stream.erased", gettext_noop("A record's key was destroyed, so that what it says cannot be read again")
)
SIGNED_IN = register("session.signed-in", gettext_noop("Signed in"))
SIGNED_OUT = register("session.signed-out", gettext_noop("Signed out"))
SIGN_IN_FAILED = register("session.failed", gettext_noop("A sign-in failed"))
IDENTITY_CONFIRMED = register("session.confirmed", gettext_noop("Confirmed who they are, once more"))
CONFIRMATION_FAILED = register("session.confirmation-failed", gettext_noop("Confirming who they are failed"))
ACCESS_REFUSED = register("access.refused", gettext_noop("Access was refused"))
ACT_REFUSED = register("act.refused", gettext_noop("Something that was asked for was refused, and not done"))
OBJECT_REFUSED = register("object.refused", gettext_noop("Something was asked for that is not there for this person"))
REFUSALS_PAUSED = register(
    "refusals.paused", gettext_noop("Refusals were too many to be recorded one by one for a while")
)
PRACTICE_CREATED = register("practice.created", gettext_noop("The practice was created"))
PRACTICE_CHANGED = register("practice.changed", gettext_noop("The practice's settings were changed"))
MEMBER_ADDED = register("member.added", gettext_noop("A member was given a role"))
MEMBER_ENDED = register("member.ended", gettext_noop("A member's role was ended"))
CHECKPOINTS_EXPORTED = register("ledger.checkpoints-exported", gettext_noop("The ledger's checkpoints were downloaded"))
KEYS_ROTATED = register("keys.rotated", gettext_noop("What the field keys encrypt was moved to the newest key"))
LEDGER_VERIFIED = register("ledger.verified", gettext_noop("The ledger was verified"))
