"""Views that other services publish show only the cabinets named for the transaction: where it writes too.

What only reads them is in `reading`.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_SHOW = text("SELECT set_config('pulse.cabinet_ids', :ids, true)")


async def show_only(connection: AsyncConnection, cabinets: Sequence[UUID]) -> None:
    """Let published views show these cabinets, and no other, until the transaction ends."""
    await connection.execute(_SHOW, {"ids": ",".join(map(str, cabinets))})
