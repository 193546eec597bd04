"""What every view shares: the request's type, the guard in front of it, and the answers that say no.

A view without a guard is refused (``RefuseUnguarded``). Nothing here knows about screening, and nothing here writes
except through ``core.access`` and, for where a command led, ``core.commands``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from core import access, commands, stash, tenancy
from core.accounts.models import Actor, Membership, Role, User
from core.accounts.proofs import lacks_second_factor
from core.accounts.selectors import current_memberships, has_second_factor
from core.canonical import digest
from core.errors import Erased, NotForThisUser, Over, Refused
from core.ledger import events
from core.navigation import register_nav
from core.stash import take_stash
from core.ways_back import came_from, can_be_opened, page_of_form, way_back

__all__ = ["Access", "PracticeRequest", "access_of", "page", "public", "record_view", "register_nav", "take_stash"]

View = Callable[..., HttpResponse]
Open = TypeVar("Open", bound=Callable[..., HttpResponseBase])


class PracticeRequest(HttpRequest):
    """A request behind the guard: a person, in a practice, with at least one role there."""

    user: User
    actor: Actor
    roles: frozenset[str]
    htmx: HtmxDetails
    several_practices: bool


@dataclass(frozen=True)
class Access:
    """Who may open a page: everybody, everybody who is signed in, or those with one of ``roles``.

    ``second_factor``: only in a session in which a second factor was used, where the settings require one.
    ``shown_on``: the name of the page on which the form stands, where that is not the address it is sent to.
    """

    roles: tuple[Role, ...] = ()
    keeps_typing: bool = False
    shown_on: str = ""
    signed_in: bool = True
    second_factor: bool = True


def page(*roles: Role, keeps_typing: bool = False, shown_on: str = "") -> Callable[[View], View]:
    """Guard a view: only for people who now hold one of ``roles`` in the practice they have chosen.

    ``request.actor`` acts in the first of ``roles`` that the person holds. With ``keeps_typing`` a POST that cannot be
    accepted because the session or the role has ended is kept; the view's GET at the same address reads it with
    ``take_stash``, and its form includes ``components/keep_typing.html``, which says who is typing. An address that
    only takes forms names the page they are ``shown_on``, which then reads what was typed.
    """
    if not roles:
        raise ImproperlyConfigured("A page names the roles it is for.")
    return _guard(Access(roles=roles, keeps_typing=keeps_typing, shown_on=shown_on))


def signed_in_page(view: View) -> View:
    """Guard a view that is for everybody who is signed in, whatever their practice and role."""
    return _guard(Access())(view)


def second_factor_page(view: View) -> View:
    """Guard a view on the way to a second factor: for everybody who is signed in, whether they have used one or not."""
    return _guard(Access(second_factor=False))(view)


def public(view: Open) -> Open:
    """Mark a view as open to everybody. There are few: signing in, and the health checks."""
    view.access = Access(signed_in=False)  # type: ignore[attr-defined]
    return view


def access_of(view: Any) -> Access | None:
    """Return who may open a view, or None where nobody has said."""
    return getattr(view, "access", None)


def record_view(request: PracticeRequest, action: str, *, object: str, stream: str) -> None:  # noqa: A002  the event's word
    """Record that the person in this request read something; ``action`` is a registered event name."""
    access.record_view(action=action, object=object, stream=stream, by=request.actor, at=timezone.now())


class RefuseUnguarded:
    """Refuse every view that does not say who it is for, so that a forgotten guard opens nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        return None if access_of(view) else no_store(render(request, "errors/403.html", status=403))


class ExplainWrongMethods:
    """Answer in words where an address does not take what was asked of it: reloaded, typed in, kept as a bookmark."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 405 or request.method != "GET":
            return answer
        told = no_store(render(request, "errors/405.html", status=405))
        told["Allow"] = answer["Allow"]
        return told


def safe_address(request: HttpRequest, address: str | None) -> str:
    """Return the address if it is one of ours, else the home page."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and ours else "/"


def to_be_kept(address: str | None) -> str:
    """Return what of an address may lie in a session: not what was searched for, which may be about a client."""
    return (address or "/").partition("?")[0]


def no_store(response: HttpResponse) -> HttpResponse:
    """Keep a page out of every cache."""
    response["Cache-Control"] = "no-store"
    return response


def _guard(rules: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with tenancy.inside():  # nobody, until it is known who asks and for which practice
                turned_away = admit(request, rules)
                if turned_away is None:
                    stash.tell_what_was_not_done(request)
                return no_store(turned_away or _answer(cast(PracticeRequest, request), rules, view, args, kwargs))

        guarded.access = rules  # type: ignore[attr-defined]
        guarded.can_be_opened = can_be_opened(view)  # type: ignore[attr-defined]
        return guarded

    return decorate


def admit(request: HttpRequest, rules: Access) -> HttpResponse | None:
    """Let the request in as a ``PracticeRequest`` (None), or return the page that says why not."""
    if isinstance(request.user, AnonymousUser):
        return ask_to_sign_in(request, rules)
    tenancy.enter(person=request.user.pk)
    if rules.second_factor and lacks_second_factor(request):
        return ask_for_second_factor(request, rules)
    if not rules.roles:
        return None
    memberships = current_memberships(request.user)
    chosen = _chosen(request, memberships)
    if memberships and _belongs_elsewhere(request, memberships, chosen):
        return not_here(request, rules, memberships, chosen)
    if memberships and not chosen:
        _keep(request, rules, stash.ROLE_ENDED)
        return redirect(f"{reverse('choose-practice')}?{urlencode({'next': way_back(request, rules.shown_on)})}")
    role = next((role.value for role in rules.roles if role in {m.role for m in chosen}), None)
    if role is None:
        return turn_away(request, rules, chosen)
    _enter(cast(PracticeRequest, request), memberships, chosen, role)
    return None


def ask_to_sign_in(request: HttpRequest, rules: Access) -> HttpResponse:
    """Send a person to the sign-in page and from there back, keeping what they typed where the page keeps it."""
    kept = _keep(request, rules, stash.SIGNED_OUT)
    after = _back_to(request, rules, kept)
    address = f"{reverse('sign-in')}?{urlencode({'next': after})}"
    if not _is_htmx(request):
        if not kept:
            stash.note_that_it_ended(request, after)
        return redirect(address)
    if kept or request.method == "GET":
        return HttpResponseClientRedirect(address)
    return _beside_the_page(render(request, "errors/signed_out.html", {"address": address}, status=401))


def ask_for_second_factor(request: HttpRequest, rules: Access) -> HttpResponse:
    """Send a person to use their second factor in this session, or to set one up, and to nothing else."""
    kept = _keep(request, rules, stash.NO_SECOND_FACTOR)
    there = "confirm-identity" if has_second_factor(cast(User, request.user)) else "account"
    if request.method == "POST" and not kept:
        messages.warning(request, gettext("A second factor is needed first, so nothing was done."))
    return _go(request, f"{reverse(there)}?{urlencode({'next': _back_to(request, rules, kept)})}")


def turn_away(request: HttpRequest, rules: Access, chosen: list[Membership]) -> HttpResponse:
    """Say that a page is not for this person's roles, record that it was asked for, and keep what was typed on it."""
    if chosen:
        tenancy.enter(person=chosen[0].user_id, practice=chosen[0].practice_id)
    _record_refusal(request, Actor(chosen[0].user, chosen[0].practice, chosen[0].role) if chosen else None)
    kept = _keep(request, rules, stash.ROLE_ENDED)
    return _words(request, "errors/403.html", status=403, no_role=not chosen, kept=kept)


def not_here(
    request: HttpRequest, rules: Access, memberships: list[Membership], chosen: list[Membership]
) -> HttpResponse:
    """Say that a form belongs to another practice than the one the person works in now; nothing is done in either."""
    belongs_to = stash.belongs_to(request)
    theirs = next((found.practice for found in memberships if str(found.practice_id) == belongs_to), None)
    kept = _keep(request, rules, stash.OTHER_PRACTICE if theirs else stash.ROLE_ENDED)
    if theirs is None:
        _record_refusal(request, None)
        return _words(request, "errors/another_practice.html", status=403, kept=kept)
    _record_refusal(request, None, events.ACT_REFUSED, code="other-practice")
    said = {
        "theirs": theirs,
        "chosen": chosen[0].practice,
        "after": urlencode({"next": way_back(request, rules.shown_on)}),
    }
    return _words(request, "errors/another_practice.html", status=409, kept=kept, **said)


def refuse(request: HttpRequest, refusal: Refused, *, kept: str = "") -> HttpResponse:
    """Answer 409 with the reason in words; for htmx beside the page, so that nothing typed is replaced.

    ``kept``: the page that shows what was typed again, where it was kept.
    """
    back = kept or came_from(request)
    return _words(request, "errors/refused.html", status=409, refusal=refusal, kept=bool(kept), way_back=back)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token no longer fits: from our own pages with a way on, from anywhere else with a 403.

    Signing in again, in another tab say, renews the token of every open page. The browser itself says where the form
    came from; a script elsewhere cannot set that header.
    """
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return no_store(render(request, "errors/csrf.html", status=403))
    rules = _rules_at(request)
    kept = rules is not None and rules.keeps_typing and stash.keep(request, why=stash.STALE_PAGE, stale=True)
    if kept or request.path == reverse("sign-in"):
        return no_store(_go(request, request.get_full_path() if not kept else _back_to(request, rules, kept)))
    back = way_back(request, rules.shown_on if rules else "")
    return no_store(_words(request, "errors/csrf.html", status=403, same_origin=True, way_back=back))


def _answer(request: PracticeRequest, rules: Access, view: View, args: Any, kwargs: Any) -> HttpResponse:
    """Call the view; record what it refused, and where what it did has led."""
    with commands.sent(_form_key(request)) as form:
        response = _try(request, rules, view, args, kwargs)
    if form.done:
        commands.remember_where(form, response.headers.get("Location", ""))
    if response.status_code == 409:
        _record_refusal(request, getattr(request, "actor", None), events.ACT_REFUSED, code=form.refused)
    return response


def _try(request: PracticeRequest, rules: Access, view: View, args: Any, kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except commands.DoneAlready:
        return _done_already(request)
    except NotForThisUser:
        if commands.was_done():  # what the form was about is gone because it was carried out
            return _done_already(request)
        asked = [str(value) for value in kwargs.values() if isinstance(value, UUID)]
        _record_refusal(request, getattr(request, "actor", None), events.OBJECT_REFUSED, asked=asked)
        return _words(request, "errors/404.html", status=404)
    except Over as over:
        return _words(request, "errors/over.html", status=410, over=over)
    except Erased as erased:
        return _words(request, "errors/erased.html", status=410, erased=erased)
    except Refused as refusal:
        commands.note_refusal(refusal)
        why = gettext("Nothing was saved. %(why)s What you typed is still here.") % {"why": refusal.message}
        return refuse(request, refusal, kept=_back_to(request, rules, True) if _keep(request, rules, why) else "")


def _form_key(request: HttpRequest) -> str:
    """Return what tells a sent form from every other: who sent it where with what, and its page's own token.

    Each page masks the token anew, so that no two pages share a form; empty where there is none. What shows who
    somebody is (a password, a code, a passkey) is no part of it: it is another one each time.
    """
    token = request.POST.get("csrfmiddlewaretoken") or request.headers.get("X-CSRFToken")
    if request.method != "POST" or not token:
        return ""
    proofs = {name for name in request.POST if "password" in name or name in stash.PROOFS}
    given = {name: values for name, values in request.POST.lists() if name not in proofs}
    return digest([str(request.user.pk), request.get_full_path(), token, given])


def _done_already(request: HttpRequest) -> HttpResponse:
    """Lead whoever sends a form again to where its first sending led, or say that it was done."""
    form = commands.Sent(_form_key(request))
    address = next(filter(None, (commands.where_it_led(form, wait) for wait in commands.WHILE_THE_FIRST_ENDS)), "")
    if not address:
        return _words(request, "errors/done_already.html", status=200, way_back=came_from(request))
    messages.info(request, gettext("You had sent this before, and it was done then, once. This is how it stands now."))
    return _go(request, address)


def _keep(request: HttpRequest, rules: Access, why: str) -> bool:
    """Keep what was sent to a page that keeps typing, and say whether it was."""
    return request.method == "POST" and rules.keeps_typing and stash.keep(request, why=why)


def _chosen(request: HttpRequest, memberships: list[Membership]) -> list[Membership]:
    """Return the person's memberships in the practice they chose, or in their only one."""
    practices = {str(membership.practice_id) for membership in memberships}
    wanted = request.session.get("practice_id")
    if wanted not in practices:
        wanted = practices.pop() if len(practices) == 1 else None
    return [membership for membership in memberships if str(membership.practice_id) == wanted]


def _belongs_elsewhere(request: HttpRequest, memberships: list[Membership], chosen: list[Membership]) -> bool:
    """Say whether a sent form is of a practice other than the chosen one; one that is yet to be chosen is no other."""
    belongs_to = stash.belongs_to(request) if request.method == "POST" else None
    return belongs_to is not None and belongs_to not in {str(found.practice_id) for found in chosen or memberships}


def _record_refusal(request: HttpRequest, actor: Actor | None, action: str = events.ACCESS_REFUSED, **why: Any) -> None:
    match = request.resolver_match
    access.record_refusal(
        user=cast(User, request.user),
        page=match.view_name if match else "",
        method=request.method or "",
        by=actor,
        practice=actor.practice if actor else None,
        at=timezone.now(),
        action=action,
        **why,
    )


def _enter(request: PracticeRequest, memberships: list[Membership], chosen: list[Membership], role: str) -> None:
    request.actor = Actor(chosen[0].user, chosen[0].practice, role)
    tenancy.enter(person=chosen[0].user_id, practice=chosen[0].practice_id)
    request.roles = frozenset(membership.role for membership in chosen)
    request.several_practices = len({membership.practice_id for membership in memberships}) > 1
    if request.session.get("practice_id", here := str(request.actor.practice.pk)) != here:
        request.session["practice_id"] = here  # the one that was chosen has ended, and this is the only one left


def _rules_at(request: HttpRequest) -> Access | None:
    try:
        return access_of(resolve(request.path_info).func)
    except Resolver404:
        return None


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _back_to(request: HttpRequest, rules: Access | None, kept: bool) -> str:
    """Return where the person goes on: to the page that shows what they typed where it was ``kept``."""
    shown_on = rules.shown_on if rules else ""
    return page_of_form(request, shown_on) or "/" if kept else way_back(request, shown_on)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if _is_htmx(request) else redirect(address)


def _words(request: HttpRequest, template: str, *, status: int, **context: Any) -> HttpResponse:
    """Render a page that says no; for htmx only its words, beside the page."""
    if not _is_htmx(request):
        return render(request, template, context, status=status)
    return _beside_the_page(render(request, f"{template}#words", context, status=status))


def _beside_the_page(response: HttpResponse) -> HttpResponse:
    """Have htmx show an answer in the page's message region, and leave the form that was sent as it is."""
    response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:top"
    response["HX-Reselect"] = "unset"  # whatever part the form takes from a page
    return response
