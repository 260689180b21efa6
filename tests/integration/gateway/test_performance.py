"""How items do: figures of a period, ranks, what to send; filters, orders and pages."""

import base64
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.analytics import PERIODS_DAYS
from contracts.items import AdvertPeriod, Adverts, Buyout, BuyoutPeriod, Rank, Section, UnitEconomics, UnitMoney
from gateway.periods import PeriodDays
from servicekit.db import Database
from support.gateway import Gateway, User
from support.item_figures import keep_figures
from support.plans import noted
from support.shop_items import a_stock, changed, put_card, put_period


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def listed(user: User, **params: Any) -> list[tuple[int, str]]:
    answer = await user.get("/analytics/performance", **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Count"] == str(len(answer.json()["data"]))
    return [(item["nm_id"], item["currency"]) for item in answer.json()["data"]]


async def test_an_item_with_everything_that_is_counted_of_the_period(
    alice: User, cabinet: UUID, reporter_db: Database
) -> None:
    await put_card(reporter_db, cabinet, 7, title="Худи", brand="Север")
    figures: dict[str, Any] = {"orders": 12, "orders_sum": Decimal(1260), "sales": 5, "returns": 1}
    before = {"previous_orders": 14, "previous_orders_sum": Decimal(1400), "previous_sales": 0}
    await put_period(reporter_db, cabinet, 7, 14, **figures, **before)
    await put_period(reporter_db, cabinet, 7, 30, orders=1)
    of_periods = {n: BuyoutPeriod(period_days=n, ordered=n, bought=n, returned=0, cancelled=0, open=0, share=None,
        open_share=None, mature_ordered=n, mature_bought=n, mature_share=None) for n in (7, 14)}  # fmt: skip
    advert = AdvertPeriod(period_days=7, views=1, clicks=1, spent=Decimal(1), orders=0, orders_sum=Decimal(0),
        drr=None, drr_adverts=None, cpo=None, ctr=None, cpc=None)  # fmt: skip
    bodies = {
        (Section.RANK, "RUB"): Rank(abc_revenue="A", xyz="Y"),
        (Section.RANK, "KGS"): Rank(abc_revenue="C"),
        (Section.BUYOUT, ""): Buyout(mature_after_days=14, periods=tuple(of_periods.values())),
        (Section.ADVERTS, "RUB"): Adverts(periods=(advert,), campaigns=1),
        (Section.MONEY, "RUB"): UnitEconomics(estimate=UnitMoney(price=Decimal(100), profit=Decimal("19.33"))),
        (Section.STOCK, ""): a_stock(4, replenish=57),
    }
    await keep_figures(reporter_db, cabinet, bodies, 7)
    answer = await alice.get("/analytics/performance", period=14)
    [item] = answer.json()["data"]
    assert (item["cabinet_id"], item["title"], item["brand"], item["currency"]) == (
        str(cabinet),
        "Худи",
        "Север",
        "RUB",
    )
    assert item["figures"].items() >= {"period_days": 14, "orders": 12, "orders_sum": "1260.0000"}.items()
    assert item["change"] == {"orders": "-14.29", "orders_sum": "-10.00", "sales": None, "sales_sum": None}
    assert (item["rank"]["abc_revenue"], item["rank"]["xyz"]) == ("A", "Y")
    assert (item["buyout"]["ordered"], item["adverts"], item["speed"]) == (14, None, None)
    assert (item["money"]["profit"], item["profit"]) == ("19.33", "77.32")
    assert (item["stock"]["wb"], item["stock"]["replenish"]) == (4, 57)


async def test_what_is_not_counted_is_null(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    await put_period(reporter_db, cabinet, 7, orders=1)
    await put_period(reporter_db, cabinet, 0, orders=1)
    [item] = (await alice.get("/analytics/performance")).json()["data"]
    names = ("title", "rank", "buyout", "speed", "adverts", "money", "profit", "stock")
    assert [item[name] for name in names] == [None] * len(names)


async def test_filters(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    await put_card(reporter_db, cabinet, 1, brand="Север", subject="Худи")
    await put_card(reporter_db, cabinet, 2, brand="Север", subject="Шапки")
    for nm_id, currency in ((1, "RUB"), (1, "KGS"), (2, "RUB"), (3, "RUB")):
        await put_period(reporter_db, cabinet, nm_id, currency=currency, orders_sum=Decimal(nm_id))
    await put_period(reporter_db, cabinet, 4, 90)
    await keep_figures(reporter_db, cabinet, {(Section.RANK, "RUB"): Rank(abc_revenue="A", xyz="X")}, 1)
    await keep_figures(reporter_db, cabinet, {(Section.RANK, "RUB"): Rank(abc_revenue="A", xyz="Z")}, 2)
    await keep_figures(reporter_db, cabinet, {(Section.STOCK, ""): a_stock(replenish=1)}, 3)
    await keep_figures(reporter_db, cabinet, {(Section.STOCK, ""): a_stock(replenish=0)}, 2)
    assert await listed(alice) == [(3, "RUB"), (2, "RUB"), (1, "RUB"), (1, "KGS")]
    assert await listed(alice, period=90) == [(4, "RUB")]
    assert await listed(alice, currency="KGS") == [(1, "KGS")]
    assert await listed(alice, nm_id=2) == [(2, "RUB")]
    assert await listed(alice, brand="Север") == [(2, "RUB"), (1, "RUB"), (1, "KGS")]
    assert await listed(alice, brand="Север", subject="Шапки") == [(2, "RUB")]
    assert await listed(alice, abc="A") == [(2, "RUB"), (1, "RUB")]
    assert await listed(alice, abc="A", xyz="Z") == [(2, "RUB")]
    assert await listed(alice, to_send=True) == [(3, "RUB")]


@pytest.mark.parametrize("sort", ["-orders", "-orders_sum", "-sales", "-sales_sum", "-cancelled"])
async def test_pages_meet_every_item_once_in_every_order(
    alice: User, cabinet: UUID, reporter_db: Database, sort: str
) -> None:
    second = await alice.connect()
    amounts = {(cabinet, 1, "RUB"): 5, (cabinet, 2, "RUB"): 7, (second, 2, "RUB"): 5, (second, 1, "KGS"): 5}
    for (owner, nm_id, currency), amount in amounts.items():
        await put_period(reporter_db, owner, nm_id, currency=currency, **{sort.removeprefix("-"): amount})
    whole = (await alice.get("/analytics/performance", sort=sort)).json()["data"]
    assert (whole[0]["nm_id"], len(whole)) == (2, 4)
    for limit in (1, 3):
        seen: list[Any] = []
        cursor = None
        while True:
            answer = (await alice.get("/analytics/performance", sort=sort, limit=limit, cursor=cursor)).json()
            seen += answer["data"]
            cursor = answer["meta"]["next_cursor"]
            if cursor is None:
                break
        assert seen == whole


async def test_a_user_sees_the_figures_of_their_cabinets_only(
    alice: User, bob: User, cabinet: UUID, reporter_db: Database
) -> None:
    foreign = await bob.connect()
    await put_period(reporter_db, cabinet, 1)
    await put_period(reporter_db, foreign, 2)
    assert await listed(alice) == await listed(alice, cabinet_id=cabinet) == [(1, "RUB")]
    assert await listed(alice, nm_id=2) == []
    assert (await alice.get("/analytics/performance", cabinet_id=foreign)).status_code == 404


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"period": 8}, "invalid_request"),
        ({"sort": "orders"}, "invalid_request"),
        ({"abc": "D"}, "invalid_request"),
        ({"currency": "rub"}, "invalid_request"),
        ({"limit": 201}, "invalid_request"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any], code: str) -> None:
    answer = await alice.get("/analytics/performance", **params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("place", [("NaN", "1", "RUB"), ("1", "1", "\0"), ("1e999999", "1", "RUB"), (1, "1", "RUB")])
async def test_a_cursor_that_no_list_gave_is_refused(alice: User, place: tuple[Any, ...]) -> None:
    spelt = json.dumps(["-orders_sum", *place, str(UUID(int=0))], separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(spelt.encode()).decode().rstrip("=")
    answer = await alice.get("/analytics/performance", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


async def test_statements_do_not_grow_with_items(
    gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database
) -> None:
    await put_period(reporter_db, cabinet, 1)
    with noted(gateway) as one:
        await listed(alice)
    await changed(gateway, cabinet)
    for nm_id in range(2, 30):
        await put_period(reporter_db, cabinet, nm_id)
    with noted(gateway) as many:
        assert len(await listed(alice)) == 29
    assert many.of_views() == one.of_views()


def test_every_period_that_is_counted_can_be_asked_for() -> None:
    assert tuple(PeriodDays) == PERIODS_DAYS
