"""What is read and overdue is asked for: once, however many read it, and nobody waits for it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from contracts.syncs import SyncRequestedV1
from gateway import asking, syncs
from gateway.answers.pipeline import Pipeline
from gateway.app import Interface
from servicekit.db import Database
from sqlalchemy import text
from support.gateway import Gateway, User
from support.outbox_rows import published
from support.sync_states import keep

LONG_AGO = timedelta(minutes=10)


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


def pipeline_of(gateway: Gateway) -> Pipeline:
    assert isinstance(gateway.app, Interface)
    assert gateway.app.entrance is not None
    return gateway.app.entrance.pipeline


async def asked(gateway: Gateway) -> list[tuple[UUID, tuple[str, ...]]]:
    """Which resources of which cabinets were asked for."""
    await pipeline_of(gateway).asking.settle()
    return [
        (event.cabinetid, event.data.resources) for event in await published(gateway.database, SyncRequestedV1.TYPE)
    ]


async def overdue(
    database: Database, cabinet_id: UUID, resource: str, ago: timedelta = LONG_AGO, **state: object
) -> None:
    await keep(database, cabinet_id, resource, next_run_at=datetime.now(UTC) - ago, **state)


async def test_many_readers_ask_once(gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database) -> None:
    await overdue(ingestor_db, cabinet, "stocks")
    await overdue(ingestor_db, cabinet, "prices")
    await overdue(ingestor_db, cabinet, "claims")  # which no list of items is made from
    await asyncio.gather(*(alice.get("/products", limit=n) for n in range(1, 30)))
    [(of, resources)] = await asked(gateway)
    assert (of, set(resources)) == (cabinet, {"stocks", "prices"})


async def test_other_processes_do_not_ask_too(
    gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await overdue(ingestor_db, cabinet, "stocks")
    await alice.get("/products")
    assert len(await asked(gateway)) == 1
    # As a process that remembers nothing; the sync of the first has ended meanwhile.
    monkeypatch.setattr(pipeline_of(gateway), "asking", asking.Asking(gateway.database))
    async with gateway.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_runs SET finished_at = now()"))
    await alice.get("/products", limit=7)
    assert len(await asked(gateway)) == 1


async def test_processes_that_ask_at_the_same_moment_make_one_sync(
    gateway: Gateway, cabinet: UUID, ingestor_db: Database
) -> None:
    processes = [asking.Asking(gateway.database) for _ in range(4)]
    for _ in range(3):
        for user, process in enumerate(processes, start=1):
            process.ask(user, {(cabinet, "stocks")})
        await asyncio.gather(*(process.settle() for process in processes))
    assert await asked(gateway) == [(cabinet, ("stocks",))]


async def test_what_is_read_rarely_because_nobody_read_it_is_asked_for(
    gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database
) -> None:
    await overdue(ingestor_db, cabinet, "stocks", ago=-LONG_AGO, every_because="dormant")
    await overdue(ingestor_db, cabinet, "prices", ago=-LONG_AGO, every_because="limits")
    await alice.get("/products")
    assert await asked(gateway) == [(cabinet, ("stocks",))]


async def test_it_is_asked_for_again_later(
    gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await overdue(ingestor_db, cabinet, "stocks")
    await alice.get("/products")
    assert len(await asked(gateway)) == 1
    now = asking.monotonic()
    monkeypatch.setattr(asking, "monotonic", lambda: now + asking.ASK_AGAIN_SECONDS + 1)
    async with gateway.database.transaction() as connection:
        await connection.execute(
            text("UPDATE sync_runs SET finished_at = now(), requested_at = requested_at - make_interval(secs => :ago)"),
            {"ago": asking.ASK_AGAIN_SECONDS + 1},
        )
    await alice.get("/products", limit=7)
    assert len(await asked(gateway)) == 2


async def test_what_is_in_time_or_cannot_be_read_is_not_asked_for(
    gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database
) -> None:
    await overdue(ingestor_db, cabinet, "stocks", ago=-LONG_AGO)
    await overdue(ingestor_db, cabinet, "prices", failures=3)
    await overdue(ingestor_db, cabinet, "products", suspended_reason="scope_refused")
    await overdue(ingestor_db, cabinet, "feedbacks", lease_until=datetime.now(UTC) + LONG_AGO)
    await alice.get("/products")
    assert await asked(gateway) == []


async def test_an_answer_does_not_need_it(
    gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await overdue(ingestor_db, cabinet, "stocks")

    async def broken(*_: object, **__: object) -> UUID:
        raise LookupError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(syncs, "start", broken)
        assert (await alice.get("/products")).status_code == 200
        assert await asked(gateway) == []
    await alice.get("/products", limit=7)
    assert len(await asked(gateway)) == 1
