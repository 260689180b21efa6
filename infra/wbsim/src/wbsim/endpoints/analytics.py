"""`POST /api/analytics/v1/stocks-report/…`: stock per size in WB's one aggregated warehouse, or in the seller's own."""

import json
from collections.abc import Callable

from wbsim import limits
from wbsim.errors import analytics_refusal
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import RowJson, serialise
from wbsim.shop import Shop, Stock
from wbsim.validation import array, integer, record
from wbsim.warehouses import stock_rows

WAREHOUSE_ID = -999999
WAREHOUSE_NAME = "Склад WB"
MAX_ROWS = 250_000

_BODY = record(
    {
        "nmIds": array(integer(), 1000),
        "chrtIds": array(integer()),
        "limit": integer(1, MAX_ROWS),
        "offset": integer(0),
    }
)


async def wb_warehouses(call: Call) -> Answer:
    """What is in WB's warehouses."""
    return await _page(call, _wb_rows)


async def seller_warehouses(call: Call) -> Answer:
    """What is in the seller's warehouses."""
    return await _page(call, lambda shop: stock_rows(shop.warehouses))


async def _page(call: Call, stock: Callable[[Shop], list[RowJson]]) -> Answer:
    """Stock rows in the order of nmId and chrtId; 204 where the offset is past the last."""
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_request("body is not JSON") from None
    problems = _BODY("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if problems:
        raise _bad_request(", ".join(problems))
    offset = body.get("offset", 0)
    wanted, sizes = set(body.get("nmIds", ())), set(body.get("chrtIds", ()))
    rows = [
        row
        for row in stock(call.shop)
        # chrtIds narrow down the cards named in nmIds and mean nothing alone.
        if not wanted or (row["nmId"] in wanted and (not sizes or row["chrtId"] in sizes))
    ]
    page = [
        PlainRow(f"{row['chrtId']} in {row['warehouseId']}", serialise(row))
        for row in rows[offset : offset + body.get("limit", MAX_ROWS)]
    ]
    if not page:
        return Answer(head=b"", tail=b"", status=204)
    return Answer(page, b'{"data":{"items":[', b"]}}", identity="chrtId", numbers=("nmId", "quantity"), ordered=False)


def stock_row(chrt_id: int, stock: Stock) -> RowJson:
    """The row of one size, as the method answers it."""
    return {
        "nmId": stock.nm_id,
        "chrtId": chrt_id,
        "warehouseId": WAREHOUSE_ID,
        "warehouseName": WAREHOUSE_NAME,
        "regionName": WAREHOUSE_NAME,
        "quantity": stock.quantity,
        "inWayToClient": stock.in_way_to_client,
        "inWayFromClient": stock.in_way_from_client,
    }


def _wb_rows(shop: Shop) -> list[RowJson]:
    stocks = sorted(shop.stocks.items(), key=lambda item: (item[1].nm_id, item[0]))
    return [stock_row(chrt_id, stock) for chrt_id, stock in stocks]


def _bad_request(detail: str) -> Exception:
    return analytics_refusal(400, "Invalid request body", f"code=400, message=invalid: {detail}")


METHODS = (
    Method(
        "POST",
        "/api/analytics/v1/stocks-report/wb-warehouses",
        "seller-analytics-api",
        limits.WB_STOCKS,
        wb_warehouses,
        closed_to=frozenset({"base"}),
    ),
    Method(
        "POST",
        "/api/analytics/v1/stocks-report/seller-warehouses",
        "seller-analytics-api",
        limits.SELLER_STOCKS,
        seller_warehouses,
        closed_to=frozenset({"base", "base_with_secret"}),
    ),
)
