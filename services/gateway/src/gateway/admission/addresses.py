"""From where a request comes, as it is counted."""

import ipaddress
from functools import lru_cache

from starlette.types import Scope

UNKNOWN = "unknown"
"""Where the connection has no address, or a trusted proxy tells none."""

IPV6_NETWORK_BITS = 64
"""A customer of a provider has at least so many addresses to himself."""


def address_of(scope: Scope) -> str:
    """The address of the client, or the network that is his."""
    client = scope.get("client")
    return _network_of(client[0]) if client and len(client[0]) <= MAX_LENGTH else UNKNOWN


MAX_LENGTH = 45
"""Of an address in text."""


@lru_cache(maxsize=4096)
def _network_of(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_NETWORK_BITS), strict=False))
