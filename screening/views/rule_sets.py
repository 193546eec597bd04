"""One version of rules: read, checked, sent to a second person, published. Its rules are edited in ``rules``."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import Role
from core.accounts.proving import confirm_identity
from core.commands import says_why
from core.errors import Conflict, NotForThisUser, Refused
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.rule_sets import NotesForm, PublishForm, RevisionForm, SendBackForm, notes_digest
from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of, vignettes_of
from screening.selectors.origins import origin_of
from screening.selectors.policies import policy_of
from screening.selectors.raised_differently import raised_differently
from screening.selectors.replays import replay_of
from screening.selectors.rule_pages import changes_since, findings_shown, person_checks_of, rules_of
from screening.selectors.rule_sets import check_of, history_of, sent_back_by, version_for, wrote
from screening.selectors.shown_otherwise import shown_otherwise
from screening.selectors.vignettes import lost_claims_in, retold_in, untold_views, vignettes_shown
from screening.services import rule_sets
from screening.views.protocols import READERS

MOST_CHANGED_SHOWN = 12


@page(*READERS)
@require_GET
def version(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Show a version: its rules as sentences, what the checks say, what it changes, and what can be done now."""
    return _page(request, version_for(request.actor, version_id))


@page(*READERS)
@require_GET
def vignettes(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Show every vignette of a version with its story and what the rules make of it."""
    shown = version_for(request.actor, version_id)
    rules = rule_set_of(shown)
    retold = retold_in(request.actor, shown)
    check = check_of(shown)
    told = vignettes_shown(shown, rules, check.results, retold=retold)
    context = {"version": shown, "origin": origin_of(shown), "check": check, "vignettes": told, "retold": retold}
    return render(request, "screening/rules/vignettes.html", context)


@page(Role.RULE_AUTHOR, Role.RULE_APPROVER)
@require_GET
def replay(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Show how past cases would come out with a version. It changes nothing."""
    shown = version_for(request.actor, version_id)
    record_view(request, "replay.run", object=f"rule-set-version:{shown.pk}", stream=f"rule-set:{shown.protocol_id}")
    context = {
        "version": shown,
        "replay": replay_of(request.actor, shown),
        "otherwise": shown_otherwise(shown),
        "policy": policy_of(request.actor.practice),
    }
    return render(request, "screening/rules/replay.html", context)


@page(Role.RULE_AUTHOR, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def notes(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Write down what a draft changes and why."""
    shown = version_for(request.actor, version_id)
    if request.method == "GET":
        return _page(request, shown, notes=NotesForm(initial=_typed(request, {**NotesForm.on(shown).initial})))
    form = NotesForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, status=422, notes=form, form=form)
    words, revision = form.cleaned_data["change_notes"], form.cleaned_data["revision"]
    return _act(
        request,
        shown,
        lambda: rule_sets.note_changes(
            version=shown, change_notes=words, expected_revision=revision, by=request.actor, at=timezone.now()
        ),
        gettext("The change notes are saved."),
        undone=gettext("Not saved"),
        notes=_typed_notes(request),
    )


@page(Role.RULE_AUTHOR)
@require_POST
def submit(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Send a draft to a second person, with the change notes as they are typed now; those only loaded are not typed."""
    shown = version_for(request.actor, version_id)
    form, typed = NotesForm(request.POST), _typed_notes(request)
    new = typed if typed is not None and typed.strip() != shown.change_notes else None
    if new is not None and not form.is_valid():
        return _page(request, shown, status=422, notes=form, form=form)
    return _act(
        request,
        shown,
        lambda: _send(request, shown, new),
        gettext("The version is with a second person now. They publish it, or send it back."),
        undone=gettext("Not sent yet"),
        notes=typed,
    )


@page(Role.RULE_APPROVER, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def send_back(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Send a version in review back to its author, with words."""
    shown = version_for(request.actor, version_id)
    if request.method == "GET":
        return _page(request, shown, sending_back=SendBackForm(initial=_typed(request, {})))
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, status=422, sending_back=form, form=form)
    words = form.cleaned_data["words"]
    return _act(
        request,
        shown,
        lambda: rule_sets.send_back(version=shown, words=words, by=request.actor, at=timezone.now()),
        gettext("The version is back with its author, with your words."),
        undone=gettext("Not sent back"),
        sending_back=SendBackForm(initial={"words": words}),
    )


@page(Role.RULE_APPROVER)
@require_POST
def publish(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Publish a version in review, after showing once more who one is."""
    shown = version_for(request.actor, version_id)
    form = PublishForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, shown, status=422, publishing=form, form=form)
    said = gettext("Version %(number)s is published.") % {"number": shown.number}
    read = PublishForm(initial={"shown": form.cleaned_data["shown"]}, user=request.user)
    return _act(
        request, shown, lambda: _publish(request, shown, form), said, undone=gettext("Not published"), publishing=read
    )


@page(Role.RULE_AUTHOR)
@require_POST
def withdraw(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Give a draft up."""
    shown = version_for(request.actor, version_id)
    return _act(
        request,
        shown,
        lambda: rule_sets.withdraw(version=shown, by=request.actor, at=timezone.now()),
        gettext("Version %(number)s is withdrawn. It stays here to be read.") % {"number": shown.number},
        undone=gettext("Not withdrawn"),
    )


@page(Role.RULE_AUTHOR)
@require_POST
def retell(request: PracticeRequest, version_id: UUID, vignette_id: str) -> HttpResponse:
    """Have a vignette tell what the draft makes of it."""
    shown = version_for(request.actor, version_id)
    revision = _revision(request)
    return _act(
        request,
        shown,
        lambda: rule_sets.retell_vignette(
            version=shown,
            vignette_id=vignette_id,
            expected_revision=revision,
            by=request.actor,
            at=timezone.now(),
        ),
        gettext("The vignette tells it so now."),
        back_to="#changed",
    )


def _send(request: PracticeRequest, shown: RuleSetVersion, notes: str | None) -> None:
    """Send a draft; new notes are saved first, and stay saved where it cannot be sent."""
    revision = _revision(request)
    if notes is not None:
        noted = rule_sets.note_changes(
            version=shown, change_notes=notes, expected_revision=revision, by=request.actor, at=timezone.now()
        )
        revision = noted.revision
    rule_sets.submit(version=shown, expected_revision=revision, by=request.actor, at=timezone.now())


@says_why
def _publish(request: PracticeRequest, shown: RuleSetVersion, form: PublishForm) -> None:
    if wrote(shown, request.user):
        raise Refused(gettext(rule_sets.AUTHOR_CANNOT_PUBLISH), code="author-cannot-publish")
    if shown.digest != form.cleaned_data["shown"]:  # before the password, so that a wrong one does not hide it
        raise Conflict(gettext(rule_sets.CHANGED_SINCE_READ), code="version-changed")
    confirm_identity(request, by=request.actor, given=form.given, at=timezone.now())
    rule_sets.publish(version=shown, shown_digest=form.cleaned_data["shown"], by=request.actor, at=timezone.now())


def _act(
    request: PracticeRequest,
    shown: RuleSetVersion,
    act: Callable[[], object],
    said: str,
    undone: str = "",
    back_to: str = "",
    notes: str | None = None,
    **kept: Any,
) -> HttpResponse:
    """Do it and go back to the version's page, or show that page as it is now with the reason why not.

    ``undone`` heads the reason: what it is that was not done. ``notes`` are those that somebody typed.
    """
    try:
        act()
    except NotForThisUser:
        raise
    except Refused as refusal:
        now = version_for(request.actor, shown.pk)
        if refusal.code == "version-changed":  # shown anew, and only then read
            kept.pop("publishing", None)
        form = NotesForm.on(now, notes)
        return _page(request, now, status=409, refusal=refusal, undone=undone, notes=form, **kept)
    messages.success(request, said)
    return redirect(f"{reverse('rule-version', args=[shown.pk])}{back_to}")


def _page(request: PracticeRequest, shown: RuleSetVersion, *, status: int = 200, **more: Any) -> HttpResponse:
    check, rules = check_of(shown), rule_set_of(shown)
    changed = vignettes_shown(shown, rules, check.results, changed=True)
    context = {
        "version": shown,
        "origin": origin_of(shown),
        "rules": rules_of(shown),
        "for_a_person": person_checks_of(shown),
        "check": check,
        "findings": findings_shown(check.of_documents, rules, check.stops, vignettes_of(shown)),
        "lost_claims": lost_claims_in(shown, rules),
        "changed": changed[:MOST_CHANGED_SHOWN],
        "changed_count": len(changed),
        "untold": untold_views(shown, rules, check.changed),
        "changes": changes_since(shown),
        "raised": raised_differently(shown),
        "otherwise": shown_otherwise(shown),
        "retold": retold_in(request.actor, shown),
        "wrote": wrote(shown, request.user),
        "sent_back": sent_back_by(request.actor, [shown]).get(shown.pk),
        "history": history_of(request.actor, shown),
        "may_write": Role.RULE_AUTHOR in request.roles,
        "may_publish": Role.RULE_APPROVER in request.roles,
        "notes": NotesForm.on(shown),
        "sending_back": SendBackForm(),
        "publishing": PublishForm(initial={"shown": shown.digest}, user=request.user),
        **more,
    }
    return render(request, "screening/rules/version.html", context, status=status)


def _typed_notes(request: PracticeRequest) -> str | None:
    """Return the change notes that were typed; None where those in the form are as they were loaded."""
    typed = request.POST.get("change_notes")
    return None if typed is None or notes_digest(typed) == request.POST.get("read") else typed


def _revision(request: PracticeRequest) -> int:
    """Return the revision that was read, or one that no draft has."""
    form = RevisionForm(request.POST)
    return int(form.cleaned_data["revision"]) if form.is_valid() else 0


def _typed(request: PracticeRequest, initial: dict[str, Any]) -> dict[str, Any]:
    typed = take_stash(request)
    return {
        **initial,
        **(
            {name: typed[name] for name in ("change_notes", "words", "revision", "read") if name in typed}
            if typed
            else {}
        ),
    }
