"""What is left of disconnected cabinets is deleted."""

import servicekit.purge
from servicekit.db import Database
from sqlalchemy import Table

from ingestor import ledger_tables, resources, tables, wb_tables

assert resources.RESOURCES, ledger_tables  # noqa: S101  # their tables belong to the metadata once they are imported


def tables_of_cabinets() -> list[Table]:
    """Every table with rows of cabinets, but for the tombstones.

    `sync_state` and `sync_ranges` come first: whoever stores a page or ends a run holds its row, so that what is stored
    is deleted after it, and nobody stores anything once it is gone.
    """
    held = [tables.sync_state, tables.sync_ranges]
    stay = {tables.cabinets, tables.disconnected_cabinets, wb_tables.wb_methods, wb_tables.wb_shapes, *held}
    return [*held, *(table for table in tables.metadata.sorted_tables if table not in stay)]


async def purge(database: Database) -> int:
    """Delete everything of the cabinets disconnected since the last time; how many cabinets were purged."""
    return await servicekit.purge.purge(database, tables_of_cabinets())
