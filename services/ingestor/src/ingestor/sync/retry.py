"""Reading rows in quarantine again, as the code reads today.

What can be read now is taken in like a page: stored, published and kept in the history in one transaction. It must not
take the place of what WB sent later: see `_outdated`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from contracts.audit import Values
from servicekit.db import Database, driver
from servicekit.operators import record_command
from servicekit.sql_types import sql_types
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource
from ingestor.sync import quarantine
from ingestor.sync.keyed_rows import KeyedRows, key_rows
from ingestor.sync.lenient import UNREADABLE
from ingestor.sync.publish import Announcement
from ingestor.sync.quarantine import Kept, Place
from ingestor.sync.store import store

BATCH_ROWS = 1_000
"""Rows of one transaction."""

# Held like a page holds it: a run of the same sync, and a disconnection, wait until the transaction ends.
_HOLD = text("""
    SELECT c.connected_at, c.currency, s.first_load_done FROM sync_state s JOIN cabinets c USING (cabinet_id)
    WHERE s.cabinet_id = :cabinet_id AND s.resource = :resource AND c.status <> 'disconnected' FOR UPDATE OF s
""")
_COUNT = text("""
    UPDATE sync_state SET rows = rows + :rows_new WHERE cabinet_id = :cabinet_id AND resource = :resource
""")
# A sync may take several runs, of which the last says that it is complete.
_LAST_SYNC_BEGAN = text("""
    WITH completed AS (
        SELECT started_at FROM sync_logs
        WHERE cabinet_id = :cabinet_id AND resource = :resource AND outcome = 'completed'
        ORDER BY started_at DESC LIMIT 2
    ), quiet AS (
        SELECT max(last_started_at) AS started_at FROM sync_logs
        WHERE cabinet_id = :cabinet_id AND resource = :resource AND started_at >= (
            SELECT max(started_at) FROM completed) - interval '1 hour'
    )
    SELECT greatest(min(started_at), (SELECT started_at FROM quiet)) FROM sync_logs
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND started_at <= (SELECT max(started_at) FROM completed)
        AND ((SELECT count(*) FROM completed) = 1 OR started_at > (SELECT min(started_at) FROM completed))
""")


@dataclass(slots=True)
class Verdict:
    """What became of rows in quarantine. `superseded`: what is stored is as new, or newer; so they are dropped."""

    stored: int = 0
    broken: int = 0
    superseded: int = 0

    def __str__(self) -> str:
        return f"{self.stored} stored, {self.broken} still broken, {self.superseded} superseded"


async def retry_as_operator(
    database: Database, *, cabinet_id: UUID | None = None, resource: str | None = None, limit: int
) -> dict[str, Verdict]:
    """As `retry`, recorded for the audit before and after: it is as many transactions as there are pages."""
    action = "ingestor quarantine retry"
    asked: Values = {"resource": resource, "limit": limit}
    async with database.transaction() as connection:
        await record_command(connection, "ingestor", action, outcome="begun", cabinet_id=cabinet_id, after=asked)
    verdicts = await retry(database, cabinet_id=cabinet_id, resource=resource, limit=limit)
    found: Values = {name: asdict(verdict) for name, verdict in verdicts.items()}
    async with database.transaction() as connection:
        await record_command(connection, "ingestor", action, cabinet_id=cabinet_id, after=found)
    return verdicts


async def retry(
    database: Database, *, cabinet_id: UUID | None = None, resource: str | None = None, limit: int
) -> dict[str, Verdict]:
    """Read `limit` rows at most again; by resource, what became of them. Those of resources that are no more stay."""
    verdicts: dict[str, Verdict] = {}
    left = limit
    for place in await quarantine.places(database, cabinet_id=cabinet_id, resource=resource):
        if place.resource not in RESOURCES:
            continue
        verdict = verdicts.setdefault(place.resource, Verdict())
        last: Kept | None = None
        while left > 0:
            async with database.transaction() as connection:
                last, count = await _retry(connection, place, verdict, after=last, limit=min(left, BATCH_ROWS))
            left -= count
            if last is None:
                break
    return verdicts


async def _retry(
    connection: AsyncConnection, place: Place, verdict: Verdict, *, after: Kept | None, limit: int
) -> tuple[Kept | None, int]:
    """Retry the next rows: the last of them (none: there were no more), and how many."""
    keys = {"cabinet_id": place.cabinet_id, "resource": place.resource}
    sync = (await connection.execute(_HOLD, keys)).first()
    kept = await quarantine.kept(connection, place, after=after, limit=limit) if sync else []
    if sync is None or not kept:
        return None, 0
    resource = RESOURCES[place.resource]
    # Never later than WB had them.
    observed_at = min(each.last_seen_at for each in kept)
    keyed = key_rows(resource, [msgspec.Raw(each.body) for each in kept], observed_at)
    seen = {each.body: each.last_seen_at for each in kept}
    await _leave_out_outdated(connection, resource, place, keyed, seen)
    told = Announcement(
        resource,
        place.cabinet_id,
        connected_at=sync.connected_at,
        first_load=not sync.first_load_done,
        currency=sync.currency,
    )
    await store(connection, resource, place.cabinet_id, keyed, observed_at, told.add)
    await told.publish(connection)
    await connection.execute(_COUNT, {**keys, "rows_new": told.new})
    still = {each.body: each.reason for each in keyed.broken}
    await quarantine.settle(connection, place, kept, still)
    verdict.stored += told.new + told.changed
    verdict.broken += len(still)
    verdict.superseded += len(kept) - len(still) - told.new - told.changed
    return kept[-1], len(kept)


async def _leave_out_outdated(
    connection: AsyncConnection, resource: Resource, place: Place, keyed: KeyedRows, seen: Mapping[bytes, datetime]
) -> None:
    if not keyed.rows:
        return
    sent = keyed.as_sent()
    when = [seen[sent.get(bytes(raw), bytes(raw))] for raw in keyed.rows]
    for position in sorted(await _outdated(connection, resource, place, keyed, when), reverse=True):
        raw, seen_at = keyed.rows.pop(position), when[position]
        del keyed.keys[position], keyed.digests[position]
        try:
            resource.storage.parse(raw, seen_at)
        except UNREADABLE:
            # If nobody can say what it is, nobody can say that it is superseded.
            keyed.mend(resource, raw, seen_at)


async def _outdated(
    connection: AsyncConnection, resource: Resource, place: Place, keyed: KeyedRows, seen: list[datetime]
) -> set[int]:
    """Which rows are older than what WB said since, where they have no version that tells.

    Where all rows are read each time, a row that the last sync did not find broken was read, or is gone. Elsewhere
    a row is older than what was stored after it was seen.
    """
    if resource.storage.version is not None:
        return set()
    if resource.storage.when_gone is not None:
        keys: dict[str, Any] = {"cabinet_id": place.cabinet_id, "resource": place.resource}
        began = (await connection.execute(_LAST_SYNC_BEGAN, keys)).scalar()
        return {n for n, at in enumerate(seen) if began is not None and at < began}
    types = sql_types(resource.storage.table)
    arrays = ", ".join(f"CAST(${n} AS {types[key]}[])" for n, key in enumerate(resource.storage.keys, start=3))
    session = await driver(connection)
    found = await session.fetch(
        f"""
            SELECT s.n FROM unnest(CAST($2 AS timestamptz[]), {arrays})
                WITH ORDINALITY AS s (seen, {", ".join(resource.storage.keys)}, n)
            JOIN {resource.storage.table.name} AS t ON t.cabinet_id = $1
                AND {" AND ".join(f"t.{key} = s.{key}" for key in resource.storage.keys)}
            WHERE t.changed_at > s.seen
        """,
        place.cabinet_id,
        seen,
        *map(list, zip(*keyed.keys, strict=True)),
    )
    return {n - 1 for (n,) in found}
