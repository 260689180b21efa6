"""Losses that are too large to be believed at once: what is told only if the next reading says so too.

WB answers an empty list now and then, leaves a warehouse out, or sends every stock as 0. So a reading that loses much
of what is known is a suspicion: the rows are noted in `sync_losses` and left as they are. What the next reading loses
as well is confirmed; what it lists again was never lost.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import structlog
from servicekit.db import driver
from servicekit.sql_types import sql_types
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Key, Resource
from ingestor.sync import gone
from ingestor.sync.gone import Missing, Spelt
from ingestor.sync.seen import spelt

log = structlog.get_logger()

FEW = 10
"""Rows that may be lost without a question,"""
SHARE = 0.2
"""or so much of what is known, if that is more; but never everything."""
SMALL_GROUP = 5
"""A warehouse of fewer rows may be emptied without a question."""
SOLD_OUT = 3
"""Fewer rows than that may lose what they have, even if that is everything."""

Loss = Literal["gone", "emptied"]

_NOTED = text("""
    SELECT key FROM sync_losses WHERE cabinet_id = :cabinet_id AND resource = :resource AND loss = :loss
        AND since < :began
""")
_NOTE = text("""
    INSERT INTO sync_losses (cabinet_id, resource, loss, key, since)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), CAST(:loss AS text),
        ARRAY(SELECT jsonb_array_elements_text(key)), CAST(:began AS timestamptz)
    FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS lost (key)
    ON CONFLICT (cabinet_id, resource, loss, key) DO UPDATE SET since = excluded.since
""")
_SETTLE = text("""
    WITH settled AS (
        DELETE FROM sync_losses WHERE cabinet_id = :cabinet_id AND resource = :resource AND since < :began
    )
    SELECT count(*) FROM sync_losses WHERE cabinet_id = :cabinet_id AND resource = :resource AND since >= :began
""")


def is_much(lost: int, known: int) -> bool:
    """Whether so many rows of those known are lost that it has to be confirmed."""
    return lost > max(FEW, known * SHARE) or 0 < lost == known


class Losses:
    """The losses of one reading of one resource, which began at a moment, beside those of the reading before."""

    def __init__(self, connection: AsyncConnection, resource: Resource, cabinet_id: UUID, began: datetime) -> None:
        self._connection = connection
        self._resource = resource
        self._cabinet_id = cabinet_id
        self._keys: dict[str, Any] = {"cabinet_id": cabinet_id, "resource": resource.name, "began": began}

    async def gone(self, listed: Sequence[Key], observed_at: datetime) -> list[Change]:
        """Mark the rows that a whole reading did not have, unless that is yet to be confirmed."""
        missing = await gone.find_missing(self._connection, self._resource, self._cabinet_id, listed)
        certain = await self._confirmed("gone", missing.keys, missing) if self._is_suspicious(missing) else missing.keys
        return await gone.mark_gone(self._connection, self._resource, self._cabinet_id, certain, observed_at)

    async def unbelieved(self, emptied: dict[int, Key], page: Sequence[Key]) -> set[int]:
        """Which of the `emptied` rows of a page are not to be stored yet, by their places in it.

        Emptied ones lose a value that is vital. It has to be confirmed where much of the page does.
        """
        if len(emptied) < SOLD_OUT:
            return set()
        session = await driver(self._connection)
        columns = [list(values) for values in zip(*page, strict=True)]
        full = await session.fetchval(_full(self._resource), self._cabinet_id, *columns)
        if not is_much(len(emptied), full):
            return set()
        places = {tuple(map(str, key)): place for place, key in emptied.items()}
        certain = await self._confirmed("emptied", list(places), Missing(full, (), {}))
        return set(emptied) - {places[key] for key in certain}

    async def settle(self) -> int:
        """The reading has ended: what the one before lost is settled; how many losses are to be confirmed."""
        suspected: int = (await self._connection.execute(_SETTLE, self._keys)).scalar_one()
        if suspected:
            log.warning("sync.losses", cabinet_id=str(self._cabinet_id), resource=self._resource.name, rows=suspected)
        return suspected

    def _is_suspicious(self, missing: Missing) -> bool:
        if is_much(len(missing.keys), missing.known):
            return True
        group = self._resource.storage.grouped_by
        return group is not None and missing.whole_groups(self._resource.storage.keys.index(group), least=SMALL_GROUP)

    async def _confirmed(self, loss: Loss, keys: Sequence[Spelt], of: Missing) -> Sequence[Spelt]:
        """Those that the reading before lost too, and the rest if that is not much by itself."""
        noted = await self._connection.execute(_NOTED, {**self._keys, "loss": loss})
        before = {tuple(key) for key in noted.scalars()}
        rest = [key for key in keys if key not in before]
        if not self._is_suspicious(Missing(of.known, rest, of.groups)):
            return keys
        await self._connection.execute(_NOTE, {**self._keys, "loss": loss, "keys": spelt(rest)})
        return [key for key in keys if key in before]


@cache
def _full(resource: Resource) -> str:
    types = sql_types(resource.storage.table)
    arrays = ", ".join(f"CAST(${n} AS {types[key]}[])" for n, key in enumerate(resource.storage.keys, start=2))
    return f"""
        SELECT count(*) FROM unnest({arrays}) AS page ({", ".join(resource.storage.keys)})
        JOIN {resource.storage.table.name} AS t ON t.cabinet_id = $1
            AND {" AND ".join(f"t.{key} = page.{key}" for key in resource.storage.keys)}
        WHERE NOT t.gone AND ({" OR ".join(f"t.{name} <> 0" for name in resource.storage.vital)})
    """
