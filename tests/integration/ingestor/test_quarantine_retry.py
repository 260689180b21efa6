"""Rows in quarantine read again: stored and published like a page, unless WB sent something newer since."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from contracts.audit import IngestorAuditRecordedV1
from ingestor.__main__ import cli
from ingestor.resources import RESOURCES
from ingestor.sync import quarantine
from ingestor.sync import retry as retry_module
from ingestor.sync.quarantine import Broken
from ingestor.sync.retry import Verdict, retry, retry_as_operator
from servicekit.db import Database
from sqlalchemy import text
from support.databases import Databases
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, Ingestor, connect_cabinet
from support.outbox_rows import commands_recorded, published
from support.resources import changed
from support.rows import execute, rows
from typer.testing import CliRunner
from wbsim.running import Wbsim


@pytest.fixture
async def cabinet(ingestor: Ingestor, wb: Wbsim) -> UUID:
    """A connected cabinet whose orders and stocks were loaded."""
    await wb.place_orders(count=3)
    cabinet_id = await connect_cabinet(ingestor, wb)
    for resource in ("orders", "stocks"):
        await ingestor.sync(resource)
    return cabinet_id


async def keep(
    database: Database, cabinet_id: UUID, resource: str, *bodies: Any, ago: timedelta = timedelta(0)
) -> None:
    """Put rows into quarantine that nobody could read then."""
    async with database.transaction() as connection:
        broken = [Broken(json.dumps(body).encode(), "not read yesterday") for body in bodies]
        await quarantine.put(connection, cabinet_id, resource, broken, {})
        await connection.execute(
            text("UPDATE quarantine SET last_seen_at = now() - CAST(:ago AS interval) WHERE body = ANY (:bodies)"),
            {"ago": ago, "bodies": [each.body for each in broken]},
        )


def order(srid: str, second: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "srid": srid,
        "nmId": 1,
        "date": "2026-11-20T10:00:00",
        "lastChangeDate": f"2026-11-21T10:00:{second:02d}",
        "totalPrice": 100,
    } | changes


def stock(chrt_id: int, quantity: int = 5) -> dict[str, Any]:
    return {"nmId": 1, "chrtId": chrt_id, "warehouseId": 7, "quantity": quantity}


def spend(advert_id: int, total: int = 10) -> dict[str, Any]:
    return {
        "updNum": 3,
        "updTime": "2026-11-20T10:00:00+03:00",
        "updSum": total,
        "advertId": advert_id,
        "campName": "c",
        "advertType": 9,
        "paymentType": "Счёт",
        "advertStatus": 9,
    }


async def verdict(database: Database, resource: str, limit: int = 100) -> Verdict:
    found = await retry(database, resource=resource, limit=limit)
    assert set(found) <= {resource}
    return found.get(resource, Verdict())


async def left(database: Database) -> list[dict[str, Any]]:
    return await rows(database, "SELECT body, reason FROM quarantine ORDER BY body")


class TestStored:
    async def test_a_row_that_can_be_read_now_is_stored_and_published(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        [before] = await rows(ingestor_db, "SELECT rows FROM sync_state WHERE resource = 'orders'")
        await keep(ingestor_db, cabinet, "orders", order("late"))
        assert await verdict(ingestor_db, "orders") == Verdict(stored=1)
        [stored] = await rows(ingestor_db, "SELECT * FROM orders WHERE srid = 'late'")
        assert stored["total_price"] == 100
        *_, event = await published(ingestor_db, "orders.updated.v1")
        [told] = event.data.orders
        assert (told.srid, told.change, told.revision) == ("late", "new", 1)
        assert event.cabinetid == cabinet
        assert await left(ingestor_db) == []
        [after] = await rows(ingestor_db, "SELECT rows FROM sync_state WHERE resource = 'orders'")
        assert after["rows"] == before["rows"] + 1

    async def test_a_change_is_told_with_what_was_before_and_kept_in_the_history(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "orders", order("x"))
        await retry(ingestor_db, limit=10)
        await keep(ingestor_db, cabinet, "orders", order("x", 9, isCancel=True))
        assert await verdict(ingestor_db, "orders") == Verdict(stored=1)
        *_, event = await published(ingestor_db, "orders.updated.v1")
        [told] = event.data.orders
        assert (told.change, told.revision, told.previous["is_cancel"]) == ("cancelled", 2, False)
        [kept] = await rows(ingestor_db, "SELECT * FROM orders_history WHERE srid = 'x'")
        assert kept["previous"]["is_cancel"] is False

    async def test_the_newest_of_several_states_of_a_row_counts(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "orders", order("x", 9, totalPrice=300), order("x", 1, totalPrice=200))
        assert await verdict(ingestor_db, "orders") == Verdict(stored=1, superseded=1)
        [stored] = await rows(ingestor_db, "SELECT total_price FROM orders WHERE srid = 'x'")
        assert stored["total_price"] == 300

    async def test_what_a_new_parser_reads_is_read_by_it(
        self, ingestor_db: Database, cabinet: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usual = RESOURCES["stocks"]

        def lenient(raw: Any, observed_at: Any) -> Any:
            return usual.storage.parse(msgspec.Raw(bytes(raw).replace(b'"many"', b"99")), observed_at)

        await keep(ingestor_db, cabinet, "stocks", stock(1) | {"quantity": "many"})
        assert await verdict(ingestor_db, "stocks") == Verdict(broken=1)
        monkeypatch.setitem(RESOURCES, "stocks", changed(usual, parse=lenient, parser=2))
        assert await verdict(ingestor_db, "stocks") == Verdict(stored=1)
        [stored] = await rows(ingestor_db, "SELECT * FROM stocks WHERE chrt_id = 1")
        assert stored["quantity"] == 99

    async def test_many_are_taken_in_by_portions_up_to_the_limit(
        self, ingestor_db: Database, cabinet: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retry_module, "BATCH_ROWS", 2)
        broken = [order("", n) for n in range(3)]
        await keep(ingestor_db, cabinet, "orders", *broken, ago=timedelta(minutes=1))
        await keep(ingestor_db, cabinet, "orders", *(order(f"s{n}") for n in range(5)))
        assert await verdict(ingestor_db, "orders", limit=4) == Verdict(stored=1, broken=3)
        assert await verdict(ingestor_db, "orders") == Verdict(stored=4, broken=3)
        assert len(await left(ingestor_db)) == 3

    async def test_statements_do_not_grow_with_the_rows(self, ingestor_db: Database, cabinet: UUID) -> None:
        from sqlalchemy import event as sqlalchemy_event

        statements: list[str] = []

        def count(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        counts = []
        for portion in (1, 40):
            await keep(ingestor_db, cabinet, "orders", *(order(f"{portion}-{n}") for n in range(portion)))
            statements.clear()
            sqlalchemy_event.listen(ingestor_db.engine.sync_engine, "before_cursor_execute", count)
            assert await verdict(ingestor_db, "orders") == Verdict(stored=portion)
            sqlalchemy_event.remove(ingestor_db.engine.sync_engine, "before_cursor_execute", count)
            counts.append(len(statements))
        assert counts[0] == counts[1] > 0


class TestStillBroken:
    async def test_it_stays_with_the_reason_of_today(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "orders", order(""), order("ok") | {"nmId": "no number"})
        assert await verdict(ingestor_db, "orders") == Verdict(broken=2)
        reasons = [row["reason"] for row in await left(ingestor_db)]
        assert len(reasons) == 2
        assert any("srid is empty" in reason for reason in reasons)
        assert not any("yesterday" in reason for reason in reasons)

    async def test_one_that_is_outdated_and_cannot_be_read_stays_too(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "campaign_spend", spend(1))
        await retry(ingestor_db, limit=10)
        await keep(ingestor_db, cabinet, "campaign_spend", spend(1) | {"updSum": "?"}, ago=timedelta(hours=1))
        usual = RESOURCES["campaign_spend"]
        looked = changed(usual, key_of=lambda raw: (_key(usual, raw), None))
        RESOURCES["campaign_spend"] = looked
        try:
            assert await verdict(ingestor_db, "campaign_spend") == Verdict(broken=1)
        finally:
            RESOURCES["campaign_spend"] = usual


def _key(resource: Any, raw: Any) -> tuple[Any, ...]:
    readable = json.loads(bytes(raw)) | {"updSum": 0}
    row = resource.storage.parse(json.dumps(readable).encode(), None)
    return tuple(row[resource.storage.names.index(name)] for name in resource.storage.keys)


class TestSuperseded:
    async def test_a_newer_version_is_not_replaced(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "orders", order("x", 9))
        await retry(ingestor_db, limit=10)
        events = len(await published(ingestor_db))
        await keep(ingestor_db, cabinet, "orders", order("x", 3, totalPrice=1), order("x", 9))
        assert await verdict(ingestor_db, "orders") == Verdict(superseded=2)
        [stored] = await rows(ingestor_db, "SELECT total_price FROM orders WHERE srid = 'x'")
        assert stored["total_price"] == 100
        assert len(await published(ingestor_db)) == events
        assert await left(ingestor_db) == []

    async def test_where_all_is_read_each_time_only_what_the_last_sync_found_broken_counts(
        self, ingestor: Ingestor, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "stocks", stock(1), ago=timedelta(minutes=5))
        await keep(ingestor_db, cabinet, "stocks", stock(2))
        assert await verdict(ingestor_db, "stocks") == Verdict(stored=1, superseded=1)
        found = await rows(ingestor_db, "SELECT chrt_id FROM stocks WHERE chrt_id IN (1, 2)")
        assert [row["chrt_id"] for row in found] == [2]
        [stored] = await rows(ingestor_db, "SELECT observed_at FROM stocks WHERE chrt_id = 2")
        assert stored["observed_at"] is not None
        # Two syncs later the one before the last does not count either, however many runs the last one took.
        await keep(ingestor_db, cabinet, "stocks", stock(3))
        await ingestor.sync("stocks")
        assert await verdict(ingestor_db, "stocks") == Verdict(superseded=1)

    async def test_a_sync_of_several_runs_began_with_the_first(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "stocks", stock(1), ago=timedelta(seconds=30))
        log = "INSERT INTO sync_logs SELECT (jsonb_populate_record(l, CAST(:change AS jsonb))).* FROM sync_logs l"
        began = "SELECT started_at FROM sync_logs WHERE resource = 'stocks'"
        [line] = await rows(ingestor_db, began)
        for change in (
            {"outcome": "completed", "started_at": (line["started_at"] - timedelta(minutes=9)).isoformat()},
            {"outcome": "paused", "started_at": (line["started_at"] - timedelta(minutes=1)).isoformat()},
        ):
            await execute(
                ingestor_db,
                f"{log} WHERE resource = 'stocks' AND started_at = :at",
                change=json.dumps(change | {"id": str(uuid4())}),
                at=line["started_at"],
            )
        assert await verdict(ingestor_db, "stocks") == Verdict(stored=1)

    async def test_before_any_complete_sync_nothing_is_newer(self, ingestor_db: Database, cabinet: UUID) -> None:
        await execute(ingestor_db, "DELETE FROM sync_logs")
        await keep(ingestor_db, cabinet, "stocks", stock(1), ago=timedelta(days=5))
        assert await verdict(ingestor_db, "stocks") == Verdict(stored=1)

    async def test_elsewhere_what_was_stored_after_it_was_seen_stays(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "campaign_spend", spend(1, 10), spend(2, 10))
        assert await verdict(ingestor_db, "campaign_spend") == Verdict(stored=2)
        await execute(
            ingestor_db, "UPDATE campaign_spend SET changed_at = now() - interval '1 hour' WHERE advert_id = 2"
        )
        await keep(ingestor_db, cabinet, "campaign_spend", spend(1, 7), spend(2, 7), ago=timedelta(minutes=5))
        assert await verdict(ingestor_db, "campaign_spend") == Verdict(stored=1, superseded=1)
        found = await rows(ingestor_db, "SELECT advert_id, spent, revision FROM campaign_spend ORDER BY advert_id")
        assert [(row["advert_id"], int(row["spent"]), row["revision"]) for row in found] == [(1, 10, 1), (2, 7, 2)]

    async def test_what_another_source_must_know_first_is_left_out(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "fbs_statuses", {"id": 5, "supplierStatus": "new", "wbStatus": "waiting"})
        assert await verdict(ingestor_db, "fbs_statuses") == Verdict(superseded=1)
        assert await rows(ingestor_db, "SELECT 1 FROM fbs_orders") == []


class TestWhichRows:
    async def test_only_those_asked_for(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "orders", order("a"))
        await keep(ingestor_db, cabinet, "stocks", stock(1))
        assert await retry(ingestor_db, cabinet_id=uuid4(), limit=10) == {}
        assert await retry(ingestor_db, cabinet_id=cabinet, resource="orders", limit=10) == {"orders": Verdict(1)}
        assert await retry(ingestor_db, limit=10) == {"stocks": Verdict(1)}

    async def test_what_an_operator_asks_for_is_recorded_and_shown_to_no_other_service(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "orders", order("a"))
        assert await retry_as_operator(ingestor_db, cabinet_id=cabinet, limit=10) == {"orders": Verdict(1)}
        action = "ingestor quarantine retry"
        found = await commands_recorded(ingestor_db, IngestorAuditRecordedV1)
        assert found == [(action, "begun"), (action, "done")]
        [record, _] = await published(ingestor_db, IngestorAuditRecordedV1.TYPE)
        async with ingestor_db.transaction() as connection:
            await connection.execute(
                text("SELECT set_config('pulse.cabinet_ids', :chain, true)"), {"chain": str(record.cabinetid)}
            )
            shown = await connection.execute(text("SELECT type FROM ingestor_published.event_log"))
            assert IngestorAuditRecordedV1.TYPE not in set(shown.scalars())

    async def test_rows_of_no_cabinet_or_of_no_resource_stay(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, uuid4(), "orders", order("a"))
        await keep(ingestor_db, cabinet, "incomes", {"incomeId": 1})
        assert await retry(ingestor_db, limit=10) == {"orders": Verdict()}
        assert len(await left(ingestor_db)) == 2

    async def test_a_page_being_stored_is_waited_for(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "orders", order("x", 1))
        async with ingestor_db.transaction() as connection:
            await connection.execute(text("SELECT 1 FROM sync_state WHERE resource = 'orders' FOR UPDATE"))
            retrying = asyncio.create_task(retry(ingestor_db, limit=10))
            await asyncio.sleep(0.1)
            assert not retrying.done()
            await connection.execute(
                text("DELETE FROM quarantine WHERE cabinet_id = :cabinet_id"), {"cabinet_id": cabinet}
            )
        assert await retrying == {"orders": Verdict()}, "what the page took meanwhile is not taken twice"

    async def test_beside_running_syncs_each_state_is_told_once(
        self, ingestor: Ingestor, ingestor_db: Database, wb: Wbsim, cabinet: UUID
    ) -> None:
        placed = await wb.place_orders(count=6)
        bodies: Sequence[dict[str, Any]] = [each["row"] for each in placed]
        await keep(ingestor_db, cabinet, "orders", *bodies)
        await asyncio.gather(ingestor.sync("orders"), retry(ingestor_db, limit=100), retry(ingestor_db, limit=100))
        told = [each.srid for e in await published(ingestor_db, "orders.updated.v1") for each in e.data.orders]
        assert len(told) == len(set(told)) == 9
        assert await left(ingestor_db) == []


async def test_rows_that_wb_sends_no_more_are_dropped_after_30_days(
    ingestor_db: Database, cabinet: UUID, ingestor: Ingestor
) -> None:
    await keep(ingestor_db, cabinet, "orders", order("old"), ago=timedelta(days=31))
    await keep(ingestor_db, cabinet, "orders", order("young"), ago=timedelta(days=29))
    work = asyncio.create_task(ingestor.parts.works["retention"]())

    async def is_done() -> bool:
        return len(await left(ingestor_db)) < 2

    await eventually(is_done)
    work.cancel()
    found = await left(ingestor_db)
    assert [json.loads(row["body"])["srid"] for row in found] == ["young"]


class TestCommand:
    @pytest.fixture(autouse=True)
    def environment(self, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("REDIS_URL", "RABBITMQ_URL"):
            monkeypatch.setenv(name, "unused://")
        monkeypatch.setenv("DATABASE_URL", databases.urls["ingestor"])
        monkeypatch.setenv("SEAL_PRIVATE_KEYS", PRIVATE_KEY)

    async def run(self, *arguments: str) -> list[str]:
        result = await asyncio.to_thread(CliRunner().invoke, cli, ["quarantine", *arguments])
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    async def test_drop_forgets_what_was_asked_for_prints_it_and_is_recorded(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "orders", order("a"))
        await keep(ingestor_db, cabinet, "orders", order("b"))
        await keep(ingestor_db, uuid4(), "orders", order("c"))
        await keep(ingestor_db, cabinet, "stocks", stock(1))
        of_orders = ("drop", "--resource", "orders", "--cabinet", str(cabinet))

        async def dropped(*arguments: str) -> list[str]:
            printed = [json.loads(line) for line in await self.run(*of_orders, *arguments)]
            return [json.loads(row["body"])["srid"] for row in printed]

        assert await dropped("--limit", "1") == ["a"]
        assert await dropped() == ["b"]
        assert await dropped() == []
        kept = await rows(ingestor_db, "SELECT resource FROM quarantine ORDER BY resource")
        assert [row["resource"] for row in kept] == ["orders", "stocks"]
        records = await published(ingestor_db, IngestorAuditRecordedV1.TYPE)
        assert [(each.data.action, each.data.after["rows"]) for each in records] == [
            ("ingestor quarantine drop", number) for number in (1, 1, 0)
        ]
        refused = await asyncio.to_thread(CliRunner().invoke, cli, ["quarantine", "drop"])
        assert refused.exit_code == 2

    async def test_drop_forgets_nothing_where_who_reads_it_goes_away(
        self, ingestor_db: Database, cabinet: UUID
    ) -> None:
        await keep(ingestor_db, cabinet, "orders", order("a"), order("b"))
        dropped = quarantine.drop_as_operator(ingestor_db, resource="orders", limit=10)
        assert (await anext(dropped))["resource"] == "orders"
        assert isinstance(dropped, AsyncGenerator)
        await dropped.aclose()
        assert len(await left(ingestor_db)) == 2
        assert await published(ingestor_db, IngestorAuditRecordedV1.TYPE) == []

    async def test_list_and_retry(self, ingestor_db: Database, cabinet: UUID) -> None:
        await keep(ingestor_db, cabinet, "orders", order("a"), order(""))
        await keep(ingestor_db, cabinet, "stocks", stock(1))
        run = self.run
        listed = [json.loads(line) for line in await run("list", "--resource", "orders")]
        assert [row["resource"] for row in listed] == ["orders", "orders"]
        assert await run("retry", "--cabinet", str(cabinet)) == [
            "orders: 1 stored, 1 still broken, 0 superseded",
            "stocks: 1 stored, 0 still broken, 0 superseded",
        ]
        assert await run("retry", "--resource", "stocks") == ["nothing is in quarantine"]
