"""`/status`, beside `/metrics` on a port for the inside of an installation: nobody asks there who looks."""

from collections.abc import Mapping

import httpx
from faststream.rabbit import RabbitBroker
from servicekit.health import Check
from servicekit.metrics import cached
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from gateway.status.look import look
from gateway.status.page import HEADERS, render


def status_route(
    checks: Mapping[str, Check],
    dsn: str,
    broker: RabbitBroker,
    client: httpx.AsyncClient,
    prometheus_url: str | None,
) -> Route:
    """The page; 200 whatever is wrong, for that is what it is to say."""
    seen_lately = cached(lambda: look(checks, dsn, broker, client, prometheus_url))

    async def show(_: Request) -> HTMLResponse:
        return HTMLResponse(render(await seen_lately()), headers=HEADERS)

    return Route("/status", show)
