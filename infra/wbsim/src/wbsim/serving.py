"""Running the application under uvicorn on a socket that is bound before anything is printed."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from logging import CRITICAL

import uvicorn
from starlette.applications import Starlette


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


class GuestServer(uvicorn.Server):
    """A server in somebody else's event loop: signals stay with the loop's owner."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def quiet(app: Starlette) -> uvicorn.Config:
    """Settings without logs: cut answers, which are meant, would otherwise be logged as errors."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        log_level=CRITICAL + 1,
        timeout_graceful_shutdown=2,
        # A client that is busy in the same loop for a while still finds its connection open.
        timeout_keep_alive=60,
        server_header=False,
        date_header=False,
    )


async def serve_until_signalled(app: Starlette, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, then let open requests finish."""
    server = GuestServer(quiet(app))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)
    await server.serve(sockets=[listener])
