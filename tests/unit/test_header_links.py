"""The links of the header: which is marked on a page, and that the pages which a link names exist."""

import pytest
from django.urls import get_resolver

from core.navigation import nav_for
from screening.navigation import LINKS


@pytest.mark.parametrize(
    ("role", "path", "page", "marked"),
    [
        ("therapist", "/worklist/", "worklist", {"Worklist": "page"}),
        ("therapist", "/clients/add/", "client-add", {"Clients": "true"}),
        ("therapist", "/screenings/1/sections/mood/", "section", {"Worklist": "true"}),
        ("clinician", "/screenings/1/review/", "review", {"Queue": "true"}),
        ("manager", "/practice/openings/", "openings", {"Openings": "page"}),
        ("manager", "/practice/retention/", "retention", {"Practice": "true"}),
        ("manager", "/account/", "account", {}),
    ],
)
def test_the_link_that_a_page_belongs_to_is_marked(role: str, path: str, page: str, marked: dict[str, str]) -> None:
    links = nav_for(frozenset({role}), path, page)
    assert {link["label"]: link["current"] for link in links if link["current"]} == marked


def test_the_pages_that_a_link_names_exist() -> None:
    named = {name for *_, leads_to in LINKS for name in leads_to}
    assert named <= _names(get_resolver())


def _names(resolver: object) -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
        found |= _names(pattern) if hasattr(pattern, "url_patterns") else {pattern.name}
    return found
