"""WB's verdict on a cabinet's token, as the ingestor tells it."""

from typing import Any

from contracts.cabinets import CabinetSuspendedV1, CabinetVerifiedV1
from contracts.envelope import Event
from faststream.rabbit import RabbitBroker
from servicekit import inbox
from servicekit.consume import consume
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import topics

CONSUMER = topics.GATEWAY_CABINETS.name

# A verdict counts if it is about the current token (it follows from that connect, or at least from nothing
# before it) and no later verdict was heard. Ids are UUIDv7, so a cause that sorts before the connect is older.
# Times of different services are compared only where no id tells: their clocks may differ.
_IS_CURRENT = """
cabinet_id = :cabinet_id
AND (connect_event_id IN (CAST(:cause AS uuid), :correlation)
     OR (CAST(:cause AS uuid) IS NULL AND connected_at <= :time)
     OR CAST(:cause AS uuid) > connect_event_id)
AND (judged_at IS NULL OR judged_at <= :time)
"""
_VERIFIED = text(f"""
UPDATE wb_cabinets SET status = 'verified', status_reason = NULL, status_detail = NULL, judged_at = :time,
    seller_name = :seller_name, trade_mark = :trade_mark, verified_at = :verified_at
WHERE {_IS_CURRENT}
""")
_SUSPENDED = text(f"""
UPDATE wb_cabinets SET status = 'suspended', status_reason = :reason, status_detail = :detail, judged_at = :time
WHERE {_IS_CURRENT}
""")


def subscribe(broker: RabbitBroker, database: Database) -> None:
    """Listen to verdicts."""

    async def on_verified(event: Event[CabinetVerifiedV1]) -> None:
        async with database.transaction() as connection:
            await apply_verified(connection, event)

    async def on_suspended(event: Event[CabinetSuspendedV1]) -> None:
        async with database.transaction() as connection:
            await apply_suspended(connection, event)

    consume(broker, topics.GATEWAY_CABINETS, {CabinetVerifiedV1: on_verified, CabinetSuspendedV1: on_suspended})


async def apply_verified(connection: AsyncConnection, event: Event[CabinetVerifiedV1]) -> None:
    """Mark the cabinet verified; a repeated, late or outdated verdict changes nothing."""
    if await inbox.first_time(connection, CONSUMER, event.id):
        data = event.data
        await connection.execute(
            _VERIFIED,
            {
                **_verdict(event),
                "seller_name": data.seller_name,
                "trade_mark": data.trade_mark,
                "verified_at": data.verified_at,
            },
        )


async def apply_suspended(connection: AsyncConnection, event: Event[CabinetSuspendedV1]) -> None:
    """Mark the whole cabinet suspended; one refused resource shows in the sync status, not here."""
    if await inbox.first_time(connection, CONSUMER, event.id) and event.data.resource is None:
        data = event.data
        await connection.execute(_SUSPENDED, {**_verdict(event), "reason": data.reason, "detail": data.detail})


def _verdict(event: Event[Any]) -> dict[str, object]:
    return {
        "cabinet_id": event.cabinetid,
        "time": event.time,
        "cause": event.causationid,
        "correlation": event.correlationid,
    }
