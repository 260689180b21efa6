"""How old what is read is: when its sources were read at Wildberries last, and whether they are late or overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.reading import Shown

STANDS_IN = {"order_feed": "orders", "stock_remains": "stocks"}
"""Resource → the one that it is read instead of, or beside: the newer of the two counts."""

OVERDUE_SECONDS = 30
"""What was to be read so long ago, and nothing stands in its way, is asked for (`asking`); so is what is read rarely
because nobody did."""

# Of each source of each cabinet when it was read last; of these the oldest. One that was never read says nothing: its
# token may be closed to it.
_READ = """
SELECT (
    SELECT min(read_at) FROM (
        SELECT max(last_success_at) AS read_at
        FROM ingestor_published.sync_state
        JOIN unnest(CAST(:resources AS text[]), CAST(:sources AS text[])) AS wanted (resource, source) USING (resource)
        WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[]))
        GROUP BY cabinet_id, source
    ) AS of_source
) AS as_of, EXISTS (
    SELECT FROM reporter_published.sources
    WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND resource = ANY (CAST(:sources AS text[]))
        AND delayed_since > coalesce(recovered_at, '-infinity')
) AS stale, (
    SELECT jsonb_agg(jsonb_build_array(cabinet_id, resource)) FROM ingestor_published.sync_state
    WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND resource = ANY (CAST(:resources AS text[]))
        AND status = 'waiting'
        AND (next_run_at < now() - make_interval(secs => :overdue) OR every_because = 'dormant')
) AS overdue
"""


_LATE = text("""
SELECT resource FROM reporter_published.sources
WHERE cabinet_id = :cabinet_id AND delayed_since > coalesce(recovered_at, '-infinity')
""")


@dataclass(frozen=True)
class Freshness:
    """The age of an answer."""

    as_of: datetime | None
    """When the source that was read longest ago was read; none: nothing was read yet."""
    stale: bool
    """A source is late: Wildberries does not give it, or not in time."""
    overdue: frozenset[tuple[UUID, str]] = frozenset()
    """Cabinets and resources that should have been read since, or are read rarely as nobody read them, and nothing
    stands in the way."""


async def read(shown: Shown, cabinets: Sequence[UUID], sources: Sequence[str]) -> Freshness:
    """The age of what these sources (names of docs/resources.md) say of the cabinets, which are to be shown."""
    of = {name: name for name in sources} | {name: source for name, source in STANDS_IN.items() if source in sources}
    values = {"cabinets": list(cabinets), "resources": list(of), "sources": list(of.values())}
    [row] = await shown.rows(_READ, {**values, "overdue": OVERDUE_SECONDS})
    overdue = frozenset((UUID(cabinet), name) for cabinet, name in row["overdue"] or ())
    return Freshness(row["as_of"], row["stale"], overdue)


async def late_sources(connection: AsyncConnection, cabinet_id: UUID) -> frozenset[str]:
    """Which sources of the cabinet, which is to be shown, are late."""
    return frozenset((await connection.execute(_LATE, {"cabinet_id": cabinet_id})).scalars())


def source_of(resource: str) -> str:
    """The source that a resource is read for."""
    return STANDS_IN.get(resource, resource)
