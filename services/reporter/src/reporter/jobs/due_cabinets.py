"""Work on the cabinets that are due, one after another."""

from collections.abc import Awaitable, Callable

import structlog
from servicekit.db import Database

from reporter.figures import stale

log = structlog.get_logger()


async def of_each(
    database: Database, part: stale.Part, waits: stale.Waits, work: Callable[[stale.Due], Awaitable[None]]
) -> int:
    """Do the work for each cabinet of which the part is due; how many there were.

    A cabinet that fails is tried again once the others had their turn and it has been quiet; it holds up no other.
    """
    async with database.transaction() as connection:
        due = await stale.due(connection, part, waits)
    for each in due:
        try:
            await work(each)
        except Exception as error:
            log.error("stale.failed", cabinet_id=str(each.cabinet_id), part=part, exc_info=error)  # noqa: TRY400  # structlog's way
            async with database.transaction() as connection:
                await stale.postpone(connection, each)
    return len(due)
