"""Orders and sales of a period beside the one before, in all and by group."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.items import Region, Regions, Section
from reporter.tables import day_totals
from servicekit.db import Database
from support.facts import put
from support.gateway import Gateway, User
from support.item_figures import keep_figures
from support.plans import noted
from support.reporting import TODAY
from support.shop_items import NOTHING_COUNTED, changed, put_card, put_period

OF_DAYS = {name: value for name, value in NOTHING_COUNTED.items() if not name.startswith("previous_")}


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def report(user: User, **params: Any) -> dict[str, Any]:
    answer = await user.get("/analytics/sales", **params)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def groups(user: User, *names: str, **params: Any) -> list[tuple[Any, ...]]:
    """Of each group these members, and its orders."""
    found = (await report(user, **params))["groups"]
    return [(*(group[name] for name in names), group["figures"]["orders"]) for group in found]


async def put_day(database: Database, cabinet_id: UUID, nm_id: int, day: date, **figures: Any) -> None:
    await put(database, day_totals, cabinet_id, {"nm_id": nm_id, "day": day, **OF_DAYS, **figures})


async def test_totals_of_all_cabinets_by_currency_beside_the_period_before(
    alice: User, cabinet: UUID, reporter_db: Database
) -> None:
    second = await alice.connect()
    before = {"previous_orders": 2, "previous_orders_sum": Decimal(200)}
    await put_period(reporter_db, cabinet, 0, 7, orders=3, orders_sum=Decimal(300), cancelled=1, **before)
    await put_period(reporter_db, second, 0, 7, orders=1, orders_sum=Decimal("50.5"))
    await put_period(reporter_db, second, 0, 7, currency="KGS", orders=9)
    await put_period(reporter_db, cabinet, 0, 30, orders=99)
    await put_period(reporter_db, cabinet, 1, 7, orders=99)
    found = await report(alice, period=7)
    in_som, in_roubles = found["totals"]
    assert (in_som["currency"], in_som["figures"]["orders"], in_som["change"]["orders"]) == ("KGS", 9, None)
    assert in_roubles["figures"].items() >= {"orders": 4, "orders_sum": "350.5000", "cancelled": 1}.items()
    assert in_roubles["before"].items() >= {"orders": 2, "orders_sum": "200.0000"}.items()
    assert in_roubles["change"] == {"orders": "100.00", "orders_sum": "75.25", "sales": None, "sales_sum": None}
    assert found["period"] == {
        "days": 7,
        "first_day": "2026-11-14",
        "last_day": "2026-11-20",
        "previous_first_day": "2026-11-07",
        "previous_last_day": "2026-11-13",
    }
    assert [total["figures"]["orders"] for total in (await report(alice, period=7, nm_id=1))["totals"]] == [99]
    assert len((await report(alice, period=7, currency="KGS"))["totals"]) == 1


async def test_by_day_beside_the_day_as_many_before(
    gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database
) -> None:
    await put_period(reporter_db, cabinet, 0, 7)
    second = await alice.connect()
    for owner, nm_id, ago, orders in (
        (cabinet, 0, 0, 1),
        (second, 0, 0, 2),
        (cabinet, 0, 6, 4),
        (cabinet, 0, 7, 8),
        (cabinet, 0, 13, 16),
        (cabinet, 0, 14, 32),
        (cabinet, 5, 1, 64),
    ):
        await put_day(reporter_db, owner, nm_id, TODAY - timedelta(days=ago), orders=orders)
    found = (await report(alice, period=7))["groups"]
    assert [(each["day"], each["figures"]["orders"], each["before"]["orders"]) for each in found] == [
        ("2026-11-20", 3, 8),
        ("2026-11-14", 4, 16),
    ]
    assert await groups(alice, "day", period=7, nm_id=5) == []
    await put_period(reporter_db, cabinet, 5, 7)
    await changed(gateway, cabinet)
    assert await groups(alice, "day", period=7, nm_id=5) == [("2026-11-19", 64)]


async def test_by_item_brand_and_subject(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    await put_card(reporter_db, cabinet, 1, title="Худи", brand="Север", subject="Худи")
    await put_card(reporter_db, cabinet, 2, title="Шапка", brand="Север", subject="Шапки")
    for nm_id, orders in ((1, 1), (2, 2), (3, 4)):
        await put_period(reporter_db, cabinet, nm_id, orders=orders, orders_sum=Decimal(orders))
    await put_period(reporter_db, cabinet, 1, currency="KGS", orders=8)
    await put_period(reporter_db, cabinet, 0, orders=99)
    by_item = [(3, None, "RUB", 4), (2, "Шапка", "RUB", 2), (1, "Худи", "RUB", 1), (1, "Худи", "KGS", 8)]
    assert await groups(alice, "nm_id", "title", "currency", group_by="item") == by_item
    page = await report(alice, group_by="item", limit=2, offset=1)
    assert ([group["nm_id"] for group in page["groups"]], page["groups_total"]) == ([2, 1], 4)
    assert await groups(alice, "nm_id", group_by="item", nm_id=2) == [(2, 2)]
    assert await groups(alice, "brand", "currency", group_by="brand") == [
        (None, "RUB", 4), ("Север", "RUB", 3), ("Север", "KGS", 8),
    ]  # fmt: skip
    assert await groups(alice, "subject", group_by="subject", currency="RUB") == [(None, 4), ("Шапки", 2), ("Худи", 1)]


async def test_by_region_of_a_month_alone(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    second = await alice.connect()

    def regions(*told: tuple[str | None, int]) -> Regions:
        rows = [
            Region(okrug=name and "Приволжский", region=name, orders=n, orders_sum=Decimal(n), share=Decimal(1))
            for name, n in told
        ]
        return Regions(regions=tuple(rows), local_share=None)

    section = (Section.REGIONS, "RUB")
    await keep_figures(reporter_db, cabinet, {section: regions(("Татарстан", 3), (None, 1))}, 0)
    await keep_figures(reporter_db, second, {section: regions(("Татарстан", 2), ("Пермь", 2))}, 0)
    await keep_figures(reporter_db, second, {section: regions(("Пермь", 7))}, 5)
    found = (await report(alice, group_by="region", period=30))["groups"]
    assert [(each["region"], each["figures"]["orders"], each["share"]) for each in found] == [
        ("Татарстан", 5, "62.50"), ("Пермь", 2, "25.00"), (None, 1, "12.50"),
    ]  # fmt: skip
    assert (found[0]["okrug"], found[0]["before"], found[0]["figures"]["sales"]) == ("Приволжский", None, None)
    assert await groups(alice, "region", group_by="region", nm_id=5) == [("Пермь", 7)]
    refused = await alice.get("/analytics/sales", group_by="region", period=7)
    assert (refused.status_code, refused.json()["code"]) == (422, "period_not_counted")


async def test_without_orders_there_is_nothing(alice: User, cabinet: UUID) -> None:
    for group_by in ("day", "item", "brand", "subject", "region"):
        found = await report(alice, group_by=group_by)
        assert (found["totals"], found["groups"], found["groups_total"]) == ([], [], 0)
        assert date.fromisoformat(found["period"]["last_day"]) - date.fromisoformat(found["period"]["first_day"]) == (
            timedelta(days=29)
        )


@pytest.mark.parametrize("group_by", ["day", "item", "brand", "subject", "region"])
async def test_a_user_sees_the_figures_of_their_cabinets_only(
    gateway: Gateway, alice: User, bob: User, cabinet: UUID, reporter_db: Database, group_by: str
) -> None:
    foreign = await bob.connect()
    for nm_id in (0, 1):
        await put_period(reporter_db, foreign, nm_id, orders=1)
    await put_day(reporter_db, foreign, 0, TODAY)
    region = Region(okrug="Урал", region="Урал", orders=1, orders_sum=Decimal(1), share=Decimal(100))
    await keep_figures(
        reporter_db, foreign, {(Section.REGIONS, "RUB"): Regions(regions=(region,), local_share=None)}, 0
    )
    assert len((await report(bob, group_by=group_by))["groups"]) == 1
    with noted(gateway) as one:
        found = await report(alice, group_by=group_by)
    assert (found["totals"], found["groups"]) == ([], [])
    assert (await alice.get("/analytics/sales", group_by=group_by, cabinet_id=foreign)).status_code == 404
    await alice.connect()
    with noted(gateway) as two:
        await report(alice, group_by=group_by)
    assert two.of_views() == one.of_views()


@pytest.mark.parametrize(
    "params", [{"period": 1}, {"limit": 501}, {"offset": 10_001}, {"group_by": "hour"}, {"nm_id": 0}, {"currency": "R"}]
)
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any]) -> None:
    answer = await alice.get("/analytics/sales", **params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
