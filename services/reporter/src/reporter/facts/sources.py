"""How old the data of each resource are: its newest event, its newest delay and the end of it.

A resource is delayed now if `delayed_since` is not before `recovered_at`.
"""

from contracts.envelope import Event
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Both keep what is newest, each in columns of its own: whichever comes first, the end is the same.
_DELAYED = text("""
INSERT INTO sources (cabinet_id, resource, delayed_since, delay_reason)
SELECT DISTINCT ON (resource) CAST(:cabinet_id AS uuid), resource, last_success_at, reason
FROM json_to_recordset(CAST(:data AS json) -> 'resources')
    AS told (resource text, last_success_at timestamptz, reason text)
ORDER BY resource, last_success_at DESC, reason
ON CONFLICT (cabinet_id, resource) DO UPDATE
SET delayed_since = excluded.delayed_since, delay_reason = excluded.delay_reason
WHERE sources.delayed_since IS NULL OR sources.delayed_since < excluded.delayed_since
""")
_RECOVERED = text("""
INSERT INTO sources (cabinet_id, resource, recovered_at)
SELECT CAST(:cabinet_id AS uuid), resource, max(recovered_at)
FROM json_to_recordset(CAST(:data AS json) -> 'resources') AS told (resource text, recovered_at timestamptz)
GROUP BY resource
ON CONFLICT (cabinet_id, resource) DO UPDATE SET recovered_at = excluded.recovered_at
WHERE sources.recovered_at IS NULL OR sources.recovered_at < excluded.recovered_at
""")


async def store_delay(connection: AsyncConnection, event: Event[DataDelayedV1]) -> None:
    """Data do not come."""
    await connection.execute(_DELAYED, _parameters(event))


async def store_recovery(connection: AsyncConnection, event: Event[DataRecoveredV1]) -> None:
    """Data come again, which are as old as the recovery at most."""
    await connection.execute(_RECOVERED, _parameters(event))


def _parameters(event: Event[DataDelayedV1] | Event[DataRecoveredV1]) -> dict[str, object]:
    return {"cabinet_id": event.cabinetid, "data": event.data.model_dump_json()}
