"""Stocks of items: by size and by warehouse, how long they last, and what to send."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, TypeVar
from uuid import UUID

from contracts.items import Section, Stock
from contracts.model import Count, Model, Moment, NmId
from pydantic import ConfigDict, Field

from gateway import freshness
from gateway.freshness import Freshness
from gateway.lists import Branches, Listing, Page, Window
from gateway.reading import Row
from gateway.replica import Reads
from gateway.sorting import Key, Sorting

SOURCES = ("stocks", "seller_stocks", "orders")
"""What stocks and how long they last are made of."""

MAX_PLACES = 5_000
"""Of one item: sizes times warehouses."""

_SHOWN = ConfigDict(json_schema_serialization_defaults_required=True)


class StockSort(StrEnum):
    """By what stocks are ordered; `-`: the largest first."""

    NM_ID = "nm_id"
    NM_ID_DOWN = "-nm_id"
    DAYS_LEFT = "days_left"
    REPLENISH_DOWN = "-replenish"


class StockState(StrEnum):
    """Which stocks are listed."""

    ANY = "any"
    OUT = "out"
    SIZE_OUT = "size_out"


class ItemStock(Stock):
    """What there is of an item by size and by warehouse, how long it lasts, what to send.."""

    model_config = _SHOWN

    cabinet_id: UUID
    nm_id: NmId
    vendor_code: str | None = Field(description="null: its card is not known")
    title: str | None


class PlaceStock(Model):
    """Pieces of one size at one warehouse."""

    source: Literal["wb", "own", "remains"] = Field(
        description="wb, own: of WB's and of the seller's warehouses; remains: of the report that stands in for WB's"
    )
    chrt_id: int | None = Field(description="null: the report of remains knows sizes by their barcodes")
    tech_size: str | None
    barcode: str | None
    warehouse_id: int | None = Field(description="null: the report of remains knows warehouses by their names")
    warehouse_name: str | None
    quantity: Count
    to_client: Count | None
    from_client: Count | None
    observed_at: Moment = Field(description="when the quantity was seen to change last")


class StockByPlace(ItemStock):
    """The same of one item, with each size at each warehouse."""

    places: tuple[PlaceStock, ...] = Field(description="as each source says; those of a size that ended stay as 0")


S = TypeVar("S", bound=ItemStock)


@dataclass(frozen=True)
class StockQuery:
    """Which stocks of which cabinets."""

    cabinets: Sequence[UUID]
    sort: StockSort = StockSort.NM_ID_DOWN
    state: StockState = StockState.ANY
    nm_id: int | None = None
    size: str | None = None
    warehouse: str | None = None
    days_left_to: Decimal | None = None


_NONE_LEFT = "{0} ->> 'wb' = '0' AND coalesce({0} ->> 'own', '0') = '0'"
_STATES = {
    StockState.OUT: _NONE_LEFT.format("(body -> 'total')"),
    StockState.SIZE_OUT: f"""EXISTS (
        SELECT FROM jsonb_array_elements(body -> 'sizes') AS size WHERE {_NONE_LEFT.format("size")}
    )""",
}
# What lasts for ever, or nobody knows how long, lasts longest.
_DAYS_LEFT = "coalesce(CAST(body -> 'total' ->> 'days_left' AS numeric), 'Infinity')"
_REPLENISH = "coalesce(CAST(body -> 'total' ->> 'replenish' AS numeric), 0)"
_OF_ITEMS = f"section = '{Section.STOCK}' AND nm_id <> 0"
_SOURCES: dict[str, str] = {
    "nm_id": "reporter_published.item_figures",
    **{
        name: f"(SELECT *, {value} AS {name} FROM reporter_published.item_figures) AS figures"
        for name, value in (("days_left", _DAYS_LEFT), ("replenish", _REPLENISH))
    },
}
_CARDS = """
SELECT card.cabinet_id, card.nm_id, vendor_code, title, sizes
FROM unnest(CAST(:cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS item (cabinet_id, nm_id)
JOIN reporter_published.products AS card ON card.cabinet_id = item.cabinet_id AND card.nm_id = item.nm_id
"""
_FIND = f"""
SELECT cabinet_id, nm_id, CAST(body AS text) AS body FROM reporter_published.item_figures
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND nm_id = :nm_id AND section = '{Section.STOCK}'
ORDER BY cabinet_id LIMIT 1
"""
_PLACES = """
SELECT 'wb' AS source, chrt_id, NULL AS tech_size, NULL AS barcode, warehouse_id, warehouse_name, quantity,
    in_way_to_client AS to_client, in_way_from_client AS from_client, observed_at
FROM reporter_published.stocks WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id
UNION ALL
SELECT 'own', chrt_id, NULL, NULL, warehouse_id, warehouse_name, quantity, NULL, NULL, observed_at
FROM reporter_published.seller_stocks WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id
UNION ALL
SELECT 'remains', NULL, nullif(tech_size, ''), barcode, NULL, warehouse_name, quantity, NULL, NULL, observed_at
FROM reporter_published.stock_remains WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id AND kind = 'warehouse'
ORDER BY source, chrt_id, barcode, warehouse_name, warehouse_id LIMIT :limit
"""


def listing(query: StockQuery) -> Listing:
    """The list of a query."""
    conditions, values = [_OF_ITEMS], dict[str, Any]()
    if query.nm_id is not None:
        conditions.append("nm_id = :nm_id")
        values["nm_id"] = query.nm_id
    for column, name, wanted in (("sizes", "tech_size", query.size), ("warehouses", "name", query.warehouse)):
        if wanted is not None:
            conditions.append(f"body -> '{column}' @> CAST(:{column} AS jsonb)")
            values[column] = json.dumps([{name: wanted}])
    if query.days_left_to is not None:
        conditions.append(f"{_DAYS_LEFT} <= :days_left_to")
        values["days_left_to"] = query.days_left_to
    if query.state is not StockState.ANY:
        conditions.append(_STATES[query.state])
    column = query.sort.removeprefix("-")
    keys = [Key("nm_id", "bigint"), Key("cabinet_id", "uuid")]
    columns = "cabinet_id, nm_id, CAST(body AS text) AS body"
    if column != "nm_id":
        keys.insert(0, Key(column, "numeric"))
        columns += f", {column}"
    sorting = Sorting(query.sort.value, keys, descending=query.sort.startswith("-"))
    return Listing(_SOURCES[column], columns, conditions, values, sorting, Branches.of(query.cabinets))


async def page(reads: Reads, query: StockQuery, window: Window) -> Page[ItemStock]:
    """A page of stocks; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        values = {
            "cabinets": [row["cabinet_id"] for row in rows.rows],
            "nm_ids": [row["nm_id"] for row in rows.rows],
        }
        cards = {(card["cabinet_id"], card["nm_id"]): card for card in await shown.rows(_CARDS, values)}
        age = await freshness.read(shown, query.cabinets, SOURCES)
    stocks = [_shown(ItemStock, row, cards.get((row["cabinet_id"], row["nm_id"]))) for row in rows.rows]
    return Page(stocks, rows.next_cursor, total, age)


async def find(reads: Reads, cabinets: Sequence[UUID], nm_id: int) -> tuple[StockByPlace, Freshness] | None:
    """The stock of one item, of the first of the cabinets that has one; none: of no cabinet it is known."""
    async with reads.showing(cabinets) as shown:
        row = await shown.row(_FIND, {"cabinets": list(cabinets), "nm_id": nm_id})
        if row is None:
            return None
        cabinet_id = row["cabinet_id"]
        card = await shown.row(_CARDS, {"cabinets": [cabinet_id], "nm_ids": [nm_id]})
        places = await shown.rows(_PLACES, {"cabinet_id": cabinet_id, "nm_id": nm_id, "limit": MAX_PLACES})
        of_places = [dict(place) for place in places]
        age = await freshness.read(shown, [cabinet_id], SOURCES)
    labels = {size["chrt_id"]: size.get("tech_size") for size in (card["sizes"] if card else ())}
    for place in of_places:
        place["tech_size"] = place["tech_size"] or labels.get(place["chrt_id"])
    return _shown(StockByPlace, row, card, places=of_places), age


def _shown(model: type[S], row: Row, card: Any, **more: Any) -> S:
    named = {name: card[name] if card else None for name in ("vendor_code", "title")}
    of_item = {"cabinet_id": row["cabinet_id"], "nm_id": row["nm_id"]}
    return model.model_validate({**json.loads(row["body"]), **of_item, **named, **more})
