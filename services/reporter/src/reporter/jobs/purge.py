"""What is left of disconnected cabinets is deleted."""

import servicekit.purge
from servicekit.db import Database

from reporter import tables

TABLES = [table for table in tables.metadata.sorted_tables if table is not tables.disconnected_cabinets]
"""Every table with rows of cabinets, but for the tombstones."""


async def purge(database: Database) -> int:
    """Delete everything of the cabinets disconnected since the last time; how many cabinets were purged."""
    return await servicekit.purge.purge(database, TABLES)
