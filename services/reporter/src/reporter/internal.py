"""What other services ask the reporter over HTTP (ADR 0029). Who calls is not asked: it is for the inside alone."""

import asyncio
from uuid import UUID

from opentelemetry.trace import SpanKind
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.telemetry import continued_trace, tracer
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts import cache_keys
from reporter.figures.moscow import Now
from reporter.reports.order_report import order_report
from reporter.settings import REPORTS_AT_A_TIME

_ITEM_OF = text("""
SELECT nm_id FROM order_facts
WHERE cabinet_id = :cabinet_id AND order_id = :order_id
    AND NOT EXISTS (SELECT FROM disconnected_cabinets WHERE cabinet_id = :cabinet_id)
""")


def report_route(database: Database, cache: Cache, now: Now) -> Route:
    """`GET /internal/cabinets/{cabinet_id}/orders/{order_id}/report`: `contracts.order_report.OrderReport` as JSON.

    404 without a body: the cabinet has no such order, or is disconnected.
    """
    places = asyncio.Semaphore(REPORTS_AT_A_TIME)

    async def load(cabinet_id: UUID, order_id: UUID) -> str:
        async with places, database.transaction() as connection:
            report = await order_report(connection, cabinet_id, order_id, now())
        return report.model_dump_json() if report else ""

    async def answer(cabinet_id: UUID, order_id: UUID) -> Response:
        async with places, database.transaction() as connection:
            nm_id = await connection.scalar(_ITEM_OF, {"cabinet_id": cabinet_id, "order_id": order_id})
        report = nm_id and await cache.get(
            cache_keys.order_report(cabinet_id, order_id),
            tags=cache_keys.order_report_tags(cabinet_id, order_id, nm_id),
            ttl_seconds=cache_keys.TTL_REPORT_SECONDS,
            load=lambda: load(cabinet_id, order_id),
        )
        return Response(report, media_type="application/json") if report else Response(status_code=404)

    async def endpoint(request: Request) -> Response:
        with (
            continued_trace(request.headers.get("traceparent")),
            tracer.start_as_current_span("GET order report", kind=SpanKind.SERVER),
        ):
            return await answer(request.path_params["cabinet_id"], request.path_params["order_id"])

    return Route("/internal/cabinets/{cabinet_id:uuid}/orders/{order_id:uuid}/report", endpoint)
