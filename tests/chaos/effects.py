"""Effects applied more than once, read from the database."""

from dataclasses import dataclass

import asyncpg

# An effect is doubled when the same revision was published or reported twice, when an order counted more
# revisions than WB made versions of it (seen as a revision without its event), or when a figure differs from
# what the facts say.
_QUERIES = {
    "revisions published twice": """
        SELECT count(*) - count(DISTINCT (o->>'order_id', o->>'revision')) FROM ingestor.outbox,
        jsonb_array_elements(body::jsonb->'data'->'orders') AS o WHERE type = 'orders.updated.v1'""",
    "revisions reported twice": """
        SELECT count(*) - count(DISTINCT (o->'order'->>'order_id', o->'order'->>'revision')) FROM reporter.outbox,
        jsonb_array_elements(body::jsonb->'data'->'orders') AS o WHERE type = 'orders.reported.v1'""",
    "revisions without their event": """
        SELECT coalesce(sum(revision), 0) - (SELECT count(*) FROM ingestor.outbox,
        jsonb_array_elements(body::jsonb->'data'->'orders') WHERE type = 'orders.updated.v1') FROM ingestor.orders""",
    "day totals that differ from the facts": """
        SELECT count(*) FROM (
            SELECT cabinet_id, nm_id, day, count(*) AS orders, count(*) FILTER (WHERE is_cancel) AS cancelled,
                   coalesce(sum(price_with_disc), 0) AS orders_sum
            FROM reporter.order_facts GROUP BY 1, 2, 3
        ) AS facts FULL JOIN (SELECT * FROM reporter.day_totals WHERE nm_id <> 0) AS totals
            USING (cabinet_id, nm_id, day)
        WHERE (facts.orders, facts.cancelled, facts.orders_sum)
            IS DISTINCT FROM (totals.orders, totals.cancelled, totals.orders_sum)""",
    "deliveries of one change twice": """
        SELECT count(*) - count(DISTINCT (order_id, order_revision, channel, recipient)) FROM notifier.deliveries""",
}
_UNFINISHED = """
    SELECT count(*) FROM notifier.delivery_attempts JOIN notifier.deliveries ON (id, status) = (delivery_id, 'sent')
    WHERE delivery_attempts.finished_at IS NULL
"""


@dataclass(frozen=True)
class Effects:
    """Doubled effects by kind, and attempts that were begun and never ended: each may have doubled a message."""

    by_kind: dict[str, int]
    unfinished_attempts: int

    @property
    def doubled(self) -> int:
        """All of them."""
        return sum(abs(count) for count in self.by_kind.values())


async def effects(url: str) -> Effects:
    """Count them, as the database's administrator."""
    connection = await asyncpg.connect(url)
    try:
        by_kind = {name: int(await connection.fetchval(query)) for name, query in _QUERIES.items()}
        return Effects(by_kind, int(await connection.fetchval(_UNFINISHED)))
    finally:
        await connection.close()
