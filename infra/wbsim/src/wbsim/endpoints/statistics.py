"""`GET /api/v1/supplier/orders` and `/sales`: rows by `lastChangeDate`, or all rows of one day."""

from wbsim import limits
from wbsim.errors import statistics_bad_request
from wbsim.feed import Entry, Feed
from wbsim.methods import Answer, Call, Method
from wbsim.times import DAY_SECONDS, moscow_day, parse_date_from
from wbsim.validation import one_of, read_query, record, text

KEPT_DAYS = 90
"""How long after its date a row can be read."""

_QUERY = record({"dateFrom": text, "flag": one_of(0, 1)}, frozenset({"dateFrom"}))


async def orders(call: Call) -> Answer:
    """Order rows, each in its newest visible state."""
    return Answer(_rows(call, call.shop.order_feed), identity="srid", numbers=("nmId", "totalPrice"))


async def sales(call: Call) -> Answer:
    """Sale (`S…`) and return (`R…`) rows."""
    return Answer(_rows(call, call.shop.sale_feed), identity="saleID", numbers=("nmId", "forPay"))


def _rows(call: Call, feed: Feed) -> list[Entry]:
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
        return feed.on_day(midnight, midnight + DAY_SECONDS, oldest=oldest, now=call.now)
    behaviour = call.world.behaviour
    return feed.since(start, inclusive=behaviour.bound == ">=", rows=behaviour.page_rows, oldest=oldest, now=call.now)


METHODS = (
    Method("GET", "/api/v1/supplier/orders", "statistics-api", limits.ORDERS, orders),
    Method("GET", "/api/v1/supplier/sales", "statistics-api", limits.SALES, sales),
)
