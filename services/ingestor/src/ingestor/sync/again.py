"""Asking for odd pages again (`odd_pages`), whatever a sweep of their resource reads.

It comes before a reading: one page before each that begins, so that neither waits for the other where WB permits few
calls; before a manual sync all of them. A page that cannot be had is left for later, and keeps nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from servicekit import clock
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Page, Position, Resource, Seen
from ingestor.sync import odd_pages, page, quarantine, refused, schedule
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.log import Counts
from ingestor.sync.odd_pages import OddPage
from ingestor.sync.page import Run
from ingestor.sync.salvage import NUL
from ingestor.sync.store import store
from ingestor.wb.client import Reply
from ingestor.wb.errors import BadRequest, Unavailable

log = structlog.get_logger()

Call = Callable[[dict[str, Any]], Awaitable[Reply]]


async def ask_again(database: Database, run: Run, call: Call) -> bool:
    """Ask for a page that is due, if it is its turn, and take it in; whether another may follow before the reading.

    Raises:
        WbError: WB refuses all calls of this method, or wants none yet.
        LeaseLost: the run's lease is gone; nothing was written.
    """
    lease, resource = run.lease, run.resource
    if not lease.has_odd_pages or resource.reading.again is None or (lease.progress and not lease.requests):
        return False
    async with database.transaction() as connection:
        odd = await odd_pages.due(connection, lease.cabinet_id, resource.name)
    if odd is None:
        return False
    try:
        await _ask(database, run, odd, call)
    except (BadRequest, Unavailable) as error:
        log.info("sync.odd_page_not_answered", resource=resource.name, error=str(error))
        await _settle_unread(database, run, odd, set(odd.odd_rows))
    return bool(lease.requests)


async def _ask(database: Database, run: Run, odd: OddPage, call: Call) -> None:
    asked = _question(run.resource, odd.position)
    if asked is None:
        await _settle_unread(database, run, odd, set())
        return
    reply = await call({"method": run.resource.method, **asked})
    await _take_in(database, run, odd, reply.body, Seen((), wb_now=reply.wb_now or clock.now()).latest)


def _question(resource: Resource, position: Position) -> dict[str, Any] | None:
    try:
        return resource.reading.ask(position)
    except Exception as error:
        # Whatever it is: this version of the code has other positions than the one that kept this.
        log.warning("sync.odd_page_unreadable", resource=resource.name, position=position, error=repr(error))
        return None


async def _take_in(database: Database, run: Run, odd: OddPage, body: bytes, latest: datetime) -> None:
    lease, resource, observed_at = run.lease, run.resource, clock.now()
    found = await asyncio.to_thread(page.read, resource, body)
    keyed = await asyncio.to_thread(key_rows, resource, found.rows, observed_at, may_hold_nul=NUL in body)
    told = page.announcement(run)
    async with database.transaction() as connection:
        await schedule.hold(connection, lease)
        await store(connection, resource, lease.cabinet_id, keyed, observed_at, told.add, publish=told.publish)
        await told.publish(connection)
        await quarantine.put(connection, lease.cabinet_id, resource.name, keyed.broken, odd.position)
        if resource.reading.parts is not None:
            parts = map(str, resource.reading.parts(odd.position))
            await refused.accepted(connection, lease.cabinet_id, resource.name, list(parts))
        counts = Counts(pages=1, rows_new=told.new, rows_changed=told.changed, rows_quarantined=len(keyed.broken))
        left = _left(odd, found) | odd_pages.odd_rows(resource, found, keyed, latest)
        await _settle(connection, run, odd, left, counts)


def _left(odd: OddPage, found: Page) -> set[int]:
    """The odd rows that are as they were. An empty page is no word about any of them."""
    known = set(odd.odd_rows)
    # A row that is stored in these bytes is not parsed again, so that they alone tell that it is as odd as it was.
    return {odd_pages.odd_row(bytes(raw)) for raw in found.rows} & known if found.rows else known


async def _settle_unread(database: Database, run: Run, odd: OddPage, left: set[int]) -> None:
    async with database.transaction() as connection:
        await schedule.hold(connection, run.lease)
        await _settle(connection, run, odd, left, Counts())


async def _settle(connection: AsyncConnection, run: Run, odd: OddPage, left: set[int], counts: Counts) -> None:
    """Note what came of it. That there is progress keeps the next run from asking again before it has read on."""
    lease = run.lease
    await odd_pages.asked(connection, lease.cabinet_id, odd, left, rate=run.rate)
    run.counts = run.counts.plus(counts)
    # What a reading comes to is judged by its own pages.
    run.totals = run.totals.plus(Counts(rows_new=counts.rows_new, rows_changed=counts.rows_changed))
    progress = {**(lease.progress or {}), **page.so_far(run, run.totals)}
    await schedule.save_page(connection, lease, cursor=lease.cursor or {}, progress=progress, rows_new=counts.rows_new)
