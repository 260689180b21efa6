"""A host of photos, as WB's baskets are, that counts and can misbehave."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

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


@asynccontextmanager
async def running_photo_host() -> AsyncIterator[PhotoHost]:
    """Listen on a free port for as long as the block runs."""
    host = PhotoHost()
    app = Starlette(routes=[Route("/{name}", host.answer)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False))
    server.capture_signals = nullcontext  # type: ignore[method-assign]  # the test session owns them
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    host.base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield host
    server.should_exit = True
    await serving
