"""What was found of the items that were reconciled."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.reconciliation.classes import Class, Part

_WRITE = text("""
WITH found AS (
    SELECT nm_id, day, against, currency, by AS class, pieces, amount,
        CASE WHEN by = :not_yet_refreshed THEN CAST(:today AS date) END AS open_on
    FROM jsonb_to_recordset(CAST(:parts AS jsonb)) AS found (
        nm_id bigint, day date, against text, currency text, by text, pieces numeric, amount numeric
    )
), gone AS (
    DELETE FROM reconciliation AS known
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND NOT EXISTS (
        SELECT FROM found
        WHERE (found.nm_id, found.day, found.against, found.currency, found.class)
            = (known.nm_id, known.day, known.against, known.currency, known.class)
    )
    RETURNING class
), written AS (
    INSERT INTO reconciliation AS known (cabinet_id, nm_id, day, against, currency, class, pieces, amount, open_on)
    SELECT :cabinet_id, nm_id, day, against, currency, class, pieces, amount, open_on FROM found
    ON CONFLICT (cabinet_id, nm_id, day, against, currency, class) DO UPDATE
    SET pieces = excluded.pieces, amount = excluded.amount, open_on = excluded.open_on
    WHERE (known.pieces, known.amount, known.open_on)
        IS DISTINCT FROM (excluded.pieces, excluded.amount, excluded.open_on)
    RETURNING class
)
SELECT EXISTS (SELECT FROM gone WHERE class = :unknown) OR EXISTS (SELECT FROM written WHERE class = :unknown)
""")
_PARTS = TypeAdapter(list[Part])


async def write(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Collection[int], parts: Sequence[Part], today: date
) -> bool:
    """Replace what was found of the items, in one statement that writes only what differs; did the unknown change?

    Parts of other items are left out.
    """
    of_items = [part for part in parts if part.nm_id in nm_ids]
    values = {
        "cabinet_id": cabinet_id,
        "nm_ids": list(nm_ids),
        "parts": _PARTS.dump_json(of_items).decode(),
        "today": today,
        "unknown": Class.UNKNOWN,
        "not_yet_refreshed": Class.NOT_YET_REFRESHED,
    }
    return bool(await connection.scalar(_WRITE, values))
