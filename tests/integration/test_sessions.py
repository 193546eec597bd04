"""A session ends after a day's work however busy it was, and a busy one is written once a minute."""

import time

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from core.config.sessions import LONGEST_SECONDS, SEEN, STARTED, SessionLimitMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_signed_in():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session.create()
    request.session.modified = False
    request.user = get_user_model().objects.create(username="somebody")
    return request


def pass_through(request):
    SessionLimitMiddleware(lambda _: HttpResponse())(request)


def test_the_first_request_begins_the_count(request_signed_in):
    pass_through(request_signed_in)
    assert abs(request_signed_in.session[STARTED] - time.time()) < 5


def test_a_sign_in_begins_it_so_that_the_page_after_it_writes_nothing(request_signed_in):
    user = request_signed_in.user
    login(request_signed_in, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert abs(request_signed_in.session[STARTED] - time.time()) < 5
    request_signed_in.session.modified = False
    pass_through(request_signed_in)
    assert not request_signed_in.session.modified


def test_signing_in_again_lengthens_the_hour_and_not_the_day(request_signed_in):
    began = int(time.time()) - LONGEST_SECONDS + 60
    request_signed_in.session[STARTED], request_signed_in.session[SEEN] = began, began
    login(request_signed_in, request_signed_in.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert request_signed_in.session[STARTED] == began
    assert request_signed_in.session[SEEN] > began


def test_a_session_that_has_lasted_too_long_is_signed_out(request_signed_in):
    request_signed_in.session[STARTED] = int(time.time()) - LONGEST_SECONDS - 1
    pass_through(request_signed_in)
    assert not request_signed_in.user.is_authenticated


def test_a_session_of_the_longest_length_goes_on(request_signed_in):
    request_signed_in.session[STARTED] = int(time.time()) - LONGEST_SECONDS + 60
    pass_through(request_signed_in)
    assert request_signed_in.user.is_authenticated


def test_a_second_request_in_one_minute_writes_nothing(request_signed_in):
    pass_through(request_signed_in)
    request_signed_in.session[SEEN] = int(time.time())
    request_signed_in.session.modified = False
    pass_through(request_signed_in)
    assert not request_signed_in.session.modified
