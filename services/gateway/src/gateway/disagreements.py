"""How many orders of a cabinet their two sources tell otherwise, as the ingestor counts them."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_READ = text("""
SELECT resource, jsonb_object_agg(field, orders) FROM ingestor_published.order_disagreements
WHERE cabinet_id = :cabinet_id GROUP BY resource
""")


async def read(connection: AsyncConnection, cabinet_id: UUID) -> dict[str, dict[str, int]]:
    """By source and field, of a cabinet, which is to be shown; nothing where one source alone is read."""
    return {row[0]: row[1] for row in await connection.execute(_READ, {"cabinet_id": cabinet_id})}
