"""The practice manager's page: the practice's own settings, who works there, and in which roles."""

from collections.abc import Callable
from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts import second_factors
from core.accounts.forms import ProvenForm
from core.accounts.models import Membership, Role
from core.accounts.proving import confirm_identity
from core.accounts.selectors import members_of, membership_for, user_named, who_has_a_second_factor
from core.accounts.services import add_member, end_membership
from core.errors import NotForThisUser, Refused
from core.web import PracticeRequest, page, take_stash
from screening.forms.policies import (
    GIVEN,
    EndRoleForm,
    ResetForm,
    RoleForm,
    SettingsForm,
    as_typed,
    coded,
    settings_apart,
)
from screening.forms.reviews import typed_before
from screening.selectors.policies import policy_of
from screening.services import policies


@page(Role.MANAGER, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def settings(request: PracticeRequest) -> HttpResponse:
    """Show and change what the practice sets for itself."""
    policy = policy_of(request.actor.practice)
    if request.method == "GET":
        typed = take_stash(request)
        initial = as_typed(policy)
        if typed is not None:
            initial |= {name: typed.get(name, "") for name in SettingsForm.base_fields}
        return _page(request, settings=SettingsForm(initial=initial))
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, settings=form, form=form)
    try:
        _change(request, form.cleaned_data, policy.determinations, policy.disagreement_reasons)
    except Refused as refusal:
        now = as_typed(policy_of(request.actor.practice))
        changed = refusal.code == "settings-changed"
        kept = {name: request.POST.get(name, "") for name in now}
        if changed:  # only whoever has been shown what somebody else set may put something in its place
            kept["read_at"] = now["read_at"]
        form_again, apart = SettingsForm(initial=kept), settings_apart(now, form)
        return _page(request, status=409, settings=form_again, refusal=refusal, changed=changed, apart=apart)
    messages.success(request, gettext("The settings are saved."))
    return redirect("practice-settings")


@page(Role.MANAGER, keeps_typing=True, shown_on="practice-settings")
@require_POST
def give_role(request: PracticeRequest) -> HttpResponse:
    """Give a role to somebody who has an account, once the manager has shown who they are."""
    form = RoleForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, status=422, giving=form, form=form)
    now = timezone.now()
    try:
        user, role = user_named(form.cleaned_data["username"]), form.cleaned_data["role"]
        confirm_identity(request, by=request.actor, given=form.given, at=now)
        membership = add_member(user=user, practice=request.actor.practice, role=role, by=request.actor, at=now)
    except Refused as refusal:
        typed = {name: form.cleaned_data[name] for name in GIVEN}
        return _page(request, status=409, giving=RoleForm(initial=typed, user=request.user), refusal=refusal)
    messages.success(
        request, format_html(gettext("<bdi>{}</bdi> is {} here now."), user, membership.get_role_display().lower())
    )
    return redirect("practice-settings")


@page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def end_role(request: PracticeRequest, membership_id: int) -> HttpResponse:
    """End a role, once the manager has shown who they are. It acts on the person's next request."""
    membership = membership_for(request.actor, membership_id)

    def end(form: ProvenForm) -> HttpResponse:
        confirm_identity(request, by=request.actor, given=form.given, at=timezone.now())
        end_membership(membership=membership, by=request.actor, at=timezone.now())
        role = membership.get_role_display().lower()
        messages.success(request, format_html(gettext("<bdi>{}</bdi> is no longer {} here."), membership.user, role))
        return redirect("practice-settings")

    return _proven(request, EndRoleForm, end, "screening/practice/end_role.html", membership)


@page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def reset_second_factor(request: PracticeRequest, membership_id: int) -> HttpResponse:
    """Take away the second factors of somebody who works here, and end their sessions, once it is sure who asks."""
    membership = membership_for(request.actor, membership_id)

    def reset(form: ProvenForm) -> HttpResponse:
        confirm_identity(request, by=request.actor, given=form.given, at=timezone.now())
        second_factors.reset(user=membership.user, by=request.actor, at=timezone.now())
        required = django_settings.REQUIRE_SECOND_FACTOR
        said = gettext(
            "<bdi>{}</bdi> has no second factor now, and is signed out. "
            "They can set up a new one on their own account's page."
        )
        if required:
            said = gettext(
                "<bdi>{}</bdi> has no second factor now, and is signed out. They set up a new one when they sign in."
            )
        messages.success(request, format_html(said, membership.user))
        return redirect("practice-settings")

    return _proven(request, ResetForm, reset, "screening/practice/reset_second_factor.html", membership)


def _proven(
    request: PracticeRequest,
    kind: type[ProvenForm],
    act: Callable[[ProvenForm], HttpResponse],
    template: str,
    membership: Membership,
) -> HttpResponse:
    """Ask once more who asks, on a page that says what will be done, and do it."""
    data = request.POST if request.method == "POST" else None
    form, status, refused = kind(data, user=request.user), 200, None
    if request.method == "POST" and form.is_valid():
        try:
            return act(form)
        except NotForThisUser:
            raise
        except Refused as refusal:
            form, status, refused = kind(user=request.user), 409, refusal
    elif request.method == "POST":
        status = 422
    shown = {"form": form, "membership": membership, "refusal": refused}
    return render(request, template, shown, status=status)


def _change(request: PracticeRequest, typed: dict[str, Any], *before: list[dict[str, Any]]) -> None:
    policies.change(
        crisis_steps=typed["crisis_steps"],
        determinations=coded(typed["determinations"], before[0]),
        disagreement_reasons=coded(typed["disagreement_reasons"], before[1]),
        own_review=typed["own_review"],
        privacy=policies.Privacy(
            typed["part2_notice"], typed["retention_years"], typed["emergency_access"], typed["live_basis"]
        ),
        read_first_share=typed["read_first_share"] or 0,
        by=request.actor,
        at=timezone.now(),
        read=policies.AsRead(typed["read_at"]),
    )


def _page(request: PracticeRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    policy = policy_of(request.actor.practice)
    kept = take_stash(request, sent_to=reverse("give-role"))
    given = typed_before(kept, "", GIVEN) if kept is not None else {}
    context = {
        "settings": SettingsForm(initial=as_typed(policy)),
        "giving": RoleForm(initial=given, user=request.user),
        "members": members_of(request.actor),
        "with_second_factor": who_has_a_second_factor(request.actor),
        **more,
    }
    return render(request, "screening/practice/settings.html", context, status=status)
