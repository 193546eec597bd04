"""The key with which a page keeps on the device what was typed and could not be saved, and the name it is kept under.

Both are made from the installation's secret for one person, practice and page. The key is only in pages shown to that
person; the device holds what it encrypts (decision 0020). Stored is only, until the next page is shown, which copy a
form was sent with that is saved now: the page that sent it is gone, and the next one erases the copy.
"""

import base64
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core.accounts.models import Actor

COPY = "copy"
"""The field with which a form names its copy on the device, and the place in the session of one that is saved."""


@dataclass(frozen=True)
class DeviceCopy:
    """What a page needs to keep a copy and to open it again: a name that says nothing, and an AES key of 256 bits."""

    name: str
    key: str


def device_copy(actor: Actor, path: str) -> DeviceCopy:
    """Return the name and the key of what one person types on one page."""
    of = f"{actor.user.pk} {actor.practice.pk} {path}"
    name = salted_hmac("core.device_copy.name", of, algorithm="sha256").hexdigest()[:32]
    key = salted_hmac("core.device_copy.key", of, algorithm="sha256").digest()
    return DeviceCopy(name, base64.b64encode(key).decode())


def sent_with(request: HttpRequest) -> str:
    """Return which copy a form says that it was sent with: letters and digits alone, empty for none."""
    copy = request.POST.get(COPY, "")
    return copy[:32] if copy.isalnum() else ""


def note_saved(request: HttpRequest) -> None:
    """Let the next page erase the copy of what this form was sent with, and is saved now."""
    if copy := sent_with(request):
        request.session[COPY] = copy


def take_saved(request: HttpRequest) -> str:
    """Return which copy is saved, once; empty for none."""
    found: str = request.session.pop(COPY, "")
    return found
