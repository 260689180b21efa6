"""What cabinets cost in which nothing happens: lines of the log, indexes that a run moves, what a claim looks at."""

from typing import Any
from uuid import uuid4

import pytest
from ingestor.sync import claims
from sqlalchemy import event, text
from support.ingesting import Ingestor, claim, connect_cabinet
from support.rows import execute, rows
from wbsim.running import Wbsim

pytestmark = pytest.mark.usefixtures("few_resources")

LINES = "SELECT * FROM sync_logs WHERE resource = 'orders' ORDER BY started_at, id"


async def lines(ingestor: Ingestor) -> list[dict[str, Any]]:
    return await rows(ingestor.database, LINES)


class TestLog:
    async def test_an_hours_runs_that_found_nothing_are_one_line_that_counts_them(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        await wb.place_orders(count=2)
        await connect_cabinet(ingestor, wb)
        for _ in range(6):
            await ingestor.sync("orders")
        first, *quiet = await lines(ingestor)
        assert (first["trigger"], first["rows_new"], first["runs"], first["last_started_at"]) == (
            "first_load",
            2,
            1,
            None,
        )
        # The hour may turn while this runs.
        assert len(quiet) <= 2
        assert sum(line["runs"] for line in quiet) == sum(line["requests"] for line in quiet) == 5
        assert sum(line["pages"] for line in quiet) == 5
        assert all(line["last_started_at"] >= line["started_at"] for line in quiet)
        assert quiet[-1]["last_started_at"] > first["started_at"]

    async def test_a_run_that_finds_something_or_fails_has_its_own(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        for _ in range(3):
            await ingestor.sync("orders")
        before = {line["id"] for line in await lines(ingestor)}
        await wb.place_orders()
        await ingestor.sync("orders")
        await wb.fault("/api/v1/supplier/orders", "status", status=503, times=1)
        await ingestor.sync("orders")
        own = [line for line in await lines(ingestor) if line["id"] not in before]
        assert [(line["outcome"], line["rows_new"], line["runs"]) for line in own] == [
            ("completed", 1, 1),
            ("failed", 0, 1),
        ]

    async def test_lines_of_other_cabinets_and_resources_are_others(self, ingestor: Ingestor, wb: Wbsim) -> None:
        for _ in range(2):
            await connect_cabinet(ingestor, wb)
        for _ in range(3):
            await ingestor.sync("orders")
            await ingestor.sync("stocks")
        found = await rows(
            ingestor.database,
            "SELECT cabinet_id, resource, sum(runs) AS runs FROM sync_logs WHERE trigger = 'schedule' GROUP BY 1, 2",
        )
        assert sorted(row["runs"] for row in found) == [2, 2, 2, 2]


class TestRun:
    async def test_one_that_finds_nothing_looks_for_no_odd_pages(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now() WHERE resource = 'orders'")
        leases = await ingestor.parts.engine.claim(9)
        [lease] = [lease for lease in leases if lease.resource == "orders"]
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        engine = ingestor.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        await ingestor.parts.engine.run(lease)
        event.remove(engine, "before_cursor_execute", note)
        assert sent
        assert [statement for statement in sent if "odd_pages" in statement] == []


class TestSchedule:
    async def test_no_index_moves_when_a_run_begins_or_goes_on(self, ingestor: Ingestor) -> None:
        """A claim and a page change these columns only, so their updates stay on the row's page, without an index."""
        found = await rows(
            ingestor.database,
            "SELECT pg_get_indexdef(indexrelid) AS index FROM pg_index WHERE indrelid = 'sync_state'::regclass",
        )
        written = {"cursor", "progress", "rows", "lease_token", "lease_until", "lease_holder"}
        assert found
        for row in found:
            columns = row["index"].split("USING", 1)[1].replace("(", " ").replace(")", " ").replace(",", " ").split()
            assert written.isdisjoint(columns), row["index"]

    async def test_a_claim_looks_at_what_it_takes_however_much_is_due(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await execute(
            ingestor.database,
            """
            INSERT INTO sync_state (cabinet_id, resource, next_run_at, first_load_done, comes_first)
            SELECT cabinet_id, 'orders' || n, now() - make_interval(secs => n), n % 2 = 0, n % 3 = 0
            FROM cabinets, generate_series(1, 4000) AS n
            """,
        )
        await execute(ingestor.database, "ANALYZE sync_state")
        looked = """
            SELECT idx_tup_fetch + seq_tup_read AS rows FROM pg_stat_xact_user_tables WHERE relname = 'sync_state'
        """
        tokens = [uuid4() for _ in range(3)]
        values = {
            "limit": 3,
            "tokens": tokens,
            "lease_seconds": 60.0,
            "holder": None,
            "busy": [],
            "head_start": claims.HEAD_START,
            "loading": [],
            "first_loads": 3,
            "kinds_apart": [],
        }
        async with ingestor.database.transaction() as connection:
            await connection.execute(claims._CLAIM, values)
            [seen] = (await connection.execute(text(looked))).scalars()
        assert 3 <= seen < 100
        assert len(await claim(ingestor.database, 2500)) == 2500
