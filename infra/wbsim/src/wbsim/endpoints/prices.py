"""`GET /api/v2/list/goods/filter`: goods with their prices, page by page until a page is empty."""

from wbsim import limits
from wbsim.errors import prices_refusal
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.sections.prices import goods_row
from wbsim.validation import integer, read_query, record

_QUERY = record({"limit": integer(1, 1_000), "offset": integer(0), "filterNmID": integer()}, frozenset({"limit"}))
_INTEGERS = frozenset({"limit", "offset", "filterNmID"})


async def goods(call: Call) -> Answer:
    """One page of goods; none where the offset is past the last, or nobody has the nmID."""
    query = read_query(call.request.query_params.multi_items(), _INTEGERS, frozenset())
    if problems := _QUERY("", query):
        raise prices_refusal(400, "; ".join(problems))
    offset = query.get("offset", 0)
    found = [product for product in call.shop.listed() if query.get("filterNmID", product.nm_id) == product.nm_id]
    page = found[offset : offset + query["limit"]]
    return Answer(
        [PlainRow(str(product.nm_id), serialise(goods_row(call.shop, product))) for product in page],
        b'{"data":{"listGoods":[',
        b']},"error":false,"errorText":""}',
        identity="nmID",
        numbers=("discount", "clubDiscount"),
        ordered=False,
    )


METHODS = (Method("GET", "/api/v2/list/goods/filter", "discounts-prices-api", limits.PRICES, goods, sandbox=True),)
