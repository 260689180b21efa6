"""The simulator on a real port, inside the caller's event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tgsim.acting import People
from tgsim.app import CUT_EXTENSION, create_app
from tgsim.config import Config
from tgsim.faults import parse_fault
from tgsim.state import Sim


class RunningTgsim(People):
    """A simulator that is listening: where it is, and the control API without HTTP."""

    def __init__(self, url: str, sim: Sim) -> None:
        super().__init__(sim)
        self.url = url
        self.token = sim.config.tokens[0]

    def messages(self, since: int = 0, chat_id: int | None = None) -> list[dict[str, Any]]:
        """What `GET /_sim/messages` lists."""
        return [message.as_json() for message in self.sim.inbox.since(since, chat_id)]

    async def wait_for_messages(
        self, count: int, *, timeout_seconds: float, chat_id: int | None = None
    ) -> list[dict[str, Any]]:
        """The messages once there are at least `count`; raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds):
            while len(self.sim.inbox.since(0, chat_id)) < count:
                self.sim.inbox.changed.clear()
                await self.sim.inbox.changed.wait()
        return self.messages(chat_id=chat_id)

    def webhooks(self, since: int = 0, name: str | None = None) -> list[dict[str, Any]]:
        """What `GET /_sim/webhooks` lists."""
        return [delivery.as_json() for delivery in self.sim.webhooks.since(since, name)]

    def webhook_url(self, name: str) -> str:
        """Where to send webhooks for `name`."""
        return f"{self.url}/_sim/webhooks/{name}"

    def answer_webhooks(self, name: str, status: int, times: int | None = None, seconds: float = 0.0) -> None:
        """Answer the next `times` webhooks to `name` with `status`, after `seconds` each."""
        self.sim.webhooks.answer_with(name, status, times, seconds)

    def add_fault(self, **order: Any) -> None:
        """Order a fault with the fields of `POST /_sim/faults`; raises ValueError."""
        self.sim.faults.add(parse_fault(order))

    def set_chat(self, chat_id: int, state: str | None = None, **fields: Any) -> None:
        """Make a chat `ok`, `blocked` or `unknown`, give it a `kind`, a `title`, topics (`is_forum`); tells no bot."""
        self.sim.chats.set(chat_id, state, **fields)

    def stats(self) -> dict[str, Any]:
        """What `GET /_sim/stats` answers."""
        return self.sim.stats()

    def clear(self) -> None:
        """Forget messages, faults and webhooks; totals, chats and updates stay."""
        self.sim.inbox.clear()
        self.sim.faults.clear()
        self.sim.webhooks.clear()


@contextlib.asynccontextmanager
async def running_tgsim(*, host: str = "127.0.0.1", port: int = 0, **config: Any) -> AsyncIterator[RunningTgsim]:
    """Listen for as long as the block runs; `config` is the fields of `Config`, port 0 picks a free one."""
    app = create_app(Config(**config))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=1024)
    # asyncio does this only for sockets that name their protocol; without it answers wait 40 ms for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = _Server(
        uvicorn.Config(
            app, http=_CuttableProtocol, lifespan="off", log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.startup_ended.wait()
        bound_host, bound_port = listener.getsockname()[:2]
        shown_host = f"[{bound_host}]" if ":" in bound_host else bound_host
        yield RunningTgsim(f"http://{shown_host}:{bound_port}", app.state.sim)
    finally:
        await app.state.sim.close()
        server.should_exit = True
        await serving
        listener.close()
        app.state.sim.printer.flush()


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
