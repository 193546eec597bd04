"""The life of a rule-set version: drafted, changed, sent to a second person, published; never edited after that."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Actor
from core.canonical import canonical_bytes
from core.commands import command
from core.errors import Conflict, Refused
from core.ledger.checkpointing import checkpoint_soon
from core.ledger.services import Event, append
from screening.engine.comparison import with_rule
from screening.engine.documents import as_document
from screening.engine.retelling import last_to_tell, lost_claims, retold, with_vignette, without_claims
from screening.engine.rules import Rule, RuleSet
from screening.engine.vignettes import Vignette
from screening.models import DraftEditor, Protocol, QuestionnaireVersion, RuleSetVersion
from screening.models.versions import VersionStatus
from screening.selectors.documents import rule_set_of, rules_digest, vignettes_of
from screening.selectors.origins import as_adopted, claims_to_be_as_adopted
from screening.selectors.rule_sets import check_of, unreadable
from screening.services import streams

AUTHOR_CANNOT_PUBLISH = gettext_noop("You took part in writing this version. Somebody else has to publish it.")
CHANGED_SINCE_READ = gettext_noop("This version was changed since you read it. Read it again.")


@command
def take_draft(*, protocol: Protocol, by: Actor, at: datetime) -> RuleSetVersion:
    """Take a draft from the active rules. Raise ``Conflict`` where one is open, ``Refused`` without rules."""
    with transaction.atomic():
        Protocol.objects.select_for_update().get(pk=protocol.pk)
        if _open_versions(protocol).exists():
            raise Conflict(gettext("A draft of these rules is open already. Work on that one."), code="draft-open")
        active = RuleSetVersion.objects.filter(protocol=protocol, status=VersionStatus.ACTIVE).first()
        if active is None:
            raise Refused(gettext("There are no published rules to take a draft from."), code="nothing-active")
        draft = _copy(active, by=by, at=at)
        editor = DraftEditor.objects.create(version=draft, user=by.user, first_edit_at=at)
        append(_event(draft, "rule-set.draft-taken", (editor,), based_on=active.digest), by=by, at=at)
    return draft


@command
def change_rule(
    *, version: RuleSetVersion, rule_id: str, rule: Rule, expected_revision: int, by: Actor, at: datetime
) -> RuleSetVersion:
    """Put ``rule`` in the place of the rule ``rule_id`` of a draft. Its id stays: past cases name it.

    Where that changes nothing, nothing is written: whoever saves a rule as it was took no part in writing the version.
    Raise ``Conflict`` where the draft was changed since ``expected_revision``, or it is no draft any more;
    ``Refused`` for a rule that names what does not exist. What else the checks find stays to be put right.
    """
    with transaction.atomic():
        draft = _lock(version, VersionStatus.DRAFT, expected_revision)
        rules = rule_set_of(draft)
        if rule_id not in rules.rule_by_id or rule.id != rule_id:
            raise Refused(
                gettext('There is no rule "%(rule_id)s" in this draft, or its id was changed. Keep the id.')
                % {"rule_id": rule_id}
            )
        if rule == rules.rule_by_id[rule_id]:
            return draft
        changed = with_rule(rules, rule)
        _refuse_unreadable(draft, changed)
        draft.rules = canonical_bytes(as_document(changed)).decode()
        draft.change_notes = _without_untrue_notes(draft)
        editors = _store(draft, by=by, at=at)
        append(_event(draft, "rule-set.changed", editors, rule=rule_id, now=as_document(rule)), by=by, at=at)
    return draft


@command
def retell_vignette(
    *, version: RuleSetVersion, vignette_id: str, expected_revision: int, by: Actor, at: datetime
) -> RuleSetVersion:
    """Have a vignette of a draft tell what the draft's own rules make of its story: the change was intended.

    It goes on naming the rules that it named, each where it now belongs, and names those that are newly met. Where it
    claims exceptions that are not there any more, so that no vignette can be tried, these claims alone are taken out.
    Raise ``Refused`` where there is no such vignette, where it tells that already, or where it is the last to tell of a
    rule what some vignette has to tell: nobody could publish the draft, nor add a vignette to it.
    """
    with transaction.atomic():
        draft = _lock(version, VersionStatus.DRAFT, expected_revision)
        told = _told_anew(draft, vignette_id)
        draft.vignettes = canonical_bytes(as_document(with_vignette(vignettes_of(draft), told))).decode()
        draft.change_notes = _without_untrue_notes(draft)
        editors = _store(draft, by=by, at=at)
        said = {"vignette": vignette_id, "now": as_document(told)}
        append(_event(draft, "rule-set.vignette-retold", editors, **said), by=by, at=at)
    return draft


@command
def note_changes(
    *, version: RuleSetVersion, change_notes: str, expected_revision: int, by: Actor, at: datetime
) -> RuleSetVersion:
    """Write down what a draft changes and why, for the second person and for whoever reads it later."""
    with transaction.atomic():
        draft = _lock(version, VersionStatus.DRAFT, expected_revision)
        draft.change_notes = change_notes.strip()
        editors = _store(draft, by=by, at=at)
        append(_event(draft, "rule-set.changed", editors, change_notes=draft.change_notes), by=by, at=at)
    return draft


@command
def submit(*, version: RuleSetVersion, expected_revision: int, by: Actor, at: datetime) -> RuleSetVersion:
    """Send a draft to a second person. Raise ``Refused`` while a check or a vignette fails, or notes are missing."""
    with transaction.atomic():
        draft = _lock(version, VersionStatus.DRAFT, expected_revision)
        _refuse_unready(draft)
        draft.status, draft.submitted_at, draft.submitted_by = VersionStatus.IN_REVIEW, at, by.user
        draft.save(update_fields=["status", "submitted_at", "submitted_by"])
        append(_event(draft, "rule-set.submitted"), by=by, at=at)
    return draft


@command
def send_back(*, version: RuleSetVersion, words: str, by: Actor, at: datetime) -> RuleSetVersion:
    """Send a version in review back to its author, saying what to change."""
    if not words.strip():
        raise Refused(gettext("Say what should change before this can be published."), code="words-missing")
    with transaction.atomic():
        draft = _lock(version, VersionStatus.IN_REVIEW)
        draft.status, draft.submitted_at, draft.submitted_by = VersionStatus.DRAFT, None, None
        draft.revision += 1
        draft.save(update_fields=["status", "submitted_at", "submitted_by", "revision"])
        append(_event(draft, "rule-set.sent-back", words=words.strip()), by=by, at=at)
    return draft


@command
def withdraw(*, version: RuleSetVersion, by: Actor, at: datetime) -> RuleSetVersion:
    """Give a draft up. It is kept as it was, counts as open no more, and leaves the active version untouched."""
    with transaction.atomic():
        draft = _lock(version, VersionStatus.DRAFT)
        if draft.based_on is None:
            raise Refused(
                gettext("This is the protocol's only version. Change it instead of withdrawing it."),
                code="only-version",
            )
        draft.status = VersionStatus.WITHDRAWN
        draft.save(update_fields=["status"])
        append(_event(draft, "rule-set.withdrawn", (draft,)), by=by, at=at)
    return draft


@command
def publish(*, version: RuleSetVersion, shown_digest: str, by: Actor, at: datetime) -> RuleSetVersion:
    """Publish a version in review, retiring the one before it. The one who publishes took no part in writing it.

    ``shown_digest`` is the digest on the page that the person read. Raise ``Refused`` for an author of it, or while a
    check or a vignette fails; ``Conflict`` where its content is not what was read.
    """
    with transaction.atomic():
        Protocol.objects.select_for_update().get(pk=version.protocol_id)
        ready = _lock(version, VersionStatus.IN_REVIEW)
        if ready.digest != shown_digest:
            raise Conflict(gettext(CHANGED_SINCE_READ), code="version-changed")
        _refuse_author(ready, by)
        _refuse_unready(ready)
        retired = _retire_active(ready, at=at)
        questionnaires = _publish_questionnaire(ready, by=by, at=at)
        ready.status, ready.published_at, ready.published_by = VersionStatus.ACTIVE, at, by.user
        ready.save(update_fields=["status", "published_at", "published_by"])
        append(*retired, *questionnaires, _published(ready), by=by, at=at)
        checkpoint_soon()
    return ready


def _open_versions(protocol: Protocol) -> QuerySet[RuleSetVersion]:
    return RuleSetVersion.objects.filter(protocol=protocol, status__in=[VersionStatus.DRAFT, VersionStatus.IN_REVIEW])


def _lock(version: RuleSetVersion, status: VersionStatus, expected_revision: int | None = None) -> RuleSetVersion:
    """Return the version, locked, or refuse where it is not in ``status`` or was changed since it was read."""
    locked = (
        RuleSetVersion.objects.select_for_update(of=("self",))
        .select_related("protocol", "questionnaire_version", "based_on")
        .filter(pk=version.pk)
        .first()
    )
    if locked is None or locked.status != status:
        now = locked.get_status_display().lower() if locked else gettext("gone")
        raise Conflict(
            gettext("This version is %(now)s now, so this cannot be done. Open it again.") % {"now": now},
            code="version-moved-on",
        )
    if expected_revision is not None and locked.revision != expected_revision:
        raise Conflict(
            gettext(
                "This draft was changed since you opened it, by somebody else or in another tab. "
                "Compare with it as it is now, then save again."
            ),
            code="draft-changed",
        )
    return locked


def _copy(active: RuleSetVersion, *, by: Actor, at: datetime) -> RuleSetVersion:
    numbers = (
        RuleSetVersion.objects.filter(protocol=active.protocol).order_by("-number").values_list("number", flat=True)
    )
    return RuleSetVersion.objects.create(
        protocol=active.protocol,
        number=numbers[0] + 1,
        questionnaire_version=active.questionnaire_version,
        based_on=active,
        library=active.library,
        rules=active.rules,
        vignettes=active.vignettes,
        digest=active.digest,
        created_at=at,
        created_by=by.user,
    )


def _without_untrue_notes(draft: RuleSetVersion) -> str:
    """Return the change notes of a changed draft: none where they still say that it is as it was adopted."""
    return "" if claims_to_be_as_adopted(draft) and not as_adopted(draft) else draft.change_notes


def _told_anew(draft: RuleSetVersion, vignette_id: str) -> Vignette:
    vignette = next((v for v in vignettes_of(draft).vignettes if v.id == vignette_id), None)
    if vignette and (lost := lost_claims(vignette, rule_set_of(draft))):
        return without_claims(vignette, lost)
    changed = check_of(draft).changed
    result = next((found for found in changed if found.vignette_id == vignette_id), None)
    if vignette is None or result is None:
        raise Refused(gettext("The rules make of this vignette what it tells already. Nothing was changed."))
    if last_to_tell(rule_set_of(draft), vignettes_of(draft), changed, vignette_id):
        raise Refused(
            gettext(
                "It is the last vignette to tell of a rule what some vignette has to tell of it. Change the rule so "
                "that this vignette, or another one, still comes out so."
            ),
            code="last-to-tell",
        )
    return retold(vignette, result.guidance)


def _store(draft: RuleSetVersion, *, by: Actor, at: datetime) -> tuple[DraftEditor, ...]:
    """Count the change, and note who made it: an editor of a version never publishes it. Return who is new to it."""
    draft.digest = rules_digest(library=draft.library, rules=draft.rules, vignettes=draft.vignettes)
    draft.revision += 1
    draft.save(update_fields=["rules", "vignettes", "digest", "change_notes", "revision"])
    editor, new = DraftEditor.objects.get_or_create(version=draft, user=by.user, defaults={"first_edit_at": at})
    return (editor,) if new else ()


def _refuse_unreadable(draft: RuleSetVersion, rules: RuleSet) -> None:
    found = unreadable(draft, rules)
    if found:
        raise Refused(
            gettext("The rule cannot be read: %(problem)s %(cure)s")
            % {"problem": found[0].problem, "cure": found[0].cure},
            code="unreadable-rule",
        )


def _refuse_author(version: RuleSetVersion, by: Actor) -> None:
    wrote = {version.created_by_id, version.submitted_by_id, *version.editors.values_list("user_id", flat=True)}
    if by.user.pk in wrote:
        raise Refused(gettext(AUTHOR_CANNOT_PUBLISH), code="author-cannot-publish")


def _refuse_unready(version: RuleSetVersion) -> None:
    check = check_of(version)
    if not version.change_notes.strip():
        raise Refused(
            gettext("Write down what this version changes and why, and save that first."), code="notes-missing"
        )
    if _without_untrue_notes(version) != version.change_notes:
        raise Refused(
            gettext(
                "The change notes say that this is adopted as shipped, and it was changed since. Write down what was "
                "changed and why, and save that first."
            ),
            code="notes-missing",
        )
    if not check.clean:
        raise Refused(
            gettext("%(words)s Put that right first; the checks on the version's page name each place.")
            % {"words": check.words},
            code="not-clean",
        )


def _retire_active(version: RuleSetVersion, *, at: datetime) -> list[Event]:
    active = RuleSetVersion.objects.filter(protocol=version.protocol, status=VersionStatus.ACTIVE).first()
    if active is None:
        return []
    active.status, active.retired_at = VersionStatus.RETIRED, at
    active.save(update_fields=["status", "retired_at"])
    active.protocol = version.protocol
    return [_event(active, "rule-set.retired")]


def _publish_questionnaire(version: RuleSetVersion, *, by: Actor, at: datetime) -> list[Event]:
    """Publish the questionnaire that the rules are written for, where it is not published yet."""
    questionnaire = version.questionnaire_version
    if questionnaire.status != VersionStatus.DRAFT:
        return []
    events = _retire_questionnaire(version.protocol, at=at)
    questionnaire.status, questionnaire.published_at, questionnaire.published_by = VersionStatus.ACTIVE, at, by.user
    questionnaire.save(update_fields=["status", "published_at", "published_by"])
    return [*events, _questionnaire_event(questionnaire, version.protocol, "questionnaire.published", seal=True)]


def _retire_questionnaire(protocol: Protocol, *, at: datetime) -> list[Event]:
    active = QuestionnaireVersion.objects.filter(protocol=protocol, status=VersionStatus.ACTIVE).first()
    if active is None:
        return []
    active.status, active.retired_at = VersionStatus.RETIRED, at
    active.save(update_fields=["status", "retired_at"])
    return [_questionnaire_event(active, protocol, "questionnaire.retired", seal=False)]


def _event(version: RuleSetVersion, action: str, seals: tuple[Model, ...] = (), **payload: object) -> Event:
    return Event(
        stream=streams.rule_set(version.protocol),
        action=action,
        object=f"rule-set-version:{version.pk}",
        payload={"number": version.number, "revision": version.revision, "digest": version.digest, **payload},
        seals=seals,
    )


def _published(version: RuleSetVersion) -> Event:
    return Event(
        stream=streams.rule_set(version.protocol),
        action="rule-set.published",
        object=f"rule-set-version:{version.pk}",
        payload={"number": version.number, "digest": version.digest, "change_notes": version.change_notes},
        seals=(version,),
    )


def _questionnaire_event(questionnaire: QuestionnaireVersion, protocol: Protocol, action: str, *, seal: bool) -> Event:
    return Event(
        stream=streams.questionnaire(protocol),
        action=action,
        object=f"questionnaire-version:{questionnaire.pk}",
        payload={"number": questionnaire.number, "digest": questionnaire.digest},
        seals=(questionnaire,) if seal else (),
    )
