"""An hour of a shop's life with everything that WB can do wrong: in the end the tables hold the truth, row by row.

The simulated hour lies within the last two, so that WB's calendar and ours agree. Three cabinets of one shop read it:
one with a personal token, one whose token does not open statistics (it reads the order feed), one with a base token
(it reads the report of remains).
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from contracts.wb_token import Category
from ingestor.resources import RESOURCES
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet, open_ingestor, sync_requested, take
from support.rows import count, rows
from support.stored_truth import differences_of, mistold
from support.told import SAME_ROWS_AS, TOLD
from wbsim.running import Wbsim, running_wbsim

if TYPE_CHECKING:
    import redis.asyncio

HOUR = 3600
SPEED = 180
STORM: dict[str, Any] = {
    "page_rows": 300,
    "late_share": 0.1,
    "late_seconds": 600,
    "zero_price_share": 0.1,
    "zero_price_seconds": 900,
    "refresh_seconds": 300,
    "retry_header": "none",
    "drift": ["fields", "order"],
    "shuffled": True,
    "repeated_share": 0.1,
    "fbs_share": 0.3,
    "fbs_end": "repeated",
    "unpaid_share": 0.1,
    "unpaid_seconds": 900,
    "report_seconds": 60,
    "report_canceled_share": 0.2,
}
CALM: dict[str, Any] = {"refresh_seconds": 0, "report_seconds": 0.5, "report_canceled_share": 0, "switched_off": []}
FAULTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("/", "status", {"status": 503, "times": 20}),
    ("/api/v1/supplier", "html", {"times": 2}),
    ("/content", "text", {"times": 3}),
    ("/api/v1/supplier/sales", "wrong_type", {"times": 2}),
    ("/api/analytics", "huge", {"times": 1}),
    ("/api/v1/supplier/orders", "status", {"status": 429, "seconds": 0.5, "times": 3}),
    ("/", "broken_row", {"times": 25}),
    ("/", "spoilt_row", {"times": 40}),
    ("/", "empty", {"times": 20}),
    ("/", "renamed", {"times": 15}),
    ("/api/v1/supplier", "status", {"status": 401, "times": 1}),
    ("/api/analytics", "status", {"status": 403, "times": 2}),
    ("/adv", "status", {"status": 402, "times": 8}),
    ("/", "status", {"status": 401, "times": 60}),
    ("/", "cut", {"times": 10}),
    ("/", "poisoned", {"times": 25}),
    ("/adv/v3/fullstats", "nothing", {"times": 6}),
    ("/api/v1/supplier", "nothing", {"times": 6}),
    *(("/api", "status", {"status": 429, "wait": wait, "times": 1}) for wait in ("-5", "0", "soon", "0.25")),
    ("/", "global_limit", {"times": 1}),
    ("/api/v1/feedbacks", "slow", {"seconds": 0.5, "times": 5}),
)

CURRENCY = "KGS"


def test_no_resource_is_left_out() -> None:
    assert set(TOLD) | set(SAME_ROWS_AS) == set(RESOURCES)


@pytest.mark.timeout(420)
async def test_after_an_hour_of_every_misbehaviour_the_tables_hold_the_truth(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    async with running_wbsim(
        seed=5,
        currency=CURRENCY,
        products=25,
        history_orders=400,
        speed=SPEED,
        behind_seconds=2 * HOUR,
        limits_factor=3600,
    ) as wb:
        await wb.settings(**STORM)
        async with open_ingestor(
            ingestor_db, redis_client, redis_prefix, wb.url, wb_rate_limit=3600, sync_interval=1 / 60, wb_api_timeout=5
        ) as ingestor:
            without_statistics = sorted(set(Category) - {Category.STATISTICS})
            cabinets = {
                "personal": await connect_cabinet(ingestor, wb),
                "feed": await connect_cabinet(ingestor, wb, categories=without_statistics),
                "base": await connect_cabinet(ingestor, wb, kind="base"),
            }
            async with ingestor.running():
                await _live_through_the_storm(wb)
                await _settle(ingestor, wb, cabinets)
        await _everything_was_told_once(ingestor_db)


async def _refused(wb: Wbsim) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Ids and days of the shop that WB does not let us ask about, until the storm is over."""
    campaigns = [row["id"] for row in await wb.rows("campaigns")]
    cards = [row["nmID"] for row in await wb.rows("cards")]
    day = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    return (
        ("/adv/v3/fullstats", "refused_ids", {"ids": campaigns[:3]}),
        ("/api/advert/v2/budget", "refused_ids", {"ids": campaigns[-2:]}),
        ("/api/analytics/v3/sales-funnel", "refused_ids", {"ids": [cards[0], cards[-1]]}),
        ("/adv/v1/upd", "refused_days", {"days": [day]}),
        ("/api/v3/orders", "refused_days", {"days": [day]}),
    )


async def _live_through_the_storm(wb: Wbsim) -> None:
    await wb.life(orders_per_day=3000, steps_per_day=4000)
    for path, kind, what in await _refused(wb):
        await wb.fault(path, kind, **what)
    for path, kind, what in FAULTS:
        await wb.fault(path, kind, **what)
        await asyncio.sleep(HOUR / SPEED / (len(FAULTS) + 2))
    await wb.settings(switched_off=["/api/v1/feedbacks", "/api/v1/supplier/orders"])
    await asyncio.sleep(HOUR / SPEED / (len(FAULTS) + 2))
    await wb.settings(**CALM)
    await wb.clear_faults()
    await wb.life(orders_per_day=0, steps_per_day=0)
    # What shows late, and money that comes late, has come by then.
    await asyncio.sleep(2000 / SPEED)
    await wb.clock(1)


async def _settle(ingestor: Ingestor, wb: Wbsim, cabinets: dict[str, UUID]) -> None:
    """Ask for everything until nothing differs; what was under way may have been older than the request."""
    differences: dict[str, Any] = {}
    for _ in range(4):
        await _let_all_be_read(ingestor.database)
        await _read_everything(ingestor, cabinets.values())
        differences.clear()
        for name, told in TOLD.items():
            found = await differences_of(ingestor.database, wb, name, cabinets[told.cabinet])
            if found:
                differences[name] = found
        if not differences:
            return
    pytest.fail("\n".join(f"{name}: {found}" for name, found in differences.items()))


async def _let_all_be_read(database: Database) -> None:
    """Each time: a run that was under way writes its own position over this."""
    # Old feedbacks and questions that were answered are found once a day: let it be a day later.
    async with database.transaction() as connection:
        await connection.execute(
            text("""
                UPDATE sync_state SET cursor = jsonb_set(cursor, '{whole_at}', to_jsonb(CAST(:then AS text)))
                WHERE cursor ? 'whole_at'
            """),
            {"then": (datetime.now(UTC) - timedelta(days=2)).isoformat()},
        )


async def _read_everything(ingestor: Ingestor, cabinets: Any) -> None:
    waited_for = []
    for cabinet_id in cabinets:
        known = await rows(
            ingestor.database,
            """SELECT resource FROM sync_state
            WHERE cabinet_id = :id AND next_run_at < 'infinity' AND suspended_reason IS NULL""",
            id=cabinet_id,
        )
        asked = sync_requested(cabinet_id, *[row["resource"] for row in known])
        await take(ingestor.database, asked)
        waited_for += [(str(asked.data.sync_id), row["resource"]) for row in known]
    ingestor.parts.engine.pool.wake()

    async def answered() -> bool:
        left = await rows(
            ingestor.database,
            "SELECT asked ->> 'sync_id' AS id FROM sync_state, jsonb_array_elements(requests) AS asked",
        )
        return not {row["id"] for row in left} & {sync_id for sync_id, _ in waited_for}

    # The limit over all methods that WB spoke of last takes 45 s of them.
    await eventually(answered, seconds=90)


async def _everything_was_told_once(database: Database) -> None:
    """Each revision of each row was published exactly once, and the last one is the table's."""
    assert await mistold(database, currency=CURRENCY) == []
    for table in {resource.storage.table.name for resource in RESOURCES.values()}:
        assert await count(database, table), table
