"""Clients that carry cases from the first answer to the signature, each by the pages, and never give a form up.

A form that got no answer is sent again exactly as it was, until there is one. What was answered is written down.
"""

import http.client
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from tests.factories import PASSWORD
from tests.pages import fields

CSRF = "A" * 32
NO_ANSWER = (OSError, http.client.HTTPException)
PATIENCE = 60.0  # seconds without an answer after which a client gives up, and the test fails


@dataclass
class Desk:
    """What all clients share: where to ask, as whom, what was acknowledged, and what went wrong."""

    port: int
    sessions: dict[str, str]
    cases: list[str]
    acknowledged: list[list[str]] = field(default_factory=list)
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_case(self) -> str | None:
        with self.lock:
            return self.cases.pop() if self.cases and not self.closing.is_set() else None

    def snapshot(self) -> list[list[str]]:
        with self.lock:
            return list(self.acknowledged)


def work(desk: Desk) -> None:
    """Carry cases through until there are none, or the day ends."""
    try:
        while case := desk.next_case():
            for step in STEPS:
                step(desk, case)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the test says it
        desk.wrong.append(f"{type(problem).__name__}: {problem}")


def ask(desk: Desk, role: str, method: str, path: str, body: str = "") -> tuple[int, str]:
    """Ask once."""
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    headers = {"Cookie": f"sessionid={desk.sessions[role]}; csrftoken={CSRF}", "Sec-Fetch-Site": "same-origin"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def insist(desk: Desk, role: str, method: str, path: str, body: str = "") -> tuple[int, str]:
    """Ask until there is an answer other than that the server cannot serve now."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            status, page = ask(desk, role, method, path, body)
            if status != 503:
                return status, page
        except NO_ANSWER:
            pass
        desk.repeated += method == "POST"
        time.sleep(random.uniform(0.02, 0.1))
    raise TimeoutError(f"no answer to {method} {path}")


def send(desk: Desk, name: str, role: str, case: str, page: str, to: str = "", **typed: Any) -> None:
    """Open a page, fill in its form, and send it until it is answered."""
    status, shown = insist(desk, role, "GET", f"/screenings/{case}/{page}/" if page != "queue" else "/queue/")
    if status != 200:
        desk.wrong.append(f"{name} of {case}: its page answered {status}")
    given = fields(SimpleNamespace(content=shown.encode()), "section-form" if name == "save" else "")
    if "answers" in typed:
        rules = [field.removesuffix("-words") for field in given if field.endswith("-words")]
        typed = {f"{rule}-answer": "agree" for rule in rules}
    body = urlencode({**given, **typed}, doseq=True)
    status, answer = insist(desk, role, "POST", f"/screenings/{case}/{to or page}/", body)
    if status not in (200, 302):
        desk.wrong.append(f"{name} of {case}: answered {status}: {answer[-600:]}")
    with desk.lock:
        desk.acknowledged.append([case, name])


def save(desk: Desk, case: str) -> None:
    send(desk, "save", "therapist", case, "sections/taken-today", note=f"Typed for {case}")


def submit(desk: Desk, case: str) -> None:
    send(desk, "submit", "therapist", case, "answers", "submit")


def claim(desk: Desk, case: str) -> None:
    token = {"csrfmiddlewaretoken": CSRF}
    status, answer = insist(desk, "clinician", "POST", f"/screenings/{case}/claim/", urlencode({**token, "case": case}))
    if status not in (200, 302):
        desk.wrong.append(f"claim of {case}: answered {status}: {answer[-600:]}")
    with desk.lock:
        desk.acknowledged.append([case, "claim"])


def answer(desk: Desk, case: str) -> None:
    send(desk, "answer", "clinician", case, "review", answers="all")


def sign(desk: Desk, case: str) -> None:
    typed = {"outcome": "more-information", "reasons": "Mine.", "password": PASSWORD}
    send(desk, "sign", "clinician", case, "sign", **typed)


STEPS: tuple[Callable[[Desk, str], None], ...] = (save, submit, claim, answer, sign)
