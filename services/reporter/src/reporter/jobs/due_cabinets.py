"""Work on the cabinets that are due, one after another."""

from collections.abc import Awaitable, Callable

import structlog
from servicekit.db import Database

from reporter.figures import failures
from reporter.figures.due import Due, Waits, due
from reporter.figures.parts import Part

log = structlog.get_logger()


async def of_each(database: Database, part: Part, waits: Waits, work: Callable[[Due], Awaitable[None]]) -> int:
    """Do the work for each cabinet of which the part is due; how many there were.

    A cabinet that fails is tried again once the others had their turn, after pauses that grow; it holds up no other.
    """
    async with database.transaction() as connection:
        cabinets = await due(connection, part, waits)
    for each in cabinets:
        try:
            await work(each)
        except Exception as error:
            async with database.transaction() as connection:
                key = (failures.ALL, "")
                await failures.set_aside(connection, each.cabinet_id, part, [key], error, first_pause=waits.quiet)
    return len(cabinets)
