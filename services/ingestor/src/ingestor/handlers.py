"""What the ingestor does with events: cabinets that come and go, and syncs asked for."""

from typing import Any

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1
from contracts.envelope import Event
from contracts.syncs import SyncFailedV1, SyncRequestedV1
from contracts.topics import INGESTOR_CABINETS, INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from servicekit import inbox, outbox
from servicekit.consume import consume
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import cabinets
from ingestor.causes import cause_of, make_event
from ingestor.sync import schedule
from ingestor.sync.pool import Pool


def subscribe(broker: RabbitBroker, database: Database, *, checks: Pool[Any], syncs: Pool[Any]) -> None:
    """Consume the ingestor's queues; after the commit whoever has work now is woken."""

    async def connected(event: Event[CabinetConnectedV1]) -> None:
        async with database.transaction() as connection:
            await on_connected(connection, event)
        checks.wake()

    async def disconnected(event: Event[CabinetDisconnectedV1]) -> None:
        async with database.transaction() as connection:
            await on_disconnected(connection, event)

    async def requested(event: Event[SyncRequestedV1]) -> None:
        async with database.transaction() as connection:
            await on_sync_requested(connection, event)
        syncs.wake()

    consume(broker, INGESTOR_CABINETS, {CabinetConnectedV1: connected, CabinetDisconnectedV1: disconnected})
    consume(broker, INGESTOR_SYNCS, {SyncRequestedV1: requested})


async def on_connected(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """Take the cabinet in, to be checked now."""
    if await inbox.first_time(connection, INGESTOR_CABINETS.name, event.id):
        await cabinets.connect(connection, event)


async def on_disconnected(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> None:
    """Forget the cabinet."""
    if await inbox.first_time(connection, INGESTOR_CABINETS.name, event.id):
        await cabinets.disconnect(connection, event)


async def on_sync_requested(connection: AsyncConnection, event: Event[SyncRequestedV1]) -> None:
    """Put the resources asked for first; what cannot be synced now is answered as failed."""
    if not await inbox.first_time(connection, INGESTOR_SYNCS.name, event.id):
        return
    sync_id, cause = event.data.sync_id, cause_of(event)
    resources = sorted(set(event.data.resources))
    accepted = await schedule.request(connection, event.cabinetid, resources, {"sync_id": str(sync_id), "cause": cause})
    refused = [
        SyncFailedV1(
            sync_id=sync_id,
            resource=resource,
            reason="there is no such resource, or WB refuses the cabinet, or its token is not checked yet",
            failed_at=event.time,
        )
        for resource in resources
        if resource not in accepted
    ]
    await outbox.append(connection, [make_event(data, event.cabinetid, cause) for data in refused])
