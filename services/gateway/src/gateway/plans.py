"""Plans of the month against what has come: of whole cabinets, and of items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from contracts.currency import Currency
from contracts.items import Plan, Section
from pydantic import ConfigDict, Field

from gateway import freshness
from gateway.lists import Branches, Listing, Page, Window
from gateway.replica import Reads
from gateway.sorting import Key, Sorting

SOURCES = ("orders",)


class PlanProgress(Plan):
    """A month's plan against what has come, by the own week of the item or the cabinet.. Unknown is null."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    cabinet_id: UUID
    nm_id: int = Field(ge=0, description="0: the whole cabinet")
    currency: Currency
    vendor_code: str | None = Field(description="null: its card is not known, or the whole cabinet")
    title: str | None
    as_of: date = Field(description="the Moscow day it was counted on")


@dataclass(frozen=True)
class PlanQuery:
    """Which plans of which cabinets."""

    cabinets: Sequence[UUID]
    nm_id: int | None = None
    currency: str | None = None


_BY_ITEM = Sorting("nm_id", (Key("nm_id", "bigint"), Key("currency", "text"), Key("cabinet_id", "uuid")))
_CARDS = """
SELECT card.cabinet_id, card.nm_id, vendor_code, title
FROM (
    SELECT DISTINCT * FROM unnest(CAST(:cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS item (cabinet_id, nm_id)
) AS item
JOIN reporter_published.products AS card ON card.cabinet_id = item.cabinet_id AND card.nm_id = item.nm_id
"""


def listing(query: PlanQuery) -> Listing:
    """The list of a query."""
    conditions, values = [f"section = '{Section.PLAN}'"], dict[str, Any]()
    for column in ("nm_id", "currency"):
        if getattr(query, column) is not None:
            conditions.append(f"{column} = :{column}")
            values[column] = getattr(query, column)
    columns = "cabinet_id, nm_id, currency, as_of, body"
    branches = Branches.of(query.cabinets)
    return Listing("reporter_published.item_figures", columns, conditions, values, _BY_ITEM, branches)


async def page(reads: Reads, query: PlanQuery, window: Window) -> Page[PlanProgress]:
    """A page of plans, those of whole cabinets first, then by item.

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
    plans = [_shown(row, cards.get((row["cabinet_id"], row["nm_id"]))) for row in rows.rows]
    return Page(plans, rows.next_cursor, total, age)


def _shown(row: Any, card: Any) -> PlanProgress:
    named = {name: card[name] if card else None for name in ("vendor_code", "title")}
    return PlanProgress.model_validate({**row["body"], **row, **named})
