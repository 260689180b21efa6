"""Machines whose clocks are ten minutes apart: nothing is early, late by minutes, lost or doubled."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event, Origin
from contracts.registry import parse_event
from contracts.wb_token import read_claims
from gateway import cabinets as gateway
from gateway import syncs
from servicekit.db import Database
from servicekit.outbox import Relay
from support.clocks import Machine, machines
from support.eventually import eventually
from support.ingesting import PUBLIC_KEY, Ingestor, take
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim

pytestmark = pytest.mark.usefixtures("few_resources")

TEN_MINUTES = 600
APART = pytest.mark.parametrize("ahead", [TEN_MINUTES, -TEN_MINUTES])


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return machines(monkeypatch)


async def connect(gateway_db: Database, token: str) -> Event[Any]:
    """Give a token to the gateway; what it announces."""
    claims = read_claims(token, now=datetime.now(UTC))
    async with gateway_db.transaction() as connection:
        await gateway.connect(connection, owner=1, name=None, token=token, claims=claims, seal_public_key=PUBLIC_KEY)
    return await announced(gateway_db, "cabinet.connected.v1")


async def announced(database: Database, event_type: str) -> Event[Any]:
    """The event of a type that was written last."""
    query = "SELECT body FROM outbox WHERE type = :type ORDER BY created_at DESC LIMIT 1"
    [last] = await rows(database, query, type=event_type)
    return parse_event(last["body"])


async def state(database: Database, cabinet_id: UUID) -> dict[str, Any]:
    query = "SELECT status, sealed_token FROM cabinets WHERE cabinet_id = :cabinet_id"
    [found] = await rows(database, query, cabinet_id=cabinet_id)
    return dict(found)


@APART
async def test_the_last_token_counts_and_so_does_the_disconnection_whichever_machine_took_them(
    ingestor: Ingestor, gateway_db: Database, wb: Wbsim, machine: Machine, ahead: float
) -> None:
    await machine(gateway_db, ahead)
    first = await connect(gateway_db, await wb.token())
    await take(ingestor.database, first)
    await machine(gateway_db, -ahead)
    second = await connect(gateway_db, await wb.token())
    await take(ingestor.database, second)
    assert first.cabinetid == second.cabinetid
    assert (await state(ingestor.database, first.cabinetid))["sealed_token"] == second.data.sealed_token
    await machine(gateway_db, ahead)
    async with gateway_db.transaction() as connection:
        await gateway.disconnect(connection, owner=1, cabinet_id=first.cabinetid)
    await take(ingestor.database, await announced(gateway_db, "cabinet.disconnected.v1"))
    assert (await state(ingestor.database, first.cabinetid))["status"] == "disconnected"


@APART
async def test_orders_are_history_until_the_cabinet_is_connected_and_news_from_then_on(
    ingestor: Ingestor, gateway_db: Database, wb: Wbsim, machine: Machine, ahead: float
) -> None:
    [old] = await wb.place_orders(count=1)
    await eventually_next_second(old)
    await machine(gateway_db, ahead)
    await take(ingestor.database, await connect(gateway_db, await wb.token()))
    await machine(gateway_db, -ahead)
    await ingestor.check()
    [new] = await wb.place_orders(count=1)
    await ingestor.sync("orders")
    events = await published(ingestor.database, "orders.updated.v1")
    told = {order.srid: event.origin for event in events for order in event.data.orders}
    assert told == {old["srid"]: Origin.BACKFILL, new["srid"]: Origin.LIVE}


async def eventually_next_second(order: dict[str, Any]) -> None:
    placed = order["row"]["lastChangeDate"]

    async def is_over() -> bool:
        return int(datetime.now(UTC).timestamp()) % 60 != int(placed[-2:])

    await eventually(is_over)


@APART
async def test_syncs_claims_and_the_relay_keep_their_pace(
    ingestor: Ingestor, gateway_db: Database, wb: Wbsim, machine: Machine, ahead: float
) -> None:
    await machine(ingestor.database, ahead)
    await take(ingestor.database, await connect(gateway_db, await wb.token()))
    sent: list[UUID] = []

    async def publish(row: Any) -> None:
        sent.append(row.id)

    async with ingestor.running():
        for count in range(1, 4):
            await wb.place_orders(count=1)
            await eventually(partial(_has, ingestor.database, count))
        cabinet_id = (await rows(gateway_db, "SELECT cabinet_id FROM wb_cabinets"))[0]["cabinet_id"]
        async with gateway_db.transaction() as connection:
            await syncs.start(connection, cabinet_id=cabinet_id, resources=["orders"], user=1)
        asked = await announced(gateway_db, "sync.requested.v1")
        await take(ingestor.database, asked)

        async def is_answered() -> bool:
            done = await published(ingestor.database, "sync.completed.v1")
            return asked.data.sync_id in {event.data.sync_id for event in done}

        await eventually(is_answered)
    relay = Relay(ingestor.database, publish)
    while await relay.relay_batch():
        pass
    assert len(sent) == len(set(sent)) == len(await published(ingestor.database))
    [late] = await rows(
        ingestor.database,
        "SELECT count(*) AS n FROM sync_state WHERE resource = 'orders' AND next_run_at > now() + interval '1 minute'",
    )
    assert late["n"] == 0
    async with gateway_db.transaction() as connection:
        [run, *_] = await syncs.runs(connection, [cabinet_id], asked.data.sync_id, limit=1)
    [gap] = await rows(gateway_db, "SELECT extract(epoch FROM now() - max(requested_at)) AS s FROM sync_runs")
    assert run.sync_id == asked.data.sync_id
    assert 0 <= gap["s"] + 2 < TEN_MINUTES / 2


async def _has(database: Database, count: int) -> bool:
    return len(await rows(database, "SELECT 1 FROM orders")) == count
