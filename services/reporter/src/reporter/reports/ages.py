"""How old what we know of a cabinet is, by resource."""

from datetime import datetime
from uuid import UUID

from contracts.orders import SourceAge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

ON_THE_CARD = ("orders", "order_feed", "sales", "stocks", "stock_remains", "seller_stocks")
"""What the figures beside an order are made of."""

_DELAYED = """
CASE WHEN delayed_since >= recovered_at OR recovered_at IS NULL THEN delayed_since END AS delayed_since
"""
TOLD_AGES = f"""
SELECT resource AS source, as_of, {_DELAYED} FROM sources
WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) ORDER BY resource
"""
"""The query of ages by the newest events: known here, whatever becomes of the ingestor."""
_SHOW = text("SELECT set_config('pulse.cabinet_ids', CAST(:cabinet_id AS text), true)")
# A reading that changed nothing tells no event, yet the data are as new as it; one after `now` had not been then.
_READ = text(f"""
SELECT resource AS source, {_DELAYED},
    greatest(as_of, CASE WHEN last_success_at <= :now THEN last_success_at END) AS as_of
FROM (SELECT * FROM sources WHERE cabinet_id = :cabinet_id) AS told
FULL JOIN (
    SELECT resource, last_success_at FROM ingestor_published.sync_state WHERE cabinet_id = :cabinet_id
) AS read USING (resource)
ORDER BY resource
""")


async def read_ages(connection: AsyncConnection, cabinet_id: UUID, now: datetime) -> tuple[SourceAge, ...]:
    """Of every resource: by its newest event, or by its last reading that the ingestor publishes if that is newer."""
    await connection.execute(_SHOW, {"cabinet_id": str(cabinet_id)})
    rows = await connection.execute(_READ, {"cabinet_id": cabinet_id, "now": now})
    return tuple(SourceAge.model_validate(row, from_attributes=True) for row in rows)
