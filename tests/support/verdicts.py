"""What the ingestor tells the gateway."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.cabinets import CabinetConnectedV1, CabinetSuspendedV1, CabinetVerifiedV1
from contracts.envelope import Event, EventData
from contracts.topics import GATEWAY_CABINETS
from gateway import invalidation
from gateway.handlers.cabinet_suspended import cabinet_suspended
from gateway.handlers.cabinet_verified import cabinet_verified
from servicekit.consume import Handler, handle_once

from support.gateway import Gateway
from support.outbox_rows import published

SELLER_NAME = "ИП Северов"


def told(
    data: EventData, cabinet_id: UUID, *, cause: Event[Any] | None = None, after: timedelta = timedelta()
) -> Event[Any]:
    """An event of the ingestor, made `after` from now."""
    event: Event[Any] = Event.new(data, cabinet_id=cabinet_id, cause=cause)
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
    await hear(gateway, verified(cabinet_id, cause=await last_connect(gateway, cabinet_id)))


async def hear(gateway: Gateway, *events: Event[Any]) -> None:
    """Handle verdicts as the consumer does."""
    handlers: dict[type[EventData], Handler] = {
        CabinetVerifiedV1: cabinet_verified,
        CabinetSuspendedV1: cabinet_suspended,
    }
    for event in events:
        await handle_once(
            gateway.database,
            GATEWAY_CABINETS,
            handlers,
            event,
            after_commit=invalidation.of_cabinets(gateway.app.state.parts.cache),
        )


async def last_connect(gateway: Gateway, cabinet_id: UUID) -> Event[Any]:
    """The gateway's newest announcement of the cabinet's token."""
    announced = await published(gateway.database, CabinetConnectedV1.TYPE)
    return [event for event in announced if str(event.cabinetid) == str(cabinet_id)][-1]
