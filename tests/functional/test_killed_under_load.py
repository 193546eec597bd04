"""A real server with several workers is killed in the middle of its work, again and again.

Nothing that was acknowledged is lost, the record verifies after each kill, and what got no answer is sent again and
done once. ``KILLS=20`` kills as often as that; ``DATABASE_URL`` chooses the database as everywhere.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.loaded.clients import Desk, work

KILLS = int(os.environ.get("KILLS", "2"))
CLIENTS, WORKERS, CASES_FOR_EACH_KILL = 4, 3, 6
ANSWERS = (1, 8)  # forms that a server answers before it is killed, in the middle of the next


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a server with a new database of its own, on whichever database the tests run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield {**kept, "DATABASE_URL": f"sqlite:///{tmp_path / 'killed.sqlite3'}"}
        return
    import psycopg

    name, address = f"killed_{uuid.uuid4().hex[:8]}", os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {**kept, "DATABASE_URL": address.rsplit("/", 1)[0] + f"/{name}"}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Server:
    """Gunicorn with several workers in a process group of its own, which can be killed as a whole."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root, self.environment, self.port = root, environment, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        address = f"127.0.0.1:{self.port}"
        options = ["--preload", "-w", str(WORKERS), "--bind", address]  # loaded once for all workers: it starts often
        command = [sys.executable, "-m", "gunicorn", *options, "core.config.wsgi"]
        quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=self.root, env=self.environment, start_new_session=True, **quiet)
        wait_for_an_answer(self.port)

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)
            self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_an_answer(port: int) -> None:
    import http.client

    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/health/live")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server did not come up in 30 seconds")


def run(root: Path, environment: dict[str, str], *asked: str, given: Any = None) -> Any:
    command = [sys.executable, "-m", "tests.loaded.record", *asked]
    done = subprocess.run(
        command, cwd=root, env=environment, input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


def let_it_work(desk: Desk, chance: random.Random) -> None:
    """Wait until the server has answered some forms, and then for no particular moment."""
    wanted = len(desk.acknowledged) + chance.randint(*ANSWERS)
    for _ in range(600):
        if len(desk.acknowledged) >= wanted or desk.wrong:
            break
        time.sleep(0.05)
    time.sleep(chance.uniform(0, 0.3))


@pytest.mark.long
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(root: Path, environment: dict[str, str]) -> None:
    ready = run(root, environment, "prepare", str((KILLS + 1) * CASES_FOR_EACH_KILL))
    server = Server(root, environment)
    desk = Desk(server.port, ready["sessions"], ready["cases"])
    clients = [threading.Thread(target=work, args=[desk], daemon=True) for _ in range(CLIENTS)]
    chance = random.Random()
    try:
        server.start()
        for client in clients:
            client.start()
        for _ in range(KILLS):
            let_it_work(desk, chance)
            server.kill()
            acknowledged = desk.snapshot()
            server.start()
            assert run(root, environment, "check", given=acknowledged) == []
        desk.closing.set()
        for client in clients:
            client.join(timeout=90)
        assert not any(client.is_alive() for client in clients)
    finally:
        desk.closing.set()
        server.kill()
    assert desk.wrong == []
    assert run(root, environment, "check", given=desk.acknowledged) == []
    counts = f"{len(desk.acknowledged)} acknowledged, {desk.repeated} sent again"
    print(f"{KILLS} kills: {counts}")  # noqa: T201 - for -s
    assert len(desk.acknowledged) > KILLS
