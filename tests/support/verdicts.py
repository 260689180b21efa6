"""What the ingestor tells the gateway."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.cabinets import CabinetSuspendedV1, CabinetVerifiedV1
from contracts.envelope import Event, EventData
from contracts.registry import parse_event
from gateway.consumers.cabinets import apply_verified
from sqlalchemy import text

from support.gateway import Gateway

SELLER_NAME = "ИП Северов"


def told(
    data: EventData, cabinet_id: UUID, *, cause: Event[Any] | None = None, after: timedelta = timedelta()
) -> Event[Any]:
    """An event of the ingestor, made `after` from now."""
    event: Event[Any] = Event.new(data, source="ingestor", cabinet_id=cabinet_id, cause=cause)
    return event.model_copy(update={"time": event.time + after})


def verified(cabinet_id: UUID, **options: Any) -> Event[CabinetVerifiedV1]:
    """WB accepted the token."""
    data = CabinetVerifiedV1(
        seller_id=cabinet_id, seller_name=SELLER_NAME, trade_mark="Северный ветер", verified_at=datetime.now(UTC)
    )
    return told(data, cabinet_id, **options)


def suspended(cabinet_id: UUID, *, resource: str | None = None, **options: Any) -> Event[CabinetSuspendedV1]:
    """WB refuses the token."""
    return told(
        CabinetSuspendedV1(reason="token_rejected", detail="401: token withdrawn", resource=resource),
        cabinet_id,
        **options,
    )


async def mark_verified(gateway: Gateway, cabinet_id: UUID) -> None:
    """Tell the gateway that WB accepted the cabinet's newest token."""
    async with gateway.database.transaction() as connection:
        await apply_verified(connection, verified(cabinet_id, cause=await last_connect(gateway, cabinet_id)))


async def last_connect(gateway: Gateway, cabinet_id: UUID) -> Event[Any]:
    """The gateway's newest announcement of the cabinet's token."""
    async with gateway.database.transaction() as connection:
        body = await connection.scalar(
            text("""
                SELECT body FROM outbox WHERE cabinet_id = :cabinet_id AND type = 'cabinet.connected.v1'
                ORDER BY created_at DESC LIMIT 1
            """),
            {"cabinet_id": cabinet_id},
        )
    assert body is not None
    return parse_event(body.encode())
