"""Calls about campaigns by their ids, 50 at most: which ones come next.

One id more than a call takes is looked up, so that the last call is known to be the last.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import batches
from ingestor.resources.resource import Position
from ingestor.wb.errors import MustWait

MAX_IDS = 50
LOOK_AHEAD_IDS = MAX_IDS + 1
FINISHED = 7

_NOT_LOADED = text("""
    SELECT greatest(extract(epoch FROM next_run_at - now()), 5) FROM sync_state
    WHERE cabinet_id = :cabinet_id AND resource = 'campaigns'
        AND NOT first_load_done AND next_run_at < 'infinity' AND suspended_reason IS NULL
""")
_IDS = text(f"""
    SELECT advert_id FROM campaigns
    WHERE cabinet_id = :cabinet_id AND NOT gone AND advert_id > :after AND status = ANY (CAST(:statuses AS integer[]))
        AND (status <> :finished OR CAST(:since AS timestamptz) IS NULL OR updated_at >= :since)
        AND {batches.ASKABLE.format("advert_id")}
    ORDER BY advert_id LIMIT :limit
""")


async def ids(
    connection: AsyncConnection,
    cabinet_id: UUID,
    resource: str,
    position: Position,
    statuses: Collection[int],
    *,
    finished_since: datetime | None = None,
) -> list[int]:
    """The next ids of campaigns with one of these statuses, finished ones only if that was since a moment.

    Those are left out of which WB refuses to answer what `resource` asks.

    Raises:
        MustWait: the campaigns themselves are still to be read for the first time.
    """
    keys = {"cabinet_id": cabinet_id}
    if (seconds := (await connection.execute(_NOT_LOADED, keys)).scalar()) is not None:
        raise MustWait("the campaigns are not read yet", float(seconds))
    found = await connection.execute(
        _IDS,
        {
            **keys,
            "resource": resource,
            "after": position.get("after", 0),
            "statuses": list(statuses),
            "finished": FINISHED,
            "since": finished_since,
            "limit": LOOK_AHEAD_IDS,
        },
    )
    return list(found.scalars())


def asked(position: Position) -> list[int]:
    """The ids of the next call."""
    return batches.ids(position, MAX_IDS)


def following(position: Position) -> dict[str, Any] | None:
    """The position after a call; none if there are no more ids."""
    now = asked(position)
    if len(position["ids"]) <= len(now):
        return None
    return {**without_ids(position), "after": now[-1]}


def without_ids(position: Position) -> Position:
    """The position as it is before the first id; how many ids to ask about at once is no matter of days."""
    return {name: value for name, value in position.items() if name not in {"ids", "after", batches.AT_MOST}}
