"""The example of day totals in docs/metrics.md is what is counted."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.orders import ChangedOrder
from contracts.sales import ChangedSale, SalesUpdatedV1
from local.workspace import find_root
from servicekit.db import Database
from servicekit.events import new_event
from support.reporting import an_order, orders_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


def documented() -> dict[date, dict[str, Decimal]]:
    """The rows of the table, by their day."""
    page = (find_root() / "docs/metrics.md").read_text()
    lines = page.split("test_totals_example.py")[1].split("\n\n")[1].splitlines()
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {date.fromisoformat(day): dict(zip(head[1:], map(Decimal, values), strict=True)) for day, *values in rows}


def noon(day: int) -> datetime:
    return datetime(2026, 11, day, 9, tzinfo=UTC)


def an_order_of_the_first(cabinet_id: UUID, srid: str, **fields: Any) -> ChangedOrder:
    return an_order(cabinet_id, srid, ordered_at=noon(1), **fields)


def a_sale(srid: str, day: int, *, is_return: bool = False) -> ChangedSale:
    sign = -1 if is_return else 1
    return ChangedSale.model_validate(
        {
            "sale_id": f"{srid} {is_return}",
            "srid": srid,
            "is_return": is_return,
            "sold_at": noon(day),
            "last_change_at": noon(day),
            "nm_id": 1,
            "price_with_disc": sign * Decimal(100),
            "for_pay": sign * Decimal(80),
            "revision": 1,
            "change": "new",
        }
    )


async def test_the_example_is_what_is_counted(
    fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
) -> None:
    orders = [
        an_order_of_the_first(cabinet_id, "bought"),
        an_order_of_the_first(cabinet_id, "returned"),
        an_order_of_the_first(cabinet_id, "cancelled", is_cancel=True),
        an_order_of_the_first(cabinet_id, "open"),
        an_order_of_the_first(cabinet_id, "of unknown price", price=None),
    ]
    sales = (a_sale("bought", 3), a_sale("returned", 3), a_sale("returned", 5, is_return=True))
    await fold(orders_updated(cabinet_id, *orders), new_event(SalesUpdatedV1(sales=sales), cabinet_id=cabinet_id))
    await count_stale()
    expected = documented()
    for nm_id in (0, 1):
        counted = {row["day"]: row for row in await all_rows(reporter_db, "day_totals") if row["nm_id"] == nm_id}
        assert {day: {name: counted[day][name] for name in expected[day]} for day in counted} == expected
