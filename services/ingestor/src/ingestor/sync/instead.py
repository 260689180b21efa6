"""What follows a call that WB refused: another call, about fewer or without the cursor, or the end of the run."""

from datetime import datetime

import structlog
from servicekit.db import Database

from ingestor.resources.resource import Position, Seen, Start, Step
from ingestor.sync import page, search
from ingestor.sync.page import Run
from ingestor.wb.errors import BadRequest, Unavailable, WbError

log = structlog.get_logger()


async def instead(database: Database, run: Run, position: Position, error: WbError, start: Start) -> Step:
    """The step to go on with after WB did not answer at a position.

    Raises:
        WbError: there is nothing else to ask now: `error` itself.
    """
    lasting = run.lease.failures + 1 >= search.LASTING
    if isinstance(error, Unavailable) and not lasting:
        raise error
    parts = run.resource.reading.parts(position) if run.resource.reading.parts else ()
    if not parts:
        is_news = run.lease.range is None
        if is_news and isinstance(error, BadRequest) and (lasting or run.search.instead_of is not None):
            return await _anew(database, run, position, error, start)
        raise error
    is_last_refusal = run.search.refusals + 1 >= search.IN_A_ROW
    if is_last_refusal:
        # The next run may ask as often again.
        run.search.refusals = -1
    if len(parts) > 1:
        step = Step(search.halve(run.resource, position, run.search, len(parts)), done=False)
        await page.go_on_from(database, run, step.position)
    else:
        step = await _past(database, run, position, error, start.now)
    log.info("sync.asked_about_fewer", resource=run.resource.name, asked=len(parts), error=str(error))
    if not step.done and (is_last_refusal or isinstance(error, Unavailable)):
        raise error
    return step


async def _past(database: Database, run: Run, position: Position, error: WbError, now: datetime) -> Step:
    if not run.totals.pages and run.resource.reading.advance(position, Seen(())).done:
        # Nothing was accepted in the whole reading.
        await page.start_over(database, run)
        raise error
    return await page.take_in(database, run, position, b"", now, unasked=error)


async def _anew(database: Database, run: Run, position: Position, error: WbError, start: Start) -> Step:
    """Begin without the cursor, which WB may refuse; what it refuses without it is not the cursor's fault."""
    refused, run.search.instead_of = run.search.instead_of, None
    if refused is not None:
        await page.go_on_from(database, run, refused)
        raise error
    reading = run.resource.reading
    fresh = reading.begin(None, start)
    if not run.search.may_begin_anew(start.now) or reading.ask(fresh) == reading.ask(position):
        raise error
    log.warning("sync.begun_anew", cabinet_id=str(run.lease.cabinet_id), resource=run.resource.name, error=str(error))
    run.search.instead_of, run.search.anew_at = position, start.now
    run.begins_anew, run.began = True, None
    await page.go_on_from(database, run, fresh)
    return Step(fresh, done=False)
