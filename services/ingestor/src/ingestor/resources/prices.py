"""Prices of sizes. Source: `GET /api/v2/list/goods/filter`, a full re-read each time, 1,000 goods a page.

WB's row is a good with its sizes; a row here is one size with what it shares with the good's other sizes. A size that
a complete re-read does not contain is gone: its card is in the trash, or no longer has it. Its last price stays.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.prices import PricesUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, Integer, Numeric, Text

from ingestor.resources import offsets
from ingestor.resources.fields import Id, Int, NmId, money, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 1000

TABLE = data_table(
    "prices",
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("size_id", BigInteger, primary_key=True, autoincrement=False),
    Column("vendor_code", Text),
    Column("tech_size_name", Text),
    Column("price", Numeric(18, 2)),
    Column("discounted_price", Numeric(18, 2)),
    Column("club_discounted_price", Numeric(18, 2)),
    Column("discount", Integer),
    Column("club_discount", Integer),
    Column("currency", Text),
    Column("editable_size_price", Boolean),
)
HISTORY = history_table(TABLE)


class _WbSize(msgspec.Struct, rename="camel"):
    size_id: Id = msgspec.field(name="sizeID")
    price: Decimal | None = None
    discounted_price: Decimal | None = None
    club_discounted_price: Decimal | None = None
    tech_size_name: str | None = None


class _WbGood(msgspec.Struct, rename="camel"):
    nm_id: NmId = msgspec.field(name="nmID")
    vendor_code: str | None = None
    currency: str | None = msgspec.field(name="currencyIsoCode4217", default=None)
    discount: Int | None = None
    club_discount: Int | None = None
    editable_size_price: bool | None = None


class _Flat(msgspec.Struct):
    good: _WbGood
    size: _WbSize


class _WbGoods(msgspec.Struct, rename="camel"):
    # Required: an answer without it must not be taken for a shop without goods.
    list_goods: list[msgspec.Raw] | None


class _WbAnswer(msgspec.Struct):
    data: _WbGoods


_answer = msgspec.json.Decoder(_WbAnswer)
_good = msgspec.json.Decoder(dict[str, msgspec.Raw])
_sizes = msgspec.json.Decoder(list[msgspec.Raw])
_flat = msgspec.json.Decoder(_Flat)


def begin(cursor: Position | None, start: Start) -> Position:
    """A full re-read."""
    return offsets.begin(cursor, start, page_rows=MAX_PAGE_ROWS)


def ask(position: Position) -> dict[str, Any]:
    """The goods from an offset on."""
    return {"params": {"limit": str(position["limit"]), "offset": str(position["offset"])}}


def read(body: bytes) -> Page:
    """A row for each size under `data.listGoods[].sizes`, and how many goods the page has."""
    goods = _answer.decode(body).data.list_goods or []
    return Page([row for good in goods for row in _rows(good)], len(goods))


def _rows(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        good = _good.decode(raw)
        sizes = _sizes.decode(good.pop("sizes"))
    except (ValueError, KeyError):
        # As it is: `parse` will find nothing in it, and set it aside.
        return [raw]
    return [msgspec.Raw(msgspec.json.encode({"good": good, "size": size})) for size in sizes]


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """The price of a size in the currency of the shop; one that is 0 is not known."""
    wb = _flat.decode(raw)
    return (
        wb.good.nm_id,
        wb.size.size_id,
        text_or_none(wb.good.vendor_code),
        text_or_none(wb.size.tech_size_name),
        money(wb.size.price),
        money(wb.size.discounted_price),
        money(wb.size.club_discounted_price),
        wb.good.discount,
        wb.good.club_discount,
        text_or_none(wb.good.currency),
        wb.good.editable_size_price,
    )


def advance(position: Position, seen: Seen) -> Step:
    """On by the goods of the page, less one."""
    return offsets.advance(position, seen, size=seen.after)


RESOURCE = Resource(
    name="prices",
    method=METHODS["prices"],
    table=TABLE,
    event=PricesUpdatedV1,
    rows="prices",
    refresh=timedelta(minutes=10),
    paging="`offset`, 1,000 goods",
    overlap="everything",
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    emptied={},
    history=HISTORY,
)
