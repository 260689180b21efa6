"""The watch on WB: who it answers no more is told once, and what it will end in time."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from ingestor.jobs import wb_watch
from ingestor.wb.errors import BadRequest, MethodSwitchedOff, Unavailable, WbError
from ingestor.wb.health import Health
from ingestor.wb.methods import SwitchOff
from ingestor.wb.switch_offs import SWITCH_OFFS
from servicekit.db import Database
from sqlalchemy import text
from structlog.testing import capture_logs
from support.rows import execute, rows
from support.sync_states import keep

TODAY = date(2027, 3, 1)
DOWN = Unavailable("503: an HTML page")
A, B = uuid4(), uuid4()


@pytest.fixture
async def two_sellers(ingestor_db: Database) -> None:
    for seller_id in (A, B):
        cabinet_id = uuid4()
        await keep(ingestor_db, cabinet_id, "orders")
        await execute(
            ingestor_db, "UPDATE cabinets SET seller_id = :s WHERE cabinet_id = :c", s=seller_id, c=cabinet_id
        )


async def look(
    database: Database, health: Health, today: date = TODAY, planned: dict[str, SwitchOff] | None = None
) -> list[dict[str, Any]]:
    """What is told."""
    with capture_logs() as logs:
        await wb_watch.watch(database, health, lambda: today, planned or {})()
    return [dict(entry) for entry in logs if entry["event"].startswith("wb.")]


async def let_pass(database: Database, **length: float) -> None:
    async with database.transaction() as connection:
        for name in ("answered_at", "failing_since", "stopped_at"):
            await connection.execute(
                text(f"UPDATE wb_methods SET {name} = {name} - CAST(:by AS interval)"), {"by": timedelta(**length)}
            )


def fail(health: Health, *methods: str, error: WbError = DOWN, sellers: tuple[Any, ...] = (A, B, A)) -> None:
    for method in methods:
        for seller in sellers:
            health.failed(method, seller, error)


def work(health: Health, *methods: str) -> None:
    for method in methods:
        health.answered(method)


@pytest.mark.usefixtures("two_sellers")
class TestStops:
    async def test_that_wb_is_down_is_told_once_however_many_methods_and_processes(self, ingestor_db: Database) -> None:
        one, other = Health(), Health()
        work(one, "orders", "sales", "cards", "ping")
        await look(ingestor_db, one)
        fail(one, "orders", "sales")
        fail(other, "orders", "cards")
        assert await look(ingestor_db, one) == []
        assert await look(ingestor_db, other) == []
        await let_pass(ingestor_db, minutes=6)
        [told] = await look(ingestor_db, one)
        assert (told["event"], told["log_level"], told["hosts"]) == ("wb.down", "warning", ["content", "statistics"])
        assert (told["methods"], told["error"]) == (["cards", "orders", "sales"], str(DOWN))
        fail(other, "orders", "ping")
        assert await look(ingestor_db, other) == []
        await let_pass(ingestor_db, minutes=6)
        [told] = await look(ingestor_db, other)
        assert (told["log_level"], told["methods"]) == ("info", ["ping"]), "the operator knows that it is down"
        work(one, "orders", "sales", "cards", "ping")
        told_over = await look(ingestor_db, one)
        assert {(each["event"], each["method"]) for each in told_over} == {
            ("wb.method_works_again", method) for method in ("orders", "sales", "cards", "ping")
        }
        assert await look(ingestor_db, other) == []

    @pytest.mark.parametrize(
        ("error", "reason"),
        [(MethodSwitchedOff("404: off"), "switched_off"), (BadRequest("400: field required"), "refused")],
    )
    async def test_a_method_that_worked_and_ends_is_told_with_why(
        self, ingestor_db: Database, error: WbError, reason: str
    ) -> None:
        health = Health()
        work(health, "orders", "sales")
        fail(health, "orders", error=error)
        await look(ingestor_db, health)
        await let_pass(ingestor_db, minutes=6)
        [told] = await look(ingestor_db, health)
        assert (told["event"], told["method"], told["reason"]) == ("wb.method_stopped", "orders", reason)
        async with ingestor_db.transaction() as connection:
            [stopped] = await wb_watch.stopped(connection)
        assert (stopped["method"], stopped["error"]) == ("orders", str(error))

    async def test_who_is_answered_by_another_process_meanwhile_has_not_stopped(self, ingestor_db: Database) -> None:
        one, other = Health(), Health()
        work(one, "orders")
        for _ in range(5):
            fail(other, "orders")
            await look(ingestor_db, other)
            await let_pass(ingestor_db, minutes=4)
            work(one, "orders")
            assert await look(ingestor_db, one) == []

    async def test_what_one_of_several_sellers_is_not_answered_is_that_sellers(self, ingestor_db: Database) -> None:
        health = Health()
        work(health, "orders")
        fail(health, "orders", sellers=(A, A, A, A))
        await look(ingestor_db, health)
        await let_pass(ingestor_db, minutes=6)
        assert await look(ingestor_db, health) == []
        await execute(ingestor_db, "UPDATE cabinets SET status = 'suspended' WHERE seller_id = :b", b=B)
        assert [told["event"] for told in await look(ingestor_db, health)] == ["wb.down"], "nobody else is there"
        work(health, "answer-feedback")
        fail(health, "answer-feedback", error=BadRequest("400: the text is rude"), sellers=(A, A, A, A))
        await look(ingestor_db, health)
        await let_pass(ingestor_db, minutes=6)
        assert await look(ingestor_db, health) == [], "what is refused may be that seller's mistake"

    async def test_what_never_worked_and_what_failed_a_moment_ago_has_not_stopped(self, ingestor_db: Database) -> None:
        health = Health()
        fail(health, "orders")
        work(health, "sales")
        await look(ingestor_db, health)
        await let_pass(ingestor_db, minutes=6)
        fail(health, "sales")
        assert await look(ingestor_db, health) == []

    async def test_what_works_is_written_once_an_hour(self, ingestor_db: Database) -> None:
        health, written = Health(), set()
        for _ in range(4):
            work(health, "orders", "sales")
            await look(ingestor_db, health)
            written |= {row["at"] for row in await rows(ingestor_db, "SELECT CAST(xmin AS text) AS at FROM wb_methods")}
        assert len(written) == 1
        await let_pass(ingestor_db, minutes=61)
        before = await rows(ingestor_db, "SELECT answered_at FROM wb_methods ORDER BY 1")
        work(health, "orders", "sales")
        await look(ingestor_db, health)
        assert before != await rows(ingestor_db, "SELECT answered_at FROM wb_methods ORDER BY 1")


class TestSwitchOffs:
    async def test_each_threshold_is_told_once_with_what_there_is_instead(self, ingestor_db: Database) -> None:
        last_day = TODAY + timedelta(days=90)
        planned = {
            "orders": SwitchOff(TODAY, "order-feed", last_day),
            "sales": SwitchOff(TODAY),
            "cards": SwitchOff(TODAY, on=TODAY + timedelta(days=900)),
        }
        told = []
        for day in range(95):
            for _ in range(2):
                told += await look(ingestor_db, Health(), TODAY + timedelta(days=day), planned)
        assert [(each["method"], each["days"], each["instead"]) for each in told] == [
            ("orders", 60, "order-feed"),
            ("orders", 30, "order-feed"),
            ("orders", 7, "order-feed"),
        ]
        assert {each["log_level"] for each in told} == {"warning"}

    async def test_another_day_is_told_anew(self, ingestor_db: Database) -> None:
        soon, later = TODAY + timedelta(days=5), TODAY + timedelta(days=50)
        [told] = await look(ingestor_db, Health(), planned={"orders": SwitchOff(TODAY, on=soon)})
        assert told["days"] == 5
        [told] = await look(ingestor_db, Health(), planned={"orders": SwitchOff(TODAY, on=later)})
        assert (told["days"], told["on"]) == (50, later.isoformat())


def test_what_wb_has_announced_is_known() -> None:
    assert {name: (each.instead, each.on) for name, each in SWITCH_OFFS.items()} == {
        "orders": ("order-feed", None),
        "sales": ("order-feed", None),
    }
