"""The log of what was published, as a replay reads it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event
from servicekit import event_log, outbox
from servicekit.db import Database
from sqlalchemy import text
from support.replaying import CABINETS, FIRST, ORDERS, STOCKS
from support.reporting import an_order, orders_updated


async def test_a_page_is_bounded_in_events_and_bytes_and_a_larger_event_goes_alone(
    reporter_db: Database, three_days: list[Event[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pages(limit: int) -> list[list[UUID]]:
        found, after = [], None
        async with reporter_db.transaction() as connection:
            while page := await event_log.page(
                connection, "ingestor", CABINETS[0], [ORDERS, STOCKS], after=after, limit=limit
            ):
                found.append([each.id for each in page])
                after = event_log.Position(page[-1].created_at, page[-1].id)
        return found

    ids = [event.id for event in three_days if event.cabinetid == CABINETS[0]]
    by_four = await pages(4)
    assert [len(each) for each in by_four] == [4, 4, 1]
    assert [each for page in by_four for each in page] == ids
    monkeypatch.setattr(event_log, "PAGE_BYTES", 1)
    assert await pages(4) == [[each] for each in ids]


async def test_a_page_is_read_by_the_key_whatever_lies_there(reporter_db: Database, ingestor_db: Database) -> None:
    async with ingestor_db.transaction() as connection:
        await connection.execute(
            text("""
                INSERT INTO outbox (cabinet_id, created_at, id, type, origin, body, sent_at)
                SELECT CAST(lpad(to_hex(n % 50), 32, '0') AS uuid), now() - make_interval(mins => n),
                    gen_random_uuid(), 'orders.updated.v1', 'live', CAST('' AS bytea), now()
                FROM generate_series(1, 20000) AS n
            """)
        )
        await connection.execute(text("ANALYZE outbox"))
    values = {
        "cabinet_id": UUID(int=7), "types": [ORDERS], "since": FIRST, "until": None, "after_id": uuid4(),
        "limit": 200, "bytes": 10**6,
    }  # fmt: skip
    statement = event_log._PAGE.format(log="ingestor_published.event_log")
    async with reporter_db.transaction() as connection:
        await connection.execute(event_log._SHOW, {"cabinet_id": str(UUID(int=7))})
        plan = "\n".join((await connection.execute(text(f"EXPLAIN {statement}"), values)).scalars())
    assert "Seq Scan" not in plan, plan
    assert "outbox_default_pkey" in plan, plan


async def test_others_see_only_the_cabinets_that_they_name_and_no_token(
    reporter_db: Database, logs: dict[str, Database], three_days: list[Event[Any]]
) -> None:
    async with logs["gateway"].transaction() as connection:
        await connection.execute(text("UPDATE outbox SET type = 'cabinet.connected.v1' WHERE type LIKE 'sync%'"))
    async with reporter_db.transaction() as connection:
        for publisher in logs:
            found = await connection.scalar(text(f"SELECT count(*) FROM {publisher}_published.event_log"))
            assert found == 0
        assert await event_log.cabinets(connection, logs) == CABINETS
        every = [ORDERS, "cabinet.connected.v1", "cabinet.disconnected.v1"]
        seen = await event_log.page(connection, "gateway", CABINETS[0], every)
        assert [each.type for each in seen] == ["cabinet.disconnected.v1"]
        assert await event_log.begins_at(connection, "ingestor", CABINETS[0], every) == FIRST
        assert await event_log.begins_at(connection, "ingestor", uuid4(), every) is None
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(text("SELECT * FROM ingestor.outbox"))


async def test_what_an_open_transaction_writes_comes_after_the_horizon(
    reporter_db: Database, ingestor_db: Database
) -> None:
    cabinet_id = uuid4()
    async with ingestor_db.transaction() as writing:
        began = await writing.scalar(text("SELECT now()"))
        await asyncio.sleep(0.05)
        async with reporter_db.transaction() as connection:
            horizon = await event_log.horizon(connection, ["gateway", "ingestor"])
        assert horizon < began
        await outbox.append(writing, [orders_updated(cabinet_id, an_order(cabinet_id))])
    async with reporter_db.transaction() as connection:
        found = await event_log.page(connection, "ingestor", cabinet_id, [ORDERS], since=horizon)
        assert [each.created_at for each in found] == [began]
