"""The fakes on real ports, inside the caller's event loop."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pushsim.app import CUT_EXTENSION, create_app
from pushsim.mail import make_server
from pushsim.state import Sim


class RunningPushsim:
    """Fakes that are listening: where they are, and the control API without HTTP."""

    def __init__(self, sim: Sim, smtp_host: str, smtp_port: int) -> None:
        self.sim = sim
        self.url = sim.url
        self.smtp_host = smtp_host
        self.smtp_port = smtp_port

    def messages(self, channel: str | None = None) -> list[dict[str, Any]]:
        """What was taken."""
        return self.sim.inbox.since(0, channel)

    async def wait_for_messages(self, count: int, *, timeout_seconds: float) -> list[dict[str, Any]]:
        """The messages once there are at least `count`; raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds):
            while len(self.sim.inbox.since()) < count:
                self.sim.inbox.changed.clear()
                await self.sim.inbox.changed.wait()
        return self.messages()

    def add_fault(self, **order: Any) -> None:
        """Order a fault with the fields of `POST /_sim/faults`; raises ValueError."""
        self.sim.faults.add(**order)


@contextlib.asynccontextmanager
async def running_pushsim(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    smtp_port: int = 0,
    user: str | None = None,
    password: str | None = None,
    tls: ssl.SSLContext | None = None,
    implicit_tls: bool = False,
) -> AsyncIterator[RunningPushsim]:
    """Listen for as long as the block runs; port 0 picks a free one. With `tls` mails are taken after STARTTLS, or over
    TLS from the beginning, and with `user` after signing in."""
    sim = Sim(user=user, password=password)
    listener = socket.create_server((host, port), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sim.url = f"http://{host}:{listener.getsockname()[1]}"
    server = _Server(
        uvicorn.Config(
            create_app(sim), http=_CuttableProtocol, lifespan="off", log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    starttls = None if implicit_tls else tls
    mails = await asyncio.get_running_loop().create_server(
        lambda: make_server(sim, starttls), host, smtp_port, ssl=tls if implicit_tls else None
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.startup_ended.wait()
        yield RunningPushsim(sim, host, mails.sockets[0].getsockname()[1])
    finally:
        mails.close()
        server.should_exit = True
        await serving
        listener.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.startup_ended = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.startup_ended.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to whoever owns the loop."""
        yield


class _CuttableProtocol(H11Protocol):
    """Offers the application a way to drop the connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        super().connection_made(transport)
        self.app = _with_cut(self.app, transport.abort)


def _with_cut(app: Any, cut: Callable[[], None]) -> ASGIApp:
    async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[CUT_EXTENSION] = cut
        await app(scope, receive, send)

    return cuttable
