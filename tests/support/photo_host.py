"""A host of photos, as WB's baskets are, that counts and can misbehave."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from support.notifying import png


class PhotoHost:
    """Photos are at `url("<name>.png")`; `broken`, `huge`, `redirect` and `missing` are not photos."""

    def __init__(self) -> None:
        self.fetched: Counter[str] = Counter()
        self.base = ""

    def url(self, name: str) -> str:
        """Where the photo lies."""
        return f"{self.base}/{name}"

    async def answer(self, request: Request) -> Response:
        """What is at a path."""
        name = request.path_params["name"]
        self.fetched[name] += 1
        match name:
            case "broken":
                return Response(b"not a picture")
            case "huge":
                return Response(b"\0" * 5_000_001)
            case "redirect":
                return RedirectResponse(self.url("elsewhere.png"))
            case "missing":
                return Response(status_code=404)
            case _:
                return Response(png())


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the test session."""
        yield


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve an app on a free port for as long as the block runs; its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


@asynccontextmanager
async def running_photo_host() -> AsyncIterator[PhotoHost]:
    """A host of photos for as long as the block runs."""
    host = PhotoHost()
    async with serving(Starlette(routes=[Route("/{name}", host.answer)])) as host.base:
        yield host
