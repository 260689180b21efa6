"""Orders. Source: `GET /api/v1/supplier/orders` (statistics), rows by `lastChangeDate` ascending, 80,000 a page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.orders import OrdersUpdatedV1, order_ids_of
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Numeric, Text

from ingestor.resources import statistics
from ingestor.resources.fields import Int, KeyText, NmId, money, number
from ingestor.resources.resource import BrokenRow, Change, Key, Resource, Row, since_connected
from ingestor.resources.table import data_names, data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moment_or_never

CANCELLED = "cancel"
"""The order feed's word for it."""

TABLE = data_table(
    "orders",
    Column("srid", Text, primary_key=True),
    Column("g_number", Text),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("last_change_at", DateTime(timezone=True)),
    Column("nm_id", BigInteger, nullable=False),
    Column("supplier_article", Text),
    Column("barcode", Text),
    Column("tech_size", Text),
    Column("brand", Text),
    Column("subject", Text),
    Column("category", Text),
    Column("warehouse_name", Text),
    Column("warehouse_type", Text),
    Column("country_name", Text),
    Column("oblast_okrug_name", Text),
    Column("region_name", Text),
    Column("total_price", Numeric(18, 2)),
    Column("discount_percent", Integer),
    Column("spp", Numeric(18, 2)),
    Column("price_with_disc", Numeric(18, 2)),
    Column("finished_price", Numeric(18, 2)),
    Column("is_cancel", Boolean),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("status", Text),
    Column("cancel_type", Text),
    Column("status_at", DateTime(timezone=True)),
    Column("chrt_id", BigInteger),
    Column("is_mp", Boolean),
    Column("is_b2b", Boolean),
    Column("seller_price", Numeric(18, 2)),
    Column("destination_city", Text),
    Column("destination_district", Text),
    Column("feed_hash", BigInteger),
)
HISTORY = history_table(TABLE)

FEED_COLUMNS = ("status", "cancel_type", "status_at", "chrt_id", "is_mp", "is_b2b", "seller_price",
                "destination_city", "destination_district")  # fmt: skip
"""Columns that only the order feed gives."""

_COLUMNS = tuple(name for name in data_names(TABLE) if name not in FEED_COLUMNS)


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    srid: KeyText
    last_change_date: str


class _WbOrder(msgspec.Struct, rename="camel", gc=False, kw_only=True):
    # In WB's order: a field that comes where it is expected is found at once.
    date: str
    last_change_date: str
    warehouse_name: str | None = None
    warehouse_type: str | None = None
    country_name: str | None = None
    oblast_okrug_name: str | None = None
    region_name: str | None = None
    supplier_article: str | None = None
    nm_id: NmId
    barcode: str | None = None
    category: str | None = None
    subject: str | None = None
    brand: str | None = None
    tech_size: str | None = None
    total_price: Decimal | None = None
    discount_percent: Int | None = None
    spp: Decimal | None = None
    finished_price: Decimal | None = None
    price_with_disc: Decimal | None = None
    is_cancel: bool | None = None
    cancel_date: str | None = None
    g_number: str | None = None
    srid: str


class _Told(msgspec.Struct, gc=False):
    is_cancel: bool | None


_told = msgspec.json.Decoder(_Told)
_order = msgspec.json.Decoder(_WbOrder)
_glimpse = msgspec.json.Decoder(_Glimpse)


def glance(raw: msgspec.Raw) -> tuple[Key, datetime]:
    """`srid`, and the moment that pages are cut by."""
    wb = _glimpse.decode(raw)
    if not wb.srid:
        raise BrokenRow("srid is empty")
    return (wb.srid,), moment(wb.last_change_date)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """An order; money that is 0 is not known yet."""
    wb = _order.decode(raw)
    return (
        wb.srid,
        wb.g_number or None,
        moment(wb.date),
        moment(wb.last_change_date),
        wb.nm_id,
        wb.supplier_article or None,
        wb.barcode or None,
        wb.tech_size or None,
        wb.brand or None,
        wb.subject or None,
        wb.category or None,
        wb.warehouse_name or None,
        wb.warehouse_type or None,
        wb.country_name or None,
        wb.oblast_okrug_name or None,
        wb.region_name or None,
        money(wb.total_price),
        wb.discount_percent,
        number(wb.spp),
        money(wb.price_with_disc),
        money(wb.finished_price),
        bool(wb.is_cancel),
        moment_or_never(wb.cancel_date),
    )


def order_ids(cabinet_id: UUID) -> Callable[[Row], str]:
    """Ids of a cabinet's orders by their `srid`, which is the first column."""
    make = order_ids_of(cabinet_id)
    return lambda row: make(row[0])


def snapshot(values: dict[str, Any], cabinet_id: UUID) -> dict[str, Any]:
    """An order as its event tells it, whichever source knows of it."""
    cancelled_by_feed = values.get("status") == CANCELLED
    values["last_change_at"] = values.get("last_change_at") or values.get("status_at")
    values["is_cancel"] = bool(values.get("is_cancel")) or cancelled_by_feed
    values["cancelled_at"] = values.get("cancelled_at") or (values.get("status_at") if cancelled_by_feed else None)
    return values


def kind(change: Change) -> str:
    """`cancelled` when one source tells of it and neither had before."""
    if change.previous is None:
        return "new"
    previous = change.previous
    if previous.keys().isdisjoint(("is_cancel", "status")):
        return "changed"
    before = {**change.others, **previous} if change.others else previous
    if before.get("is_cancel") or before.get("status") == CANCELLED:
        return "changed"
    # What was False and differs is True; for the rest the row itself is asked.
    is_cancelled = previous.get("is_cancel") is False or _told.decode(change.snapshot).is_cancel
    return "cancelled" if is_cancelled else "changed"


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """What changed at WB before the cabinet was connected is history.

    So is what one source says of an order that the other had told of, unless it was cancelled meanwhile.
    """
    is_told = change.joined and kind(change) != "cancelled"
    return not is_told and since_connected(change, connected_at, first_load)


RESOURCE = Resource(
    name="orders",
    method=METHODS["orders"],
    table=TABLE,
    event=OrdersUpdatedV1,
    rows="orders",
    refresh=timedelta(minutes=1),
    paging="`dateFrom` by `lastChangeDate`, about 80,000 rows",
    overlap="2 s; every hour 24 h",
    begin=statistics.begin,
    since=statistics.since,
    ask=statistics.ask,
    read=statistics.read,
    glance=glance,
    parse=parse,
    advance=statistics.advance,
    columns=_COLUMNS,
    version="last_change_at",
    dated="last_change_at",
    unhashed=frozenset({"last_change_at"}),
    history=HISTORY,
    derived={"order_id": order_ids},
    snapshot=snapshot,
    kind=kind,
    is_live=is_live,
)
