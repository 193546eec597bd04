"""A sign-in service for the tests: an OpenID Connect issuer with a key and a port of its own, on this machine.

It answers what a real one answers: its configuration, its keys, and a token for a code. What the token says, and who
signs it, is the test's.
"""

import dataclasses
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from core.config.single_sign_on import SingleSignOnSettings, providers

CLIENT_ID, CLIENT_SECRET = "soundings", "a secret for the tests"


class Issuer:
    """The service: ``claims`` is what it says of whoever signs in, ``key`` what it signs with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key: Any = self.published
        self.algorithm: str | None = "RS256"
        self.claims: dict[str, Any] = {"sub": "0042", "preferred_username": "tess"}
        self.breaks = False
        self._asked: dict[str, dict[str, str]] = {}

    def asked_to_authorize(self, address: str) -> str:
        """Let somebody sign in there, as their browser was told to; return where it sends them back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._asked)}"
        self._asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        """Answer a request; None where it would be refused."""
        if self.breaks:
            return None
        if path == "/.well-known/openid-configuration":
            return self._configuration()
        if path == "/keys":
            return {"keys": [{**self._published_key(), "kid": "one", "alg": self.algorithm, "use": "sig"}]}
        return self._token(form) if path == "/token" else None

    def _published_key(self) -> dict[str, Any]:
        """Return what it says that tokens are signed with; a secret of both sides is as good as public then."""
        if isinstance(self.key, str):
            return {"kty": "oct", "k": urlsafe_b64encode(self.key.encode()).decode().rstrip("=")}
        published: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.published.public_key()))
        return published

    def _configuration(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found: dict[str, Any] = {name: f"{self.url}/{end}" for name, end in ends.items()}
        return {**found, "issuer": self.url, "token_endpoint_auth_methods_supported": ["client_secret_post"]}

    def _token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self._asked.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if asked is None or form.get("client_secret") != CLIENT_SECRET or asked["code_challenge"] != challenge:
            return None
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **self.claims}
        token = jwt.encode(said, self.key, self.algorithm, headers={"kid": "one"})
        return {"access_token": "unused", "id_token": token}


def trust(settings: Any, issuer: Issuer, **changed: Any) -> None:
    """Set single sign-on up with this issuer."""
    given = SingleSignOnSettings(issuer.url, CLIENT_ID, CLIENT_SECRET, "Harbour ID")
    settings.SINGLE_SIGN_ON = dataclasses.replace(given, **changed)
    settings.SOCIALACCOUNT_PROVIDERS = providers(settings.SINGLE_SIGN_ON)


@contextmanager
def running() -> Iterator[Issuer]:
    """Run an issuer on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    server.issuer = issuer  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.issuer.asked_to_authorize(self.path))  # type: ignore[attr-defined]
            self.end_headers()
        else:
            self._send({})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._send({name: values[0] for name, values in parse_qs(sent).items()})

    def _send(self, form: dict[str, str]) -> None:
        answer = self.server.issuer.answer(urlsplit(self.path).path, form)  # type: ignore[attr-defined]
        body = json.dumps(answer or {"error": "invalid_grant"}).encode()
        self.send_response(400 if answer is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""
