"""Items as the reporter keeps and publishes them, put there without its work."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.items import Reviews, Section, SizeUnits, Stock, Units, WarehouseUnits
from reporter.tables import analytics_cache, prices, products
from servicekit.db import Database

from contracts import cache_keys
from support.facts import put
from support.gateway import Gateway
from support.item_figures import keep_figures
from support.reporting import NOON, TODAY

NOTHING_COUNTED: dict[str, Any] = dict.fromkeys(
    (
        "orders", "orders_sum", "cancelled", "cancelled_sum", "bought", "returned", "open", "sales", "sales_sum",
        "for_pay", "returns", "returns_sum", "returns_for_pay", "previous_orders", "previous_orders_sum",
        "previous_cancelled", "previous_sales", "previous_sales_sum",
    ),
    0,
)  # fmt: skip


async def put_card(database: Database, cabinet_id: UUID, nm_id: int, **card: Any) -> None:
    """Store a card of which only what a test is about is told."""
    row = {"nm_id": nm_id, "sizes": [], "updated_at": NOON, "is_listed": True, **card}
    await put(database, products, cabinet_id, row)


async def put_prices(database: Database, cabinet_id: UUID, nm_id: int, *rows: dict[str, Any]) -> None:
    """Store prices of sizes."""
    await put(database, prices, cabinet_id, *({"nm_id": nm_id, "gone": False, **row} for row in rows))


async def put_period(database: Database, cabinet_id: UUID, nm_id: int, period_days: int = 30, **figures: Any) -> None:
    """Store the figures of an item (0: of the cabinet) over a period that ends on `TODAY`."""
    row = {"nm_id": nm_id, "period_days": period_days, "period_end": TODAY, **NOTHING_COUNTED, **figures}
    await put(database, analytics_cache, cabinet_id, row)


def a_stock(wb: int | None = 5, own: int | None = None, **units: Any) -> Stock:
    """The section of an item of one size at one warehouse."""
    total = {"wb": wb, "own": own, "orders_per_day": None, "days_left": None, **units}
    return Stock(
        total=Units.model_validate(total),
        sizes=(SizeUnits.model_validate({**total, "chrt_id": 10, "tech_size": "M"}),),
        warehouses=(WarehouseUnits(name="Коледино", is_own=False, quantity=wb or 0),),
        method="mean",
        lead_days=14,
        target_days=30,
        as_of=NOON,
    )


def some_reviews(rating: str | None = "4.50", count: int = 2, **figures: Any) -> Reviews:
    """The section of an item with this rating."""
    values = {"stars": (0, 0, 0, 1, 1), "bad_week": 0, "count_week": 0, "unanswered": 0, "unanswered_questions": 0}
    return Reviews.model_validate(
        {**values, "rating": None if rating is None else Decimal(rating), "count": count, **figures}
    )


async def put_stock(database: Database, cabinet_id: UUID, nm_id: int, stock: Stock) -> None:
    """Store the stock of an item."""
    await keep_figures(database, cabinet_id, {(Section.STOCK, ""): stock}, nm_id)


async def changed(gateway: Gateway, cabinet_id: UUID) -> None:
    """What is kept of the cabinet's items is read anew."""
    tags = (cache_keys.cabinet_items_tag, cache_keys.cabinet_sources_tag)
    await gateway.app.state.parts.cache.invalidate([tag(cabinet_id) for tag in tags])
