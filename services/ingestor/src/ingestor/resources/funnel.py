"""The sales funnel by day. Source: `POST /api/analytics/v3/sales-funnel/products/history`, 20 cards a call, 7 days.

WB books buyouts on the day of the order, so figures of earlier days move: all 7 days are read each time, and an older
day stays as it was last read. Days before the first 7 are read only on request, as a range: each as a period of one day
of `POST /api/analytics/v3/sales-funnel/products`, 1,000 cards a call, a year back.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from contracts.funnel import FunnelUpdatedV1
from sqlalchemy import Date
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import answers, batches
from ingestor.resources.columns import columns, currency, ident, key, made, numbers, parser, units
from ingestor.resources.fields import NmId
from ingestor.resources.resource import (
    Change,
    Page,
    Position,
    Publishing,
    Reading,
    Resource,
    Seen,
    Start,
    Step,
    Storage,
    Stretch,
    Within,
)
from ingestor.resources.stretches import by_day, kept_for
from ingestor.resources.table import data_table
from ingestor.wb import times
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

NAME = "funnel"

MAX_CARDS = 20
MAX_CARDS_OF_A_DAY = 1_000
KEPT_BY_WB = timedelta(days=364)
DAYS = timedelta(days=6)
"""From the first to the last of the days that WB tells."""

_SUBJECTS = sql(f"""
    SELECT nm_id FROM products WHERE cabinet_id = :cabinet_id AND nm_id > :after AND {batches.ASKABLE.format("nm_id")}
    ORDER BY nm_id LIMIT :count
""")


def _day(named: str) -> date:
    return moscow_day(times.moment(named))


COLUMNS = columns(
    # A row is a day of a card, as `read` takes it out of the answer.
    key(ident("nm_id", wb="nm_id", kind=NmId)),
    key(made("day", Date(), _day, "figures.date", kind=str)),
    *(units(name, wb=f"figures.{wb}") for name, wb in (("open_count", "openCount"), ("cart_count", "cartCount"))),
    units("order_count", wb="figures.orderCount"),
    *numbers("order_sum", within="figures."),
    units("buyout_count", wb="figures.buyoutCount"),
    *numbers("buyout_sum", "buyout_percent", "add_to_cart_conversion", "cart_to_order_conversion", within="figures."),
    units("add_to_wishlist_count", wb="figures.addToWishlistCount"),
    currency(),
)
TABLE, parse = data_table(NAME, COLUMNS), parser(COLUMNS)


_NONE = msgspec.Raw(b"null")


class _WbProduct(msgspec.Struct, rename="camel"):
    nm_id: msgspec.Raw


class _WbItem(msgspec.Struct):
    product: _WbProduct
    history: list[msgspec.Raw] | None
    currency: msgspec.Raw = _NONE


class _WbConversions(msgspec.Struct, rename="camel"):
    add_to_cart_percent: msgspec.Raw = _NONE
    cart_to_order_percent: msgspec.Raw = _NONE
    buyout_percent: msgspec.Raw = _NONE


class _WbDay(msgspec.Struct):
    start: msgspec.Raw


class _WbSelected(msgspec.Struct, rename="camel"):
    period: _WbDay
    open_count: msgspec.Raw
    cart_count: msgspec.Raw
    order_count: msgspec.Raw
    order_sum: msgspec.Raw
    buyout_count: msgspec.Raw
    buyout_sum: msgspec.Raw
    add_to_wishlist: msgspec.Raw = _NONE
    conversions: _WbConversions = msgspec.field(default_factory=_WbConversions)


class _WbStatistic(msgspec.Struct):
    selected: _WbSelected


class _WbOfPeriod(msgspec.Struct):
    product: _WbProduct
    statistic: _WbStatistic


class _WbListed(msgspec.Struct):
    products: list[msgspec.Raw] | None


class _WbAnswer(msgspec.Struct):
    data: _WbListed


_of_day = msgspec.json.Decoder(_WbAnswer)
_item = msgspec.json.Decoder(_WbItem)
_of_period = msgspec.json.Decoder(_WbOfPeriod)


def begin(cursor: Position | None, start: Start) -> Position:
    """On from the card where the last run stopped, up to today in Moscow."""
    return {**(cursor or {}), "today": moscow_day(start.now).isoformat()}


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of one day begins."""
    return {"day": moscow_day(stretch[0]).isoformat()}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """The next cards."""
    values = {
        "cabinet_id": cabinet_id,
        "resource": NAME,
        "after": position.get("after", 0),
        "count": _at_once(position),
    }
    return (await connection.execute(_SUBJECTS, values)).scalars().all()


def ask(position: Position) -> dict[str, Any]:
    """Seven days of some cards, or one day of many."""
    if "day" in position:
        period = {"start": position["day"], "end": position["day"]}
        body = {"selectedPeriod": period, "nmIds": parts(position), "limit": MAX_CARDS_OF_A_DAY}
        return {"method": METHODS["funnel-period"], "json": body}
    today = datetime.fromisoformat(position["today"])
    period = {"start": (today - DAYS).date().isoformat(), "end": position["today"]}
    return {"json": {"selectedPeriod": period, "nmIds": parts(position), "aggregationLevel": "day"}}


def parts(position: Position) -> list[int]:
    """The cards of the next call."""
    return batches.ids(position, _at_once(position))


def _at_once(position: Position) -> int:
    return MAX_CARDS_OF_A_DAY if "day" in position else MAX_CARDS


def read(body: bytes) -> Page:
    """A row for each day of each card of the array, or for the day of the period; a card that cannot be read is one."""
    if _is_of_a_day(body):
        return _read_day(body)
    return Page([row for raw in answers.rows(body) for row in _days(raw)])


def _days(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        item = _item.decode(raw)
    except ValueError:
        return [raw]
    return [
        msgspec.Raw(b'{"nm_id":%b,"currency":%b,"figures":%b}' % (item.product.nm_id, item.currency, figures))
        for figures in map(bytes, item.history or ())
    ]


def _is_of_a_day(body: bytes) -> bool:
    try:
        _of_day.decode(body)
    except ValueError:
        return False
    return True


def _read_day(body: bytes) -> Page:
    listed = answers.listed(body, "data", "products")
    currency = listed.beside.get("currency", _NONE)
    return Page([_as_day(raw, currency) for raw in listed.rows])


def _as_day(raw: msgspec.Raw, currency: msgspec.Raw) -> msgspec.Raw:
    """The figures of a card in the form of a day of its history."""
    try:
        of_period = _of_period.decode(raw)
    except ValueError:
        return raw
    selected = of_period.statistic.selected
    figures = {
        "date": selected.period.start,
        "openCount": selected.open_count,
        "cartCount": selected.cart_count,
        "orderCount": selected.order_count,
        "orderSum": selected.order_sum,
        "buyoutCount": selected.buyout_count,
        "buyoutSum": selected.buyout_sum,
        "buyoutPercent": selected.conversions.buyout_percent,
        "addToCartConversion": selected.conversions.add_to_cart_percent,
        "cartToOrderConversion": selected.conversions.cart_to_order_percent,
        "addToWishlistCount": selected.add_to_wishlist,
    }
    row = {"nm_id": of_period.product.nm_id, "currency": currency, "figures": figures}
    return msgspec.Raw(msgspec.json.encode(row))


def advance(position: Position, seen: Seen) -> Step:
    """On to the next cards; when none is left the pass ends by itself."""
    of: Position = {name: position[name] for name in ("today", "day") if name in position}
    return Step({**of, "after": parts(position)[-1]}, done=False)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """Days before the cabinet was connected are history when they are first read; what moves later is news."""
    day = change.key[1]
    return bool(day >= moscow_day(connected_at)) if change.is_new else not first_load


RESOURCE = Resource(
    name=NAME,
    method=METHODS["funnel"],
    refresh=timedelta(hours=2),
    changes_by_itself=True,
    reading=Reading(
        paging="20 cards a call",
        overlap="7 days, all that WB tells",
        begin=begin,
        renewed=frozenset({"today"}),
        subjects=subjects,
        ids_at_once=MAX_CARDS,
        also=(METHODS["funnel-period"],),
        within=Within(cut=by_day, position=within, earliest=kept_for(KEPT_BY_WB)),
        parts=parts,
        ask=ask,
        read=read,
        advance=advance,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
    ),
    publishing=Publishing(
        event=FunnelUpdatedV1,
        rows="days",
        is_live=is_live,
    ),
)
