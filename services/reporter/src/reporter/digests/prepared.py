"""Preparing digests: each period of a cabinet once, and anew while late data change what it came to."""

import asyncio
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.digests import DigestKind, DigestPreparedV1
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.digests import read
from reporter.digests.compose import Beside, by_currency, largest
from reporter.digests.periods import Period, ended
from reporter.figures.failures import DIGESTS, failing
from reporter.figures.parts import Part

LATE_DAYS: Mapping[DigestKind, int] = {DigestKind.DAY: 1, DigestKind.WEEK: 3, DigestKind.MONTH: 7}
"""How many days after its last one a period is looked at again. What comes later is told by the next periods."""

LOOK_SECONDS = 3600.0

MISSED: Mapping[DigestKind, int] = {DigestKind.DAY: 7, DigestKind.WEEK: 4, DigestKind.MONTH: 2}
"""So many of the last periods are prepared afterwards if nobody did while they were the last, the last one included."""

# Of a cabinet that has no digest yet, nobody missed the periods before the last.
# Not before the cabinet's figures are those of a later day, and not while something of the period is yet to be counted,
# unless it cannot be: that is late data once it can.
_DUE = text(f"""
SELECT figures.cabinet_id FROM figure_days AS figures
LEFT JOIN digests AS held
    ON held.cabinet_id = figures.cabinet_id AND held.kind = :kind AND held.first_day = CAST(:first AS date)
WHERE figures.cabinet_id > :after AND figures.day > CAST(:last AS date)
    AND (held.cabinet_id IS NULL OR :may_change AND held.looked_at <= now() - make_interval(secs => :look_seconds))
    AND (:is_last OR EXISTS (
        SELECT FROM digests AS earlier
        WHERE earlier.cabinet_id = figures.cabinet_id AND earlier.kind = :kind
            AND earlier.first_day < CAST(:first AS date)
    ))
    AND NOT EXISTS (
        SELECT FROM stale_cells AS cell
        WHERE cell.cabinet_id = figures.cabinet_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
            AND NOT EXISTS ({failing(Part.CELLS, "cell.nm_id", cabinet_id="cell.cabinet_id")} OFFSET 0)
    )
    AND NOT EXISTS (
        SELECT FROM stale_failures AS failed
        WHERE failed.cabinet_id = figures.cabinet_id AND failed.kind = '{DIGESTS}'
            AND failed.nm_id = {WHOLE_CABINET} AND failed.what = :what AND failed.retry_at > now()
    )
ORDER BY figures.cabinet_id LIMIT :limit
""")
_HELD = text("""
SELECT revision, made_of FROM digests
WHERE cabinet_id = :cabinet_id AND kind = :kind AND first_day = CAST(:first AS date)
""")
_LOOKED = text("""
UPDATE digests SET looked_at = now()
WHERE cabinet_id = :cabinet_id AND kind = :kind AND first_day = CAST(:first AS date)
""")
# Whoever comes second with a revision stores nothing.
_KEEP = text("""
INSERT INTO digests (cabinet_id, kind, first_day, last_day, revision, prepared_at, looked_at, made_of, body)
VALUES (:cabinet_id, :kind, CAST(:first AS date), CAST(:last AS date), CAST(:revision AS integer),
    CAST(:prepared_at AS timestamptz), now(), :made_of, CAST(:body AS jsonb))
ON CONFLICT (cabinet_id, kind, first_day) DO UPDATE
SET revision = excluded.revision, prepared_at = excluded.prepared_at, looked_at = excluded.looked_at,
    made_of = excluded.made_of, body = excluded.body
WHERE digests.revision = excluded.revision - 1
RETURNING revision
""")


def named(period: Period) -> str:
    """How a failure names the digest."""
    return f"{period.kind.value} {period.now.first}"


async def due(connection: AsyncConnection, period: Period, today: date, *, after: UUID, limit: int) -> list[UUID]:
    """Cabinets whose digest of the period is to be prepared, or to be looked at again; by id from the one `after`."""
    values = {
        "kind": period.kind.value,
        "what": named(period),
        "first": period.now.first,
        "last": period.now.last,
        "may_change": (today - period.now.last).days <= LATE_DAYS[period.kind],
        "look_seconds": LOOK_SECONDS,
        "is_last": period == ended(period.kind, today),
        "after": after,
        "limit": limit,
    }
    return list((await connection.execute(_DUE, values)).scalars())


async def prepare(connection: AsyncConnection, cabinet_id: UUID, period: Period) -> bool:
    """Prepare the digest and announce it, if it is new or its period came to something else; whether it was."""
    if not await cabinets.is_connected(connection, cabinet_id):
        return False
    key = {"cabinet_id": cabinet_id, "kind": period.kind.value, "first": period.now.first}
    held = (await connection.execute(_HELD, key)).first()
    made_of = await read.made_of(connection, cabinet_id, period)
    if held is not None and held.made_of == made_of:
        await connection.execute(_LOOKED, key)
        return False
    digest = await count(connection, cabinet_id, period, revision=held.revision + 1 if held else 1)
    values = {
        "last": period.now.last,
        "revision": digest.revision,
        "prepared_at": digest.prepared_at,
        "made_of": made_of,
    }
    kept = await connection.execute(_KEEP, {**key, **values, "body": digest.model_dump_json()})
    if kept.first() is None:
        return False
    await outbox.append(connection, [new_event(digest, cabinet_id=cabinet_id)])
    return True


async def count(connection: AsyncConnection, cabinet_id: UUID, period: Period, *, revision: int) -> DigestPreparedV1:
    """The digest of what is known now."""
    items = await read.items(connection, cabinet_id, period)
    beside = Beside(
        days_in_stock=await read.days_in_stock(connection, cabinet_id, largest(items), period),
        plans=await read.plans(connection, cabinet_id, period),
        differences=await read.differences(connection, cabinet_id, period),
    )
    running_out, of_all = await read.running_out(connection, cabinet_id)
    return DigestPreparedV1(
        kind=period.kind,
        first_day=period.now.first,
        last_day=period.now.last,
        previous_first_day=period.before.first,
        previous_last_day=period.before.last,
        revision=revision,
        prepared_at=clock.now(),
        currencies=await asyncio.to_thread(by_currency, items, beside, period),
        running_out=running_out,
        running_out_count=of_all,
        reviews=await read.reviews(connection, cabinet_id, period),
        freshness=await read.freshness(connection, cabinet_id),
    )
