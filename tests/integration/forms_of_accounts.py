"""Every form of signing in and of one's own sign-in, ready to be sent, with what its second sending does."""

import json
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django.test import Client
from django.urls import reverse

from core.accounts.models import Session, User
from core.accounts.selectors import sessions_of
from tests.factories import PASSWORD, MembershipFactory
from tests.integration.forms_sent import KEEPS, ONCE, READS, SAME, Ready
from tests.playing import House
from tests.signing_in import code_for, code_of, signs_in, with_an_app

NEW = "seven grey herons at dawn"


def at_the_door(house: House) -> Client:
    """Return a browser that has signed in by the page, so that its session knows what was shown."""
    browser = Client()
    browser.post(reverse("sign-in"), {"username": house.therapist.user.username, "password": PASSWORD})
    return browser


def proved(house: House) -> tuple[Client, User]:
    """Return a browser that has signed in with an app, and whose."""
    browser, user = Client(), with_an_app(house.therapist.user)
    signs_in(browser, user)
    return browser, user


def come_in(house: House) -> Ready:
    return Client(), reverse("sign-in"), {"username": house.therapist.user.username, "password": PASSWORD}


def go_out(house: House) -> Ready:
    return house.therapist, reverse("sign-out"), {}


def show_a_code(house: House) -> Ready:
    user = with_an_app(house.therapist.user)
    return at_the_door(house), reverse("second-factor"), {"one_time_code": code_of(user)}


def a_passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "A key", "credential": {}})


def come_in_by_passkey(house: House) -> Ready:
    shown = {"user": str(a_passkey(house.therapist.user).user_id)}
    return Client(), reverse("passkey"), {"passkey": json.dumps(shown)}


def stay(house: House) -> Ready:
    return at_the_door(house), reverse("keep-session"), {}


def choose_a_language(house: House) -> Ready:
    return Client(), reverse("language"), {"language": "es", "next": "/sign-in/"}


def choose_ones_language(house: House) -> Ready:
    return at_the_door(house), reverse("own-language"), {"language": "en"}


def choose(house: House) -> Ready:
    elsewhere = MembershipFactory.create(user=house.therapist.user)
    return house.therapist, reverse("choose-practice"), {"practice": str(elsewhere.practice.pk)}


def confirm(house: House) -> Ready:
    return at_the_door(house), reverse("confirm-identity"), {"password": PASSWORD, "next": "/account/"}


def change_password(house: House) -> Ready:
    given = {"password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
    return at_the_door(house), reverse("change-password"), given


def end_session(house: House) -> Ready:
    browser, other = at_the_door(house), at_the_door(house)
    here = browser.session.session_key
    assert Session.objects.filter(user=house.therapist.user).count() == 2
    listed = [session for session in sessions_of(house.therapist.user, here=here or "") if not session.here]
    assert other.session.session_key != here
    return browser, reverse("end-session", args=[listed[0].id]), {}


def add_app(house: House) -> Ready:
    browser = at_the_door(house)
    secret = browser.get(reverse("add-app")).context["secret"].replace(" ", "")
    return browser, reverse("add-app"), {"one_time_code": code_for(secret)}


def add_passkey(house: House) -> Ready:
    return at_the_door(house), reverse("add-passkey"), {"name": "A key", "passkey": "{}"}


def remove_factor(house: House) -> Ready:
    browser, user = proved(house)
    return browser, reverse("remove-factor", args=[a_passkey(user).pk]), {}


def new_codes(house: House) -> Ready:
    return proved(house)[0], reverse("new-recovery-codes"), {}


ACCOUNTS: dict[str, tuple[str, Callable[[House], Ready]]] = {
    "sign-in": (SAME, come_in),
    "second-factor": (SAME, show_a_code),
    "passkey": (SAME, come_in_by_passkey),
    "sign-out": (SAME, go_out),
    "language": (KEEPS, choose_a_language),
    "own-language": (ONCE, choose_ones_language),
    "keep-session": (KEEPS, stay),
    "choose-practice": (SAME, choose),
    "confirm-identity": (READS, confirm),
    "change-password": (ONCE, change_password),
    "end-session": (ONCE, end_session),
    "add-app": (ONCE, add_app),
    "add-passkey": (ONCE, add_passkey),
    "remove-factor": (ONCE, remove_factor),
    "new-recovery-codes": (ONCE, new_codes),
}


def believe_every_passkey(patch: pytest.MonkeyPatch) -> None:
    """Take what a passkey would sign as signed: a browser makes it, and tests/functional tries that."""
    patch.setattr(passkeys, "parse_registration_response", lambda answer: None)
    patch.setattr(passkeys, "complete_registration", lambda answer: None)
    patch.setattr(passkeys, "parse_authentication_response", lambda answer: None)
    patch.setattr(passkeys, "extract_user_from_response", lambda answer: User.objects.get(pk=answer["user"]))
    patch.setattr(passkeys, "complete_authentication", lambda user, answer: user.authenticator_set.get(type="webauthn"))
