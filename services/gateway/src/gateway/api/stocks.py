"""`/stocks`: what there is of items, by size and by warehouse, how long it lasts, what to send."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from contracts import cache_keys
from gateway import stocks
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import AskedList, described, tags_of_lists, visible_cabinets
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.stocks import ItemStock, StockByPlace, StockQuery, StockSort, StockState

router = APIRouter(prefix="/stocks", tags=["stocks"])

MAX_DAYS = 3650


@router.get("", **described(Listed[ItemStock], "stocks", is_list=True))
async def list_stocks(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    nm_id: Annotated[int | None, Query(ge=1, le=MAX_NM_ID, description="WB article")] = None,
    size: Annotated[Name | None, Query(description="items that have this size, as labelled on the card")] = None,
    warehouse: Annotated[Name | None, Query(description="items that lie at this warehouse, by its whole name")] = None,
    days_left_to: Annotated[
        float | None,
        Query(ge=0, le=MAX_DAYS, allow_inf_nan=False, description="items that last no longer than so many days"),
    ] = None,
    state: Annotated[
        StockState, Query(description="out: nothing is left of the item; size_out: of one of its sizes")
    ] = StockState.ANY,
    sort: Annotated[
        StockSort, Query(description="`-`: the largest first; what lasts for ever, or unknown, lasts longest")
    ] = StockSort.NM_ID_DOWN,
) -> Response:
    """Stocks of items, the largest WB article first: WB's and the seller's own, by size and by warehouse, how long they
    last and what to send. What is not known is null, never 0."""
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*tags_of_lists(cabinets))
    query = StockQuery(
        cabinets=cabinets,
        sort=sort,
        state=state,
        nm_id=nm_id,
        size=size,
        warehouse=warehouse,
        days_left_to=None if days_left_to is None else Decimal(str(days_left_to)),
    )
    return await asked.answer(
        answer,
        lambda window: stocks.page(parts.reads, query, window),
        keep_seconds=cache_keys.TTL_STOCKS_SECONDS,
    )


@router.get("/{nm_id}", **described(Answered[StockByPlace], "stock"))
async def get_stock(
    answer: Reading,
    parts: UsedParts,
    nm_id: Annotated[int, Path(ge=1, le=MAX_NM_ID, description="WB article")],
    cabinet_id: OneCabinet = None,
) -> Response:
    """The stock of one item, with each size at each warehouse. Where more than one of your cabinets has it, the one
    that was connected first answers, unless you name another."""
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*(tag for cabinet in cabinets for tag in cache_keys.item_tags(cabinet, nm_id)))
    found = await stocks.find(parts.reads, cabinets, nm_id)
    if found is None:
        raise Problem(404, "stock_not_found", "Nothing is known of the stock of an item of yours with this article.")
    stock, age = found
    return answer.of(stock, age=age, keep_seconds=cache_keys.TTL_STOCKS_SECONDS)
