"""Figures of items, put where the sections are kept when they have been counted."""

from collections.abc import Mapping
from uuid import UUID

from contracts.items import Section
from contracts.model import Model
from servicekit.db import Database
from sqlalchemy import text

from support.reporting import TODAY

_KEEP = text("""
INSERT INTO item_figures (cabinet_id, nm_id, section, currency, as_of, body)
VALUES (:cabinet_id, :nm_id, :section, :currency, :as_of, CAST(:body AS jsonb))
""")


async def keep_figures(
    database: Database, cabinet_id: UUID, bodies: Mapping[tuple[Section, str], Model], nm_id: int = 1
) -> None:
    """Sections of an item by their currency (empty: without money)."""
    rows = [
        {
            "cabinet_id": cabinet_id,
            "nm_id": nm_id,
            "section": section,
            "currency": currency,
            "as_of": TODAY,
            "body": body.model_dump_json(),
        }
        for (section, currency), body in bodies.items()
    ]
    async with database.transaction() as connection:
        await connection.execute(_KEEP, rows)
