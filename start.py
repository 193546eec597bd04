"""Set the project up, run it and test it: with nothing but Python 3.11 or newer.

`python3 start.py run` serves the demo, `python3 start.py test` runs every test. The Makefile's targets call this
script, so that each step stands once. What the application itself does lives behind manage.py, not here.
"""

import base64
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.json"
OLDEST = (3, 11)
LOCKS = ("base", "test", "benchmark")  # each holds what stands before it
POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
# How gunicorn serves: limits a little above those of core.config.limits, no header believed for the connection's
# scheme (BEHIND_TLS_PROXY says whether one is), and a worker that stands still for 30 seconds is replaced.
SERVER = [
    "--worker-class=gthread",
    "--timeout=30",
    "--graceful-timeout=30",
    "--keep-alive=5",
    "--limit-request-line=4094",
    "--limit-request-fields=100",
    "--limit-request-field_size=8190",
    "--forwarded-allow-ips=",
    "--max-requests=10000",
    "--max-requests-jitter=1000",
]


def main(arguments: List[str]) -> int:
    """Carry out one of the commands below, from an interpreter that is new enough."""
    name, rest = (arguments[0] if arguments else "help"), arguments[1:]
    if name not in COMMANDS:
        print(USAGE)
        return 0 if name in ("help", "-h", "--help") else 2
    _use_a_new_enough_python()
    os.chdir(ROOT)
    return COMMANDS[name](rest)


def run(_: List[str]) -> int:
    """Install, migrate, fill the demo and serve it."""
    port = int(os.environ.get("PORT", "8000"))
    _refuse_a_busy_port(port)
    install(["base"])
    _step("Preparing the database", _manage("migrate", "--verbosity", "0"))
    _step("Filling the demo", _manage("demo"))
    print(f"\nSoundings is on http://localhost:{port}  (Ctrl-C stops it)\n", flush=True)
    return _become(_manage("runserver", str(port)))


def test(arguments: List[str]) -> int:
    """Run every test on SQLite, and those that touch the database on PostgreSQL first.

    With arguments, pass them to one pytest run on the database that DATABASE_URL names. SQLite comes last because
    it is the whole suite: its summary is the last line, and it is only reached if nothing failed before it.
    """
    install(["test"])
    pytest = [str(PYTHON), "-m", "pytest"]
    in_order = ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder", "-q"]  # tests/conftest.py says which
    if arguments:
        return subprocess.call([*pytest, *arguments])
    environment = {**os.environ, "PRODUCTION": "0", "DEBUG": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of some thirty processes compiles every module anew
    postgres = os.environ.get("TEST_POSTGRES_URL", POSTGRES)
    if _postgres_answers(postgres):
        _say(f"Tests that touch the database, on PostgreSQL ({_without_password(postgres)})")
        failed = subprocess.call(
            [*pytest, *in_order, "--database-tests-only"],
            env={**environment, "DATABASE_URL": postgres, "PGOPTIONS": "-c synchronous_commit=off"},  # nothing is kept
        )
        if failed:
            return failed
    elif os.environ.get("REQUIRE_POSTGRES") == "1":
        return _stop(f"REQUIRE_POSTGRES is set and no PostgreSQL answers at {_without_password(postgres)}.")
    else:
        environment["POSTGRES_SKIPPED"] = "1"
        _say(f"!! NOT TESTED ON POSTGRESQL: none answers at {_without_password(postgres)}. Set TEST_POSTGRES_URL.")
    _say("All tests, on SQLite")
    environment["DATABASE_URL"] = f"sqlite:///{ROOT / 'soundings.sqlite3'}"
    return subprocess.call([*pytest, *in_order], env=environment)


def check(_: List[str]) -> int:
    """Run the linters, the types, the import contracts and Django's own checks; name all that fail."""
    install(["test"])
    environment = {**os.environ, "PRODUCTION": "0"}
    failed = []
    for name, command in _checks().items():
        _say(name)
        if subprocess.call(command, env=environment):
            failed.append(name)
    return _stop("These checks failed: " + ", ".join(failed)) if failed else 0


def fmt(_: List[str]) -> int:
    """Format the code and repair what ruff can repair."""
    install(["test"])
    return subprocess.call([_tool("ruff"), "format", "."]) or subprocess.call([_tool("ruff"), "check", "--fix", "."])


def lock(_: List[str]) -> int:
    """Resolve requirements/*.in into requirements/*.txt: hashes, no host. The only command that needs uv."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(BIN))
    if not uv:
        return _stop("Locking needs uv: .venv/bin/pip install uv")
    options = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url"
    for name in LOCKS:
        source, target = f"requirements/{name}.in", f"requirements/{name}.txt"
        command = [uv, "pip", "compile", "--quiet", *options.split(), "--no-emit-find-links", source, "-o", target]
        if subprocess.call(command):
            return 1
    return 0


def benchmark(arguments: List[str]) -> int:
    """Measure what the notes claim."""
    install(["benchmark"])
    return subprocess.call([str(PYTHON), "-m", "benchmarks", *arguments])


def pictures(arguments: List[str]) -> int:
    """Take the README's pictures from the demo, with Chromium."""
    install(["test"])
    return subprocess.call([str(PYTHON), "-m", "docs.pictures", *arguments])


def static(_: List[str]) -> int:
    """Collect the static files for production. The keys it needs to start are made up, used once and forgotten."""
    once = base64.urlsafe_b64encode(os.urandom(32)).decode()
    production = {"PRODUCTION": "1", "DEBUG": "0", "ALLOWED_HOSTS": "localhost", "FIELD_KEYS": once}
    production["CHECKPOINT_KEY"] = os.urandom(32).hex()
    environment = {**os.environ, **production, "SECRET_KEY": base64.urlsafe_b64encode(os.urandom(48)).decode()}
    return subprocess.call(_manage("collectstatic", "--noinput", "--verbosity", "0"), env=environment)


def serve(_: List[str]) -> int:
    """Check that production is safe, then serve it with gunicorn."""
    _step("The production check", _manage("check", "--deploy", "--database", "default"))
    listen = os.environ.get("LISTEN", "0.0.0.0:8000")
    workers = os.environ.get("WORKERS", "2")
    options = ["--bind", listen, "--workers", workers, "--threads", "4", "--worker-tmp-dir", "/tmp"]  # noqa: S108
    return _become([str(PYTHON), "-m", "gunicorn", *options, *SERVER, "core.config.wsgi"])


def alive(_: List[str]) -> int:
    """Ask the server in this container whether it lives: what a health check runs."""
    return _ask("/health/live")


def ready(_: List[str]) -> int:
    """Ask the server on this machine whether it is ready and nothing beside it is late: what a monitor runs."""
    return _ask("/health/ready")


def manage(arguments: List[str]) -> int:
    """Run one of Django's commands, in .venv."""
    return _become(_manage(*arguments))


def install(names: List[str]) -> int:
    """Make .venv and install a lock file into it, unless exactly that is there already.

    A lock file names everything, so pip is told to look for nothing else: where it resolves for itself, a release
    newer than the locked one can make it refuse a package that another asks for with an extra.
    """
    name = names[0] if names else "test"
    _make_venv()
    wanted = {lock_name: _digest(lock_name) for lock_name in LOCKS[: LOCKS.index(name) + 1]}
    if wanted.items() <= _installed().items():
        return 0
    print(f"Installing requirements/{name}.txt into .venv", flush=True)
    STAMP.unlink(missing_ok=True)
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
    ]
    _step("Installing", [*pip, "--requirement", f"requirements/{name}.txt"])
    STAMP.write_text(json.dumps(wanted))
    return 0


def _checks() -> Dict[str, List[str]]:
    return {
        "Format": [_tool("ruff"), "format", "--check", "."],
        "Lint": [_tool("ruff"), "check", "."],
        "Templates": [_tool("djlint"), "--lint", "--quiet", "templates"],
        "Imports": [_tool("lint-imports"), "--no-logo"],
        "Types": [_tool("mypy")],
        "Compose file": [_tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        "Static files": [sys.executable, "start.py", "static"],
        "Django": _manage("check"),
        "Migrations": _manage("makemigrations", "--check", "--dry-run"),
    }


def _manage(*arguments: str) -> List[str]:
    return [str(PYTHON), "manage.py", *arguments]


def _tool(name: str) -> str:
    return str(BIN / name)


def _use_a_new_enough_python() -> None:
    """Go on in a newer interpreter where this one is too old, or say what to install."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, 10, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606  the same script, with the same arguments
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(_stop(f"This is Python {version}; Soundings needs 3.11 or newer. Install python3.11 and try again."))


def _make_venv() -> None:
    if PYTHON.exists() and not subprocess.call([str(PYTHON), "-m", "pip", "--version"], stdout=subprocess.DEVNULL):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        major, minor = sys.version_info[:2]
        sys.exit(_stop(f"Python has no venv here. On Debian and Ubuntu: apt-get install python{major}.{minor}-venv"))
    print("Making .venv", flush=True)
    _step("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def _digest(name: str) -> str:
    content = (ROOT / "requirements" / f"{name}.txt").read_bytes()
    return hashlib.sha256(content).hexdigest()


def _installed() -> Dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _refuse_a_busy_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(_stop(f"Something already listens on port {port}. Try another: PORT={port + 1} make run"))


def _postgres_answers(url: str) -> bool:
    program = "import sys, psycopg; psycopg.connect(sys.argv[1], connect_timeout=3).close()"
    return subprocess.call([str(PYTHON), "-c", program, url], stderr=subprocess.DEVNULL) == 0


def _without_password(url: str) -> str:
    return url.rpartition("@")[2]


def _ask(path: str) -> int:
    """Return 0 where the answer is ``ok`` and nothing else; say what it is otherwise."""
    port = os.environ.get("LISTEN", ":8000").rpartition(":")[2]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            said = answer.read(200).decode().strip()
    except urllib.error.HTTPError as answer:
        said = answer.read(200).decode().strip()
    except OSError as problem:
        return _stop(f"No answer: {problem}")
    return 0 if said == "ok" else _stop(said)


def _become(command: List[str]) -> int:
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606  our own interpreter; so that Ctrl-C and signals reach it
    return subprocess.call(command)


def _step(what: str, command: List[str]) -> None:
    code = subprocess.call(command)
    if code:
        sys.exit(_stop(f"{what} failed (exit {code}). The lines above say why."))


def _say(line: str) -> None:
    print(f"\n== {line}", flush=True)


def _stop(line: str) -> int:
    print(f"\n{line}", file=sys.stderr, flush=True)
    return 1


# For people first; what follows "install" is for containers and scripts.
COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "fmt": fmt,
    "lock": lock,
    "benchmark": benchmark,
    "pictures": pictures,
    "install": install,
    "static": static,
    "serve": serve,
    "alive": alive,
    "ready": ready,
    "manage": manage,
}
USAGE = "usage: python3 start.py COMMAND\n\n" + "\n".join(
    "  {:<10} {}".format(name, (command.__doc__ or "").splitlines()[0]) for name, command in COMMANDS.items()
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
