"""One page: looked at, then stored, published and remembered in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Page, Position, Resource, Seen, Step
from ingestor.sync import gone, quarantine, schedule
from ingestor.sync.log import Counts
from ingestor.sync.look import NUL, Looked, look
from ingestor.sync.publish import Announcement
from ingestor.sync.schedule import Lease
from ingestor.sync.store import store
from ingestor.wb.errors import Unavailable


@dataclass(slots=True)
class Run:
    """One run of a sync: `counts` are its own, `totals` those of the whole sync since `started_at`.

    `begins_anew`: it does not go on with a reading that an earlier run left unfinished. `newly_quarantined` rows could
    not be read, and had not been met before.
    """

    lease: Lease
    resource: Resource
    started_at: datetime
    totals: Counts
    counts: Counts = field(default_factory=Counts)
    begins_anew: bool = True
    newly_quarantined: int = 0

    def count_request(self, *, sent: bool, waited_seconds: float = 0) -> None:
        """Count a call of WB, unless our own budget kept it from being sent."""
        one = Counts(requests=int(sent), waited_seconds=waited_seconds)
        self.counts, self.totals = self.counts.plus(one), self.totals.plus(one)


def read(resource: Resource, body: bytes) -> Page:
    """The page in an answer.

    Raises:
        Unavailable: the answer is cut short, or not one of this method.
    """
    try:
        return resource.read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable(f"{resource.method.name}: not the answer of this method ({error})") from error


async def take_in(database: Database, run: Run, position: Position, body: bytes, observed_at: datetime) -> Step:
    """Take a page in; what follows it.

    Rows, history, events, quarantine, counts and cursor are one transaction, in a number of statements that does
    not grow with the rows.

    Raises:
        Unavailable: the answer is none of this method.
        LeaseLost: the run's lease is gone; nothing was written.
    """
    lease, resource = run.lease, run.resource
    page = read(resource, body)
    looked = look(resource, page.rows, observed_at, may_hold_nul=NUL in body)
    async with database.transaction() as connection:
        await schedule.hold(connection, lease)
        told = Announcement(
            resource,
            lease.cabinet_id,
            connected_at=lease.connected_at,
            first_load=not lease.first_load_done,
        )
        unknown = len(looked.broken)
        await store(connection, resource, lease.cabinet_id, looked, observed_at, told.tell)
        repeated = await _remember(connection, run, looked)
        broken = len(looked.broken)
        step = resource.advance(position, Seen(page.rows, looked.marks, unknown, page.after, repeated, broken))
        await _tell_gone(connection, run, step, observed_at, told)
        await told.publish(connection)
        quarantined = await quarantine.put(connection, lease.cabinet_id, resource.name, looked.broken, position)
        counts = Counts(
            pages=1,
            rows_new=told.new,
            rows_changed=told.changed,
            rows_same=len(page.rows) - broken - told.new - told.changed,
            rows_quarantined=broken,
            rows_gone=told.gone,
        )
        progress = {"started_at": run.started_at.isoformat(), **run.totals.plus(counts).as_dict()}
        await schedule.save_page(connection, lease, cursor=step.position, progress=progress, rows_new=told.new)
    run.counts = run.counts.plus(counts)
    run.totals = run.totals.plus(counts)
    run.newly_quarantined += quarantined
    return step


async def start_over(database: Database, run: Run) -> None:
    """Forget where the reading stood: nothing is left to ask about, so the next run begins from the first subject."""
    async with database.transaction() as connection:
        await schedule.hold(connection, run.lease)
        progress = {"started_at": run.started_at.isoformat(), **run.totals.as_dict()}
        await schedule.save_page(connection, run.lease, cursor={}, progress=progress, rows_new=0)


async def _remember(connection: AsyncConnection, run: Run, looked: Looked) -> int:
    if run.resource.emptied is None:
        return 0
    if run.begins_anew:
        await gone.forget(connection, run.resource, run.lease.cabinet_id)
        run.begins_anew = False
    return await gone.remember(connection, run.resource, run.lease.cabinet_id, looked.keys)


async def _tell_gone(
    connection: AsyncConnection, run: Run, step: Step, observed_at: datetime, told: Announcement
) -> None:
    resource, cabinet_id = run.resource, run.lease.cabinet_id
    if resource.emptied is None or not step.done:
        return
    if step.whole:
        for change in await gone.mark_gone(connection, resource, cabinet_id, observed_at):
            told.tell(change)
    await gone.forget(connection, resource, cabinet_id)
