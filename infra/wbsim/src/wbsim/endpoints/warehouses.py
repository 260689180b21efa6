"""The seller's warehouses, the offices they belong to, and the stock of one of them; WB's own are switched off."""

import json

from wbsim import limits
from wbsim.errors import Refusal, marketplace_refusal, switched_off
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import RowJson, serialise
from wbsim.sections.warehouses import offices_truth, truth
from wbsim.validation import array, integer, record

MAX_SIZES = 1_000
_STOCKS = record({"chrtIds": array(integer(), MAX_SIZES)}, frozenset({"chrtIds"}))


async def warehouses(call: Call) -> Answer:
    """All warehouses of the seller's."""
    return _list(call, truth(call.shop, call.now), ("officeId", "cargoType"))


async def offices(call: Call) -> Answer:
    """All offices a warehouse can belong to."""
    return _list(call, offices_truth(call.shop, call.now), ("longitude", "latitude"))


async def stocks(call: Call) -> Answer:
    """What the warehouse holds of the sizes asked for; sizes it never had are left out."""
    named = call.params["warehouseId"]
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise marketplace_refusal(400, "IncorrectRequestBody", "Incorrect required body") from None
    problems = _STOCKS("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if not named.isdecimal():
        problems.append("warehouseId: must be an integer")
    if problems:
        raise _bad_request("; ".join(problems))
    warehouse = call.shop.warehouses.of.get(int(named))
    if warehouse is None:
        raise marketplace_refusal(404, "NotFound", "")
    held = [chrt_id for chrt_id in dict.fromkeys(body["chrtIds"]) if chrt_id in warehouse.stock]
    rows = [
        PlainRow(str(chrt_id), serialise({"chrtId": chrt_id, "amount": warehouse.stock[chrt_id]})) for chrt_id in held
    ]
    return Answer(rows, b'{"stocks":[', b"]}", identity="chrtId", numbers=("amount",), ordered=False)


async def wb_warehouses(call: Call) -> Answer:
    """`GET /api/v1/warehouses`: WB hides its warehouses since 2026-08-15."""
    raise switched_off()


def _list(call: Call, rows: list[RowJson], numbers: tuple[str, ...]) -> Answer:
    if call.request.query_params:
        raise _bad_request(f"{next(iter(call.request.query_params))}: unknown parameter")
    return Answer(
        [PlainRow(str(row["id"]), serialise(row)) for row in rows], identity="id", numbers=numbers, ordered=False
    )


def _bad_request(problem: str) -> Refusal:
    return marketplace_refusal(400, "IncorrectParameter", f"Передан некорректный параметр: {problem}")


METHODS = (
    Method("GET", "/api/v3/warehouses", "marketplace-api", limits.SELLER_WAREHOUSES, warehouses, sandbox=True),
    Method("GET", "/api/v3/offices", "marketplace-api", limits.SELLER_WAREHOUSES, offices, sandbox=True),
    Method("POST", "/api/v3/stocks/{warehouseId}", "marketplace-api", limits.STOCKS_OF_WAREHOUSE, stocks, sandbox=True),
    Method("GET", "/api/v1/warehouses", "supplies-api", limits.WB_WAREHOUSES, wb_warehouses),
)
