"""`/orders`: orders as the reporter last stored them, cached until the reporter says they changed."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from contracts.order_report import OrderReport
from fastapi import APIRouter, Query, Response

from contracts import cache_keys
from gateway import cabinets, orders
from gateway.api.auth import Caller, Reader
from gateway.api.cabinets import cabinet_not_found
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import Problem, documented
from gateway.api.report_example import report_example
from gateway.order_reports import ReportUnavailable
from gateway.orders import Cursor, Order, OrderPage, OrderQuery

router = APIRouter(prefix="/orders", tags=["orders"])

MAX_LIMIT = 200
MAX_NM_ID = 2**63 - 1
RETRY_AFTER = "5"
"""Seconds."""

_CACHE_HEADER = {
    "X-Cache": {"schema": {"type": "string", "enum": ["hit", "miss"]}, "description": "whether the cache had it"}
}


class _NotFound(Exception):
    """The order is not among the caller's; never cached, because the key is everybody's."""


@router.get("", response_model=OrderPage, responses={200: {"headers": _CACHE_HEADER}, **documented(404)})
async def list_orders(
    caller: Reader,
    parts: UsedParts,
    cabinet_id: Annotated[UUID | None, Query(description="one cabinet; without it, all of the user's")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before")] = None,
    first_day: Annotated[date | None, Query(alias="from", description="first Moscow day, inclusive")] = None,
    last_day: Annotated[date | None, Query(alias="to", description="last Moscow day, inclusive")] = None,
    nm_id: Annotated[int | None, Query(ge=1, le=MAX_NM_ID, description="WB article")] = None,
) -> Response:
    """Orders, newest first by `ordered_at`. Read on with `next_cursor`: orders that arrive meanwhile
    neither shift nor repeat what you read."""
    if first_day and last_day and first_day > last_day:
        raise Problem(422, "period_invalid", "`from` is after `to`.")
    visible = await _cabinets_of(parts, caller)
    if cabinet_id is not None and cabinet_id not in visible:
        raise cabinet_not_found()
    query = OrderQuery(
        cabinets=visible if cabinet_id is None else [cabinet_id],
        limit=limit,
        cursor=_decoded(cursor) if cursor is not None else None,
        first_day=first_day,
        last_day=last_day,
        nm_id=nm_id,
    )
    was_loaded = False

    async def load() -> str:
        nonlocal was_loaded
        was_loaded = True
        return (await orders.page(parts.database, query)).model_dump_json()

    page = await parts.cache.get(
        cache_keys.user_orders(caller.telegram_id, query.spell()),
        tags=[cache_keys.cabinet_orders_tag(cabinet) for cabinet in query.cabinets],
        ttl_seconds=cache_keys.TTL_ORDERS_SECONDS,
        load=load,
    )
    return _answer(page, was_loaded)


@router.get("/{order_id}", response_model=Order, responses={200: {"headers": _CACHE_HEADER}, **documented(404)})
async def get_order(caller: Reader, parts: UsedParts, order_id: UUID) -> Response:
    """One order."""
    found = await _find(caller, parts, order_id)
    return _answer(found.order, found.was_loaded)


@router.get(
    "/{order_id}/report",
    response_model=OrderReport,
    responses={200: {"content": {"application/json": {"example": report_example()}}}, **documented(404, 503)},
)
async def get_order_report(caller: Reader, parts: UsedParts, order_id: UUID) -> Response:
    """Everything known beside one order, by sections, and the same as a Russian text (`text`, HTML as Telegram reads
    it, 4096 units at most). Each source says how old it is in `freshness`."""
    found = await _find(caller, parts, order_id)
    try:
        report = await parts.reports.read(found.cabinet_id, order_id)
    except ReportUnavailable:
        raise Problem(
            503, "report_unavailable", "Reports cannot be made just now. Try again soon.", {"Retry-After": RETRY_AFTER}
        ) from None
    if report is None:
        raise _order_not_found()
    return Response(report, media_type="application/json")


@dataclass(frozen=True)
class _Found:
    cabinet_id: UUID
    order: str
    """As JSON."""
    was_loaded: bool


async def _find(caller: Caller, parts: Parts, order_id: UUID) -> _Found:
    visible = await _cabinets_of(parts, caller)
    was_loaded = False

    async def load() -> str:
        nonlocal was_loaded
        was_loaded = True
        order = await orders.find(parts.database, visible, order_id)
        if order is None:
            raise _NotFound
        # The cabinet stands before the order, so that a reader can be checked without parsing it.
        return f"{order.cabinet_id}\n{order.model_dump_json()}"

    key = cache_keys.order(order_id)
    try:
        try:
            cached = await parts.cache.get(key, tags=[key], ttl_seconds=cache_keys.TTL_ORDERS_SECONDS, load=load)
        except _NotFound:
            if was_loaded:
                raise
            # Callers who miss together share one load, and it may have been made for someone who sees less.
            cached = await load()
    except _NotFound:
        raise _order_not_found() from None
    cabinet_id, _, order = cached.partition("\n")
    if UUID(cabinet_id) not in visible:
        raise _order_not_found()
    return _Found(UUID(cabinet_id), order, was_loaded)


async def _cabinets_of(parts: Parts, caller: Caller) -> list[UUID]:
    async with parts.database.transaction() as connection:
        return await cabinets.ids_of(connection, caller.telegram_id)


def _decoded(cursor: str) -> Cursor:
    try:
        return Cursor.decode(cursor)
    except ValueError:
        raise Problem(422, "cursor_invalid", "The cursor is not a `next_cursor` of this list.") from None


def _order_not_found() -> Problem:
    return Problem(404, "order_not_found", "You have no order with this id.")


def _answer(text: str, was_loaded: bool) -> Response:
    return Response(text, media_type="application/json", headers={"X-Cache": "miss" if was_loaded else "hit"})
