"""`GET /api/v1/supplier/orders` and `/sales`: rows by `lastChangeDate`, or all rows of one day."""

from wbsim import limits
from wbsim.errors import statistics_bad_request
from wbsim.feed import Feed
from wbsim.methods import Answer, Call, Method
from wbsim.times import DAY_SECONDS, moscow_day, parse_date_from
from wbsim.validation import one_of, read_query, record, text

KEPT_DAYS = 90
"""How long after its date a row can be read."""

_QUERY = record({"dateFrom": text, "flag": one_of(0, 1)}, frozenset({"dateFrom"}))


async def orders(call: Call) -> Answer:
    """Order rows, each in its newest visible state."""
    return _answer(call, call.shop.order_feed, "srid", "totalPrice")


async def sales(call: Call) -> Answer:
    """Sale (`S…`) and return (`R…`) rows."""
    return _answer(call, call.shop.sale_feed, "saleID", "forPay")


def _answer(call: Call, feed: Feed, identity: str, money: str) -> Answer:
    query = read_query(call.request.query_params.multi_items(), frozenset({"flag"}), frozenset())
    problems = _QUERY("", query)
    if problems:
        raise statistics_bad_request(problems)
    try:
        start = parse_date_from(query["dateFrom"])
    except ValueError:
        raise statistics_bad_request(["dateFrom: Value not validated"]) from None
    oldest = call.now - KEPT_DAYS * DAY_SECONDS
    if query.get("flag") == 1:
        midnight = moscow_day(start)
        day = feed.on_day(midnight, midnight + DAY_SECONDS, oldest=oldest, now=call.now)
        return Answer(day, identity=identity, numbers=("nmId", money), ordered=False)
    behaviour = call.world.behaviour
    inclusive, rows = behaviour.bound == ">=", behaviour.page_rows
    page = feed.since(start, inclusive=inclusive, rows=rows, oldest=oldest, now=call.now)
    return Answer(page, identity=identity, numbers=("nmId", money))


METHODS = (
    Method("GET", "/api/v1/supplier/orders", "statistics-api", limits.ORDERS, orders),
    Method("GET", "/api/v1/supplier/sales", "statistics-api", limits.SALES, sales),
)
