"""What the container runs, run here: the static files are collected, gunicorn serves, the health check asks."""

import contextlib
import gzip
import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

HOST = "soundings.example"
PROXIED = {"Host": HOST, "X-Forwarded-Proto": "https"}


class Server:
    """A production on a port of its own, and how to ask it."""

    def __init__(self, port: int, environment: dict[str, str], log: Path) -> None:
        self.port, self.environment, self.log = port, environment, log

    def get(self, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("production")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PRODUCTION": "1",
        "BEHIND_TLS_PROXY": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "CHECKPOINT_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": f"sqlite:///{folder / 'production.sqlite3'}",
        "STATIC_ROOT": str(folder / "static"),
        "LISTEN": f"127.0.0.1:{port}",
        "WORKERS": "1",
    }
    for command in (["collectstatic", "--noinput", "--verbosity=0"], ["migrate", "--verbosity=0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=root, env=environment, check=True)
    serve = [sys.executable, "start.py", "serve"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(serve, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        wait_for(port)
        yield Server(port, environment, folder / "log")
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port):
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("gunicorn did not come up in 40 seconds")


def test_it_lives(server):
    assert server.get("/health/live", {"Host": HOST}).status == 200


def test_the_container_s_health_check_finds_it_alive(server, root):
    assert (
        subprocess.run([sys.executable, "start.py", "alive"], cwd=root, env=server.environment, check=False).returncode
        == 0
    )


def test_a_monitor_hears_that_all_is_well(server, root):
    asked = [sys.executable, "start.py", "ready"]
    assert subprocess.run(asked, cwd=root, env=server.environment, check=False).returncode == 0


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_a_balancer_asks_by_an_address_of_its_own_without_tls(server, path):
    assert server.get(path, {"Host": f"10.0.0.7:{server.port}"}).status == 200


def test_a_request_is_one_line_that_its_answer_names(server):
    name = server.get("/sign-in/?next=/clients/Ada/", {**PROXIED, "X-Request-ID": "Ada"}).getheader("X-Request-ID")
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("request_id") == name]
    assert {key: line[key] for key in ("event", "method", "route", "status")} == {
        "event": "answered",
        "method": "GET",
        "route": "/sign-in/",
        "status": 200,
    }
    assert line["ms"] >= 0
    assert "Ada" not in server.log.read_text()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/sign-in/?next=" + "a" * 3_500, {}, 414),
        ("/sign-in/?next=" + "a" * 9_000, {}, 414),
        ("/sign-in/", {f"X-{number}": "1" for number in range(120)}, 431),
        ("/sign-in/", {"X-Long": "x" * 9_000}, 431),
    ],
)
def test_what_is_larger_than_anything_of_ours_is_refused(server, path, headers, status):
    assert server.get(path, {**PROXIED, **headers}).status == status


@pytest.mark.parametrize(("path", "times", "status"), [("/sign-in/", 50_000, 413), ("/sign-in/?code=%00", 1, 400)])
def test_a_body_that_was_not_read_is_not_taken_for_the_next_request(server, path, times, status):
    """gunicorn throws away what is left of it, or closes the connection where that is much."""
    request = f"GET /health/live HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nContent-Length: "
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"{head}{times * len(request)}\r\n\r\n".encode())
        if times == 1:
            connection.sendall(request)
        else:
            time.sleep(1)  # the answer comes before the body does
            with contextlib.suppress(OSError):
                connection.sendall(times * request)
        received = b""
        with contextlib.suppress(OSError):
            while more := connection.recv(65_536):
                received += more
    assert received.startswith(f"HTTP/1.1 {status} ".encode())
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("path", ["/sign-in/", "/health/ready", "/nowhere/"])
def test_no_answer_names_a_version(server, path):
    answer = server.get(path, PROXIED)
    said = "\n".join(f"{name}: {value}" for name, value in answer.getheaders() if name != "X-Request-ID")
    assert not re.search(r"(?:gunicorn|django|python|nginx)/?\s*\d", said + answer.read().decode(), re.IGNORECASE)


def test_the_health_check_fails_where_nothing_answers(server, root):
    elsewhere = {**server.environment, "LISTEN": "127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "start.py", "alive"], cwd=root, env=elsewhere, capture_output=True, check=False
    )
    assert done.returncode == 1


def test_plain_http_is_sent_to_https(server):
    answer = server.get("/sign-in/", {"Host": HOST})
    assert answer.status == 301
    assert (answer.getheader("Location") or "").startswith(f"https://{HOST}/")


def test_a_host_that_is_not_named_is_refused(server):
    assert server.get("/", {**PROXIED, "Host": "elsewhere.example"}).status == 400


def test_what_only_developers_look_at_is_not_there(server):
    assert server.get("/patterns/", PROXIED).status == 404


def test_a_page_and_its_files_are_sent_compressed(server):
    page = server.get("/sign-in/", {**PROXIED, "Accept-Encoding": "gzip"})
    assert page.getheader("Content-Encoding") == "gzip"
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', gzip.decompress(page.read()).decode())
    assert len(files) > 3
    for path in files:
        assert path.endswith(".svg") or server.get(path, {**PROXIED, "Accept-Encoding": "gzip"}).getheader(
            "Content-Encoding"
        ), path


def test_a_page_is_sent_with_every_header(server):
    answer = server.get("/sign-in/", PROXIED)
    assert answer.status == 200
    policy = answer.getheader("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    assert answer.getheader("Referrer-Policy") == "same-origin"
    assert answer.getheader("Cross-Origin-Opener-Policy") == "same-origin"
    assert answer.getheader("X-Frame-Options") == "DENY"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert "camera=()" in (answer.getheader("Permissions-Policy") or "")


def test_its_cookies_are_for_this_host_over_https_alone(server):
    cookies = server.get("/sign-in/", PROXIED).headers.get_all("Set-Cookie") or []
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_a_page_s_own_files_are_served_under_names_that_change_with_them(server):
    page = server.get("/sign-in/", PROXIED).read().decode()
    sheet = page.split('rel="stylesheet"')[0].rsplit("<link", 1)[-1] + page.split('rel="stylesheet"')[1].split(">")[0]
    address = sheet.split('href="')[1].split('"')[0]
    answer = server.get(address, PROXIED)
    assert answer.status == 200
    assert "immutable" in (answer.getheader("Cache-Control") or "")


def test_every_file_that_a_page_can_ask_for_was_collected(server, root):
    asked = {
        name
        for page in (root / "templates").rglob("*.html")
        for name in re.findall(r"{% static '([^']+)' %}", page.read_text(encoding="utf-8"))
    }
    collected = json.loads((Path(server.environment["STATIC_ROOT"]) / "staticfiles.json").read_text(encoding="utf-8"))
    assert "js-lib-bootstrap5/css/bootstrap.min.css" in asked
    assert asked | {"django_htmx/htmx-2.min.js"} <= set(collected["paths"])
