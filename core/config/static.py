"""Which static files are collected: of what comes with libraries, those that a page of ours can load.

A library brings every variant of its files. To compress them all took 16 s of each deployment, and ten times the space.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder

NO_PAGE_LOADS = (
    "js-lib-bootstrap5/js/*",
    *("bootstrap.css*", "bootstrap-grid*", "bootstrap-reboot*", "bootstrap-utilities*", "*.rtl.*"),
    "django_htmx/ext/*",
    *("htmx-4*", "htmax-4*"),
)
"""Names and paths, as ``collectstatic --ignore`` takes them."""


class LibrariesFinder(AppDirectoriesFinder):
    """Finds what applications bring, and lists for ``collectstatic`` only what is used of it."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """Return each file with where it lies."""
        return super().list([*(ignore_patterns or ()), *NO_PAGE_LOADS])
