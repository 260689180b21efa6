"""Nights: what they ask for and when, what they say is hidden or known elsewhere, and what keeps them from ending."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from ingestor.jobs import reconciliation
from ingestor.jobs.purge import purge
from ingestor.sync.extents import EXTENTS
from ingestor.wb.budget import Budget
from ingestor.wb.times import moscow_day, moscow_midnight
from servicekit.db import Database
from support import holes, nights, sync_states
from support.ingesting import Ingestor, connect_cabinet, disconnected, take
from support.ranges import read_all
from support.rows import all_rows, count, execute, rows, statements
from wbsim.running import Wbsim
from wbsim.withholding import days_before

DAY = timedelta(days=1)
ORDERS = holes.PATHS["orders"]


async def a_shop(ingestor: Ingestor, wb: Wbsim, *resources: str, orders: int = 150, **token: Any) -> tuple[UUID, str]:
    """A connected cabinet of a shop with a past, these resources loaded; and its sid."""
    await wb.settings(fbs_share=0.5)
    sid = await wb.seller(name="past", products=5, history_orders=orders, history_days=40)
    cabinet_id = await connect_cabinet(ingestor, wb, sid=sid, **token)
    for name in resources:
        await ingestor.sync(name)
    return cabinet_id, sid


async def state(database: Database, resource: str = "orders") -> dict[str, Any]:
    [found] = await rows(database, "SELECT * FROM reconciliations WHERE resource = :resource", resource=resource)
    return found


class TestHidden:
    async def test_what_wildberries_does_not_show_is_named_and_read_once_more(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        database = ingestor.database
        _, sid = await a_shop(ingestor, wb, "orders")
        await nights.pass_night(ingestor, "orders")
        days = days_before(wb.world.clock.now(), 19, 15)
        await wb.fault(ORDERS, "missing_days", days=days)
        there = await holes.truth(wb, sid, "orders")
        gone = {day: n for day, n in holes.by_day(set(there), of=there).items() if day in days}
        assert gone

        await nights.let_night_come(database, "orders")
        assert await nights.begin(ingestor) == 1
        await read_all(ingestor)
        assert await nights.settle(database) == 1
        ledger = await nights.ledger(database, "orders")
        assert {day: row["hidden"] for day, row in ledger.items() if row["hidden"]} == gone
        told = (await nights.told(database))[-1]
        assert (told.open, told.late) == (sum(gone.values()), 0)
        assert {str(hole.day): hole.hidden for hole in told.holes} == gone
        after = await state(database)
        assert (after["again"], after["since"]) == (1, moscow_day(datetime.now(UTC)) - EXTENTS["orders"].days * DAY)
        assert after["due_at"] < datetime.now(UTC) + timedelta(minutes=1), "an hour, a thousand times as fast"

        await wb.clear_faults()
        await nights.let_night_come(database, "orders")
        assert await nights.begin(ingestor) == 1
        await read_all(ingestor)
        assert await nights.settle(database) == 1
        assert not any(row["hidden"] for row in (await nights.ledger(database, "orders")).values())
        told = (await nights.told(database))[-1]
        assert (told.open, told.late, told.holes) == (0, 0, ())
        assert (await state(database))["again"] == 0

    async def test_what_stays_hidden_is_named_still_and_waits_for_the_next_night(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        database = ingestor.database
        await a_shop(ingestor, wb, "orders")
        await nights.pass_night(ingestor, "orders")
        whole_at = (await state(database))["whole_at"]
        await wb.fault(ORDERS, "held_back", share=0.5)
        await nights.pass_night(ingestor, "orders")
        after = await state(database)
        assert (after["again"], after["range_id"], after["since"]) == (0, None, None)
        assert after["due_at"] > datetime.now(UTC) + timedelta(seconds=90)
        assert after["whole_at"] > whole_at, "all days were asked about"
        told = [event for event in await nights.told(database) if event.open]
        assert len(told) == 1, "the second night says what the first said"

    async def test_a_crash_of_the_database_lets_nothing_be_taken_for_hidden(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        database = ingestor.database
        await a_shop(ingestor, wb, "orders")
        await nights.let_night_come(database, "orders")
        await nights.begin(ingestor)
        await execute(database, "TRUNCATE reconciled_days")  # as PostgreSQL does with what is unlogged
        await read_all(ingestor)
        await nights.settle(database)
        ledger = await nights.ledger(database, "orders")
        assert ledger
        assert not any(row["hidden"] for row in ledger.values())
        assert await count(database, "reconciled_days") == 0


async def test_orders_that_reports_and_tasks_name_are_missing_where_they_are_not_listed(
    ingestor: Ingestor, wb: Wbsim
) -> None:
    database = ingestor.database
    await a_shop(ingestor, wb, "orders", "finance", "fbs_orders", orders=300)
    named = await rows(
        database,
        """SELECT o.srid, CAST(CAST(o.ordered_at AT TIME ZONE 'Europe/Moscow' AS date) AS text) AS day FROM orders o
        WHERE ordered_at < now() - interval '4 days' AND (EXISTS (SELECT FROM finance f WHERE f.srid = o.srid)
            OR EXISTS (SELECT FROM fbs_orders f WHERE f.srid = o.srid))""",
    )
    unnamed = await rows(
        database, "SELECT srid FROM orders WHERE srid <> ALL (:srids)", srids=[r["srid"] for r in named]
    )
    assert named
    assert unnamed
    await wb.fault(ORDERS, "held_back", share=1)
    await execute(database, "DELETE FROM orders")
    await nights.pass_night(ingestor, "orders")
    expected = Counter(row["day"] for row in named)
    ledger = await nights.ledger(database, "orders")
    # Of younger days it depends on the hour whether a task is old enough.
    found = {day: row["known_elsewhere"] for day, row in ledger.items() if day <= max(expected)}
    del found[max(expected)], expected[max(expected)]
    assert found == expected
    [told] = await nights.told(database)
    assert told.open == sum(row["known_elsewhere"] for row in ledger.values()) >= sum(expected.values())

    await wb.clear_faults()
    await nights.pass_night(ingestor, "orders")
    assert not any(row["known_elsewhere"] for row in (await nights.ledger(database, "orders")).values())
    told = (await nights.told(database))[-1]
    assert (told.open, told.late > len(named)) == (0, True)


async def test_nights_go_on_until_all_is_there_whatever_they_miss_themselves(paging: Ingestor, wb: Wbsim) -> None:
    database = paging.database
    _, sid = await a_shop(paging, wb)
    await holes.make(wb, Random(5), "orders", "fbs_orders")
    for name in ("orders", "fbs_orders"):
        await paging.sync(name)
    await wb.clear_faults()
    for name in ("orders", "fbs_orders"):
        await wb.fault(holes.PATHS[name], "dropped_pages", share=0.3)
    missing = []
    for _ in range(12):
        await nights.pass_night(paging, "orders", "fbs_orders")
        left = 0
        for name in ("orders", "fbs_orders"):
            there, known = await holes.truth(wb, sid, name), await holes.stored(database, name)
            left += len(there.keys() - known.keys())
        missing.append(left)
        if not left:
            break
    assert missing[-1] == 0, missing
    late = await rows(database, "SELECT count(*) AS days FROM completeness WHERE late > 0")
    assert late[0]["days"] > 0


@pytest.fixture
def page_rows() -> int:
    return 60


class TestTurns:
    async def test_a_base_token_takes_several_nights_and_says_so(self, ingestor: Ingestor, wb: Wbsim) -> None:
        database = ingestor.database
        cabinet_id, _ = await a_shop(ingestor, wb, "campaign_spend", kind="base")
        # One call in an hour is two in half a night; ninety days are three windows, and many rows.
        budget = Budget(None, rate=1)
        passed = []
        today = moscow_day(datetime.now(UTC))
        await execute(database, "UPDATE sync_state SET rows = 60000, first_load_done = true")
        for _ in range(20):
            await nights.let_night_come(database, "campaign_spend")
            assert await reconciliation.begin(database, budget) == 1
            under_way = await state(database, "campaign_spend")
            passed.append((under_way["since"], under_way["until"], under_way["nights"]))
            await execute(database, "UPDATE sync_ranges SET state = 'done', ended_at = now()")
            await execute(database, "TRUNCATE reconciled_days")
            await nights.settle(database)
            if (await state(database, "campaign_spend"))["whole_at"]:
                break
        assert len(passed) == passed[0][2] > 2
        assert [each[2] for each in passed] == list(range(len(passed), 0, -1))
        assert (passed[0][1], passed[-1][0]) == (today, today - EXTENTS["campaign_spend"].days * DAY)
        assert [each[1] for each in passed[1:]] == [each[0] for each in passed[:-1]]
        after = await state(database, "campaign_spend")
        assert (after["whole_since"], after["whole_until"]) == (passed[-1][0], today)
        asked = await rows(database, "SELECT since, until FROM sync_ranges ORDER BY asked_at")
        assert asked[1]["until"] == moscow_midnight(passed[1][1])
        assert cabinet_id == after["cabinet_id"]

    async def test_orders_are_read_at_once_and_the_nights_are_told(self, ingestor: Ingestor, wb: Wbsim) -> None:
        database = ingestor.database
        await a_shop(ingestor, wb, "orders", kind="base")
        await execute(database, "UPDATE sync_state SET rows = 400000, first_load_done = true")
        await nights.let_night_come(database, "orders")
        await reconciliation.begin(database, Budget(None, rate=1))
        under_way = await state(database)
        assert under_way["nights"] == 6, "a call a night, five pages and one more"
        [asked] = await rows(database, "SELECT since, until, why FROM sync_ranges")
        assert asked["why"] == "reconciliation"
        assert asked["until"] > moscow_midnight(under_way["until"]), "an old order may have changed just now"
        assert asked["since"] == moscow_midnight(under_way["since"])

    async def test_all_turns_begin_by_as_many_statements_as_one(self, ingestor_db: Database) -> None:
        sent = []
        for cabinets in (1, 20):
            for _ in range(cabinets):
                cabinet_id = uuid4()
                await sync_states.keep(ingestor_db, cabinet_id, "orders", first_load_done=True)
                await sync_states.keep(ingestor_db, cabinet_id, "feedbacks", first_load_done=True)
            await execute(ingestor_db, "UPDATE cabinets SET kind = 'personal', seller_id = cabinet_id")
            with statements(ingestor_db) as used:
                assert await reconciliation.enrol(ingestor_db) == 2 * cabinets
            await execute(ingestor_db, "UPDATE reconciliations SET due_at = now() WHERE range_id IS NULL")
            with statements(ingestor_db) as also_used:
                assert await reconciliation.begin(ingestor_db, Budget(None)) == 2 * cabinets
            sent.append(len(used) + len(also_used))
        assert sent[0] == sent[1]
        assert await count(ingestor_db, "sync_ranges") == 42

    async def test_what_is_not_read_waits(self, ingestor_db: Database) -> None:
        for changes in (
            {"first_load_done": False},
            {"first_load_done": True, "suspended_reason": "scope_refused"},
            {"first_load_done": True, "next_run_at": datetime.max.replace(tzinfo=UTC)},
        ):
            await sync_states.keep(ingestor_db, uuid4(), "orders", **changes)
        await sync_states.keep(ingestor_db, uuid4(), "stocks", first_load_done=True)
        await execute(ingestor_db, "UPDATE cabinets SET kind = 'personal', seller_id = cabinet_id")
        await execute(ingestor_db, "UPDATE sync_state SET next_run_at = 'infinity' WHERE next_run_at > '5000-01-01'")
        assert await reconciliation.enrol(ingestor_db) == 2
        await execute(ingestor_db, "UPDATE reconciliations SET due_at = now()")
        assert await reconciliation.begin(ingestor_db, Budget(None)) == 0
        assert await count(ingestor_db, "sync_ranges") == 0

    async def test_a_night_that_fails_is_told_and_tried_again_in_the_next(self, ingestor: Ingestor, wb: Wbsim) -> None:
        database = ingestor.database
        await a_shop(ingestor, wb, "orders")
        await nights.let_night_come(database, "orders")
        await nights.begin(ingestor)
        await execute(database, "UPDATE sync_ranges SET state = 'failed', error = 'WB answered 503', ended_at = now()")
        assert await nights.settle(database) == 1
        after = await state(database)
        assert (after["error"], after["range_id"], after["whole_at"]) == ("WB answered 503", None, None)
        assert after["due_at"] > datetime.now(UTC)
        await nights.pass_night(ingestor, "orders")
        after = await state(database)
        assert (after["error"], after["whole_at"] is not None) == (None, True)

    async def test_a_look_begins_and_settles(self, ingestor: Ingestor, wb: Wbsim) -> None:
        database = ingestor.database
        await a_shop(ingestor, wb, "orders")
        await nights.let_night_come(database, "orders")
        look = reconciliation.watch(database, Budget(None, rate=1000), rate=1000)
        await look()
        await read_all(ingestor)
        await look()
        assert (await state(database))["whole_at"] is not None

    async def test_nothing_is_left_of_a_cabinet_that_is_disconnected(self, ingestor: Ingestor, wb: Wbsim) -> None:
        database = ingestor.database
        cabinet_id, _ = await a_shop(ingestor, wb, "orders")
        await nights.pass_night(ingestor, "orders")
        await nights.let_night_come(database, "orders")
        await nights.begin(ingestor)
        await take(database, disconnected(cabinet_id))
        await purge(database)
        assert await nights.settle(database) == 0
        assert await nights.begin(ingestor) == 0
        for table in ("completeness", "reconciliations", "reconciled_days", "sync_ranges"):
            assert await all_rows(database, table) == []
