"""Which URLs given by others we call: https at public addresses, and exactly the address that was checked."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import httpx

from servicekit.http import tls

MAX_PORT = 65_535

RESOLVERS = 64
"""Names looked up at a time. The system's resolver cannot be stopped: one whom nobody waits for any more goes on until
it gives up by itself."""

# Apart from the loop's own threads, of which there are a handful: a name server that hangs must hold up nobody who
# looks Telegram up.
_resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")


class AddressRefused(Exception):
    """A URL we do not call. The message holds no part of it but the host."""


class NotResolved(Exception):
    """The host has no address now."""


@dataclass(frozen=True)
class Target:
    """What to give httpx so that it connects to the checked address and still asks for the right host."""

    url: httpx.URL
    headers: dict[str, str] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)


def pinned_client(*, timeout_seconds: float, max_connections: int) -> httpx.AsyncClient:
    """A client for `Target`s, with a connection for each of those who call at a time: waiting for one would look like
    a fault of the host. It keeps none: one opened, and verified, for a host would be used again for another host at
    the same address."""
    return httpx.AsyncClient(
        headers={"Accept-Encoding": "gzip"},
        timeout=timeout_seconds,
        limits=httpx.Limits(max_connections=max_connections, max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
        verify=tls(),
    )


async def checked_target(url: str, *, allow_private: bool = False) -> Target:
    """Resolve once, refuse everything not public, pin the connection to what was resolved.

    A name may take long to resolve: the caller sets the limit, within that of the whole call.

    Raises:
        AddressRefused: not https, with a password in it, or at a private, local or metadata address.
        NotResolved: the name does not resolve.
    """
    parsed = _parsed(url)
    if parsed.userinfo:
        raise AddressRefused("a URL with a user name or password is not called")
    if allow_private:
        return Target(parsed)
    if parsed.scheme != "https":
        raise AddressRefused("only https URLs are called")
    addresses = await _resolve(parsed.host, parsed.port or 443)
    if not all(map(is_public, addresses)):
        raise AddressRefused(f"{parsed.host} is not at a public address")
    pinned = parsed.copy_with(host=addresses[0])
    return Target(pinned, {"Host": parsed.netloc.decode("ascii")}, {"sni_hostname": parsed.raw_host.decode("ascii")})


def is_public(address: str) -> bool:
    """Whether everybody on the internet can reach the address, also the IPv4 one wrapped in an IPv6 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        teredo = ip.teredo[1] if ip.teredo else None
        wrapped = ip.ipv4_mapped or ip.sixtofour or teredo
        if wrapped is not None:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast and ip not in _PROTOCOLS


_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
"""IETF's, of which Python calls some global; at one of them Oracle's cloud tells its secrets."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        host = parsed.host  # decoded here: some names are none only then
    except (httpx.InvalidURL, ValueError):
        raise AddressRefused("not a URL") from None
    if parsed.scheme not in ("http", "https") or not host:
        raise AddressRefused("not an http(s) URL")
    if parsed.port is not None and not 0 < parsed.port <= MAX_PORT:
        raise AddressRefused("there is no such port")
    return parsed


async def _resolve(host: str, port: int) -> list[str]:
    try:
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(_resolvers, look_up)
    except (OSError, UnicodeError):
        raise NotResolved(f"{host} does not resolve") from None
    return [str(sockaddr[0]) for *_, sockaddr in found]
