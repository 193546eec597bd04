"""The answers of a screening while they are being given, and how a save from an older page is told apart.

A save says how each item stood when its page was loaded (its mark). What the page left as it stood is no change, so
that nothing saved elsewhere is taken away by a page that never showed it. What was changed on the page and elsewhere,
and differs, is a conflict: it is shown to the person, never resolved here. Where a save has no marks, it says which
revision it goes by, and each item carries the revision at which it last changed.

What was typed and cannot be read as an answer is kept beside them as it was typed. No rule reads it.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from screening.engine.answers import Answer, Answers, Rows
from screening.engine.documents import LONGEST_NOTE, Identifier, Node, Note

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
    ``loaded`` has the mark of each item as the page was loaded with it.
    """

    answers: dict[str, Answer | None] = field(default_factory=dict)
    groups: dict[str, Rows] = field(default_factory=dict)
    note: str | None = None
    unread: dict[str, Typed] = field(default_factory=dict)
    loaded: dict[str, str] = field(default_factory=dict)

    def marks(self) -> dict[str, str]:
        """Return the mark of each item as the page gives it."""
        given: dict[str, Answer | Rows | str | None] = {**self.answers, **self.groups}
        if self.note is not None or NOTE_KEY in self.unread:
            given[NOTE_KEY] = self.note or ""
        return {key: mark(said, self.unread.get(key, {})) for key, said in given.items()}

    def untouched(self) -> frozenset[str]:
        """Return the items that the page gives as it was loaded with them."""
        return frozenset(key for key, said in self.marks().items() if self.loaded.get(key) == said)

    def without(self, keys: Collection[str]) -> "Change":
        """Return the change less some items."""
        return replace(
            self,
            answers={key: answer for key, answer in self.answers.items() if key not in keys},
            groups={key: rows for key, rows in self.groups.items() if key not in keys},
            note=None if NOTE_KEY in keys else self.note,
            unread={key: typed for key, typed in self.unread.items() if key not in keys},
        )


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
    change = change.without(change.untouched())
    changed = tuple(_changed_keys(content, change))
    conflicts = tuple(key for key in changed if _changed_elsewhere(content, key, change.loaded, base_revision))
    if conflicts:
        return Merge(content, (), conflicts)
    return Merge(_apply(content, change, changed, next_revision), changed, ())


def mark(given: Answer | Rows | str | None, unread: Typed) -> str:
    """Return a short digest of how one item stands: equal for what says the same.

    What cannot be read stands before the answer there is, as it does on the page; beside rows it stands in one of them.
    """
    given = None if given == Rows() else given
    said = given.model_dump(mode="json") if isinstance(given, Answer | Rows) else given
    if isinstance(given, Answer) and isinstance(given.value, tuple):
        said = {**given.model_dump(mode="json"), "value": sorted(given.value)}
    stands = [said, unread] if isinstance(given, Rows) else unread or said
    return hashlib.sha256(json.dumps(stands, sort_keys=True).encode()).hexdigest()[:16]


def mark_of(content: DraftContent, key: str) -> str:
    """Return the mark of a question as it stands; of a group, or of the note, where it has rows or words."""
    given = content.note if key == NOTE_KEY else content.groups.get(key) or content.answers.get(key)
    return mark(given, content.unread.get(key, {}))


def only_notes(typed: Typed) -> bool:
    """Return whether nothing stands there but notes that were typed before their answers."""
    notes = [value for name, values in typed.items() if name.endswith("-note") for value in values if value]
    others = (name for name, values in typed.items() if any(values) and not name.endswith(("-note", "-source")))
    return bool(notes) and not any(others) and all(len(note.replace("\r\n", "\n")) <= LONGEST_NOTE for note in notes)


def _changed_elsewhere(content: DraftContent, key: str, loaded: dict[str, str], base_revision: int) -> bool:
    if key in loaded:
        return loaded[key] != mark_of(content, key)
    return content.revisions.get(key, 0) > base_revision


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
