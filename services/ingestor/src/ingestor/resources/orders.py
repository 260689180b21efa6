"""Orders. Source: `GET /api/v1/supplier/orders` (statistics), rows by `lastChangeDate` ascending, 80,000 a page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from contracts.orders import OrdersUpdatedV1, order_ids_of
from sqlalchemy import BigInteger, Column

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

TABLE = data_table("orders", COLUMNS, FEED_COLUMNS, Column("feed_hash", BigInteger))
HISTORY = history_table(TABLE)
parse = parser(COLUMNS)
key_of = key_reader(COLUMNS, mark="last_change_at")


class _Told(msgspec.Struct, gc=False):
    is_cancel: bool | None


_told = msgspec.json.Decoder(_Told)


def order_ids(cabinet_id: UUID) -> Callable[[Row], str]:
    """Ids of a cabinet's orders by their `srid`."""
    make, at = order_ids_of(cabinet_id), names(COLUMNS).index("srid")
    return lambda row: make(row[at])


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
    is_told = change.first_from_source and kind(change) != "cancelled"
    return not is_told and since_connected(change, connected_at, first_load)


RESOURCE = Resource(
    name="orders",
    method=METHODS["orders"],
    refresh=timedelta(minutes=1),
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
        kind=kind,
        is_live=is_live,
        in_sellers_currency=True,
    ),
)
