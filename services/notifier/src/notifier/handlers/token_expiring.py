"""A token ends soon."""

from contracts.cabinets import CabinetTokenExpiringV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.enqueue import Notice, enqueue


async def token_expiring(connection: AsyncConnection, event: Event[CabinetTokenExpiringV1]) -> None:
    """Tell everyone of the cabinet, once for each threshold of each token."""
    data = event.data
    subject = f"token_expiring/{data.expires_at.isoformat()}/{data.threshold_days}"
    await enqueue(connection, event, [Notice("token_expiring", subject, data.model_dump_json())])
