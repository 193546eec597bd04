"""What somebody had typed when they could not save it, kept until they open the page again, handed to them alone.

It belongs to the practice whose page it was typed on, and is handed back while they work there, never in another.

The text lies encrypted in the browser's own session, bounded in size, without passwords and files. Which pages keep
what was typed is their own choice (``page(..., keeps_typing=True)``); nothing here saves anything to a case.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Session, User
from core.encryption import DecryptionFailed, decrypt, encrypt, is_newest

LARGEST = 200_000  # bytes of a form as it travels
MOST_PAGES = 3
COOKIE = "who"
TYPED_BY_FIELD, TYPED_IN_FIELD = "typed_by", "typed_in"
PROOFS = ("one_time_code", "passkey")  # what shows who somebody is, like every field with "password" in its name
_SESSION_KEY, _ENDED_KEY = "typed", "ended"
_signer = Signer(salt="core.stash")
_practice_signer = Signer(salt="core.stash.practice")

SIGNED_OUT = gettext_noop("You were signed out. What you typed is still here; save it again.")
ENDED = gettext_noop("Your session had ended, so nothing was done. If you still want it, do it again.")
STALE_PAGE = gettext_noop(
    "This page had gone stale, so nothing was saved. What you typed is still here; save it again."
)
NO_SECOND_FACTOR = gettext_noop("A second factor was needed first. What you typed is still here; save it again.")
OTHER_PRACTICE = gettext_noop(
    "You had changed the practice when you saved. What you typed is still here; save it again."
)
KEY_GONE = gettext_noop(
    "What you had typed here was kept with a key that has been taken away since, so it is not here any more."
)
ROLE_ENDED = gettext_noop(
    "You did not hold the role for this page when you saved. What you typed is still here; save it again."
)


def keep(request: HttpRequest, *, why: str, stale: bool = False) -> bool:
    """Keep the posted fields for the person who typed them; False where it is not known who, or too much was sent.

    A ``stale`` page was opened before the last sign-in in this browser, which may have been somebody else's: there only
    the form's own word counts (``components/keep_typing.html``). Otherwise a page without it is the last person's.
    """
    owner = _typist(request) if not stale or TYPED_BY_FIELD in request.POST else None
    fields = _fields(request)
    if owner is None or len(fields) > LARGEST:
        return False
    kept = dict(request.session.get(_SESSION_KEY, {}))
    kept.pop(request.path, None)
    sealed = encrypt(fields).decode("ascii")
    kept[request.path] = {"for": owner, "in": belongs_to(request), "why": why, "fields": sealed}
    request.session[_SESSION_KEY] = dict(list(kept.items())[-MOST_PAGES:])
    if not request.user.is_authenticated and belongs_to(request):
        request.session["practice_id"] = belongs_to(request)  # where they go on, signed in again
    return True


def take_stash(request: HttpRequest, sent_to: str = "") -> QueryDict | None:
    """Hand back, once, what this person had typed on this page, and tell them so; None where there is nothing.

    ``sent_to``: where the form goes, where that is not the page's own address.
    """
    kept, sent_to = dict(request.session.get(_SESSION_KEY, {})), sent_to or request.path
    if request.method != "GET" or sent_to not in kept:
        return None
    if kept[sent_to].get("in") not in (None, _practice_of(request)):
        return None
    entry = kept.pop(sent_to)
    request.session[_SESSION_KEY] = kept
    if entry["for"] != str(request.user.pk):
        return None
    try:
        fields = decrypt(entry["fields"].encode("ascii"))
    except DecryptionFailed:
        messages.warning(request, gettext(KEY_GONE))
        return None
    messages.warning(request, gettext(entry["why"]))
    return QueryDict(fields, encoding="utf-8")


def note_that_it_ended(request: HttpRequest, address: str) -> None:
    """Note, for whoever was signed in here last, that their session had ended before they sent this, which is lost.

    ``address``: the page they go on to, on which they are told once more.
    """
    who = _typist(request) if request.method == "POST" else None
    if who is not None:
        request.session[_ENDED_KEY] = {"for": who, "at": address.partition("?")[0]}


def something_was_not_done(request: HttpRequest) -> bool:
    """Say whether something was sent in this browser after the session had ended, and is not done."""
    return _ENDED_KEY in request.session


def somebody_was_here(request: HttpRequest) -> bool:
    """Say whether somebody has been signed in here since the browser was opened, and is not any more."""
    return not request.user.is_authenticated and _typist(request) is not None


def tell_what_was_not_done(request: HttpRequest) -> None:
    """Tell whoever signed in again, on the page they went back to, that what they had sent was not done."""
    noted = request.session.get(_ENDED_KEY)
    if noted and request.method == "GET" and noted["at"] == request.path:
        del request.session[_ENDED_KEY]
        if noted["for"] == str(request.user.pk):
            messages.warning(request, gettext(ENDED))


def on_old_keys() -> int:
    """Count what is kept in sessions that have not ended and needs an older field key than the newest."""
    lasting = Session.objects.filter(expire_date__gt=timezone.now())
    kept = (entry for session in lasting.iterator() for entry in session.get_decoded().get(_SESSION_KEY, {}).values())
    return sum(not is_newest(entry["fields"].encode("ascii")) for entry in kept)


def something_is_kept(request: HttpRequest) -> bool:
    """Say whether this browser holds something that was typed, by whomever."""
    return bool(request.session.get(_SESSION_KEY))


def drop_what_others_typed(request: HttpRequest) -> None:
    """Forget, when somebody signs in, whatever anybody else had typed in this browser."""
    kept: dict[str, Any] = request.session.get(_SESSION_KEY, {})
    mine = {path: entry for path, entry in kept.items() if entry["for"] == str(request.user.pk)}
    if mine != kept:
        request.session[_SESSION_KEY] = mine


def remember_who(response: HttpResponse, user: User) -> None:
    """Note in a signed cookie, until the browser closes, who signed in here last: no name, only the random id."""
    response.set_cookie(
        COOKIE, _signer.sign(str(user.pk)), httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def typed_by(request: HttpRequest) -> str:
    """Return the signed id of the person to whom a page is shown, for the hidden field of a form; empty for nobody."""
    user = getattr(request, "user", None)
    return _signer.sign(str(user.pk)) if user is not None and user.is_authenticated else ""


def typed_in(request: HttpRequest) -> str:
    """Return the signed id of the practice in which a page is shown, for the hidden field; empty for none."""
    practice = _practice_of(request)
    return _practice_signer.sign(practice) if practice else ""


def belongs_to(request: HttpRequest) -> str | None:
    """Return the practice a sent form belongs to: as the form itself says, else the one that was chosen, if any."""
    try:
        return _practice_signer.unsign(request.POST.get(TYPED_IN_FIELD, ""))
    except BadSignature:
        return request.session.get("practice_id")


def _practice_of(request: HttpRequest) -> str | None:
    actor = getattr(request, "actor", None)
    return str(actor.practice.pk) if actor else None


def _typist(request: HttpRequest) -> str | None:
    """Return who typed: as the form itself says, else who is signed in, else who was last signed in here."""
    token = request.POST.get(TYPED_BY_FIELD)
    if token is None and request.user.is_authenticated:
        return str(request.user.pk)
    try:
        return _signer.unsign(token if token is not None else request.COOKIES.get(COOKIE, ""))
    except BadSignature:
        return None


def _fields(request: HttpRequest) -> bytes:
    fields = request.POST.copy()
    for name in list(fields):
        if "password" in name or name in ("csrfmiddlewaretoken", TYPED_BY_FIELD, TYPED_IN_FIELD, *PROOFS):
            del fields[name]
    return fields.urlencode().encode()
