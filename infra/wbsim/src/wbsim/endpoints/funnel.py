"""The sales funnel on seller-analytics-api: cards over a period, and day by day."""

import json
from typing import Any

from wbsim import limits
from wbsim.catalogue import Product
from wbsim.errors import Refusal, analytics_refusal
from wbsim.funnel import HISTORY_DAYS, date_of, day_of, product_head
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import RowJson, serialise
from wbsim.sections.funnel import history_row, is_missing
from wbsim.sections.funnel_period import SORTED_BY, product_rows, sorting_figure
from wbsim.times import parse_day
from wbsim.validation import Check, array, boolean, integer, one_of, record, text

LONGEST_DAYS = 365
MAX_PRODUCTS, MAX_HISTORIES = 1_000, 20
DEFAULT_PRODUCTS = 50

_PERIOD = record({"start": text, "end": text}, frozenset({"start", "end"}))
_PRODUCTS = record(
    {
        "selectedPeriod": _PERIOD,
        "pastPeriod": _PERIOD,
        "nmIds": array(integer(), MAX_PRODUCTS),
        "brandNames": array(text),
        "subjectIds": array(integer()),
        "tagIds": array(integer()),
        "skipDeletedNm": boolean,
        "orderBy": record({"field": one_of(*SORTED_BY), "mode": one_of("asc", "desc")}, frozenset({"field", "mode"})),
        "limit": integer(1, MAX_PRODUCTS),
        "offset": integer(0),
    },
    frozenset({"selectedPeriod"}),
)
_HISTORY = record(
    {
        "selectedPeriod": _PERIOD,
        "nmIds": array(integer(), MAX_HISTORIES),
        "skipDeletedNm": boolean,
        "aggregationLevel": one_of("day", "week"),
    },
    frozenset({"selectedPeriod", "nmIds"}),
)


async def products(call: Call) -> Answer:
    """Cards with their figures over a period, sorted by one of them; trashed cards too unless asked otherwise."""
    body = await _body(call, _PRODUCTS)
    selected = _days(call, body["selectedPeriod"], LONGEST_DAYS)
    past = _past(call, body["pastPeriod"]) if "pastPeriod" in body else None
    rows = product_rows(call.shop, _wanted(call, body), selected, past, _counted_until(call))
    if order := body.get("orderBy"):
        rows.sort(key=lambda row: sorting_figure(row, order["field"]), reverse=order["mode"] == "desc")
    offset = body.get("offset", 0)
    page = rows[offset : offset + body.get("limit", DEFAULT_PRODUCTS)]
    return Answer(
        [PlainRow(str(row["product"]["nmId"]), serialise(row)) for row in page],
        b'{"data":{"products":[',
        b"]," + json.dumps({"currency": call.shop.currency.code})[1:].encode() + b"}",
        identity="product",
        numbers=("statistic",),
        ordered=order is not None,
    )


async def history(call: Call) -> Answer:
    """Cards day by day, or by calendar week, over no more than the last seven days; unknown ones are left out."""
    body = await _body(call, _HISTORY)
    if not body["nmIds"]:
        raise _bad_request("nmIds: at least 1 item")
    days = _days(call, body["selectedPeriod"], HISTORY_DAYS)
    parts = _weeks(days) if body.get("aggregationLevel") == "week" else [range(day, day + 1) for day in days]
    rows = [PlainRow(str(product.nm_id), serialise(_history(call, product, parts))) for product in _wanted(call, body)]
    return Answer(
        rows,
        identity="product",
        numbers=("history",),
        ordered=False,
    )


def _history(call: Call, product: Product, parts: list[range]) -> RowJson:
    return {
        "product": product_head(product),
        "history": [
            history_row(call.shop, product.nm_id, part, _counted_until(call))
            for part in parts
            if not (len(part) == 1 and is_missing(call.shop, product.nm_id, part.start, call.now))
        ],
        "currency": call.shop.currency.code,
    }


def _counted_until(call: Call) -> float:
    return call.now - call.world.behaviour.funnel_delay_seconds


async def _body(call: Call, check: Check) -> dict[str, Any]:
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_request("body is not JSON") from None
    problems = check("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if problems:
        raise _bad_request(", ".join(problems))
    read: dict[str, Any] = body
    return read


def _days(call: Call, period: dict[str, str], longest: int) -> range:
    """The days of a period, none of which may be in the future or among the last `longest` no more."""
    start, end = _day(period["start"]), _day(period["end"])
    today = day_of(call.now)
    if not start <= end <= today:
        raise _bad_request("period: start must not be after end, nor end after today")
    if start <= today - longest:
        raise _bad_request(f"period: must not start before {date_of(today - longest + 1)}")
    return range(start, end + 1)


def _past(call: Call, period: dict[str, str]) -> range:
    """The days to compare with; what is too long ago is cut off."""
    start, end = _day(period["start"]), _day(period["end"])
    oldest = day_of(call.now) - LONGEST_DAYS + 1
    if start > end:
        raise _bad_request("pastPeriod: start must not be after end")
    return range(max(start, oldest), max(end, oldest) + 1)


def _day(text: str) -> int:
    try:
        return day_of(parse_day(text))
    except ValueError:
        raise _bad_request(f"period: {text!r} is not a date") from None


def _weeks(days: range) -> list[range]:
    """The days by calendar weeks."""
    mondays = [day for day in days[1:] if day % 7 == 4]  # 1970 began on a Thursday
    starts = [days.start, *mondays]
    return [range(start, end) for start, end in zip(starts, [*mondays, days.stop], strict=True)]


def _wanted(call: Call, body: dict[str, Any]) -> list[Product]:
    """The cards that fit every filter; an empty filter fits all."""
    cards = call.shop.listed() if body.get("skipDeletedNm") else list(call.shop.products.values())
    wanted, brands, subjects, tags = (
        set(body.get(name) or ()) for name in ("nmIds", "brandNames", "subjectIds", "tagIds")
    )
    return [
        card
        for card in cards
        if (not wanted or card.nm_id in wanted)
        and (not brands or card.brand in brands)
        and (not subjects or card.kind.subject_id in subjects)
        and (not tags or not tags.isdisjoint(tag["id"] for tag in card.card["tags"]))
    ]


def _bad_request(detail: str) -> Refusal:
    return analytics_refusal(400, "Invalid request body", f"code=400, message=invalid: {detail}")


METHODS = (
    Method("POST", "/api/analytics/v3/sales-funnel/products", "seller-analytics-api", limits.SALES_FUNNEL, products),
    Method(
        "POST",
        "/api/analytics/v3/sales-funnel/products/history",
        "seller-analytics-api",
        limits.SALES_FUNNEL_HISTORY,
        history,
    ),
)
