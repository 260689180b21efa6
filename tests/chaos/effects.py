"""Effects applied more than once, read from the database."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
from demo.database import look
from support.eventually import eventually

# An effect is doubled when the same revision was published, or the same step of an order reported twice, when an
# order counted more revisions than WB made versions of it (seen as a revision without its event), or when a figure
# differs from what the facts say.
_QUERIES = {
    "revisions published twice": """
        SELECT count(*) - count(DISTINCT (o->>'order_id', o->>'revision')) FROM ingestor.outbox,
        jsonb_array_elements(convert_from(body, 'UTF8')::jsonb->'data'->'orders') AS o
        WHERE type = 'orders.updated.v1'""",
    "steps reported twice": """
        SELECT count(*) - count(DISTINCT (o->'order'->>'order_id', o->>'step', CASE
            WHEN o->>'step' IN ('bought', 'returned') THEN ''
            WHEN o->>'step' = 'priced' AND o->>'sale' IS NOT NULL THEN o->>'sale'
            ELSE o->'order'->>'revision' END)) FROM reporter.outbox,
        jsonb_array_elements(convert_from(body, 'UTF8')::jsonb->'data'->'orders') AS o
        WHERE type = 'orders.reported.v1'""",
    "revisions without their event": """
        SELECT coalesce(sum(revision), 0) - (SELECT count(*) FROM ingestor.outbox,
        jsonb_array_elements(convert_from(body, 'UTF8')::jsonb->'data'->'orders')
            WHERE type = 'orders.updated.v1') FROM ingestor.orders""",
    "day totals that differ from the facts": """
        SELECT count(*) FROM (
            SELECT cabinet_id, nm_id, day, count(*) AS orders, count(*) FILTER (WHERE is_cancel) AS cancelled,
                   coalesce(sum(price_with_disc), 0) AS orders_sum
            FROM reporter.order_facts GROUP BY 1, 2, 3
        ) AS facts FULL JOIN (SELECT * FROM reporter.day_totals WHERE nm_id <> 0) AS totals
            USING (cabinet_id, nm_id, day)
        -- A day on which an item was only bought or given back has totals without orders.
        WHERE (coalesce(facts.orders, 0), coalesce(facts.cancelled, 0), coalesce(facts.orders_sum, 0))
            IS DISTINCT FROM
            (coalesce(totals.orders, 0), coalesce(totals.cancelled, 0), coalesce(totals.orders_sum, 0))""",
    "deliveries of one change twice": """
        SELECT count(*) - count(DISTINCT (subject, channel, recipient)) FROM notifier.deliveries""",
}
_UNFINISHED = """
    SELECT d.payload->'order'->>'srid' AS srid FROM notifier.delivery_attempts a
    JOIN notifier.deliveries d ON (d.cabinet_id, d.id) = (a.cabinet_id, a.delivery_id)
    WHERE (a.finished_at IS NULL OR a.outcome = 'unanswered') AND d.finished_at IS NOT NULL
"""
COUNTED_SECONDS = 60


@dataclass(frozen=True)
class Effects:
    """Doubled effects by kind, and what was being told by attempts that began and never ended."""

    by_kind: dict[str, int]
    unfinished_attempts: list[str]
    """Their orders' srids."""

    @property
    def doubled(self) -> int:
        """All of them."""
        return sum(abs(count) for count in self.by_kind.values())

    def untraced(self, duplicates: list[str]) -> list[str]:
        """Of orders that were told in a second message, those for which no attempt lacks its end."""
        return list((Counter(duplicates) - Counter(self.unfinished_attempts)).elements())


async def _counted(connection: asyncpg.Connection) -> None:
    """Figures follow their orders: wait until none is left to be counted; one that never is, is told by the totals."""

    async def nothing_is_left() -> bool:
        return not await connection.fetchval("SELECT count(*) FROM reporter.stale_cells")

    with suppress(AssertionError):
        await eventually(nothing_is_left, seconds=COUNTED_SECONDS)


def effects(url: str) -> Effects:
    """Count them, as the database's administrator."""

    async def query(connection: asyncpg.Connection) -> Effects:
        await _counted(connection)
        by_kind = {name: int(await connection.fetchval(query)) for name, query in _QUERIES.items()}
        unfinished = [row["srid"] for row in await connection.fetch(_UNFINISHED)]
        return Effects(by_kind, unfinished)

    return look(url, query)
