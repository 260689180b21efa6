"""Hints that have come: each is kept once, and asks for one reading of what it is about."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import structlog
from servicekit.db import Database
from sqlalchemy import text

from ingestor.hints.envelope import READS, Hint
from ingestor.metrics import count_hints

log = structlog.get_logger()

KEEP_DAYS = 30
"""How long a repeat is known for one; a later one costs a reading."""

MOST_NAMES, LONGEST_NAME = 10, 64
"""Of events that are not known, in a line of the log."""

# However many hints there are, a resource of a cabinet waits once. Rows are locked in their order, so that requests
# with the same events do not wait for one another in a circle; a cabinet that is being disconnected is waited for.
_STORE = text("""
    WITH here AS (
        SELECT 1 FROM cabinets WHERE cabinet_id = :cabinet_id AND status <> 'disconnected' FOR SHARE
    ), new AS (
        INSERT INTO wb_hints (cabinet_id, key, event)
        SELECT :cabinet_id, key, event FROM unnest(CAST(:keys AS bytea[]), CAST(:events AS text[])) AS h (key, event)
        WHERE EXISTS (SELECT FROM here) ORDER BY key
        ON CONFLICT DO NOTHING
        RETURNING event
    ), asked AS (
        INSERT INTO hinted_reads (cabinet_id, resource)
        SELECT DISTINCT CAST(:cabinet_id AS uuid), resource
        FROM unnest(CAST(:reading_events AS text[]), CAST(:resources AS text[])) AS r (event, resource)
        WHERE event IN (SELECT event FROM new) ORDER BY resource
        ON CONFLICT DO NOTHING
    )
    SELECT event, count(*) FROM new GROUP BY event
""")
_READS = [(event, resource) for event, resources in READS.items() for resource in resources]


async def store(database: Database, cabinet_id: UUID, hints: Sequence[Hint]) -> bool:
    """Keep those that ask for something and have not come before; whether there were such.

    Of a cabinet that is not there, or not any more, nothing is kept.
    """
    asking = {hint.key: hint.event for hint in hints if READS.get(hint.event)}
    new: Counter[str] = Counter()
    if asking:
        values = {
            "cabinet_id": cabinet_id,
            "keys": list(asking),
            "events": list(asking.values()),
            "reading_events": [event for event, _ in _READS],
            "resources": [resource for _, resource in _READS],
        }
        async with database.transaction() as connection:
            new.update({row[0]: row[1] for row in await connection.execute(_STORE, values)})
    if unknown := {hint.event for hint in hints} - READS.keys():
        log.warning("hints.unknown", events=sorted(event[:LONGEST_NAME] for event in unknown)[:MOST_NAMES])
    for event, came in Counter(hint.event if hint.event in READS else "other" for hint in hints).items():
        count_hints(event, taken=new[event], of=came)
    return bool(new)
