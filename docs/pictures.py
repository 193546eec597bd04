"""Takes pictures of every page of the demo, as each of its people sees it: ``python -m docs.pictures [FOLDER]``.

The demo is filled into a throwaway database and served on a free port; nothing of yours is touched. With ``--docs``
the few pictures that the README and the docs show are written to ``docs/pictures`` instead.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"390": (390, 844), "1280": (1280, 900), "docs": (1280, 1060)}
TAKEN = ("390", "1280")
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Shot:
    """A page to take: who sees it, where they begin, and the links they follow from there.

    Each of ``steps`` is a CSS selector to click. What stands in braces is a name in ``ADDRESSES``; the draft of the
    intake is there once ``rule-draft`` was taken.
    """

    name: str
    who: str
    start: str
    steps: tuple[str, ...] = ()


SHOTS = (
    Shot("sign-in", "", "/sign-in/"),
    Shot("account", "therapist", "/account/"),
    Shot("account-app", "therapist", "/account/app/"),
    Shot("account-passkey", "therapist", "/account/passkey/"),
    Shot("account-password", "therapist", "/account/password/"),
    Shot("account-confirm", "therapist", "/account/confirm/"),
    Shot("worklist", "therapist", "/worklist/"),
    Shot("clients", "therapist", "/clients/"),
    Shot("client-add", "therapist", "/clients/add/"),
    Shot("client", "therapist", "/clients/", ('a:has-text("C-0410")',)),
    Shot("client-edit", "therapist", "/clients/", ('a:has-text("C-0410")', 'a[href$="/edit/"]')),
    Shot("asking", "therapist", "{C-0416}sections/substances-and-recovery/"),
    Shot("asking-suicidality", "therapist", "{C-0416}sections/suicidality/"),
    Shot("asking-medicines", "therapist", "{C-0416}sections/medical-and-medicines/"),
    Shot("answers", "therapist", "{C-0416}answers/"),
    Shot("so-far", "therapist", "{C-0416}so-far/"),
    Shot("result", "therapist", "{C-0410}result/"),
    Shot("result-disagreement", "therapist", "{C-0403}result/"),
    Shot("result-steady", "therapist", "{C-0401}result/"),
    Shot("result-returned", "therapist", "{C-0407}result/"),
    Shot("print", "therapist", "{C-0410}print/"),
    Shot("amend", "therapist", "{C-0410}amend/"),
    Shot("refused", "therapist", "/queue/"),
    Shot("not-found", "therapist", "/nowhere/"),
    Shot("queue", "clinician", "/queue/"),
    Shot("review", "clinician", "{C-0403}review/"),
    Shot("review-long", "clinician", "{C-0410}review/"),
    Shot("return", "clinician", "{C-0403}return/"),
    Shot("sign", "clinician", "{C-0403}sign/"),
    Shot("determination", "clinician", "{C-0404}determination/"),
    Shot("audit-cases", "auditor", "/audit/"),
    Shot("audit-case", "auditor", "/audit/cases/{id C-0418}/"),
    Shot("audit-again", "auditor", "/audit/cases/{id C-0418}/again/"),
    Shot("audit-ledger", "auditor", "/audit/ledger/"),
    Shot("audit-ledger-verified", "auditor", "/audit/ledger/", ("main form button",)),
    Shot("openings-own", "therapist", "/screenings/{id C-0418}/openings/"),
    Shot("openings", "manager", "/practice/openings/"),
    Shot("openings-case", "manager", "/practice/openings/{id C-0418}/"),
    Shot("openings-print", "manager", "/practice/openings/{id C-0418}/print/"),
    Shot("rules", "admin1", "/rules/"),
    Shot("rule-version", "admin1", "{rules of intake}"),
    Shot("rule", "admin1", "{rules of intake}rules/use-disorder-active/"),
    Shot("vignettes", "admin1", "{rules of intake}vignettes/"),
    Shot("rule-draft", "admin1", "/rules/", ('form[action="{intake}draft/"] button',)),
    Shot("rule-edit", "admin1", "{draft}rules/suicide-attempts-or-threats-pattern/edit/"),
    Shot("rule-notes", "admin1", "{draft}notes/"),
    Shot("replay", "admin1", "{draft}replay/"),
    Shot("questionnaires", "admin1", "/questionnaires/"),
    Shot("questionnaire", "admin1", "{questions of intake}"),
    Shot("settings", "manager", "/practice/settings/"),
    Shot("retention", "manager", "/practice/retention/"),
)
FOR_DOCS = ("result-disagreement", "asking", "review", "rule")
ADDRESSES = """
from screening.models import QuestionnaireVersion, RuleSetVersion, Screening
for found in Screening.objects.filter(protocol__lineage_name="intake").select_related("client"):
    print(f"{found.client.code}=/screenings/{found.pk}/")
    print(f"id {found.client.code}={found.pk}")
intake = {"protocol__lineage_name": "intake"}
print(f"intake=/rules/protocols/{Screening.objects.filter(**intake)[0].protocol_id}/")
for found in RuleSetVersion.objects.filter(**intake):
    name = "draft" if found.status == "draft" else "rules of intake"
    print(f"{name}=/rules/versions/{found.pk}/")
print(f"questions of intake=/questionnaires/{QuestionnaireVersion.objects.get(**intake).pk}/")
"""


def main(arguments: list[str]) -> int:
    """Take the pictures that were asked for; return 1 where something on the way does not work."""
    parser = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", default=str(ROOT / "var" / "pictures"), help="default: var/pictures")
    parser.add_argument("--docs", action="store_true", help="only those that the docs show, into docs/pictures")
    parser.add_argument("--dark", action="store_true", help="in the dark scheme")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="only pages of these names")
    options = parser.parse_args(arguments)
    folder = ROOT / "docs" / "pictures" if options.docs else Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = FOR_DOCS if options.docs else options.only or [shot.name for shot in SHOTS]
    sizes = ["docs"] if options.docs else TAKEN
    with _served() as demo, _chromium() as browser:
        missed = Album(browser, demo, folder, "dark" if options.dark else "light").take(wanted, sizes, options.docs)
    print(f"\n{folder}")
    return 1 if missed else 0


@dataclass(frozen=True)
class Demo:
    """A demo that is being served: where, its one password, and what asks its database for addresses."""

    url: str
    password: str
    environment: dict[str, str]

    def addresses(self) -> dict[str, str]:
        """Return the addresses of cases and versions by the names that ``SHOTS`` use."""
        printed = _manage("shell", "--verbosity", "0", "-c", ADDRESSES, environment=self.environment)
        return dict(line.split("=", 1) for line in printed.splitlines() if "=/" in line or line.startswith("id "))


class Album:
    """Takes pictures into a folder, signing in as whoever a page is for."""

    def __init__(self, browser: "Browser", demo: Demo, folder: Path, scheme: Scheme) -> None:
        self._browser, self._demo, self._folder, self._scheme = browser, demo, folder, scheme
        self._addresses: dict[str, str] = {}

    def take(self, wanted: Sequence[str], sizes: Sequence[str], for_docs: bool) -> list[str]:
        """Take each wanted page at each size; return the names of those that could not be taken."""
        missed = []
        for size in sizes:
            for who in dict.fromkeys(shot.who for shot in SHOTS if shot.name in wanted):
                page = self._signed_in(who, size)
                for shot in [shot for shot in SHOTS if shot.who == who and shot.name in wanted]:
                    name = (
                        shot.name.split("-")[0]
                        if for_docs
                        else f"{shot.name}-{size}{'-dark' * (self._scheme == 'dark')}"
                    )
                    missed += [] if self._took(page, shot, name, whole=not for_docs) else [name]
                page.context.close()
        return missed

    def _signed_in(self, who: str, size: str) -> "Page":
        width, height = SIZES[size]
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=self._scheme, base_url=self._demo.url
        )
        page = context.new_page()
        if who:
            page.goto("/sign-in/")
            page.fill("[name=username]", who)
            page.fill("[name=password]", self._demo.password)
            page.press("[name=password]", "Enter")
            page.wait_for_load_state()
        return page

    def _took(self, page: "Page", shot: Shot, name: str, *, whole: bool) -> bool:
        try:
            page.goto(self._address(shot.start))
            for step in shot.steps:
                page.click(self._address(step), timeout=5_000)
                page.wait_for_load_state()
        except Exception as problem:  # noqa: BLE001  whatever a page does, the others are still to be taken
            print(f"{name}: {str(problem).splitlines()[0]}")
            return False
        page.screenshot(path=self._folder / f"{name}.png", full_page=whole)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        print(f"{name}{f': {wide} px too wide' if wide > 0 else ''}", flush=True)
        return True

    def _address(self, start: str) -> str:
        names = re.findall(r"{(.+?)}", start)
        if any(name not in self._addresses for name in names):
            self._addresses = self._demo.addresses()
        for name in names:
            start = start.replace(f"{{{name}}}", self._addresses[name])
        return start


@contextmanager
def _served() -> "Iterator[Demo]":
    """Fill the demo into a database that goes away again, and serve it on a free port."""
    with tempfile.TemporaryDirectory() as temporary:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{temporary}/demo.sqlite3", "DEBUG": "0"}
        environment |= {
            "PRODUCTION": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "core.config.settings",
        }
        _manage("migrate", "--verbosity", "0", environment=environment)
        printed = _manage("demo", environment=environment)
        password = next(line.split()[1] for line in printed.splitlines() if line.strip().startswith("therapist"))
        url = f"http://127.0.0.1:{_free_port()}"
        command = [sys.executable, "manage.py", "runserver", "--noreload", "--insecure", url.removeprefix("http://")]
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(f"{url}/health/live")
            yield Demo(url, password, environment)
        finally:
            server.terminate()
            server.wait()


@contextmanager
def _chromium() -> "Iterator[Browser]":
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next((path for path in map(shutil.which, names) if path), None)
    if not path:
        sys.exit("No Chromium on this machine. On Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only here is it needed

    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def _manage(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, seconds: int = 60) -> None:
    for _ in range(seconds * 4):
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
        else:
            return
    sys.exit(f"Nothing answers at {url}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
