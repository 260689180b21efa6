"""Items, stocks and figures are kept until the reporter tells that something changed which they are made of."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from contracts.analytics import PeriodFigures
from contracts.envelope import Event
from contracts.freshness import DataDelayedV1, DelayedResource
from contracts.items import Section
from contracts.prices import ChangedPrice, PricesUpdatedV1
from contracts.stocks import ChangedSellerStock, SellerStocksUpdatedV1
from reporter.figures import tags
from reporter.figures.items import Figure
from servicekit.db import Database
from servicekit.events import new_event
from support.gateway import Gateway, User
from support.reporting import NOON, TODAY, products_updated, stocks_updated
from support.reporting import a_stock as stock_row
from support.shop_items import a_stock, put_card, put_period, put_stock

LISTS = ("/products", "/stocks", "/analytics/performance", "/analytics/sales")
OF_ITEM = ("/products/1", "/stocks/1")
Tell = Callable[[UUID], set[str]]


def of_prices(owner: UUID) -> set[str]:
    price = ChangedPrice(nm_id=1, size_id=1, revision=1, change="new")
    return tags.of(new_event(PricesUpdatedV1(prices=(price,)), cabinet_id=owner))


def of_own_stocks(owner: UUID) -> set[str]:
    row = {
        "nm_id": 1,
        "chrt_id": 1,
        "warehouse_id": 1,
        "quantity": 1,
        "revision": 1,
        "observed_at": NOON,
        "change": "new",
    }
    event: Event[Any] = new_event(
        SellerStocksUpdatedV1(stocks=(ChangedSellerStock.model_validate(row),)), cabinet_id=owner
    )
    return tags.of(event)


def of_delay(owner: UUID) -> set[str]:
    late = DelayedResource(resource="orders", last_success_at=NOON)
    return tags.of(new_event(DataDelayedV1(resources=(late,)), cabinet_id=owner))


def of_period(owner: UUID) -> set[str]:
    counted = {"nm_id": 1, "period_days": 30, "period_end": TODAY, "orders": 0, "orders_sum": 0, "cancelled": 0}
    return tags.of_figures(owner, [PeriodFigures.model_validate({**counted, "cancelled_sum": 0})])


WHAT_CHANGES: dict[str, tuple[Tell, tuple[str, ...]]] = {
    "a card": (lambda owner: tags.of(products_updated(owner, nm_id=1)), (*LISTS, *OF_ITEM)),
    "a price": (of_prices, (*LISTS, *OF_ITEM)),
    "a section": (lambda owner: tags.of_items(owner, [Figure(1, Section.STOCK, "")]), (*LISTS, *OF_ITEM)),
    "a period": (of_period, (*LISTS, *OF_ITEM)),
    "the day": (lambda owner: tags.of_all_periods(owner, [1]), (*LISTS, *OF_ITEM)),
    "a stock": (lambda owner: tags.of(stocks_updated(owner, stock_row(1))), OF_ITEM),
    "an own stock": (of_own_stocks, OF_ITEM),
    "a source that is late": (of_delay, (*LISTS, *OF_ITEM)),
}


@pytest.mark.parametrize("what", WHAT_CHANGES)
async def test_what_is_made_of_it_is_read_anew_and_nothing_else(
    gateway: Gateway, alice: User, reporter_db: Database, what: str
) -> None:
    cabinet, other = await alice.connect(), await alice.connect()
    await put_card(reporter_db, cabinet, 1)
    await put_stock(reporter_db, cabinet, 1, a_stock(1))
    await put_period(reporter_db, cabinet, 1)
    await put_card(reporter_db, cabinet, 2)
    tell, told_of = WHAT_CHANGES[what]
    paths = (*LISTS, *OF_ITEM, "/products/2")

    async def seen() -> dict[str, str]:
        answers = {path: await alice.get(path) for path in paths}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {path: answer.headers["X-Cache"] for path, answer in answers.items()}

    await seen()
    assert set((await seen()).values()) == {"hit"}
    cache = gateway.app.state.parts.cache
    await cache.invalidate(sorted(tag.replace(str(cabinet), str(UUID(int=9))) for tag in tell(cabinet)))
    assert set((await seen()).values()) == {"hit"}
    await cache.invalidate(sorted(tell(cabinet)))
    missed = {path for path, cached in (await seen()).items() if cached == "miss"}
    assert missed - {"/products/2"} == set(told_of)
    assert ("/products/2" in missed) == (what == "a source that is late")
    assert other != cabinet


async def test_what_is_kept_is_the_callers_own(alice: User, bob: User, reporter_db: Database) -> None:
    cabinet = await alice.connect()
    await bob.connect()
    await put_card(reporter_db, cabinet, 1)
    assert len((await alice.get("/products")).json()["data"]) == 1
    assert (await bob.get("/products")).json()["data"] == []
    assert (await bob.get("/products/1")).status_code == 404
    again = await alice.get("/products")
    assert (again.headers["X-Cache"], again.headers["X-Total-Count"]) == ("hit", "1")
