"""Budgets of campaigns once none can be shown any more: nothing is left of them, and no call asks about any."""

from typing import Any

import pytest
from ingestor.resources.campaign_budgets import NAME
from servicekit.db import Database
from support.ingesting import Ingestor, connect_cabinet
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim


async def left(database: Database) -> dict[int, Any]:
    found = await rows(database, "SELECT advert_id, total FROM campaign_budgets WHERE NOT gone")
    return {row["advert_id"]: row["total"] for row in found}


@pytest.fixture
async def known(ingestor: Ingestor, wb: Wbsim) -> dict[int, Any]:
    """Budgets that were read, of campaigns that have all ended since."""
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("campaigns")
    await ingestor.sync(NAME)
    budgets = await left(ingestor.database)
    assert budgets
    await rows(ingestor.database, "UPDATE campaigns SET status = 7 RETURNING 1")
    return budgets


async def test_are_told_as_nothing_once_a_second_reading_bears_it_out(
    ingestor: Ingestor, wb: Wbsim, known: dict[int, Any]
) -> None:
    asked = len(await wb.requests())
    await ingestor.sync(NAME)
    assert await left(ingestor.database) == known, "one reading is no verdict"
    await ingestor.sync(NAME)
    assert await left(ingestor.database) == {}
    assert len(await wb.requests()) == asked
    events = await published(ingestor.database, "campaign_budgets.updated.v1")
    told = [row for event in events for row in event.data.budgets]
    assert {row.advert_id: row.total for row in told if row.change == "gone"} == dict.fromkeys(known, 0)
    [*_, line] = await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY started_at")
    assert (line["outcome"], line["pages"], line["rows_gone"]) == ("completed", 0, len(known))


async def test_stay_where_wb_refuses_to_be_asked_about_any(ingestor: Ingestor, known: dict[int, Any]) -> None:
    await rows(
        ingestor.database,
        """
            INSERT INTO refused_subjects (cabinet_id, resource, subject, reason, ask_again_at)
            SELECT cabinet_id, :resource, CAST(advert_id AS text), '400', now() + interval '1 hour'
            FROM campaign_budgets
            RETURNING 1
        """,
        resource=NAME,
    )
    for _ in range(2):
        await ingestor.sync(NAME)
    assert await left(ingestor.database) == known
