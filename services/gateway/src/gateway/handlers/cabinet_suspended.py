"""WB refuses a cabinet's token, or one resource of it."""

from contracts.cabinets import CabinetSuspendedV1
from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.verdicts import IS_CURRENT, verdict

_SUSPENDED = text(f"""
UPDATE wb_cabinets SET status = 'suspended', status_reason = :reason, status_detail = :detail, judged_at = :time
WHERE {IS_CURRENT}
""")


async def cabinet_suspended(connection: AsyncConnection, event: Event[CabinetSuspendedV1]) -> None:
    """Mark the whole cabinet suspended; one refused resource shows in the sync status, not here."""
    data = event.data
    if data.resource is None:
        await connection.execute(_SUSPENDED, {**verdict(event), "reason": data.reason, "detail": data.detail})
