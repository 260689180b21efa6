"""After a lost broker: what no consumer has noted is published again, from the outboxes that still have it.

A message that was confirmed lies in a queue until its consumer notes it in its inbox, in the transaction of its effect.
So what the log has and an inbox has not was lost with the queue, or is on its way; sent again, the inbox knows it.
Rows are marked unsent, and the services' own relays publish them: to everybody who is bound, who each take it once.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from contracts.audit import Values
from contracts.envelope import SERVICES
from contracts.topics import QUEUES
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from servicekit.db import driver
from servicekit.inbox import KEEP_DAYS
from servicekit.operators import record_command

DEFAULT_DAYS = 7
"""Nothing waits longer in a queue than the longest outage; what is older lay among the dead, or has a new consumer."""

LONGEST_DAYS = KEEP_DAYS - 1
"""Inboxes forget what they noted before: it would be handled a second time."""

_MISSING = """
SELECT log.cabinet_id, log.created_at, log.id, wanted.queue, log.type
FROM {publisher}.outbox AS log
JOIN unnest(CAST($1 AS text[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS text[]))
    AS wanted (type, origin, queue, consumer) ON wanted.type = log.type AND wanted.origin = log.origin
WHERE log.created_at >= $5 AND log.created_at < $6 AND log.sent_at IS NOT NULL AND log.type = ANY (CAST($1 AS text[]))
"""
_UNNOTED = """
    AND NOT EXISTS (
        SELECT FROM {service}.inbox AS noted WHERE noted.consumer = wanted.consumer AND noted.event_id = log.id)
"""
_COUNT = "WITH missing AS ({missing}) SELECT queue, type, count(*) AS events FROM missing GROUP BY queue, type"
_MARK = """
WITH missing AS MATERIALIZED ({missing}),
     marked AS (
         UPDATE {publisher}.outbox AS log SET sent_at = NULL, next_attempt_at = now(), last_error = NULL
         FROM (SELECT DISTINCT cabinet_id, created_at, id FROM missing) AS lost
         WHERE (log.cabinet_id, log.created_at, log.id) = (lost.cabinet_id, lost.created_at, lost.id)
             AND log.created_at >= $5 AND log.created_at < $6)
SELECT queue, type, count(*) AS events FROM missing GROUP BY queue, type
"""
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE to_regclass(nspname || '.outbox') IS NOT NULL"


@dataclass(frozen=True)
class Republished:
    """How many events each queue is given again, by queue and type; and how many more it would be given from further
    back, of what the inboxes still remember."""

    events: Counter[tuple[str, str]]
    older: int


async def republish(admin_url: str, *, since: datetime | None = None, dry_run: bool = False) -> Republished:
    """Mark unsent what was published since then (7 days ago unless told) and some consumer has not noted.

    One transaction a day of the log and publisher, which records for the audit what it marks: killed at any moment, it
    is run again. An event that two queues lack
    counts for each. With `dry_run` it is only counted.

    Raises:
        ValueError: `since` is further back than inboxes remember.
        OSError, asyncpg.PostgresError: the database does not answer, or the role may not see every schema.
    """
    url = make_url(admin_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": 10})
    async with engine.begin() as connection:
        now: datetime = (await connection.execute(text("SELECT now()"))).scalar_one()
        there = {row["nspname"] for row in await (await driver(connection)).fetch(_SCHEMAS)} & set(SERVICES)
    furthest = now - timedelta(days=LONGEST_DAYS)
    since = since or now - timedelta(days=DEFAULT_DAYS)
    if since < furthest:
        raise ValueError(
            f"inboxes remember {LONGEST_DAYS} days: nothing before {furthest.isoformat()} can be told apart"
        )
    events = await _each_day(engine, there, since, now, is_marked=not dry_run)
    older = await _each_day(engine, there, furthest, since, is_marked=False)
    return Republished(events, older.total())


async def _each_day(
    engine: AsyncEngine, services: set[str], since: datetime, until: datetime, *, is_marked: bool
) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for publisher in sorted(services):
        wanted = _wanted(publisher)
        if not wanted:
            continue
        missing = _MISSING.format(publisher=publisher)
        missing += "".join(_UNNOTED.format(service=service) for service in sorted(services))
        said = (_MARK if is_marked else _COUNT).format(missing=missing, publisher=publisher)
        columns = [list(column) for column in zip(*wanted, strict=True)]
        for begin, end in _days(since, until):
            async with engine.begin() as connection:
                # Unqualified names, as of the outbox that the record goes into, are the publisher's.
                await connection.execute(text(f"SET LOCAL search_path TO {publisher}"))
                lost = await (await driver(connection)).fetch(said, *columns, begin, end)
                events = Counter({(row["queue"], row["type"]): int(row["events"]) for row in lost})
                if is_marked and events:
                    after: Values = {"since": begin.isoformat(), "until": end.isoformat(), "events": events.total()}
                    await record_command(connection, publisher, "servicekit republish", after=after)
            found += events
    return found


def _wanted(publisher: str) -> list[tuple[str, str, str, str]]:
    """(type, origin, queue, consumer) of everything that some queue takes from this service."""
    return [
        (event.TYPE, origin.value, queue.name, queue.consumer_of(event))
        for queue in QUEUES
        for event in queue.events
        for origin in queue.origins
        if publisher == event.PUBLISHER
    ]


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    begin = since
    while begin < until:
        end = min(until, datetime.combine(begin.astimezone(UTC).date() + timedelta(days=1), time(), UTC))
        yield begin, end
        begin = end
