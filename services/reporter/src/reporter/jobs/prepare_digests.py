"""Days, weeks and months that have ended are made into digests."""

from datetime import date
from uuid import UUID

import structlog
from contracts.analytics import WHOLE_CABINET
from contracts.digests import DigestKind
from servicekit.db import Database

from reporter.digests import prepared
from reporter.digests.periods import Period, ended_lately
from reporter.figures import failures
from reporter.figures.pacing import Pace

log = structlog.get_logger()

CHUNK_CABINETS = 100
FIRST_PAUSE_SECONDS = 60.0
"""As often as it is looked."""

_FIRST = UUID(int=0)


async def prepare_digests(database: Database, pace: Pace, today: date) -> int:
    """Prepare what is due, cabinet by cabinet, each in a transaction of its own; how many digests are new.

    What ended while the reporter was down is prepared when it is up again.

    A cabinet that fails is tried again after pauses that grow, and holds up no other.
    """
    periods = [period for kind in DigestKind for period in ended_lately(kind, today, prepared.MISSED[kind])]
    return sum([await _prepare(database, pace, period, today) for period in periods])


async def _prepare(database: Database, pace: Pace, period: Period, today: date) -> int:
    count, after, key = 0, _FIRST, (WHOLE_CABINET, prepared.named(period))
    while True:
        async with database.transaction() as connection:
            due = await prepared.due(connection, period, today, after=after, limit=CHUNK_CABINETS)
        for cabinet_id in due:
            try:
                async with pace.unhurried(), database.transaction() as connection:
                    count += await prepared.prepare(connection, cabinet_id, period)
                    await failures.recovered(connection, cabinet_id, failures.DIGESTS, [key])
            except Exception as error:
                async with database.transaction() as connection:
                    pause = FIRST_PAUSE_SECONDS
                    await failures.set_aside(connection, cabinet_id, failures.DIGESTS, [key], error, first_pause=pause)
        if len(due) < CHUNK_CABINETS:
            break
        after = due[-1]
    if count:
        log.info("digests.prepared", kind=period.kind.value, first_day=period.now.first.isoformat(), cabinets=count)
    return count
