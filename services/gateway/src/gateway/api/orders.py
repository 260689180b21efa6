"""`/orders`: orders as the reporter last stored them, kept until the reporter says they changed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from contracts.order_report import OrderReport
from contracts.orders import OrderState
from fastapi import APIRouter, Query, Response

from contracts import cache_keys
from gateway import orders
from gateway.admission.problem_answers import RETRY_AFTER
from gateway.answers.answer import Answer
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import Problem, answered
from gateway.api.report_example import report_example
from gateway.order_reports import ReportUnavailable
from gateway.orders import MOST_SORTED, Order, OrderQuery, OrderSort, TooManyToSort

router = APIRouter(prefix="/orders", tags=["orders"])


@router.get("", **described(Listed[Order], "orders", is_list=True))
async def list_orders(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    first_day: Annotated[date | None, Query(alias="from", description="first Moscow day, inclusive")] = None,
    last_day: Annotated[
        date | None,
        Query(alias="to", description="last Moscow day, inclusive; before `from`: 422 `period_invalid`"),
    ] = None,
    nm_id: Annotated[int | None, Query(ge=1, le=MAX_NM_ID, description="WB article")] = None,
    state: Annotated[OrderState | None, Query(description="what became of it, as the order itself tells")] = None,
    cancelled: Annotated[
        bool | None, Query(description="true: those that were cancelled alone; false: those that were not")
    ] = None,
    warehouse: Annotated[Name | None, Query(description="sent from this warehouse, by its whole name")] = None,
    region: Annotated[Name | None, Query(description="sent into this region, by its whole name")] = None,
    size: Annotated[Name | None, Query(description="as labelled on the card")] = None,
    text: Annotated[
        Name | None,
        Query(
            description="the whole `srid`; else part of the card's title, the seller's article, the brand or the WB "
            "article, in any case"
        ),
    ] = None,
    sort: Annotated[
        OrderSort,
        Query(
            description="`-`: the newest or largest first. By the seller's price (`price_with_disc`), whatever its "
            f"currency, where a cabinet has at most {MOST_SORTED} orders in the period or of the item; one that is "
            "unknown is the smallest"
        ),
    ] = OrderSort.ORDERED_AT_DOWN,
) -> Response:
    """Orders, newest first by `ordered_at`. Read on with `cursor`: orders that arrive meanwhile neither shift nor
    repeat what you read. A page of several filters together, or of filters by amount, may hold fewer rows than `limit`
    while there is a `next_cursor`: read on."""
    if first_day and last_day and first_day > last_day:
        raise Problem(422, "period_invalid", "`from` is after `to`.")
    query = OrderQuery(
        cabinets=visible_cabinets(answer, cabinet_id),
        sort=sort,
        first_day=first_day,
        last_day=last_day,
        nm_id=nm_id,
        state=state,
        cancelled=cancelled,
        warehouse=warehouse,
        region=region,
        size=size,
        text=text,
    )
    tags = (cache_keys.cabinet_orders_tag, cache_keys.cabinet_sources_tag)
    await answer.depends_on(*(tag(cabinet) for cabinet in query.cabinets for tag in tags))
    if text is not None:
        await answer.depends_on(*map(cache_keys.cabinet_items_tag, query.cabinets))
    try:
        return await asked.answer(
            answer,
            lambda window: orders.page(parts.reads, query, window),
            keep_seconds=cache_keys.TTL_ORDERS_SECONDS,
        )
    except TooManyToSort:
        detail = f"At most {MOST_SORTED} orders of a cabinet are sorted by amount: give a shorter period, or an item."
        raise Problem(422, "too_many_to_sort", detail) from None


@router.get("/{order_id}", **described(Answered[Order], "order"))
async def get_order(answer: Reading, parts: UsedParts, order_id: UUID) -> Response:
    """One order."""
    order = await _find(answer, parts, order_id)
    return answer.of(order, keep_seconds=cache_keys.TTL_ORDERS_SECONDS)


@router.get("/{order_id}/report", **answered(Answered[OrderReport], 404, example=report_example()))
async def get_order_report(answer: Reading, parts: UsedParts, order_id: UUID) -> Response:
    """Everything known beside one order, by sections, and the same as a text (`text` in Russian, `text_en` in
    English: HTML as Telegram reads it, 4096 units at most). Each source says how old it is in `freshness`."""
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
    order = await orders.find(parts.reads, answer.cabinets, order_id)
    if order is None:
        raise _order_not_found()
    return order


def _order_not_found() -> Problem:
    return Problem(404, "order_not_found", "You have no order with this id.")
