"""The HTTP server's connections, each bounded in time and size, and all of them in number.

Uvicorn waits for a request as long as its client likes, takes in heads of any length and any number of requests ahead,
and waits for a client that does not read. Here a connection ends on which a request is not there, head and body, so
long after it began or was awaited, whatever trickles in meanwhile; and one whose client takes nothing for as long.
"""

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_HEAD_BYTES = 128 * 1024
MAX_AHEAD = 16
"""Requests that a connection may have sent before the answer to the one in hand."""

ADDRESSES_TO_FILL = 4
"""So many addresses at least take up all connections: one alone never keeps the others out."""

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Bounds:
    """What a connection may take."""

    receive_seconds: float = 20.0
    """For a request, head and body."""
    send_seconds: float = 60.0
    """For the client to take some of what it is sent, once much is waiting."""
    connections: int = 512
    """Below 1,024 open files, the usual limit, with those of Redis and the database."""
    proxies: Sequence[Network] = ()
    """Whose connections are those of many clients."""


def networks_of(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def bounded(bounds: Bounds) -> type[HttpToolsProtocol]:
    """Uvicorn's protocol within these bounds."""

    class BoundedConnection(_BoundedConnection):
        pass

    BoundedConnection.bounds = bounds
    return BoundedConnection


class _BoundedConnection(HttpToolsProtocol):
    bounds: Bounds
    _receiving: asyncio.TimerHandle | None = None
    _sending: asyncio.TimerHandle | None = None
    _has_begun = False
    """A request, that is not all there."""
    _head_bytes = 0
    """Of that request, so far."""
    _is_spoilt = False
    """What comes is not looked at any more."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        if self._is_one_too_many():
            self.connections.discard(self)
            transport.write(_FULL)
            transport.close()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_spoilt or self.transport.is_closing():
            return
        super().data_received(data)
        if self._head_bytes and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.send_400_response("The request's head is too long.")
        self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._has_begun = True
        self._head_bytes = 1

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MAX_AHEAD:
            raise ValueError("too many requests ahead")  # the parser makes of it what it makes of nonsense
        self._head_bytes = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._has_begun = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """To nonsense; what came before it is answered first, and then the connection ends."""
        self._is_spoilt = True
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            super().send_400_response(msg)
        elif not cycle.more_body:
            cycle.keep_alive = False
        elif self.pipeline or cycle.response_started:
            self.transport.close()
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._sending = self.loop.call_later(self.bounds.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _watch(self) -> None:
        """See to it that the request that has begun, or the connection's first, is there in time."""
        if self.transport.is_closing() or self._is_spoilt or not (self._has_begun or self.cycle is None):
            if self._receiving is not None:
                self._receiving.cancel()
                self._receiving = None
        elif self._receiving is None:
            self._receiving = self.loop.call_later(self.bounds.receive_seconds, self._give_up)

    def _give_up(self) -> None:
        self._receiving = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_SLOW)
        self.transport.close()

    def _cancel(self) -> None:
        for timer in (self._receiving, self._sending):
            if timer is not None:
                timer.cancel()
        self._receiving = self._sending = None

    def _is_one_too_many(self) -> bool:
        if len(self.connections) > self.bounds.connections:
            return True
        of_one = self.bounds.connections // ADDRESSES_TO_FILL
        host = self._host
        return (
            len(self.connections) > of_one
            and sum(isinstance(each, _BoundedConnection) and each._host == host for each in self.connections) > of_one
            and not self._is_proxy(host)
        )

    @property
    def _host(self) -> str:
        return self.client[0] if self.client else ""

    def _is_proxy(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return not host  # a socket of this machine has no address
        return any(address in network for network in self.bounds.proxies)
