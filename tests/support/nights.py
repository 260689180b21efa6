"""Nights of an ingestor: their turn comes, what they ask for is read, and what they found is written down."""

from typing import Any

from contracts.syncs import SyncReconciledV1
from ingestor.jobs import reconciliation
from ingestor.wb.budget import Budget
from servicekit.db import Database

from support.ingesting import Ingestor
from support.outbox_rows import published
from support.ranges import read_all
from support.rows import execute, rows

RATE = 1000
"""How much faster than Wildberries the tests go."""


async def let_night_come(database: Database, *resources: str) -> None:
    """It is the turn of these resources (default: all), and of no other."""
    while await reconciliation.enrol(database):
        pass
    await execute(
        database,
        """UPDATE reconciliations SET due_at = CASE WHEN resource = ANY (:resources) OR :resources = '{}'
            THEN now() ELSE now() + interval '1 day' END WHERE range_id IS NULL""",
        resources=list(resources),
    )


async def news_go_on(database: Database) -> None:
    """What was kept from being read as news, so that ranges have their turn, is read again."""
    await execute(
        database, "UPDATE sync_state SET next_run_at = now() + interval '1 hour' WHERE next_run_at = 'infinity'"
    )


async def begin(ingestor: Ingestor) -> int:
    """Ask for what it is the turn of; of how many resources."""
    await news_go_on(ingestor.database)
    return await reconciliation.begin(ingestor.database, Budget(None, rate=RATE))


async def settle(database: Database) -> int:
    """Write down what has been read; how many ranges."""
    settled = 0
    while await reconciliation.settle(database, rate=RATE):
        settled += 1
    return settled


async def pass_night(ingestor: Ingestor, *resources: str) -> None:
    """A whole night of these resources (default: all), with the readings after what Wildberries hid."""
    await let_night_come(ingestor.database, *resources)
    while await begin(ingestor):
        await read_all(ingestor)
        await settle(ingestor.database)
        await execute(
            ingestor.database,
            "UPDATE reconciliations SET due_at = now() WHERE due_at < now() + interval '1 minute'",
        )


async def ledger(database: Database, resource: str) -> dict[str, dict[str, Any]]:
    """The ledger of a resource by day (`YYYY-MM-DD`)."""
    found = await rows(database, "SELECT * FROM completeness WHERE resource = :resource", resource=resource)
    return {str(row["day"]): row for row in found}


async def told(database: Database) -> list[SyncReconciledV1]:
    """What nights have told, oldest first."""
    return [event.data for event in await published(database, "sync.reconciled.v1")]
