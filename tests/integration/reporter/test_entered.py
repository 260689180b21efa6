"""What a seller enters at the gateway is counted in the reporter, in just the figures that it affects."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event
from contracts.items import Section
from local.servers import Servers
from servicekit.db import Database
from support.gateway import Gateway, User, built_gateway
from support.outbox_rows import published
from support.reporting import a_stock, an_order, orders_updated, products_updated, stocks_updated
from support.rows import all_rows, rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]


@pytest.fixture
async def gateway(gateway_db: Database, servers: Servers, redis_prefix: str, vhost_url: str) -> AsyncIterator[Gateway]:
    async with built_gateway(
        gateway_db, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as built:
        yield built


class Shop:
    """A cabinet in both services."""

    def __init__(self, seller: User, cabinet_id: UUID, reporter: Database, fold: Fold, count: CountStale) -> None:
        self._seller, self.cabinet_id, self._reporter, self._fold, self._count = (
            seller,
            cabinet_id,
            reporter,
            fold,
            count,
        )
        self._heard: set[UUID] = set()

    async def enter(self, path: str, **row: Any) -> set[tuple[int, str]]:
        """Enter a row; the sections that it left to be counted, which are then counted."""
        answer = await self._seller.call("PUT", f"/cabinets/{self.cabinet_id}/{path}", json={"rows": [row]})
        assert answer.status_code == 200, answer.text
        return await self._hear()

    async def take_back(self, path: str, **place: Any) -> set[tuple[int, str]]:
        answer = await self._seller.call("DELETE", f"/cabinets/{self.cabinet_id}/{path}", params=place)
        assert answer.status_code == 204, answer.text
        return await self._hear()

    async def _hear(self) -> set[tuple[int, str]]:
        events = [event for event in await self._told() if event.id not in self._heard]
        self._heard |= {event.id for event in events}
        await self._fold(*events)
        marked = {(row["nm_id"], row["section"]) for row in await all_rows(self._reporter, "stale_sections")}
        await self._count()
        return marked

    async def _told(self) -> list[Event[Any]]:
        told = await published(self._seller.gateway.database)
        return [event for event in told if event.type.endswith(".entered.v1")]

    async def figure(self, nm_id: int, section: Section, *path: str) -> str | None:
        """A value of a section as text."""
        (row,) = await rows(
            self._reporter,
            "SELECT body #>> CAST(:path AS text[]) AS value FROM item_figures WHERE nm_id = :nm_id AND section = :name",
            path=list(path),
            nm_id=nm_id,
            name=section.value,
        )
        value: str | None = row["value"]
        return value


@pytest.fixture
async def shop(gateway: Gateway, reporter_db: Database, fold: Fold, count_stale: CountStale) -> Shop:
    """Two items, ordered, in stock and counted."""
    seller = await gateway.user(1001)
    cabinet_id = await seller.connect()
    for nm_id in (1, 2):
        await fold(
            products_updated(cabinet_id, nm_id),
            stocks_updated(cabinet_id, a_stock(5, nm_id=nm_id)),
            orders_updated(cabinet_id, an_order(cabinet_id, f"order {nm_id}", nm_id=nm_id)),
        )
    await count_stale()
    return Shop(seller, cabinet_id, reporter_db, fold, count_stale)


async def test_a_cost_is_counted_in_its_item_until_it_is_taken_back(shop: Shop) -> None:
    cost = ("estimate", "cost")
    assert await shop.figure(1, Section.MONEY, *cost) is None
    affected = {(1, "money"), (0, "rank")}
    assert await shop.enter("costs", nm_id=1, valid_from="2026-01-01", cost="52.5") == affected
    assert await shop.figure(1, Section.MONEY, *cost) == "52.50"
    assert await shop.figure(2, Section.MONEY, *cost) is None
    assert await shop.enter("costs", nm_id=1, valid_from="2026-11-01", cost="60") == affected
    assert await shop.figure(1, Section.MONEY, *cost) == "60.00"
    assert await shop.take_back("costs", nm_id=1, valid_from="2026-11-01") == affected
    assert await shop.figure(1, Section.MONEY, *cost) == "52.50"
    assert await shop.take_back("costs", nm_id=1, valid_from="2026-01-01") == affected
    assert await shop.figure(1, Section.MONEY, *cost) is None


async def test_what_was_said_before_affects_nothing(shop: Shop) -> None:
    row = {"nm_id": 1, "valid_from": "2026-01-01", "cost": "52.5"}
    await shop.enter("costs", **row)
    assert await shop.enter("costs", **row) == set()


async def test_a_tax_is_counted_in_every_item(shop: Shop) -> None:
    affected = await shop.enter("tax", valid_from="2026-01-01", percent="6", base="income")
    assert affected == {(0, "money"), (1, "money"), (2, "money"), (0, "rank")}
    assert [await shop.figure(nm_id, Section.MONEY, "estimate", "tax") for nm_id in (1, 2)] == ["6.00", "6.00"]


async def test_other_costs_of_all_items_give_way_to_those_of_one(shop: Shop) -> None:
    await shop.enter("other-costs", nm_id=0, valid_from="2026-01-01", amount="3")
    assert await shop.enter("other-costs", nm_id=2, valid_from="2026-01-01", amount="5") == {(2, "money"), (0, "rank")}
    assert [await shop.figure(nm_id, Section.MONEY, "estimate", "other") for nm_id in (1, 2)] == ["3.00", "5.00"]


async def test_a_lead_time_is_counted_in_the_stock(shop: Shop) -> None:
    lead = {"valid_from": "2026-01-01", "lead_days": 21, "incoming": [{"chrt_id": 10, "units": 24}]}
    assert await shop.enter("lead-times", nm_id=1, **lead) == {(1, "stock")}
    assert [await shop.figure(nm_id, Section.STOCK, "lead_days") for nm_id in (1, 2)] == ["21", "14"]
    assert await shop.figure(1, Section.STOCK, "total", "incoming") == "24"


async def test_a_plan_is_counted_against_what_was_ordered(shop: Shop) -> None:
    assert await shop.enter("plan", nm_id=0, month="2026-11-01", orders=4) == {(0, "plan")}
    assert await shop.figure(0, Section.PLAN, "done_orders") == "50.00"


async def test_a_plan_of_an_item_without_figures_is_counted_at_once_or_when_its_month_begins(
    shop: Shop, reporter_db: Database, turn_day: TurnDay, count_stale: CountStale
) -> None:
    assert await shop.enter("plan", nm_id=77, month="2026-11-01", orders=4) == {(77, "plan")}
    assert await shop.figure(77, Section.PLAN, "done_orders") == "0.00"
    await shop.enter("plan", nm_id=78, month="2026-12-01", orders=8)
    december = date(2026, 12, 1)
    await turn_day(december)
    await count_stale(today=december)
    planned = [(row["nm_id"], row["body"]["month"]) for row in await all_rows(reporter_db, "item_figures")
               if row["section"] == "plan"]  # fmt: skip
    assert planned == [(78, "2026-12-01")]
