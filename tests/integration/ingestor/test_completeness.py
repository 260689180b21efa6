"""What was missed is found at night, named with its day, and stored: whatever Wildberries hid when it was news."""

import asyncio
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from ingestor.sync.extents import EXTENTS
from ingestor.wb.times import moscow_day
from support import holes, nights
from support.ingesting import Ingestor, connect_cabinet
from support.ranges import read_all
from support.rows import all_rows, count, rows
from wbsim.running import ControlError, Wbsim

EVERY = tuple(holes.KEYS)


@pytest.fixture
def page_rows() -> int:
    return 60


async def a_shop(ingestor: Ingestor, wb: Wbsim, **token: Any) -> str:
    """A connected cabinet of a shop with a past of two months; its sid."""
    await wb.settings(fbs_share=0.5)
    sid = await wb.seller(name="past", products=5, history_orders=400, history_days=60)
    await connect_cabinet(ingestor, wb, sid=sid, **token)
    return sid


async def load(ingestor: Ingestor, *resources: str) -> None:
    for name in resources:
        await ingestor.sync(name)


async def test_whatever_was_hidden_is_named_by_day_and_found(paging: Ingestor, wb: Wbsim) -> None:
    database = paging.database
    sid = await a_shop(paging, wb)
    await holes.make(wb, Random(1), *EVERY)
    await load(paging, *EVERY)
    await wb.clear_faults()
    missing = {}
    for name in EVERY:
        there, known = await holes.truth(wb, sid, name), await holes.stored(database, name)
        missing[name] = holes.by_day(there.keys() - known.keys(), of=there)
    assert all(missing.values()), "nothing was hidden of something"

    await nights.pass_night(paging, *EVERY)

    recent = {name: str(moscow_day(datetime.now(UTC) - EXTENTS[name].soon)) for name in EVERY}
    for name in EVERY:
        found = {day: row["late"] for day, row in (await nights.ledger(database, name)).items() if row["late"]}
        # Of the last hours it depends on the time of day whether a row is late, or on its way.
        assert before(found, recent[name]) == before(missing[name], recent[name]), name
        there = await holes.truth(wb, sid, name)
        assert (await holes.stored(database, name)).keys() == there.keys(), name
        per_day = {day: row["rows"] for day, row in (await nights.ledger(database, name)).items()}
        assert per_day == holes.by_day(set(there), of=there), name
    told = {event.resource: event for event in await nights.told(database)}
    assert told.keys() == set(EVERY)
    for name, event in told.items():
        assert event.late == sum(hole.late for hole in event.holes)
        assert before({str(hole.day): hole.late for hole in event.holes}, recent[name]) == before(
            missing[name], recent[name]
        )
        assert (event.open, event.nights_left, event.windows) == (0, 0, EXTENTS[name].days)
    logged = await rows(database, "SELECT DISTINCT resource FROM sync_logs WHERE trigger = 'reconciliation'")
    assert {row["resource"] for row in logged} == set(EVERY)

    ledger, events = await all_rows(database, "completeness"), await count(database, "outbox")
    await nights.pass_night(paging, *EVERY)
    assert await all_rows(database, "completeness") == ledger, "a night like the one before writes nothing"
    assert await count(database, "outbox") == events
    assert await count(database, "reconciled_days") == 0


def before(days: dict[str, int], day: str) -> dict[str, int]:
    return {each: rows for each, rows in days.items() if each < day}


async def test_a_first_page_that_was_wrongly_empty_is_a_hole(ingestor: Ingestor, wb: Wbsim) -> None:
    database = ingestor.database
    sid = await a_shop(ingestor, wb)
    await wb.fault(holes.PATHS["fbs_orders"], "empty", times=1)
    await load(ingestor, "fbs_orders")
    there, known = await holes.truth(wb, sid, "fbs_orders"), await holes.stored(database, "fbs_orders")
    missing = holes.by_day(there.keys() - known.keys(), of=there)
    assert known, "one window of the first load was away, and no other"
    assert missing
    await nights.pass_night(ingestor, "fbs_orders")
    assert {
        day: row["late"] for day, row in (await nights.ledger(database, "fbs_orders")).items() if row["late"]
    } == missing
    assert await holes.stored(database, "fbs_orders") == there


async def test_what_changes_while_a_night_reads_is_not_hidden(ingestor: Ingestor, wb: Wbsim) -> None:
    database = ingestor.database
    sid = await a_shop(ingestor, wb)
    await load(ingestor, "order_feed", "orders")
    await nights.let_night_come(database, "order_feed", "orders")
    assert await nights.begin(ingestor) == 2
    there = await holes.truth(wb, sid, "order_feed")
    await asyncio.sleep(1.1)  # Wildberries compares whole seconds
    changed = 0
    for (srid,) in sorted(there, key=lambda key: there[key], reverse=True):
        try:
            await wb.change_order(srid, "cancel")
        except ControlError:
            continue
        changed += 1
        if changed == 5:
            break
    assert changed
    await read_all(ingestor)
    assert await nights.settle(database) == 2
    for name in ("order_feed", "orders"):
        ledger = await nights.ledger(database, name)
        assert ledger
        assert not any(row["hidden"] for row in ledger.values()), name
