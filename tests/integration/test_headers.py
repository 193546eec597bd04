"""Every address answers with every header that keeps a browser to what these pages need."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import get_resolver, reverse
from gunicorn.config import Config  # type: ignore[import-untyped]

import start
from core.config.addresses import client_address
from core.config.headers import ISOLATION, PERMISSIONS_POLICY
from tests.factories import UserFactory
from tests.integration import test_access_matrix as matrix
from tests.integration.test_access_matrix import NAMED, ROWS, address, played, scene  # noqa: F401

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
ALWAYS = {
    **ISOLATION,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class ByHttps(Client):
    """A browser that came by https."""

    def generic(self, *args: Any, **options: Any) -> Any:
        return super().generic(*args, **{**options, "secure": True})


@pytest.fixture
def browser_of(settings):
    """Open a browser for somebody, with production's own settings for whoever comes by https."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 365 * 24 * 60 * 60, True

    def open_for(user=None):
        client = ByHttps(headers={"X-Request-ID": "somebody else's"})
        if user:
            client.force_login(user)
        return client

    return open_for


def missing(response):
    """Return the headers that an answer lacks, or has otherwise."""
    found = {name for name, value in ALWAYS.items() if response.headers.get(name) != value}
    if set(response.headers.get("Content-Security-Policy", "").split("; ")) != POLICY:
        found.add("Content-Security-Policy")
    features = {f"{feature}=()" for feature in PERMISSIONS_POLICY}
    if set(response.headers.get("Permissions-Policy", "").split(", ")) != features:
        found.add("Permissions-Policy")
    return found


def test_every_page_of_every_role_has_every_header_and_is_kept_out_of_caches(scene, browser_of):  # noqa: F811
    wrong = {}
    for name, row in ROWS.items():
        client = browser_of(scene.people[row.roles[0]].user)
        for method in (matrix.GET, matrix.POST):
            response = matrix.answers(client, method, address(name, scene.own))
            if found := missing(response):
                wrong[name, method] = found
            if response.headers.get("Cache-Control") != "no-store":
                wrong[name, method] = {"Cache-Control"}
            if not is_a_request_id(response):
                wrong[name, method] = {"X-Request-ID"}
    assert wrong == {}


def is_a_request_id(response):
    given = response.headers.get("X-Request-ID", "")
    return len(given) == 36 and given.count("-") == 4


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/health/live", "/health/ready", "/nowhere/", "/sign-in/?q=" + "x" * 9000]
)
def test_what_is_open_to_everybody_has_every_header(browser_of, path):
    answer = browser_of().get(path)
    assert missing(answer) == set()
    assert answer.headers["Content-Type"].endswith("; charset=utf-8")


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/health/live", "/practice/choose/", "/sign-out/"])
def test_a_method_that_no_page_has_is_refused(browser_of, path, method):
    answer = browser_of(UserFactory.create()).generic(method, path)
    assert answer.status_code == 405


def test_scripts_of_ours_keep_in_the_browser_only_what_is_named_here(root):
    """``device.js`` keeps ciphertext (decision 0020), which ``page.js`` erases; ``keys.js`` whether keys are used."""
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|serviceWorker")
    scripts = list((root / "static").glob("*.js"))
    assert scripts
    found = {script.name for script in scripts if kept.search(script.read_text())}
    assert found == {"device.js", "page.js", "keys.js"}
    other = re.compile(r"indexedDB|document\.cookie|caches\.open|serviceWorker")
    assert not any(other.search(script.read_text()) for script in scripts)
    assert '"historyCacheSize":0' in (root / "templates" / "base.html").read_text()


def test_what_has_no_role_is_looked_at_too():
    assert {"health-live", "health-ready", "sign-in"} <= matrix.WITHOUT_A_ROLE
    assert set(NAMED) == set(ROWS) | matrix.WITHOUT_A_ROLE
    assert len(get_resolver().reverse_dict) > 0


def test_a_file_of_ours_has_every_header_and_is_for_no_other_site(browser_of):
    assert finders.find("theme.css")
    answer = browser_of().get("/static/theme.css", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    assert missing(answer) == set()
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.urls("tests.integration.guarded_urls")
def test_a_fault_has_every_header_and_a_name_that_can_be_told(browser_of):
    client = browser_of()
    client.raise_request_exception = False
    answer = client.get("/breaks/")
    assert answer.status_code == 500
    assert missing(answer) == set()
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_a_request_id(answer)
    assert answer.headers["X-Request-ID"] in answer.content.decode()


def test_a_cookie_is_for_this_site_alone_and_no_script_reads_it(browser_of):
    answer = browser_of().get(reverse("sign-in"))
    assert answer.cookies
    for cookie in answer.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["domain"], cookie["path"]) == (True, "Lax", "", "/")


class TestWhatARequestSaysOfItself:
    """A proxy's word is taken only where the settings say that there is one."""

    PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "192.0.2.9"}

    def test_nothing_is_believed_unless_told(self, rf, settings):
        settings.SECURE_PROXY_SSL_HEADER = None
        request = rf.get("/", headers=self.PROXIED, REMOTE_ADDR="192.0.2.1")
        assert (request.is_secure(), request.get_host()) == (False, "testserver")
        assert client_address(request) == "192.0.2.1"

    def test_the_scheme_is_believed_where_told_and_the_host_never(self, rf, settings):
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        request = rf.get("/", headers=self.PROXIED)
        assert (request.is_secure(), request.get_host()) == (True, "testserver:80")

    def test_the_server_takes_nobody_s_word_itself(self, monkeypatch):
        """Gunicorn would believe whoever connects from this machine, before Django is asked."""
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
        server = Config()
        for name, value in vars(server.parser().parse_args(start.SERVER)).items():
            if value is not None and name in server.settings:
                server.set(name, value)
        assert server.forwarded_allow_ips == []
        assert (server.worker_class_str, server.timeout, server.limit_request_line) == ("gthread", 30, 4094)
        assert (server.limit_request_fields, server.limit_request_field_size) == (100, 8190)
