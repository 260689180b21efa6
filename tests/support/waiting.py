"""Deliveries that wait to be sent: many of them, and how they stand."""

from typing import Any
from uuid import UUID, uuid4

from servicekit.db import Database
from sqlalchemy import text

from support.eventually import eventually
from support.notifying import reported
from support.rows import rows

_MANY = text("""
INSERT INTO deliveries (cabinet_id, subject, order_id, order_revision, channel, recipient, kind, payload,
                        reported_at, event_id, correlation_id, next_attempt_at, created_at)
SELECT :cabinet_id, 'order/' || gen_random_uuid(), gen_random_uuid(), 1, :channel,
       CAST(:prefix AS text) || (1 + number % :recipients), 'order_new', CAST(:payload AS jsonb), now(),
       gen_random_uuid(), gen_random_uuid(),
       clock_timestamp() - make_interval(secs => :age_seconds), clock_timestamp()
FROM generate_series(0, :count - 1) AS number
""")


async def many_deliveries(
    database: Database, cabinet_id: UUID, count: int, *, recipients: int = 1, channel: str = "telegram",
    prefix: str = "", age_seconds: float = 0.0, payload: str | None = None,
) -> None:  # fmt: skip
    """So many deliveries that are due, to recipients named `<prefix>1`, `<prefix>2`…"""
    values = {
        "cabinet_id": cabinet_id, "channel": channel, "prefix": prefix, "recipients": recipients, "count": count,
        "payload": payload or reported(cabinet_id).model_dump_json(), "age_seconds": age_seconds,
    }  # fmt: skip
    async with database.transaction() as connection:
        await connection.execute(_MANY, values)


async def by_status(database: Database, where: str = "true", **values: Any) -> dict[str, int]:
    """How many deliveries have each status."""
    found = await rows(
        database, f"SELECT status, count(*) AS n FROM deliveries WHERE {where} GROUP BY status", **values
    )
    return {row["status"]: row["n"] for row in found}


async def until(database: Database, where: str, count: int, **values: Any) -> None:
    """Wait until so many deliveries are as `where` says."""

    async def are() -> bool:
        found = await rows(database, f"SELECT count(*) AS n FROM deliveries WHERE {where}", **values)
        return bool(found[0]["n"] == count)

    await eventually(are)


async def other_cabinet(handle: Any, connected: Any) -> UUID:
    """A connected cabinet whose member is chat 8."""
    cabinet_id = uuid4()
    await handle(connected(cabinet_id, 8))
    return cabinet_id
