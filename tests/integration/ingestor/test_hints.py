"""Webhooks of WB's become readings: one for however many, of what may be read now, and of nothing else."""

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
from ingestor.hints import inbox
from ingestor.hints.due import make_due
from ingestor.hints.envelope import Hint, read_hints
from ingestor.sync import claims
from pydantic import SecretStr
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.hinting import put_off, webhook
from support.ingesting import Ingestor, connect_cabinet, disconnected, open_ingestor, take
from support.rows import count, rows, statements
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")


@pytest.fixture
async def cabinet_id(ingestor: Ingestor, wb: Wbsim) -> UUID:
    """A cabinet whose resources are read, and not due."""
    made = await connect_cabinet(ingestor, wb)
    await ingestor.sync()
    await put_off(ingestor.database)
    return made


async def hint(database: Database, cabinet_id: UUID, *events: str) -> bool:
    return await inbox.store(database, cabinet_id, read_hints(webhook(*events)))


async def due(database: Database) -> list[str]:
    found = await rows(database, "SELECT resource FROM sync_state WHERE next_run_at <= now() ORDER BY resource")
    return [row["resource"] for row in found]


async def set_state(database: Database, assignments: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(f"UPDATE sync_state SET {assignments} WHERE resource = 'products'"))


class TestStore:
    async def test_a_burst_is_one_reading_and_a_repeat_none(self, ingestor_db: Database, cabinet_id: UUID) -> None:
        bodies = [read_hints(webhook(*["card_changed"] * 100)) for _ in range(5)]
        assert [await inbox.store(ingestor_db, cabinet_id, body) for body in bodies] == [True] * 5
        assert await count(ingestor_db, "wb_hints") == 500
        assert await make_due(ingestor_db) == 1
        assert await due(ingestor_db) == ["products"]
        await put_off(ingestor_db)
        # WB puts together anew what it sends again.
        again = [bodies[n][m] for m in range(100) for n in range(5)]
        assert await inbox.store(ingestor_db, cabinet_id, again) is False
        assert await make_due(ingestor_db) == 0
        assert await due(ingestor_db) == []

    async def test_as_many_statements_however_many_hints(self, ingestor_db: Database, cabinet_id: UUID) -> None:
        def of(number: int) -> list[Hint]:
            return list(read_hints(webhook(*["card_changed"] * number)))

        one, many = of(1), of(500)
        with statements(ingestor_db) as for_one:
            await inbox.store(ingestor_db, cabinet_id, one)
        with statements(ingestor_db) as for_many:
            await inbox.store(ingestor_db, cabinet_id, many)
        assert len(for_many) == len(for_one)

    async def test_the_same_events_in_many_requests_at_once(self, ingestor_db: Database, cabinet_id: UUID) -> None:
        hints = list(read_hints(webhook(*["card_changed"] * 200)))
        orders = [hints[n:] + hints[:n] for n in range(0, 200, 20)]
        looks = [make_due(ingestor_db) for _ in range(10)]
        stored = await asyncio.gather(*(inbox.store(ingestor_db, cabinet_id, each) for each in orders), *looks)
        assert stored[: len(orders)].count(True) == 1
        assert await count(ingestor_db, "wb_hints") == 200
        await make_due(ingestor_db)
        assert await due(ingestor_db) == ["products"]

    async def test_what_asks_for_nothing_is_not_kept(self, ingestor_db: Database, cabinet_id: UUID) -> None:
        assert not await hint(ingestor_db, cabinet_id, "card_creation_error", "report_generation_complete", "order_new")
        assert await count(ingestor_db, "wb_hints") == 0

    async def test_of_no_cabinet_and_of_one_that_is_gone(self, ingestor: Ingestor, cabinet_id: UUID) -> None:
        database = ingestor.database
        await take(database, disconnected(cabinet_id))
        assert [await hint(database, each, "card_changed") for each in (cabinet_id, uuid4())] == [False, False]
        assert await count(database, "wb_hints") == await count(database, "hinted_reads") == 0


class TestMakeDue:
    async def test_what_is_being_read_is_read_once_more_after_it(self, ingestor: Ingestor, cabinet_id: UUID) -> None:
        database = ingestor.database
        await hint(database, cabinet_id, "card_changed")
        assert await make_due(database) == 1
        [lease] = await claims.claim(database, limit=10, lease_seconds=60)
        await hint(database, cabinet_id, "card_changed", "card_changed")
        assert await make_due(database) == 0  # it may be past the card
        await ingestor.parts.engine.run(lease)
        await put_off(database)
        # Nor between two runs of one reading.
        await set_state(database, """progress = '{"pages": 1}'""")
        assert await make_due(database) == 0
        await set_state(database, "progress = NULL")
        assert await make_due(database) == 1
        assert await due(database) == ["products"]

    @pytest.mark.parametrize(
        "state",
        [
            "waits_for = 'limits'",
            "waits_for = 'wildberries'",
            "failures = 1",
            "refusals = 1",
            "suspended_reason = 'scope_missing'",
            "next_run_at = 'infinity'",
        ],
    )
    async def test_what_has_to_wait_is_not_hurried(self, ingestor_db: Database, cabinet_id: UUID, state: str) -> None:
        await set_state(ingestor_db, state)
        before = await rows(ingestor_db, "SELECT * FROM sync_state ORDER BY resource")
        await hint(ingestor_db, cabinet_id, "card_changed")
        assert await make_due(ingestor_db) == 0
        assert await rows(ingestor_db, "SELECT * FROM sync_state ORDER BY resource") == before
        assert await count(ingestor_db, "hinted_reads") == 0  # the reading that comes will show it

    async def test_hints_without_end_are_not_readings_without_end(
        self, ingestor_db: Database, cabinet_id: UUID
    ) -> None:
        await set_state(ingestor_db, "last_success_at = now()")
        hurried = []
        for _ in range(3):
            await hint(ingestor_db, cabinet_id, "card_changed")
            hurried.append(await make_due(ingestor_db, rest_seconds=600))
        assert hurried == [1, 0, 0]
        [row] = await rows(
            ingestor_db,
            "SELECT next_run_at - last_success_at = interval '600 s' AS rests FROM sync_state "
            "WHERE resource = 'products'",
        )
        assert row["rests"]

    async def test_whoever_waits_longer_goes_first(self, ingestor: Ingestor, wb: Wbsim, cabinet_id: UUID) -> None:
        database = ingestor.database
        other = await connect_cabinet(ingestor, wb, sid=await wb.seller(products=2))
        await ingestor.sync()
        await put_off(database)
        async with database.transaction() as connection:
            await connection.execute(
                text("UPDATE sync_state SET next_run_at = now() - interval '1 s' WHERE cabinet_id = :other"),
                {"other": other},
            )
        await hint(database, cabinet_id, *["card_changed"] * 100)
        assert await make_due(database) == 1
        claimed = await claims.claim(database, limit=4, lease_seconds=60)
        assert [lease.cabinet_id for lease in claimed] == [other] * 3 + [cabinet_id]

    async def test_a_resource_that_the_cabinet_does_not_read(self, ingestor_db: Database, cabinet_id: UUID) -> None:
        await hint(ingestor_db, cabinet_id, "feedback_updated")
        assert await count(ingestor_db, "hinted_reads") == 2
        assert await make_due(ingestor_db) == 0
        assert await count(ingestor_db, "hinted_reads") == 0

    async def test_a_row_that_somebody_holds_is_left_for_the_next_look(
        self, ingestor_db: Database, cabinet_id: UUID
    ) -> None:
        await hint(ingestor_db, cabinet_id, "card_changed")
        async with ingestor_db.transaction() as connection:
            await connection.execute(text("SELECT 1 FROM sync_state FOR UPDATE"))
            assert await make_due(ingestor_db) == 0
        assert await make_due(ingestor_db) == 1


@pytest.mark.parametrize("proof", ["secret", "signature"])
async def test_a_change_is_stored_because_wb_hinted_at_it(
    ingestor_db: Database,
    redis_client: "redis.asyncio.Redis",
    redis_prefix: str,
    wb: Wbsim,
    cabinet_id: UUID,
    unused_tcp_port: int,
    proof: str,
) -> None:
    await wb.settings(webhook_proof=proof, webhook_repeated_share=1)
    hook: dict[str, Any] = {
        "enabled": True,
        "url": f"http://127.0.0.1:{unused_tcp_port}/wb/webhooks/{cabinet_id}",
        "name": "cards",
        "subscriptions": [{"scope": "content", "event": "card_changed"}],
    }
    async with httpx.AsyncClient(base_url=wb.url, headers={"Authorization": await wb.token(kind="service")}) as http:
        secret = (await http.post("/webhooks-api/api/v1/webhooks", json=hook)).json()["secret"]
    changes: dict[str, Any] = {
        "wb_webhook_secrets": SecretStr(f"another,{secret}"),
        "wb_webhook_port": unused_tcp_port,
    }
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, **changes) as other, other.running():
        [nm_id] = [row["nm_id"] for row in await rows(ingestor_db, "SELECT nm_id FROM products LIMIT 1")]
        await wb.control("POST", f"/products/{nm_id}", {"title": "Скоро"})

        async def stored() -> bool:
            return bool(await rows(ingestor_db, "SELECT 1 FROM products WHERE title = 'Скоро'"))

        await eventually(stored)

        async def answered() -> bool:
            [sent] = await wb.webhooks()
            return len(sent["attempts"]) == 2 and {attempt["status"] for attempt in sent["attempts"]} == {200}

        await eventually(answered)
        assert await count(ingestor_db, "wb_hints") == 1

        async with httpx.AsyncClient(headers={"Authorization": secret}, timeout=60) as http:
            flood = [http.post(hook["url"], content=webhook(*["card_changed"] * 100)) for _ in range(15)]
            assert {answer.status_code for answer in await asyncio.gather(*flood)} == {200}

        async def is_read() -> bool:
            return await count(ingestor_db, "hinted_reads") == 0

        await eventually(is_read)
    assert await count(ingestor_db, "wb_hints") == 1501
    assert not [status for _, status in await wb.counts() if status == 429]
