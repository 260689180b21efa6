"""Which rows make a batch of the relay: in what order, and within how many bytes."""

import asyncio

import pytest
from contracts.envelope import Origin
from servicekit.db import Database
from servicekit.outbox import Relay, append
from servicekit.outbox import relay as claiming
from servicekit.outbox.relay import BATCH, BATCH_BYTES, OutboxRow
from sqlalchemy import text
from support.events import sync_requested
from support.eventually import eventually
from support.relaying import Sink, rows, store

LARGE = 2 * 2**20


async def _all_due(db: Database) -> bool:
    async with db.transaction() as connection:
        return not await connection.scalar(text("SELECT count(*) FROM outbox WHERE next_attempt_at > now()"))


async def _store_large(db: Database, count: int) -> None:
    async with db.transaction() as connection:
        await append(connection, [sync_requested() for _ in range(count)])
        await connection.execute(text("UPDATE outbox SET body = CAST(repeat('x', :size) AS bytea)"), {"size": LARGE})


class TestOrder:
    async def test_what_is_live_goes_before_what_nobody_waits_for(self, db: Database) -> None:
        replayed = [sync_requested().model_copy(update={"origin": Origin.REPLAY}) for _ in range(BATCH)]
        await store(db, *replayed)
        live = [sync_requested() for _ in range(10)]
        await store(db, *live)
        sink = Sink()
        relay = Relay(db, sink)
        assert await relay.relay_batch() == BATCH
        assert set(sink.ids[:10]) == {event.id for event in live}
        assert await relay.relay_batch() == 10
        assert set(sink.ids) == {event.id for event in live + replayed}

    async def test_rows_that_fail_and_fail_do_not_keep_the_others_back(self, db: Database) -> None:
        await store(db, *(sync_requested() for _ in range(2 * BATCH)))
        bad = {row.id for row in await rows(db)}
        good = [sync_requested() for _ in range(50)]
        sink = Sink()

        async def refuse_the_bad(row: OutboxRow) -> None:
            if row.id in bad:
                raise ValueError("not this one")
            await sink(row)

        relay = Relay(db, refuse_the_bad)
        while await relay.relay_batch():
            pass
        await store(db, *good)
        async with db.transaction() as connection:
            await connection.execute(
                text("UPDATE outbox SET next_attempt_at = now() + interval '1 ms' WHERE attempts > 0")
            )
        await eventually(lambda: _all_due(db))
        await relay.relay_batch()
        assert set(sink.ids) == {event.id for event in good}

    async def test_a_row_that_failed_has_its_turn_although_new_ones_never_end(self, db: Database) -> None:
        await store(db, sync_requested())
        (failed,) = await rows(db)
        await Relay(db, Sink(refuse=1)).relay_batch()
        await eventually(lambda: _all_due(db))
        await store(db, *(sync_requested() for _ in range(3 * BATCH)))
        sink = Sink()
        await Relay(db, sink).relay_batch()
        assert failed.id in sink.ids

    async def test_the_claim_reads_the_index_whatever_is_waiting_or_was_sent(self, db: Database) -> None:
        async with db.transaction() as connection:
            await connection.execute(
                text("""
                INSERT INTO outbox (cabinet_id, id, type, origin, body, sent_at, next_attempt_at)
                SELECT gen_random_uuid(), gen_random_uuid(), 't', CASE n % 3 WHEN 0 THEN 'replay' ELSE 'live' END,
                    CAST('' AS bytea), CASE WHEN n > 2000 THEN now() END, now() + make_interval(days => n % 2)
                FROM generate_series(1, 30000) AS n
            """)
            )
            await connection.execute(text("ANALYZE outbox"))
            plan = "\n".join(
                (await connection.execute(text(f"EXPLAIN {claiming._CLAIM}"), {"rows": BATCH, "bytes": 1})).scalars()
            )
        assert "Seq Scan on outbox" not in plan
        assert plan.count("END = ") == plan.count("AND (next_attempt_at <= now()))") == 2, plan


class TestMemory:
    async def test_a_batch_is_bounded_by_the_bytes_of_its_bodies(self, db: Database) -> None:
        await _store_large(db, 20)
        sink = Sink()
        relay = Relay(db, sink)
        sizes = []
        while await relay.relay_batch():
            sizes.append(sum(len(row.body) for row in sink.rows))
            sink.rows.clear()
        assert sum(sizes) == 20 * LARGE
        assert max(sizes) <= BATCH_BYTES
        assert len(sizes) == 5

    async def test_an_event_larger_than_the_bound_goes_alone(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("servicekit.outbox.relay.BATCH_BYTES", 1000)
        await _store_large(db, 3)
        sink = Sink()
        batches = [await Relay(db, sink).relay_batch() for _ in range(4)]
        assert batches == [1, 1, 1, 0]

    async def test_what_the_bound_left_goes_on_at_once(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("servicekit.outbox.relay.POLL_SECONDS", 60.0)
        await _store_large(db, 12)
        sink = Sink()
        task = asyncio.create_task(Relay(db, sink).run())
        try:
            await eventually(lambda: len(sink.rows) == 12)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
