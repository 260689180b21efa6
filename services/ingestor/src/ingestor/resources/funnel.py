"""The sales funnel by day. Source: `POST /api/analytics/v3/sales-funnel/products/history`, 20 cards a call, 7 days.

WB books buyouts on the day of the order, so figures of earlier days move: all 7 days are read each time, and an older
day stays as it was last read. Days before the first 7 are not read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.funnel import FunnelUpdatedV1
from sqlalchemy import BigInteger, Column, Date, Integer, Numeric, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.fields import NmId, Units, number, text_or_none
from ingestor.resources.resource import Change, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moscow_day

MAX_CARDS = 20
DAYS = timedelta(days=6)
"""From the first to the last of the days that WB tells."""

_SUBJECTS = text("""
    SELECT nm_id FROM products WHERE cabinet_id = :cabinet_id AND nm_id > :after ORDER BY nm_id LIMIT :count
""")

TABLE = data_table(
    "funnel",
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("open_count", Integer),
    Column("cart_count", Integer),
    Column("order_count", Integer),
    Column("order_sum", Numeric(18, 2)),
    Column("buyout_count", Integer),
    Column("buyout_sum", Numeric(18, 2)),
    Column("buyout_percent", Numeric(18, 2)),
    Column("add_to_cart_conversion", Numeric(18, 2)),
    Column("cart_to_order_conversion", Numeric(18, 2)),
    Column("add_to_wishlist_count", Integer),
    Column("currency", Text),
)


class _WbProduct(msgspec.Struct, rename="camel"):
    nm_id: msgspec.Raw


class _WbItem(msgspec.Struct):
    product: _WbProduct
    history: list[msgspec.Raw] | None
    currency: msgspec.Raw = msgspec.Raw(b"null")


class _WbDay(msgspec.Struct, rename="camel"):
    date: str
    open_count: Units | None = None
    cart_count: Units | None = None
    order_count: Units | None = None
    order_sum: Decimal | None = None
    buyout_count: Units | None = None
    buyout_sum: Decimal | None = None
    buyout_percent: Decimal | None = None
    add_to_cart_conversion: Decimal | None = None
    cart_to_order_conversion: Decimal | None = None
    add_to_wishlist_count: Units | None = None


class _Flat(msgspec.Struct):
    """A day of a card: one row of ours."""

    nm_id: NmId
    currency: str | None
    figures: _WbDay


_items = msgspec.json.Decoder(list[msgspec.Raw])
_item = msgspec.json.Decoder(_WbItem)
_flat = msgspec.json.Decoder(_Flat)


def begin(cursor: Position | None, start: Start) -> Position:
    """On from the card where the last run stopped, up to today in Moscow."""
    return {**(cursor or {}), "today": moscow_day(start.now).isoformat()}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """The next cards."""
    values = {"cabinet_id": cabinet_id, "after": position.get("after", 0), "count": MAX_CARDS}
    return (await connection.execute(_SUBJECTS, values)).scalars().all()


def ask(position: Position) -> dict[str, Any]:
    """Seven days of some cards."""
    today = datetime.fromisoformat(position["today"])
    period = {"start": (today - DAYS).date().isoformat(), "end": position["today"]}
    return {"json": {"selectedPeriod": period, "nmIds": position["ids"], "aggregationLevel": "day"}}


def read(body: bytes) -> Page:
    """A row for each day of each card of the array; a card that cannot be read is one row."""
    return Page([row for raw in _items.decode(body) for row in _days(raw)])


def _days(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        item = _item.decode(raw)
    except ValueError:
        return [raw]
    return [
        msgspec.Raw(b'{"nm_id":%b,"currency":%b,"figures":%b}' % (item.product.nm_id, item.currency, figures))
        for figures in map(bytes, item.history or ())
    ]


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """What one card did on one day."""
    wb = _flat.decode(raw)
    figures = wb.figures
    return (
        wb.nm_id,
        moscow_day(moment(figures.date)),
        figures.open_count,
        figures.cart_count,
        figures.order_count,
        number(figures.order_sum),
        figures.buyout_count,
        number(figures.buyout_sum),
        number(figures.buyout_percent),
        number(figures.add_to_cart_conversion),
        number(figures.cart_to_order_conversion),
        figures.add_to_wishlist_count,
        text_or_none(wb.currency),
    )


def advance(position: Position, seen: Seen) -> Step:
    """On to the next cards; when none is left the pass ends by itself."""
    return Step({"today": position["today"], "after": position["ids"][-1]}, done=False)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """Days before the cabinet was connected are history when they are first read; what moves later is news."""
    day = change.key[1]
    return bool(day >= moscow_day(connected_at)) if change.is_new else not first_load


RESOURCE = Resource(
    name="funnel",
    method=METHODS["funnel"],
    table=TABLE,
    event=FunnelUpdatedV1,
    rows="days",
    refresh=timedelta(hours=2),
    paging="20 cards a call",
    overlap="7 days, all that WB tells",
    begin=begin,
    subjects=subjects,
    ids_at_once=MAX_CARDS,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    is_live=is_live,
)
