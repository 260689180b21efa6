"""This month's plans against what has come."""

from datetime import date
from decimal import Decimal

from contracts.items import Plan, Section
from servicekit.db import Database
from support.gateway import User
from support.item_figures import keep_figures
from support.shop_items import put_card


async def test_of_cabinets_first_then_of_items(alice: User, bob: User, reporter_db: Database) -> None:
    cabinet, foreign = await alice.connect(), await bob.connect()
    plan = Plan(
        month=date(2026, 11, 1), plan_orders=10, plan_sum=None, orders=4, orders_sum=Decimal("400.5"),
        expected_share=Decimal("50.00"), done_orders=Decimal("40.00"),
    )  # fmt: skip
    for owner, nm_id, currency in ((cabinet, 7, "RUB"), (cabinet, 0, "RUB"), (cabinet, 0, "KGS"), (foreign, 0, "RUB")):
        await keep_figures(reporter_db, owner, {(Section.PLAN, currency): plan}, nm_id)
    await put_card(reporter_db, cabinet, 7, title="Худи")
    answer = await alice.get("/analytics/plan")
    found = answer.json()["data"]
    assert [(row["nm_id"], row["currency"], row["title"]) for row in found] == [
        (0, "KGS", None), (0, "RUB", None), (7, "RUB", "Худи"),
    ]  # fmt: skip
    assert answer.headers["X-Total-Count"] == "3"
    assert found[2].items() >= {
        "cabinet_id": str(cabinet), "month": "2026-11-01", "plan_orders": 10, "plan_sum": None, "orders": 4,
        "orders_sum": "400.5", "done_orders": "40.00",
    }.items()  # fmt: skip
    assert len((await alice.get("/analytics/plan", nm_id=0, currency="RUB")).json()["data"]) == 1
    assert (await alice.get("/analytics/plan", cabinet_id=foreign)).status_code == 404
    assert (await alice.get("/analytics/plan", format="csv")).text.count("\r\n") == 4
