"""The relay: publishes committed outbox rows with confirms and marks them sent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text

from servicekit.db import Database
from servicekit.waiting import wait_for_event

log = structlog.get_logger()

BATCH = 200
"""6,200-6,600 messages/s at 200, 3,600-5,900 at 50, 500-600 one by one."""

BATCH_BYTES = 8 * 2**20
"""Of bodies in a batch, which are in memory some four times while they are published; a larger event goes alone."""

POLL_SECONDS = 1.0
"""How long a row can wait if its notification was lost."""

CHANNEL = "outbox"

LANE = "(CASE WHEN origin = 'live' THEN 0 ELSE 1 END)"
"""What is live is relayed before the rest. A condition that is true or false would be rewritten past its index."""

_WAITING = f"""
SELECT id, cabinet_id, created_at, next_attempt_at, type, origin, traceparent, body FROM outbox
WHERE sent_at IS NULL AND {LANE} = {{lane}} AND next_attempt_at <= now()
ORDER BY next_attempt_at LIMIT {{limit}} FOR UPDATE SKIP LOCKED
"""
# A row is fetched with its body only as far as the bodies before it leave room; the length needs no body.
_CLAIM = text(f"""
WITH live AS MATERIALIZED ({_WAITING.format(lane=0, limit=":rows")}),
     bulk AS MATERIALIZED ({_WAITING.format(lane=1, limit=":rows - (SELECT count(*) FROM live)")}),
     locked AS (
         SELECT *, sum(octet_length(body)) OVER (ORDER BY {LANE}, next_attempt_at, id) AS bytes,
                row_number() OVER (ORDER BY {LANE}, next_attempt_at, id) AS place, count(*) OVER () AS waiting
         FROM (TABLE live UNION ALL TABLE bulk) AS either)
SELECT id, cabinet_id, created_at, type, origin, traceparent, body, waiting
FROM locked WHERE bytes <= :bytes OR place = 1 ORDER BY place
""")
_KEYS = "unnest(CAST(:cabinet_id AS uuid[]), CAST(:created_at AS timestamptz[]), CAST(:id AS uuid[]))"
_SENT = text(f"""
UPDATE outbox SET sent_at = clock_timestamp(), attempts = attempts + 1, last_error = NULL
FROM {_KEYS} AS done (cabinet_id, created_at, id)
WHERE (outbox.cabinet_id, outbox.created_at, outbox.id) = (done.cabinet_id, done.created_at, done.id)
  AND outbox.sent_at IS NULL
""")
_FAILED = text(f"""
UPDATE outbox SET attempts = attempts + 1, last_error = :error,
    next_attempt_at = clock_timestamp() + least(5, power(2, least(attempts, 3))) * interval '1 second'
FROM {_KEYS} AS failed (cabinet_id, created_at, id)
WHERE (outbox.cabinet_id, outbox.created_at, outbox.id) = (failed.cabinet_id, failed.created_at, failed.id)
  AND outbox.sent_at IS NULL
""")


@dataclass(frozen=True)
class OutboxRow:
    """A claimed event on its way to the broker."""

    id: UUID
    cabinet_id: UUID
    created_at: datetime
    type: str
    origin: str
    traceparent: str | None
    body: bytes


Publish = Callable[[OutboxRow], Awaitable[None]]
"""Returns once the broker confirmed the message; raises if it did not."""


class Relay:
    """Moves rows of one service's outbox to the broker, at least once each.

    Rows stay locked while they are published: a relay that dies releases them at once, any number may run,
    and `publish` must bound its own time. Rows are found by not being sent, never by a sequence, because
    transactions do not commit in the order of their ids.
    """

    def __init__(self, database: Database, publish: Publish) -> None:
        self._database = database
        self._publish = publish
        self._wake = asyncio.Event()

    async def relay_batch(self) -> int:
        """Publish up to `BATCH` unsent rows and `BATCH_BYTES` of bodies, live events first; how many were claimed."""
        async with self._database.transaction() as connection:
            claimed = (await connection.execute(_CLAIM, {"rows": BATCH, "bytes": BATCH_BYTES})).all()
            if not claimed:
                return 0
            rows = [OutboxRow(*row[:-1]) for row in claimed]
            if len(rows) < claimed[0].waiting or len(rows) == BATCH:
                self._wake.set()
            results = await asyncio.gather(*map(self._publish, rows), return_exceptions=True)
            sent = [row for row, result in zip(rows, results, strict=True) if result is None]
            failures = [(row, e) for row, e in zip(rows, results, strict=True) if isinstance(e, BaseException)]
            if sent:
                await connection.execute(_SENT, _keys(sent))
            if failures:
                error = f"{type(failures[0][1]).__name__}: {failures[0][1]}"[:500]
                await connection.execute(_FAILED, {**_keys([row for row, _ in failures]), "error": error})
                log.warning("outbox.publish_failed", count=len(failures), error=error)
        return len(rows)

    async def run(self) -> None:
        """Relay until cancelled: at once when a transaction adds rows, and every `POLL_SECONDS` in any case."""
        listener = await asyncpg.connect(self._database.dsn, timeout=10)
        try:
            listener.add_termination_listener(lambda _: self._wake.set())
            schema = await listener.fetchval("SELECT current_schema()")
            await listener.add_listener(f"{schema}.{CHANNEL}", lambda *_: self._wake.set())
            while not listener.is_closed():
                self._wake.clear()
                await self.relay_batch()
                await wait_for_event(self._wake, POLL_SECONDS)
            raise ConnectionError("the connection that listens for outbox rows was closed")
        finally:
            # Not a polite close: one that fails would stand in for the cancellation that ended the loop.
            listener.terminate()


def _keys(rows: list[OutboxRow]) -> dict[str, list[object]]:
    return {
        "cabinet_id": [row.cabinet_id for row in rows],
        "created_at": [row.created_at for row in rows],
        "id": [row.id for row in rows],
    }
