"""The gateway put together."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from servicekit.cache import Cache, connect_redis
from servicekit.health import health_routes, redis_check, standard_checks
from servicekit.serving import Platform, started
from starlette.types import Lifespan

from gateway.api import cabinets, orders, problems, syncs
from gateway.api.parts import Parts
from gateway.api.protection import LimitBody, SecureHeaders
from gateway.consumers import cabinets as cabinet_events
from gateway.consumers import syncs as sync_events
from gateway.settings import Settings

DESCRIPTION = """
Reads and commands of Pulse, the backend of a Wildberries seller.

**Calling.** Send an API key as `Authorization: Bearer pulse_…` (or `X-API-Key`). A key acts for one Telegram
user, or for the one named in `X-Telegram-User-Id`. It has the scopes `read` and `write`, or one of them.

**Errors** are problem details (RFC 9457) with a stable `code` and a `trace_id`. What is another user's answers
exactly like what does not exist: 404.

**Values.** Money is a decimal string, unknown is null and never 0, times carry their offset, days are Moscow days.
"""


def build(platform: Platform, settings: Settings) -> FastAPI:
    """The service: its interface, its consumers, its outbox relay."""
    redis = connect_redis(settings.redis_url.get_secret_value())
    cabinet_events.subscribe(platform.broker, platform.database)
    sync_events.subscribe(platform.broker, platform.database)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with redis, started(platform, works={}):
            yield

    app = interface(lifespan, {"tracer_provider": platform.tracer_provider})
    app.state.redis = redis
    app.state.parts = Parts(
        database=platform.database,
        cache=Cache(redis, prefix=settings.redis_key_prefix),
        seal_public_key=settings.seal_public_key,
    )
    checks = standard_checks(platform.database, platform.broker)
    app.router.routes.extend(health_routes(checks, optional={"redis": redis_check(redis)}))
    return app


class Interface(FastAPI):
    """Describes problem details too, which no route names as its answer's model."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"] |= problems.schemas()
        return document


def interface(lifespan: Lifespan[FastAPI] | None = None, telemetry: TelemetryConfig | None = None) -> FastAPI:
    """The HTTP interface alone: enough to describe it."""
    app = Interface(
        title="Pulse",
        version="1.0.0",
        summary="Wildberries cabinets, orders and syncs",
        description=DESCRIPTION,
        openapi_tags=[
            {"name": "cabinets", "description": "WB shops connected by a token"},
            {"name": "orders", "description": "orders as WB last described them"},
            {"name": "syncs", "description": "fresh data on request, and how fresh it is"},
        ],
        redoc_url=None,
        lifespan=lifespan,
        telemetry={
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "exclude": _is_probe,
            **(telemetry or {}),
        },
    )
    app.add_middleware(LimitBody)
    app.add_middleware(SecureHeaders)
    problems.install(app)
    api = APIRouter(prefix="/api/v1", responses=problems.documented(400, 401, 403, 422, 500))
    for router in (cabinets.router, orders.router, syncs.router):
        api.include_router(router)
    app.include_router(api)
    return app


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return str(scope.get("path", "")).startswith("/health/")
