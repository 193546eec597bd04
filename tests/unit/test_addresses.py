"""Where a request comes from: the connection's own address, and a header only as far as a setting says."""

from typing import Any

import pytest
from django.test import RequestFactory

from core.config.addresses import client_address

PROXY = "198.51.100.1"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, None, PROXY),
        (0, "192.0.2.7", PROXY),  # nobody said that a header is to be believed
        (1, None, PROXY),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),  # what stands further left was written by whoever asked
        (2, "203.0.113.9, 192.0.2.7, 198.51.100.2", "192.0.2.7"),
        (2, "192.0.2.7", PROXY),  # did not come through both
        (1, "not an address", PROXY),
        (1, "203.0.113.9, ", PROXY),
        (1, "192.0.2.7:4711", "192.0.2.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::"),
        (1, "2001:db8:0:0:1:2:3:4", "2001:db8::"),  # all of a connection's network is one person's
        (1, "::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_a_header_is_believed_from_the_right_as_far_as_the_setting_says(
    rf: RequestFactory, settings: Any, proxies: int, header: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": header} if header is not None else {}
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR=PROXY)) == address


def test_connections_without_an_address_count_as_from_one_place(rf: RequestFactory) -> None:
    assert client_address(rf.get("/", REMOTE_ADDR="")) == "::"
