"""People of two practices who do whatever comes to mind, in any order, as the pages would let them.

A Hypothesis state machine: ``rule``s are commands, most of them at the wrong moment or by the wrong person. After each
step everything that must never be false is looked at. What a command writes is compared with what was expected of it.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.accounts.models import Actor, Membership, Role, User
from core.accounts.selectors import current_memberships, membership_for
from core.accounts.services import add_member, end_membership
from core.canonical import digest
from core.errors import NotForThisUser, Refused
from core.ledger.models import Entry
from core.ledger.verification import verify
from screening.engine.answers import Answer
from screening.engine.drafts import Change
from screening.models import (
    Client,
    Determination,
    Evaluation,
    FlagAnswer,
    Protocol,
    ResponseVersion,
    Return,
    RuleSetVersion,
    Screening,
)
from screening.models.reviews import FlagAnswerKind
from screening.models.versions import VersionStatus
from screening.selectors import screenings as seen
from screening.selectors.answers_to_flags import flags_of, standing_answers
from screening.selectors.determinations import to_be_signed
from screening.selectors.documents import rule_set_of
from screening.selectors.protocols import protocol_for
from screening.selectors.rule_sets import version_for
from screening.services import determinations, drafts, protocols, reviews, rule_sets, screenings, submissions
from screening.services.reviews import GivenAnswer
from tests.faults import state
from tests.playing import NOON, House, newest_version

SIGNED: Sequence[type[models.Model]] = (ResponseVersion, Evaluation, FlagAnswer, Return, Determination)
ANY = 7
WHO, WHICH = st.integers(0, 7), st.sampled_from([0, 0, 0, 1, 1, 2, 3, ANY])
THOUGHTS = st.sampled_from(["none", "less", "as-before", "new-or-stronger"])
HELD = ("therapist", "clinician", "author", "approver", "auditor", "manager")


class Flows(RuleBasedStateMachine):
    """Two practices. ``houses`` are written before, and everything that an example does is undone after it."""

    houses: tuple[House, House]
    accepted = refused = 0  # over all examples

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()
        self.frozen: dict[tuple[str, Any], str] = {}
        self.touched: set[str] = set()
        self.people = [getattr(house, name) for house in self.houses for name in HELD]

    def teardown(self) -> None:
        """Verify the whole record once more, and undo everything."""
        try:
            assert verify() == []
        finally:
            transaction.set_rollback(True)
            self._undone.__exit__(None, None, None)

    # How a command is given.

    def does(self, act: Callable[[], Any], *expected: str, also: Callable[[Any], Sequence[str]] = lambda _: ()) -> Any:
        """Carry out a command: what is accepted writes exactly the events expected, what is refused changes nothing."""
        last, before = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0, state()
        try:
            done = act()
        except Refused:
            type(self).refused += 1
            assert state() == before
            return None
        type(self).accepted += 1
        written = Entry.objects.filter(pk__gt=last).exclude(action="stream.opened").order_by("pk")
        assert sorted(entry.action for entry in written) == sorted([*expected, *also(done)])
        self.touched = {entry.stream.name for entry in written.select_related("stream")}
        return done

    def actor(self, who: int, role: Role) -> Actor:
        """Return somebody who acts in a role: the guard lets nobody further who does not hold it now."""
        mine = [one for one in self.people if role in held_by(one.user, one.practice.pk)]
        if not mine:
            raise NotForThisUser("Nobody holds this role.")
        chosen = mine[who % len(mine)]
        return Actor(chosen.user, chosen.practice, role.value)

    def case(self, by: Actor, which: int) -> Screening:
        """Return a case by its id, mostly one of theirs, through what means "for this user"."""
        of_therapist = by.role == Role.THERAPIST
        theirs = seen.for_therapist(by) if of_therapist else seen.for_reviewer(by)
        chosen = pick(theirs.order_by("-started_at", "pk"), Screening.objects.order_by("pk"), which)
        return (seen.screening_for_therapist if of_therapist else seen.screening_for_reviewer)(by, chosen)

    def version(self, by: Actor, which: int) -> RuleSetVersion:
        """Return a version of rules by its id, mostly one of the practice."""
        every = RuleSetVersion.objects.order_by("-created_at", "-number", "pk")
        return version_for(by, pick(every.filter(protocol__practice=by.practice), every, which))

    # A therapist's commands.

    @rule(who=WHO)
    def start(self, who: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.THERAPIST)
            client = Client.objects.filter(therapist=by.user, practice=by.practice).first()
            protocol = Protocol.objects.filter(practice=by.practice).order_by("adopted_at", "pk")[0]
            if client is None:
                raise NotForThisUser("They have no client.")
            return screenings.start(screening_id=uuid.uuid4(), client=client, protocol=protocol, by=by, at=NOON)

        self.does(act, "screening.started")

    @rule(who=WHO, which=WHICH, thoughts=THOUGHTS, old=st.booleans())
    def answer(self, who: int, which: int, thoughts: str, old: bool) -> None:
        saved: list[bool] = []

        def act() -> Any:
            by = self.actor(who, Role.THERAPIST)
            screening = self.case(by, which)
            answer = Answer(value=thoughts)
            base = 0 if old else screening.draft.revision
            change = Change(answers={"suicide-thoughts-today": answer})
            before = screening.draft.revision
            draft = drafts.save(screening=screening, change=change, base_revision=base, by=by, at=NOON)
            saved.append(draft.revision > before)
            return draft

        self.does(act, also=lambda _: ["screening.saved"] if saved[0] else [])

    @rule(who=WHO, which=WHICH, old=st.booleans())
    def submit(self, who: int, which: int, old: bool) -> None:
        def act() -> Any:
            by = self.actor(who, Role.THERAPIST)
            screening = self.case(by, which)
            revision = screening.draft.revision + (1 if old else 0)
            return submissions.submit(screening=screening, base_revision=revision, by=by, at=NOON)

        self.does(act, "screening.submitted")

    @rule(who=WHO, which=WHICH)
    def amend(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.THERAPIST)
            return submissions.start_amendment(screening=self.case(by, which), reason="Told more.", by=by, at=NOON)

        self.does(act, "screening.amendment-started")

    @rule(who=WHO, which=WHICH)
    def drop_amendment(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.THERAPIST)
            return submissions.drop_amendment(screening=self.case(by, which), by=by, at=NOON)

        self.does(act, "screening.amendment-dropped")

    # A clinician's commands.

    @rule(who=WHO, which=WHICH, act=st.sampled_from(["claim", "claim", "release"]))
    def take_or_put_back(self, who: int, which: int, act: str) -> None:
        again: list[bool] = []

        def do() -> Any:
            by = self.actor(who, Role.CLINICIAN)
            screening = self.case(by, which)
            again.append(act == "claim" and screening.claimed_by_id == by.user.pk)
            return getattr(reviews, act)(screening=screening, by=by, at=NOON)

        self.does(do, also=lambda _: [] if again[0] else [f"screening.{act}{'ed' if act == 'claim' else 'd'}"])

    @rule(who=WHO, which=WHICH, kind=st.sampled_from(FlagAnswerKind.values), every=st.booleans())
    def answer_flags(self, who: int, which: int, kind: str, every: bool) -> None:
        def act() -> Any:
            by = self.actor(who, Role.CLINICIAN)
            screening = self.case(by, which)
            flags = flags_of(reviews.evaluation_of(screening))
            stood = {flag: answer.pk for flag, answer in standing_answers(flags).items()}
            given = [GivenAnswer(f.rule_id, kind, "Mine.", stood=stood.get(f.pk)) for f in flags]
            asked: Any = {"evaluation_id": screening.current_evaluation_id, "given": given if every else given[:1]}
            return reviews.answer_flags(screening=screening, **asked, by=by, at=NOON)

        self.does(act, also=lambda stored: ["flag.answered"] * len(stored))

    @rule(who=WHO, which=WHICH)
    def hand_back(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.CLINICIAN)
            return reviews.send_back(screening=self.case(by, which), words="Ask again.", questions=[], by=by, at=NOON)

        self.does(act, "screening.returned")

    @rule(who=WHO, which=WHICH, old=st.sampled_from([False, False, False, True]))
    def sign(self, who: int, which: int, old: bool) -> None:
        def act() -> Any:
            by = self.actor(who, Role.CLINICIAN)
            screening = self.case(by, which)
            decided: dict[str, Any] = {"outcome_code": "more-information", "reasons": "Mine.", "recheck_on": None}
            shown = "0" * 64 if old else digest(to_be_signed(screening, by))
            return determinations.sign(screening=screening, shown_digest=shown, **decided, by=by, at=NOON)

        self.does(act, "determination.signed")

    @rule(who=WHO, which=WHICH, kind=st.sampled_from(["agree", "not-applicable"]))
    def review_all_of_it(self, who: int, which: int, kind: str) -> None:
        """Go the usual way in one step, so that signatures come often enough to be broken."""
        self.submit(who, which, old=False)
        self.take_or_put_back(who, which, "claim")
        self.answer_flags(who, which, kind, every=True)

    # What rule authors and approvers do.

    @rule(who=WHO)
    def adopt(self, who: int) -> None:
        self.does(
            lambda: protocols.adopt(name="after-session", by=self.actor(who, Role.RULE_AUTHOR), at=NOON),
            "protocol.adopted",
        )

    @rule(who=WHO, which=WHICH)
    def take_draft(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.RULE_AUTHOR)
            every = Protocol.objects.order_by("adopted_at", "pk")
            chosen = pick(every.filter(practice=by.practice), every, which)
            return rule_sets.take_draft(protocol=protocol_for(by, chosen), by=by, at=NOON)

        self.does(act, "rule-set.draft-taken")

    @rule(who=WHO, which=WHICH, title=st.sampled_from(["One title", "Another title"]), old=st.booleans())
    def edit(self, who: int, which: int, title: str, old: bool) -> None:
        def act() -> int:
            by = self.actor(who, Role.RULE_AUTHOR)
            version = self.version(by, which)
            changed = rule_set_of(version).rules[0].model_copy(update={"title": title})
            revision = version.revision - (1 if old else 0)
            given: dict[str, Any] = {"rule_id": changed.id, "rule": changed, "expected_revision": revision}
            return rule_sets.change_rule(version=version, **given, by=by, at=NOON).revision - revision

        self.does(act, also=lambda steps: ["rule-set.changed"] * steps)  # none where that is its title already

    @rule(who=WHO, which=WHICH)
    def send_rules(self, who: int, which: int) -> None:
        def note() -> Any:
            by = self.actor(who, Role.RULE_AUTHOR)
            version = self.version(by, which)
            words: dict[str, Any] = {"change_notes": "Why.", "expected_revision": version.revision}
            return rule_sets.note_changes(version=version, **words, by=by, at=NOON)

        def send() -> Any:
            by = self.actor(who, Role.RULE_AUTHOR)
            version = self.version(by, which)
            return rule_sets.submit(version=version, expected_revision=version.revision, by=by, at=NOON)

        self.does(note, "rule-set.changed")
        self.does(send, "rule-set.submitted")

    @rule(who=WHO, which=WHICH)
    def send_rules_back(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.RULE_APPROVER)
            return rule_sets.send_back(version=self.version(by, which), words="Say more.", by=by, at=NOON)

        self.does(act, "rule-set.sent-back")

    @rule(who=WHO, which=WHICH)
    def withdraw(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.RULE_AUTHOR)
            return rule_sets.withdraw(version=self.version(by, which), by=by, at=NOON)

        self.does(act, "rule-set.withdrawn")

    @rule(who=WHO, which=WHICH)
    def publish(self, who: int, which: int) -> None:
        replaced: list[str] = []

        def act() -> Any:
            by = self.actor(who, Role.RULE_APPROVER)
            version = self.version(by, which)
            active = RuleSetVersion.objects.filter(protocol=version.protocol, status=VersionStatus.ACTIVE)
            replaced.extend(["rule-set.retired"] if active.exists() else [])
            replaced.extend(["questionnaire.published"] if version.questionnaire_version.status == "draft" else [])
            return rule_sets.publish(version=version, shown_digest=version.digest, by=by, at=NOON)

        self.does(act, "rule-set.published", also=lambda _: replaced)

    # Who works here.

    @rule(who=WHO, which=WHICH)
    def sign_what_is_answered(self, who: int, which: int) -> None:
        """Answer all there is and sign it, amended or not."""
        self.review_all_of_it(who, which, "agree")
        self.sign(who, which, old=False)

    @rule(who=WHO, which=WHICH)
    def publish_a_change(self, who: int, which: int) -> None:
        """Go the usual way of a draft in one step."""
        self.take_draft(who, which)
        self.edit(who, which, "One title", old=False)
        self.send_rules(who, which)
        self.publish(who, which)

    @rule(who=WHO, whom=st.integers(0, 11), role=st.sampled_from(list(Role)))
    def give_role(self, who: int, whom: int, role: Role) -> None:
        def act() -> Any:
            by = self.actor(who, Role.MANAGER)
            user = self.people[whom].user
            if self.people[whom].practice != by.practice:
                raise NotForThisUser("Nobody works in both.")
            return add_member(user=user, practice=by.practice, role=role, by=by, at=NOON)

        self.does(act, "member.added")

    @rule(who=WHO, which=st.integers(0, 20))
    def end_role(self, who: int, which: int) -> None:
        def act() -> Any:
            by = self.actor(who, Role.MANAGER)
            every = list(Membership.objects.order_by("pk").values_list("pk", flat=True))
            end_membership(membership=membership_for(by, every[which % len(every)]), by=by, at=NOON)

        self.does(act, "member.ended")

    # What must never be false.

    @invariant()
    def what_was_signed_stays_as_it_was(self) -> None:
        for model in SIGNED:
            self._stay(model, models.QuerySet(model).all())
        self._stay(RuleSetVersion, RuleSetVersion.objects.filter(published_at__isnull=False))

    def _stay(self, model: type[models.Model], rows: models.QuerySet[Any]) -> None:
        now = {(model.__name__, row["id"]): repr(without_what_moves(row)) for row in rows.values()}
        gone = {key for key in self.frozen if key[0] == model.__name__} - set(now)
        assert not gone
        for key, row in now.items():
            assert self.frozen.setdefault(key, row) == row

    @invariant()
    def nobody_publishes_what_they_wrote(self) -> None:
        for version in RuleSetVersion.objects.filter(published_by__isnull=False).defer("rules", "library", "vignettes"):
            wrote = {version.created_by_id, version.submitted_by_id, *version.editors.values_list("user_id", flat=True)}
            assert version.published_by_id not in wrote

    @invariant()
    def one_version_is_active_at_most(self) -> None:
        active = RuleSetVersion.objects.filter(status=VersionStatus.ACTIVE).values_list("protocol_id", flat=True)
        assert len(set(active)) == len(active)

    @invariant()
    def nothing_of_one_practice_is_there_in_the_other(self) -> None:
        here, there = (house.practice for house in self.houses)
        for house, other in ((self.houses[0], there), (self.houses[1], here)):
            assert not seen.for_reviewer(house.auditor).filter(practice=other).exists()
            assert not seen.for_therapist(house.therapist).filter(practice=other).exists()
            for case in Screening.objects.filter(practice=other)[:2]:
                assert is_not_there(seen.screening_for_reviewer, house.clinician, case.pk)
            foreign = Protocol.objects.filter(practice=other)[0]
            assert is_not_there(version_for, house.author, newest_version(foreign).pk)

    @invariant()
    def the_record_verifies(self) -> None:
        assert verify(self.touched) == []
        self.touched = set()


def pick(theirs: models.QuerySet[Any], all_there_are: models.QuerySet[Any], which: int) -> Any:
    """Return the id of one of theirs, and now and then of whatever there is."""
    ids = list((all_there_are if which == ANY else theirs).values_list("pk", flat=True)) or [uuid.UUID(int=7)]
    return ids[which % len(ids)]


def held_by(user: User, practice_id: Any) -> set[str]:
    return {found.role for found in current_memberships(user) if found.practice_id == practice_id}


def without_what_moves(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says for ever: not whether a version is the active one, nor when it was retired."""
    return {name: value for name, value in row.items() if name not in ("status", "retired_at")}


def is_not_there(find: Callable[..., Any], by: Actor, wanted: uuid.UUID) -> bool:
    try:
        find(by, wanted)
    except NotForThisUser:
        return True
    return False
