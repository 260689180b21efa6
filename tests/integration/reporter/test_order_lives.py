"""What became of an order, whichever source told it and whatever order it was told in."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event
from contracts.sales import ChangedSale, SalesUpdatedV1
from reporter.facts.lives import STATES
from servicekit.db import Database
from servicekit.events import new_event
from support.reporting import NOON, TODAY, an_order, orders_updated
from support.rows import all_rows, execute, rows

Fold = Callable[..., Awaitable[set[str]]]

CABINET = UUID(int=1)
LATER = NOON + timedelta(days=1)
LATEST = NOON + timedelta(days=2)


def an_order_event(**fields: Any) -> Event[Any]:
    return orders_updated(CABINET, an_order(CABINET, **fields))


def a_sale(sale_id: str = "S1", **fields: Any) -> Event[Any]:
    """A purchase of order `a`, a day after it, of which 80 roubles are to be paid."""
    is_return = sale_id.startswith("R")
    values = {
        "sale_id": sale_id,
        "srid": "a",
        "is_return": is_return,
        "sold_at": LATEST if is_return else LATER,
        "last_change_at": LATER,
        "nm_id": 1,
        "price_with_disc": -100 if is_return else 100,
        "for_pay": -80 if is_return else 80,
        "revision": 1,
        "change": "new",
        **fields,
    }
    return new_event(SalesUpdatedV1(sales=(ChangedSale.model_validate(values),)), cabinet_id=CABINET)


CANCELLED = {"is_cancel": True, "cancelled_at": LATER}
BUYOUT = {"status": "buyout", "status_at": LATER}

# What the order says, which sales there are, and what that makes.
LIVES: list[tuple[str, dict[str, Any], list[Event[Any]], str]] = [
    ("nothing has become of it yet", {}, [], "open"),
    ("it is created, says the feed", {"status": "created", "status_at": NOON}, [], "open"),
    ("a status that nobody has heard of", {"status": "teleported", "status_at": LATER}, [], "open"),
    ("cancelled", CANCELLED, [], "cancelled"),
    ("cancelled, nobody knows when", {"is_cancel": True}, [], "cancelled"),
    ("cancelled, says the feed alone", {"status": "cancel", "cancel_type": "never heard of"}, [], "cancelled"),
    ("bought", {}, [a_sale()], "bought"),
    ("bought, says the feed alone", BUYOUT, [], "bought"),
    ("bought, and the feed lags", {"status": "created", "status_at": NOON}, [a_sale()], "bought"),
    ("returned", {}, [a_sale(), a_sale("R1")], "returned"),
    ("returned, and of its sale nobody told", {}, [a_sale("R1")], "returned"),
    ("returned, says the feed alone", {"status": "return", "status_at": LATER}, [], "returned"),
    ("returned with a defect, says the feed", {"status": "returnDefective", "status_at": LATER}, [], "returned"),
    ("bought, and returned says the feed", {"status": "return", "status_at": LATEST}, [a_sale()], "returned"),
    ("returned before it was bought, says the feed", {"status": "return", "status_at": NOON}, [a_sale()], "bought"),
    (
        "returned, and sold once more",
        {},
        [a_sale(), a_sale("R1"), a_sale("S2", sold_at=LATEST + timedelta(1))],
        "bought",
    ),
    ("a cancel after it was bought", {"is_cancel": True, "cancelled_at": LATEST}, [a_sale()], "bought"),
    ("a cancel after the feed's purchase", {**BUYOUT, "is_cancel": True, "cancelled_at": LATEST}, [], "cancelled"),
    ("a cancel before the feed's purchase", {**BUYOUT, "is_cancel": True, "cancelled_at": NOON}, [], "bought"),
    ("a cancel, nobody knows when, and a purchase", {**BUYOUT, "is_cancel": True}, [], "bought"),
    ("a cancel, and a return", CANCELLED, [a_sale(), a_sale("R1")], "returned"),
]


@pytest.mark.parametrize(("order", "sales", "state"), [life[1:] for life in LIVES], ids=[life[0] for life in LIVES])
async def test_an_order_is_in_one_state_whatever_comes_first(
    order: dict[str, Any], sales: list[Event[Any]], state: str, fold: Fold, reporter_db: Database
) -> None:
    found = set()
    for told in permutations([an_order_event(**order), *sales]):
        for table in ("order_facts", "sales", "inbox"):
            await execute(reporter_db, f"DELETE FROM {table}")
        await fold(*told)
        [life] = await all_rows(reporter_db, "order_lives")
        found.add(str({name: value for name, value in life.items() if name != "updated_at"}))
        assert life["state"] == state
        assert (life["bought_at"] is not None) <= (state in ("bought", "returned"))
        assert (life["returned_at"] is not None) == (state == "returned")
    assert len(found) == 1


def test_every_state_has_an_example() -> None:
    assert {life[3] for life in LIVES} == set(STATES)


async def test_each_step_has_its_amounts(fold: Fold, reporter_db: Database) -> None:
    await fold(an_order_event(), a_sale("R1"), a_sale())
    [life] = await all_rows(reporter_db, "order_lives")
    steps = ("price_with_disc", "bought_at", "bought_price", "for_pay", "returned_at", "return_price", "return_for_pay")
    assert [life[name] for name in steps] == [100, LATER, 100, 80, LATEST, -100, -80]
    assert (life["sale_id"], life["return_id"]) == ("S1", "R1")


async def test_an_amount_that_comes_later_is_there(fold: Fold, reporter_db: Database) -> None:
    await fold(an_order_event(), a_sale(for_pay=None))
    assert (await all_rows(reporter_db, "order_lives"))[0]["for_pay"] is None
    await fold(a_sale(for_pay=80, revision=2, change="changed"))
    assert (await all_rows(reporter_db, "order_lives"))[0]["for_pay"] == Decimal(80)


async def test_sales_without_an_order_have_no_life_and_stay(fold: Fold, reporter_db: Database) -> None:
    await fold(a_sale(), a_sale("S2", srid=None))
    assert await all_rows(reporter_db, "order_lives") == []
    assert {row["order_id"] is None for row in await all_rows(reporter_db, "sales")} == {True, False}
    [cell] = {(row["nm_id"], row["day"]) for row in await all_rows(reporter_db, "stale_cells")}
    assert cell == (1, TODAY + timedelta(days=1))


async def test_a_sale_touches_the_day_of_its_order_too(fold: Fold, reporter_db: Database) -> None:
    await fold(an_order_event(nm_id=7, days_ago=9))
    await execute(reporter_db, "DELETE FROM stale_cells")
    await fold(a_sale())
    cells = {(row["nm_id"], row["day"]) for row in await all_rows(reporter_db, "stale_cells")}
    assert cells == {(7, TODAY - timedelta(days=9)), (1, TODAY + timedelta(days=1))}


async def test_the_currency_of_an_order_may_change(fold: Fold, reporter_db: Database) -> None:
    await fold(an_order_event(), an_order_event(revision=2, currency="KGS", change="changed"), a_sale(currency="KGS"))
    [life] = await all_rows(reporter_db, "order_lives")
    assert (life["currency"], life["sale_currency"], life["return_currency"]) == ("KGS", "KGS", None)
    await fold(an_order_event(revision=1), a_sale(currency="KZT", revision=2, change="changed"))
    [life] = await all_rows(reporter_db, "order_lives")
    assert (life["currency"], life["sale_currency"]) == ("KGS", "KZT")


async def test_the_sales_of_an_order_are_found_by_an_index(reporter_db: Database) -> None:
    await execute(
        reporter_db,
        """
        INSERT INTO order_facts (cabinet_id, order_id, revision, srid, ordered_at, last_change_at, nm_id, is_cancel,
            day, updated_at)
        SELECT CAST(:cabinet_id AS uuid), gen_random_uuid(), 1, CAST(n AS text), now(), now(), n % 100, false,
            current_date, now()
        FROM generate_series(1, 3000) AS n
        """,
        cabinet_id=CABINET,
    )
    await execute(
        reporter_db,
        """
        INSERT INTO sales (cabinet_id, sale_id, is_return, sold_at, last_change_at, nm_id, revision, order_id, day)
        SELECT cabinet_id, srid, false, ordered_at, ordered_at, nm_id, 1, order_id, day FROM order_facts
        """,
    )
    await execute(reporter_db, "ANALYZE order_facts, sales")
    plan = await rows(
        reporter_db,
        "EXPLAIN SELECT state, count(*) FROM order_lives WHERE cabinet_id = :cabinet_id AND nm_id = 7 GROUP BY state",
        cabinet_id=CABINET,
    )
    lines = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "sales_order" in lines
    assert "order_facts_cell" in lines
