"""What is left of disconnected cabinets is deleted."""

import servicekit.purge
from servicekit.db import Database

from gateway import tables

TABLES = [
    tables.sync_run_resources,
    tables.sync_runs,
    tables.entered_rows,
    tables.alert_marks,
    tables.wb_commands,
    tables.invitations,
]
"""What is not deleted in the transaction of the disconnect itself: it may be much."""


async def purge(database: Database) -> int:
    """Delete everything of the cabinets disconnected since the last time; how many cabinets were purged."""
    return await servicekit.purge.purge(database, TABLES)
