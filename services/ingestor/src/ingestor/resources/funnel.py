"""The sales funnel by day. Source: `POST /api/analytics/v3/sales-funnel/products/history`, 20 cards a call, 7 days.

WB books buyouts on the day of the order, so figures of earlier days move: all 7 days are read each time, and an older
day stays as it was last read. Days before the first 7 are not read.
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
)
from ingestor.resources.table import data_table
from ingestor.wb import times
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

NAME = "funnel"

MAX_CARDS = 20
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


class _WbProduct(msgspec.Struct, rename="camel"):
    nm_id: msgspec.Raw


class _WbItem(msgspec.Struct):
    product: _WbProduct
    history: list[msgspec.Raw] | None
    currency: msgspec.Raw = msgspec.Raw(b"null")


_item = msgspec.json.Decoder(_WbItem)


def begin(cursor: Position | None, start: Start) -> Position:
    """On from the card where the last run stopped, up to today in Moscow."""
    return {**(cursor or {}), "today": moscow_day(start.now).isoformat()}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """The next cards."""
    values = {
        "cabinet_id": cabinet_id,
        "resource": NAME,
        "after": position.get("after", 0),
        "count": MAX_CARDS,
    }
    return (await connection.execute(_SUBJECTS, values)).scalars().all()


def ask(position: Position) -> dict[str, Any]:
    """Seven days of some cards."""
    today = datetime.fromisoformat(position["today"])
    period = {"start": (today - DAYS).date().isoformat(), "end": position["today"]}
    return {"json": {"selectedPeriod": period, "nmIds": parts(position), "aggregationLevel": "day"}}


def parts(position: Position) -> list[int]:
    """The cards of the next call."""
    return batches.ids(position, MAX_CARDS)


def read(body: bytes) -> Page:
    """A row for each day of each card of the array; a card that cannot be read is one row."""
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


def advance(position: Position, seen: Seen) -> Step:
    """On to the next cards; when none is left the pass ends by itself."""
    return Step({"today": position["today"], "after": parts(position)[-1]}, done=False)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """Days before the cabinet was connected are history when they are first read; what moves later is news."""
    day = change.key[1]
    return bool(day >= moscow_day(connected_at)) if change.is_new else not first_load


RESOURCE = Resource(
    name=NAME,
    method=METHODS["funnel"],
    refresh=timedelta(hours=2),
    reading=Reading(
        paging="20 cards a call",
        overlap="7 days, all that WB tells",
        begin=begin,
        subjects=subjects,
        ids_at_once=MAX_CARDS,
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
