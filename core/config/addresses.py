"""Where a request comes from: what failed sign-ins are counted by. Nothing here is logged or shown."""

from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "::"
"""Where no address is known, as on a socket of the machine's own: all such requests count as from one place."""


def client_address(request: HttpRequest) -> str:
    """Return the address that a request came from, as far as it can be believed.

    It is the connection's own. Where proxies of one's own stand in front (TRUSTED_PROXIES), it is what the outermost
    of them saw: counted from the right, because whatever stands further left was written by anybody. A list shorter
    than that did not come through all of them, so nothing in it is believed.
    """
    connection = str(request.META.get("REMOTE_ADDR", ""))
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < settings.TRUSTED_PROXIES <= len(seen):
        return _counted(seen[-settings.TRUSTED_PROXIES]) or _counted(connection) or UNKNOWN
    return _counted(connection) or UNKNOWN


def _counted(text: str) -> str | None:
    """Return an address without its port; of IPv6 the network of its connection, all of which is one person's."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    try:
        address = ip_address(bare.partition(":")[0] if bare.count(":") == 1 else bare)
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped is None:
        return str(IPv6Network((address, 64), strict=False).network_address)
    return str(address if address.version == 4 else address.ipv4_mapped)
