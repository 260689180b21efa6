"""Orders. Source: `GET /api/v1/supplier/orders` (statistics), rows by `lastChangeDate` ascending, 80,000 a page."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from contracts.orders import OrdersUpdatedV1, order_ids_of
from sqlalchemy import BigInteger, Column, Index
from sqlalchemy import text as sql_text

from ingestor.resources import statistics
from ingestor.resources.columns import (
    columns,
    currency,
    flag,
    ident,
    key,
    key_reader,
    moment,
    money,
    names,
    numbers,
    parser,
    text,
    whole,
)
from ingestor.resources.fields import NmId
from ingestor.resources.resource import Change, Publishing, Resource, Row, Storage, since_connected
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS

CANCELLED = "cancel"
"""The order feed's word for it."""

COLUMNS = columns(
    # In WB's order: a field that comes where it is expected is found at once.
    moment("ordered_at", wb="date", required=True),
    # None for an order that only the feed knows of.
    moment("last_change_at", wb="lastChangeDate", required=True, nullable=True),
    text("warehouse_name"),
    text("warehouse_type"),
    text("country_name"),
    text("oblast_okrug_name"),
    text("region_name"),
    text("supplier_article"),
    ident("nm_id", kind=NmId, required=True),
    text("barcode"),
    text("category"),
    text("subject"),
    text("brand"),
    text("tech_size"),
    *money("total_price"),
    whole("discount_percent"),
    *numbers("spp"),
    *money("finished_price", "price_with_disc"),
    flag("is_cancel", read=bool),
    moment("cancelled_at", wb="cancelDate"),
    text("g_number"),
    key(text("srid")),
)
FEED_COLUMNS = columns(
    key(text("srid")),
    ident("nm_id", kind=NmId, required=True),
    moment("ordered_at", wb="createdAt", required=True),
    text("status", kind=Annotated[str, msgspec.Meta(min_length=1)], required=True),
    text("cancel_type"),
    moment("status_at", wb="updatedAt", required=True, nullable=True),
    ident("chrt_id"),
    flag("is_mp"),
    flag("is_b2b", wb="isB2b"),
    *money("seller_price"),
    text("destination_city"),
    text("destination_district"),
    currency(),
)
"""What the order feed (`order_feed`) has of an order."""

APART = """
feed_hash IS NULL OR content_hash IS NULL OR is_cancel <> (status = 'cancel') OR price_with_disc <> seller_price
"""
"""SQL: orders that one source does not know, or that the two tell otherwise."""

TABLE = data_table(
    "orders",
    COLUMNS,
    FEED_COLUMNS,
    Column("feed_hash", BigInteger),
    # What `order_disagreements` counts.
    Index("orders_of_one_source", "cabinet_id", "ordered_at", postgresql_where=sql_text(APART)),
)
HISTORY = history_table(TABLE)
parse = parser(COLUMNS)
key_of = key_reader(COLUMNS, mark="last_change_at")


class _Told(msgspec.Struct, gc=False):
    is_cancel: bool | None
    status: str | None = None


_told = msgspec.json.Decoder(_Told)

MERGED = ("last_change_at", "is_cancel", "cancelled_at", "price_with_disc")
"""Fields of the event that are made of what both sources say."""
OF_A_CANCEL = frozenset({"status", "cancel_type", "status_at", "cancelled_at", "last_change_at"})
"""Fields that a source may still bring of an order that the other told to be cancelled."""


def order_ids(cabinet_id: UUID) -> Callable[[Row], str]:
    """Ids of a cabinet's orders by their `srid`."""
    make, at = order_ids_of(cabinet_id), names(COLUMNS).index("srid")
    return lambda row: make(row[at])


def snapshot(values: dict[str, Any], cabinet_id: UUID) -> dict[str, Any]:
    """An order as its event tells it, whichever source knows of it: the same for the same columns of both."""
    values.update(_merged(values))
    return values


def earlier(previous: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ, as they were told before, of an order that both sources know."""
    before, now = _merged({**values, **previous}), _merged(values)
    fields = {name: value for name, value in previous.items() if name not in MERGED}
    return fields | {name: before[name] for name in MERGED if before[name] != now[name]}


def _merged(values: Mapping[str, Any]) -> dict[str, Any]:
    cancelled_by_feed = values.get("status") == CANCELLED
    moments = [each for each in (values.get("last_change_at"), values.get("status_at")) if each is not None]
    price = values.get("price_with_disc")
    return {
        "last_change_at": max(moments, default=None),
        # No order comes back from a cancel: where the sources differ, one of them does not know of it yet.
        "is_cancel": bool(values.get("is_cancel")) or cancelled_by_feed,
        "cancelled_at": values.get("cancelled_at") or (values.get("status_at") if cancelled_by_feed else None),
        "price_with_disc": values.get("seller_price") if price is None else price,
    }


def kind(change: Change) -> str:
    """`cancelled` when one source tells of it and neither had before."""
    previous = change.previous
    if previous is None:
        return "new"
    if previous.get("is_cancel") is False:
        return "cancelled"
    if change.others or previous.get("status", CANCELLED) == CANCELLED:
        return "changed"
    return "cancelled" if _told.decode(change.snapshot).is_cancel else "changed"


def completes(change: Change) -> bool:
    """Whether it only brings what this source knows of an order that the other has told, or of a cancel that it has."""
    previous = change.previous
    if previous is None or not change.others or kind(change) == "cancelled":
        return False
    if change.first_from_source or not previous:
        return True
    if not previous.keys() <= OF_A_CANCEL:
        return False
    now = _told.decode(change.snapshot)
    return bool(now.is_cancel) and ("status" not in previous or now.status == CANCELLED)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """What changed at WB before the cabinet was connected is history; so is what a first load only completes."""
    return not (first_load and completes(change)) and since_connected(change, connected_at, first_load)


RESOURCE = Resource(
    name="orders",
    method=METHODS["orders"],
    refresh=timedelta(minutes=1),
    comes_first=True,
    reading=statistics.READING,
    storage=Storage(
        table=TABLE,
        key_of=key_of,
        parse=parse,
        columns=names(COLUMNS),
        version="last_change_at",
        event_time="last_change_at",
        untracked=frozenset({"last_change_at"}),
        history=HISTORY,
    ),
    publishing=Publishing(
        event=OrdersUpdatedV1,
        rows="orders",
        derived={"order_id": order_ids},
        snapshot=snapshot,
        earlier=earlier,
        kind=kind,
        completes=completes,
        is_live=is_live,
        in_sellers_currency=True,
    ),
)
