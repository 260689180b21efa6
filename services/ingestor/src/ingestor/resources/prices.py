"""Prices of sizes. Source: `GET /api/v2/list/goods/filter`, a full re-read each time, 1,000 goods a page.

WB's row is a good with its sizes; a row here is one size with what it shares with the good's other sizes. A size that
a complete re-read does not contain is gone: its card is in the trash, or no longer has it. Its last price stays.
"""

from datetime import timedelta
from typing import Any

import msgspec
from contracts.prices import PricesUpdatedV1

from ingestor.resources import answers, offsets
from ingestor.resources.columns import columns, currency, flag, ident, key, money, parser, text, whole
from ingestor.resources.fields import NmId
from ingestor.resources.resource import (
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
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 1000

COLUMNS = columns(
    # A row is what `read` makes of it: a good without its sizes, and one size.
    key(ident("nm_id", wb="good.nmID", kind=NmId)),
    key(ident("size_id", wb="size.sizeID")),
    text("vendor_code", wb="good.vendorCode"),
    text("tech_size_name", wb="size.techSizeName"),
    *money("price", "discounted_price", "club_discounted_price", within="size."),
    whole("discount", wb="good.discount"),
    whole("club_discount", wb="good.clubDiscount"),
    currency(wb="good.currencyIsoCode4217"),
    flag("editable_size_price", wb="good.editableSizePrice"),
)
TABLE, parse = data_table("prices", COLUMNS), parser(COLUMNS)
HISTORY = history_table(TABLE)

_good = msgspec.json.Decoder(dict[str, msgspec.Raw])
_sizes = msgspec.json.Decoder(list[msgspec.Raw])


def begin(cursor: Position | None, start: Start) -> Position:
    """A full re-read."""
    return offsets.begin(cursor, start, page_rows=MAX_PAGE_ROWS)


def ask(position: Position) -> dict[str, Any]:
    """The goods from an offset on."""
    return {"params": {"limit": str(position["limit"]), "offset": str(position["offset"])}}


def read(body: bytes) -> Page:
    """A row for each size under `data.listGoods[].sizes`, and how many goods the page has."""
    goods = answers.rows(body, "data", "listGoods")
    return Page([row for good in goods for row in _rows(good)], len(goods))


def _rows(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        good = _good.decode(raw)
        sizes = _sizes.decode(good.pop("sizes"))
    except (ValueError, KeyError):
        # As it is: `parse` will find nothing in it, and set it aside.
        return [raw]
    return [msgspec.Raw(msgspec.json.encode({"good": good, "size": size})) for size in sizes]


def advance(position: Position, seen: Seen) -> Step:
    """On by the goods of the page, less one."""
    return offsets.advance(position, seen, size=seen.after)


RESOURCE = Resource(
    name="prices",
    method=METHODS["prices"],
    refresh=timedelta(minutes=10),
    reading=Reading(
        paging="`offset`, 1,000 goods",
        overlap="everything",
        begin=begin,
        ask=ask,
        read=read,
        advance=advance,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
        vital=("price", "discounted_price"),
        when_gone={},
        history=HISTORY,
    ),
    publishing=Publishing(
        event=PricesUpdatedV1,
        rows="prices",
        states_currency=True,
    ),
)
