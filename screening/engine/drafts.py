"""The answers of a screening while they are being given, and how a save from an older page is told apart.

Each answer carries the revision of the draft at which it last changed. A save says which revision its page was loaded
at. What differs and was changed since then is a conflict: it is shown to the person, never resolved here.

What was typed and cannot be read as an answer is kept beside them as it was typed. No rule reads it.
"""

from dataclasses import dataclass, field

from screening.engine.answers import Answer, Answers, Rows
from screening.engine.documents import Identifier, Node, Note

NOTE_KEY = "note-for-reviewer"
Typed = dict[str, tuple[str, ...]]
"""What stands in the fields of a page, by the name of the field."""


class DraftContent(Node):
    """The answers as far as they are given. ``revisions`` has, per key, the revision at which it last changed.

    ``unread`` has, per question or group (or ``NOTE_KEY``), what was typed there and cannot be read yet.
    """

    answers: dict[Identifier, Answer] = {}
    groups: dict[Identifier, Rows] = {}
    revisions: dict[Identifier, int] = {}
    note: Note = ""
    unread: dict[Identifier, Typed] = {}

    def as_answers(self) -> Answers:
        """Return what the engine reads."""
        return Answers(answers=self.answers, groups=self.groups)


@dataclass(frozen=True, slots=True)
class Change:
    """What one save gives: an answer (``None`` takes it away) per question, whole rows per group, and the note.

    ``unread`` has, for each question and group of the page, what cannot be read there: empty where everything can.
    """

    answers: dict[str, Answer | None] = field(default_factory=dict)
    groups: dict[str, Rows] = field(default_factory=dict)
    note: str | None = None
    unread: dict[str, Typed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome of a merge: the content with the change in it, the keys that changed, and those in conflict.

    Where there is a conflict, ``content`` is the content as it was: nothing is taken over by halves.
    """

    content: DraftContent
    changed: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(content: DraftContent, change: Change, *, base_revision: int, next_revision: int) -> Merge:
    """Lay ``change``, made on a page loaded at ``base_revision``, over ``content`` as ``next_revision``."""
    changed = tuple(_changed_keys(content, change))
    conflicts = tuple(key for key in changed if content.revisions.get(key, 0) > base_revision)
    if conflicts:
        return Merge(content, (), conflicts)
    return Merge(_apply(content, change, changed, next_revision), changed, ())


def _changed_keys(content: DraftContent, change: Change) -> list[str]:
    keys = [key for key, answer in change.answers.items() if content.answers.get(key) != answer]
    keys += [key for key, rows in change.groups.items() if content.groups.get(key, Rows()) != rows]
    if change.note is not None and change.note != content.note:
        keys.append(NOTE_KEY)
    keys += [key for key, typed in change.unread.items() if content.unread.get(key, {}) != typed]
    return list(dict.fromkeys(keys))


def _apply(content: DraftContent, change: Change, changed: tuple[str, ...], revision: int) -> DraftContent:
    answers = {**content.answers, **{key: answer for key, answer in change.answers.items() if answer is not None}}
    for key in (key for key, answer in change.answers.items() if answer is None):
        answers.pop(key, None)
    return DraftContent(
        answers=answers,
        groups={**content.groups, **change.groups},
        revisions={**content.revisions, **dict.fromkeys(changed, revision)},
        note=content.note if change.note is None else change.note,
        unread={key: typed for key, typed in {**content.unread, **change.unread}.items() if typed},
    )
