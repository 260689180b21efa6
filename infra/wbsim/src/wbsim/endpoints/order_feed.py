"""`POST /api/analytics/v1/order-feed`: orders by the time of their status, as they were at a snapshot."""

import json
from datetime import UTC, datetime
from typing import Any

from wbsim import limits
from wbsim.errors import analytics_refusal
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import Order
from wbsim.sections.order_feed import SHOWN_DAYS, row_body, statuses_between
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS
from wbsim.validation import array, integer, record, text

MAX_ROWS, USUAL_ROWS = 10_000, 50

_BODY = record(
    {
        "selectedPeriod": record({"start": text, "end": text}, frozenset({"start"})),
        "nmIds": array(integer(), 1_000),
        "subjectIds": array(integer(), 50),
        "brandNames": array(text, 50),
        "tagIds": array(integer(), 50),
        "pagination": record({"snapshotTime": text, "offset": integer(0), "limit": integer(1, MAX_ROWS)}),
    },
    frozenset({"selectedPeriod"}),
)


async def order_feed(call: Call) -> Answer:
    """One page of the snapshot asked for, or of the present where none is; newest status first."""
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_request("body is not JSON") from None
    problems = _BODY("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if problems:
        raise _bad_request(", ".join(problems))
    page = body.get("pagination", {})
    snapshot = page.get("snapshotTime") or _stamp(call.now)
    moment = _moment("pagination.snapshotTime", snapshot)
    start, end = _period(body["selectedPeriod"], call.now)
    found = [
        (order, status)
        for order, status in statuses_between(call.shop, moment, start, end)
        if _matches(call.shop, order, body)
    ]
    offset = page.get("offset", 0)
    shown = found[offset : offset + page.get("limit", USUAL_ROWS)]
    stated = {"snapshotTime": snapshot, "currency": call.shop.currency.code}
    head = json.dumps({"data": stated})[:-2] + ', "orders": ['
    rows = [PlainRow(order.srid, row_body(call.shop, order, status)) for order, status in shown]
    return Answer(rows, head.encode(), b"]}}", identity="srid", numbers=("nmId", "sellerPrice"))


def _period(period: dict[str, str], now: float) -> tuple[float, float]:
    oldest = now - SHOWN_DAYS * DAY_SECONDS
    start = _moment("selectedPeriod.start", period["start"])
    end = _moment("selectedPeriod.end", period["end"]) if "end" in period else max(now, start)
    if start < oldest or end < oldest:
        raise _bad_request(f"selectedPeriod: not earlier than {SHOWN_DAYS} days ago")
    if start > end:
        raise _bad_request("selectedPeriod.start: must not be later than selectedPeriod.end")
    return start, end


def _moment(name: str, value: str) -> float:
    """Unix seconds of an RFC 3339 time with its offset."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _bad_request(f"{name}: must be a time") from None
    if moment.tzinfo is None:
        raise _bad_request(f"{name}: must have an offset")
    return moment.timestamp()


def _stamp(now: float) -> str:
    # With its fraction: changes within a second are before or after the snapshot as well.
    return datetime.fromtimestamp(now, UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _matches(shop: Shop, order: Order, wanted: dict[str, Any]) -> bool:
    product = shop.products[order.nm_id]
    return (
        (not wanted.get("nmIds") or product.nm_id in wanted["nmIds"])
        and (not wanted.get("subjectIds") or product.kind.subject_id in wanted["subjectIds"])
        and (not wanted.get("brandNames") or product.brand in wanted["brandNames"])
        and (not wanted.get("tagIds") or not {tag["id"] for tag in product.card["tags"]}.isdisjoint(wanted["tagIds"]))
    )


def _bad_request(detail: str) -> Exception:
    return analytics_refusal(400, "Invalid request body", f"code=400, message=invalid: {detail}")


METHODS = (Method("POST", "/api/analytics/v1/order-feed", "seller-analytics-api", limits.ORDER_FEED, order_feed),)
