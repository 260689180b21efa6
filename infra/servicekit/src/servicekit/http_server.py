"""The HTTP server's connections, each bounded in time and size, and all of them in number.

Uvicorn waits for a request as long as its client likes, takes in heads of any length and any number of requests ahead,
and waits for a client that does not read. Here a connection ends on which a request is not there, head and body, so
long after it began or was awaited, whatever trickles in meanwhile; and one whose client takes nothing for as long.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

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


class Ready(NamedTuple):
    """An answer as it is sent."""

    status: int
    headers: bytes
    """Lines with their ends, Content-Length among them; what every answer of a connection has is added."""
    body: bytes


Refuse = Callable[[Scope], Ready | None]
"""What a request is refused with as soon as its head is there; None: the app answers it."""


def networks_of(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def refuse_nobody(_: Scope) -> None:
    """Every request is the app's."""


def bounded(bounds: Bounds, refuse: Refuse = refuse_nobody) -> type[HttpToolsProtocol]:
    """Uvicorn's protocol within these bounds; what `refuse` answers costs no task and no call of the app."""

    class BoundedConnection(_BoundedConnection):
        pass

    BoundedConnection.bounds = bounds
    BoundedConnection.refuse = staticmethod(refuse)
    return BoundedConnection


class _BoundedConnection(HttpToolsProtocol):
    bounds: Bounds
    refuse: Refuse
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

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if self.transport.is_closing():
            return
        # Whoever does not take what he is sent gets no more of it: the app waits for him.
        ready = None if self.flow.write_paused else self.refuse(cast(Scope, cycle.scope))
        if ready is None:
            super()._start_asgi_task(cycle, app)
        else:
            self._answer(cycle, ready)

    def _answer(self, cycle: RequestResponseCycle, ready: Ready) -> None:
        cycle.response_started = cycle.response_complete = True
        lines = [b"%s: %s\r\n" % header for header in cycle.default_headers]
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        body = b"" if cycle.scope["method"] == "HEAD" else ready.body
        self.transport.write(b"".join((STATUS_LINE[ready.status], *lines, ready.headers, end, body)))
        if not cycle.keep_alive:
            self.transport.close()
        if self.pipeline:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1  # and `_watch` comes when all that was sent is looked at

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
        """See to it that the request that has begun, or the connection's first, is there in time; and the next, also
        where what came last is the rest of a request that is answered."""
        is_over = self.cycle is not None and self.cycle.response_complete and not self.transport.is_closing()
        if is_over and self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        if self.transport.is_closing() or self._is_spoilt or not (self._has_begun or self.cycle is None):
            if self._receiving is not None:
                self._receiving.cancel()
                self._receiving = None
        elif self._receiving is None:
            self._receiving = self.loop.call_later(self.bounds.receive_seconds, self._give_up)

    def _give_up(self) -> None:
        self._receiving = None
        if self.cycle is None or (self.cycle.response_complete and self._head_bytes):
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
