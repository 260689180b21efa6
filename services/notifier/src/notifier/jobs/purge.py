"""What is left of disconnected cabinets is deleted."""

import servicekit.purge
from servicekit.db import Database

from notifier import tables

_STAY = {tables.cabinets, tables.disconnected_cabinets}
TABLES = [
    table
    for table in reversed(tables.metadata.sorted_tables)  # attempts before their deliveries
    if "cabinet_id" in table.columns and table not in _STAY
]
"""Every table with rows of cabinets, but for the tombstones."""


async def purge(database: Database) -> int:
    """Delete everything of the cabinets disconnected since the last time; how many cabinets were purged."""
    return await servicekit.purge.purge(database, TABLES)
