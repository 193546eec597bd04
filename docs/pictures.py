"""Takes pictures of every page of the demo, as each of its people sees it: ``python -m docs.pictures [FOLDER]``.

Each page is taken as a phone, a tablet and a desk show it, in the light and in the dark scheme, and as it prints:
``asking-390-dark.png``, ``asking-print.png``. The demo is filled into a throwaway database and served on a free port;
nothing of yours is touched. With ``--docs`` the few pictures that the README and the docs show are written to
``docs/pictures`` instead.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from docs.shots import ADDRESSES, FOR_DOCS, SHOTS, addresses_in
from docs.steps import Shot, come_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Look:
    """How a page is looked at: at what width and height, in which scheme, on a screen or on paper."""

    width: int
    height: int
    scheme: Scheme = "light"
    media: Literal["screen", "print"] = "screen"
    whole: bool = True


LOOKS = {
    "390": Look(390, 844),
    "820": Look(820, 1180),
    "1440": Look(1440, 900),
    "390-dark": Look(390, 844, "dark"),
    "820-dark": Look(820, 1180, "dark"),
    "1440-dark": Look(1440, 900, "dark"),
    "print": Look(718, 1047, media="print"),  # A4 at 96 pixels to the inch, within a margin of a centimetre
}
DOCS = Look(1280, 1060, whole=False)


def main(arguments: list[str]) -> int:
    """Take the pictures that were asked for; return 1 where something on the way does not work."""
    parser = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", default=str(ROOT / "var" / "pictures"), help="default: var/pictures")
    parser.add_argument("--docs", action="store_true", help="only those that the docs show, into docs/pictures")
    parser.add_argument("--looks", nargs="*", metavar="LOOK", choices=LOOKS, default=list(LOOKS), help=", ".join(LOOKS))
    parser.add_argument("--only", nargs="*", metavar="NAME", help="only pages of these names")
    options = parser.parse_args(arguments)
    folder = ROOT / "docs" / "pictures" if options.docs else Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = FOR_DOCS if options.docs else options.only or [shot.name for shot in SHOTS]
    looks = {"docs": DOCS} if options.docs else {name: LOOKS[name] for name in options.looks}
    with _served() as demo, _chromium() as browser:
        missed = Album(browser, demo, folder).take(wanted, looks)
    print(f"\n{folder}")
    return 1 if missed else 0


@dataclass(frozen=True)
class Demo:
    """A demo that is being served: where, its one password, and what asks its database for addresses."""

    url: str
    password: str
    environment: dict[str, str]

    def addresses(self) -> dict[str, str]:
        """Return what the names stand for that ``SHOTS`` use."""
        printed = _manage("shell", "--verbosity", "0", "-c", ADDRESSES, environment=self.environment)
        return {**addresses_in(printed), "password": self.password}


class Album:
    """Takes pictures into a folder, signing in as whoever a page is for."""

    def __init__(self, browser: "Browser", demo: Demo, folder: Path) -> None:
        self._browser, self._demo, self._folder = browser, demo, folder
        self._addresses: dict[str, str] = {}

    def take(self, wanted: Sequence[str], looks: Mapping[str, Look]) -> list[str]:
        """Take each wanted page in each look; return the names of those that could not be taken."""
        missed = []
        for who, shots in groupby((shot for shot in SHOTS if shot.name in wanted), key=attrgetter("who")):
            page = self._signed_in(who)
            for shot in shots:
                missed += [] if self._took(page, shot, looks) else [shot.name]
            page.context.close()
        return missed

    def _signed_in(self, who: str) -> "Page":
        context = self._browser.new_context(base_url=self._demo.url, reduced_motion="reduce")
        context.set_default_timeout(5_000)
        page = context.new_page()
        if who:
            page.goto("/sign-in/")
            page.fill("[name=username]", who)
            page.fill("[name=password]", self._demo.password)
            page.press("[name=password]", "Enter")
            page.wait_for_load_state()
        return page

    def _took(self, page: "Page", shot: Shot, looks: Mapping[str, Look]) -> bool:
        page.emulate_media(media="screen")  # paper, on which the shot before was taken, has no buttons
        try:
            come_to(page, shot, self._address)
        except Exception as problem:  # noqa: BLE001  whatever a page does, the others are still to be taken
            print(f"{shot.name}: {str(problem).splitlines()[0]}")
            return False
        for name, look in looks.items():
            self._take_one(page, f"{shot.name.split('-')[0]}" if look == DOCS else f"{shot.name}-{name}", look)
        return True

    def _take_one(self, page: "Page", name: str, look: Look) -> None:
        page.set_viewport_size({"width": look.width, "height": look.height})
        page.emulate_media(media=look.media, color_scheme=look.scheme)
        page.screenshot(path=self._folder / f"{name}.png", full_page=look.whole)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        print(f"{name}{f': {wide} px too wide' if wide > 0 else ''}", flush=True)

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
        command = [sys.executable, "manage.py", "runserver", "--noreload", url.removeprefix("http://")]
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
