"""`/orders`: orders as the reporter last stored them, kept until the reporter says they changed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from contracts.order_report import OrderReport
from fastapi import APIRouter, Query, Response

from contracts import cache_keys
from gateway import orders
from gateway.answers.answer import Answer
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.cabinets import cabinet_not_found
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import RETRY_AFTER, Problem, answered
from gateway.api.report_example import report_example
from gateway.order_reports import ReportUnavailable
from gateway.orders import Cursor, Order, OrderQuery

router = APIRouter(prefix="/orders", tags=["orders"])

MAX_LIMIT = 200
MAX_NM_ID = 2**63 - 1


@router.get("", **answered(Listed[Order], 404))
async def list_orders(
    answer: Reading,
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
    if cabinet_id is not None and cabinet_id not in answer.cabinets:
        raise cabinet_not_found()
    query = OrderQuery(
        cabinets=answer.cabinets if cabinet_id is None else [cabinet_id],
        limit=limit,
        cursor=_decoded(cursor) if cursor is not None else None,
        first_day=first_day,
        last_day=last_day,
        nm_id=nm_id,
    )
    await answer.depends_on(*map(cache_keys.cabinet_orders_tag, query.cabinets))
    page = await orders.page(parts.database, query)
    return answer.listed(page.orders, next_cursor=page.next_cursor, keep_seconds=cache_keys.TTL_ORDERS_SECONDS)


@router.get("/{order_id}", **answered(Answered[Order], 404))
async def get_order(answer: Reading, parts: UsedParts, order_id: UUID) -> Response:
    """One order."""
    order = await _find(answer, parts, order_id)
    return answer.of(order, keep_seconds=cache_keys.TTL_ORDERS_SECONDS)


@router.get("/{order_id}/report", **answered(Answered[OrderReport], 404, example=report_example()))
async def get_order_report(answer: Reading, parts: UsedParts, order_id: UUID) -> Response:
    """Everything known beside one order, by sections, and the same as a Russian text (`text`, HTML as Telegram reads
    it, 4096 units at most). Each source says how old it is in `freshness`."""
    order = await _find(answer, parts, order_id)
    await answer.depends_on(*cache_keys.order_report_tags(order.cabinet_id, order_id, order.nm_id))
    try:
        report = await parts.reports.read(order.cabinet_id, order_id)
    except ReportUnavailable:
        detail = "Reports cannot be made just now. Try again soon."
        raise Problem(503, "report_unavailable", detail, RETRY_AFTER) from None
    if report is None:
        raise _order_not_found()
    return answer.of(report, keep_seconds=cache_keys.TTL_REPORT_SECONDS)


async def _find(answer: Answer, parts: Parts, order_id: UUID) -> Order:
    await answer.depends_on(cache_keys.order(order_id))
    order = await orders.find(parts.database, answer.cabinets, order_id)
    if order is None:
        raise _order_not_found()
    return order


def _decoded(cursor: str) -> Cursor:
    try:
        return Cursor.decode(cursor)
    except ValueError:
        raise Problem(422, "cursor_invalid", "The cursor is not a `next_cursor` of this list.") from None


def _order_not_found() -> Problem:
    return Problem(404, "order_not_found", "You have no order with this id.")
