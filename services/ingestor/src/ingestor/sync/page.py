"""One page: parsed row by row, then stored, published and remembered in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from contracts.envelope import Event, Origin
from contracts.model import MAX_BATCH
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import make_event
from ingestor.resources.resource import Change, Page, Position, Resource, Row, Seen, Step
from ingestor.sync import gone, quarantine, schedule
from ingestor.sync.log import Counts
from ingestor.sync.quarantine import Broken
from ingestor.sync.schedule import Lease
from ingestor.sync.store import store
from ingestor.wb.errors import Unavailable


@dataclass(slots=True)
class Run:
    """One run of a sync: `counts` are its own, `totals` those of the whole sync since `started_at`."""

    lease: Lease
    resource: Resource
    started_at: datetime
    totals: Counts
    counts: Counts = field(default_factory=Counts)

    def count_request(self, *, sent: bool, waited_seconds: float = 0) -> None:
        """Count a call of WB, unless our own budget kept it from being sent."""
        one = Counts(requests=int(sent), waited_seconds=waited_seconds)
        self.counts, self.totals = self.counts.plus(one), self.totals.plus(one)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of a page that could be read, and those that could not."""

    rows: list[Row] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def read(resource: Resource, body: bytes) -> Page:
    """The page in an answer.

    Raises:
        Unavailable: the answer is cut short, or not one of this method.
    """
    try:
        return resource.read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable(f"{resource.method.name}: not the answer of this method ({error})") from error


def parse(resource: Resource, page: Page, cabinet_id: UUID, observed_at: datetime) -> Parsed:
    """Every row for itself: one that cannot be read takes no other with it."""
    parsed = Parsed()
    for raw in page.rows:
        try:
            parsed.rows.append(resource.parse(raw, cabinet_id, observed_at))
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
            parsed.broken.append(Broken(bytes(raw), f"{type(error).__name__}: {error}"[:500]))
    return parsed


async def take_in(
    database: Database, run: Run, position: Position, body: bytes, observed_at: datetime
) -> tuple[Position, bool]:
    """Take a page in; the position to go on from, and whether that was all.

    Rows, events, quarantine, counts and cursor are one transaction, in a number of statements that does not
    grow with the rows.

    Raises:
        Unavailable: the answer is none of this method.
        LeaseLost: the run's lease is gone; nothing was written.
    """
    lease, resource = run.lease, run.resource
    page = read(resource, body)
    parsed = parse(resource, page, lease.cabinet_id, observed_at)
    step = resource.advance(position, Seen(parsed.rows, len(parsed.broken), page.after))
    async with database.transaction() as connection:
        await schedule.hold(connection, lease)
        delta = await store(connection, resource, lease.cabinet_id, parsed.rows)
        absent = await _absent(connection, run, step, parsed.rows, observed_at)
        await outbox.append(connection, await _events(run, [*delta.changes, *absent]))
        await quarantine.put(connection, lease.cabinet_id, resource.name, parsed.broken, position)
        rows_new = sum(change.is_new for change in delta.changes)
        counts = Counts(
            pages=1,
            rows_new=rows_new,
            rows_changed=len(delta.changes) - rows_new,
            rows_same=delta.same,
            rows_quarantined=len(parsed.broken),
            rows_gone=len(absent),
        )
        progress = {"started_at": run.started_at.isoformat(), **run.totals.plus(counts).as_dict()}
        await schedule.save_page(connection, lease, cursor=step.position, progress=progress, rows_new=rows_new)
    run.counts = run.counts.plus(counts)
    run.totals = run.totals.plus(counts)
    return step.position, step.done


async def _events(run: Run, changes: Sequence[Change]) -> list[Event[Any]]:
    lease, resource = run.lease, run.resource
    first_load = not lease.first_load_done
    by_origin: dict[Origin, list[Change]] = {Origin.LIVE: [], Origin.BACKFILL: []}
    for change in changes:
        is_live = resource.is_live(change, lease.connected_at, first_load)
        by_origin[Origin.LIVE if is_live else Origin.BACKFILL].append(change)
    events = []
    for origin, of_origin in by_origin.items():
        for first in range(0, len(of_origin), MAX_BATCH):
            data = resource.event(of_origin[first : first + MAX_BATCH])
            events.append(make_event(data, lease.cabinet_id, origin=origin))
            # A large page takes seconds: leases are renewed and others' pages taken in between.
            await asyncio.sleep(0)
    return events


async def _absent(
    connection: AsyncConnection, run: Run, step: Step, rows: Sequence[Row], observed_at: datetime
) -> list[Change]:
    resource, cabinet_id = run.resource, run.lease.cabinet_id
    if resource.emptied is None:
        return []
    if not step.done:
        await gone.remember(connection, resource, cabinet_id, rows)
        return []
    absent = await gone.mark_gone(connection, resource, cabinet_id, rows, observed_at) if step.whole else []
    await gone.forget(connection, resource, cabinet_id)
    return absent
