"""A process and its HTTP port: one event loop, until it is told to stop."""

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from servicekit.forwarded import told_by_proxies
from servicekit.http_server import Bounds, Refuse, bounded, refuse_nobody
from servicekit.settings import ProcessSettings

HTTP_GRACE_SECONDS = 5
"""For open requests; with the handlers' 20 s still below the 30 s after which a process is killed."""


def serve(
    app: ASGIApp, settings: ProcessSettings, bounds: Bounds | None = None, refuse: Refuse = refuse_nobody
) -> None:
    """Serve until SIGTERM or SIGINT, then stop cleanly. What `refuse` answers does not reach the app.

    Who asks is the address of the connection, or what a proxy among those of `bounds` says in `X-Forwarded-For`.
    """
    bounds = bounds or Bounds()
    # 200,000 objects that stay as long as the process: looking through them for garbage stops it for 0.1 s and more.
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        http=bounded(bounds, told_by_proxies(bounds.proxies, refuse)),
        ws="none",
        proxy_headers=bool(bounds.proxies),
        forwarded_allow_ips=[str(network) for network in bounds.proxies],
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
    )


async def serve_beside(app: ASGIApp, host: str, port: int, bounds: Bounds | None = None) -> None:
    """Serve a second app, on a port of its own, until cancelled; within `bounds` where strangers may ask.

    Raises:
        OSError: the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        server = _Beside(
            uvicorn.Config(
                app,
                http="auto" if bounds is None else bounded(bounds),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


class _Beside(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # They are for the server that the process runs for.
        yield
