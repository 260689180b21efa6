"""How often a resource will be read, and what its next reading waits for: as others see it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from ingestor.resources import order_feed, orders, stocks
from ingestor.sync import pace
from ingestor.sync.log import Counts
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, claim, connect_cabinet, open_ingestor
from support.rows import execute
from support.things import new_run
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")

RATE = 1000
"""Intervals are so much shorter here than Wildberries'."""


@pytest.fixture
async def ingestor(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim
) -> AsyncIterator[Ingestor]:
    """One that wants to read orders every minute, with nothing running yet."""
    changes = {"wb_rate_limit": RATE, "sync_interval": 1 / RATE}
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, **changes) as made:
        yield made


@pytest.fixture
async def seen(gateway_db: Database) -> Any:
    async def read(cabinet_id: UUID, resource: str = "orders") -> dict[str, Any]:
        async with gateway_db.transaction() as connection:
            ids = {"ids": str(cabinet_id)}
            await connection.execute(text("SELECT set_config('pulse.cabinet_ids', :ids, true)"), ids)
            sql = "SELECT * FROM ingestor_published.sync_state WHERE resource = :resource"
            found = await connection.execute(text(sql), {"resource": resource})
            return dict(found.mappings().one())

    return read


def _every(row: dict[str, Any]) -> tuple[float, str]:
    return round(row["every_seconds"] * RATE), row["every_because"]


async def test_a_base_token_reads_as_its_limits_allow(ingestor: Ingestor, wb: Wbsim, seen: Any) -> None:
    cabinet_id = await connect_cabinet(ingestor, wb, kind="base")
    assert (await seen(cabinet_id))["every_seconds"] is None
    await ingestor.sync("orders")
    row = await seen(cabinet_id)
    assert _every(row) == (3 * 60 * 60, "limits")
    assert row["waits_for"] == "schedule"
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now()")
    assert (await seen(cabinet_id))["waits_for"] == "turn"
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity'")
    assert (await seen(cabinet_id))["waits_for"] == "other_source"
    await execute(ingestor.database, "UPDATE cabinets SET status = 'suspended'")
    assert (await seen(cabinet_id))["waits_for"] == "token"


async def test_cabinets_of_a_seller_share_only_with_those_that_read(ingestor: Ingestor, wb: Wbsim, seen: Any) -> None:
    mine, other = await connect_cabinet(ingestor, wb), await connect_cabinet(ingestor, wb)
    await connect_cabinet(ingestor, wb, sid=await wb.seller(name="another"))
    await ingestor.sync("orders")
    assert _every(await seen(mine)) == (2 * 60, "sharing")
    await execute(
        ingestor.database, f"UPDATE sync_state SET suspended_reason = 'scope_refused' WHERE cabinet_id = '{other}'"
    )
    await ingestor.sync("orders")
    assert _every(await seen(mine)) == (60, "schedule")


async def test_a_base_token_shares_only_what_wb_limits_for_all_kinds_alike(
    ingestor: Ingestor, wb: Wbsim, seen: Any
) -> None:
    mine, base = await connect_cabinet(ingestor, wb), await connect_cabinet(ingestor, wb, kind="base")
    for resource in ("orders", "products"):
        await ingestor.sync(resource)
    assert _every(await seen(mine)) == (60, "schedule")
    assert _every(await seen(base)) == (3 * 60 * 60, "limits")
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now()")
    leases = await claim(ingestor.database)
    assert {(each.cabinet_id, each.resource): each.sharing for each in leases} == {
        (mine, "orders"): 1,
        (base, "orders"): 1,
        (mine, "products"): 2,
        (base, "products"): 2,
        (mine, "stocks"): 1,
    }


async def test_what_it_waits_for_is_told_and_is_over_with_the_next_reading(
    ingestor: Ingestor, wb: Wbsim, seen: Any
) -> None:
    cabinet_id = await connect_cabinet(ingestor, wb)
    await wb.fault("/content/v2/get/cards/list", "status", status=429, seconds=40, times=1)
    await ingestor.sync("products")
    row = await seen(cabinet_id, "products")
    assert (row["waits_for"], row["status"]) == ("limits", "waiting")
    await wb.fault("/api/v1/supplier/orders", "status", status=500, times=1)
    await ingestor.sync("orders")
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now() + interval '1 hour'")
    assert (await seen(cabinet_id))["waits_for"] == "wildberries"
    await ingestor.sync("orders")
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now() + interval '1 hour'")
    assert (await seen(cabinet_id))["waits_for"] == "schedule"


async def test_the_next_reading_is_not_later_than_it_is_to_be_nor_sooner_than_wb_permits(ingestor: Ingestor) -> None:
    tools = ingestor.parts.engine._tools
    run = await new_run(ingestor.database, orders.RESOURCE)
    assert 30 <= pace.until_next(run, tools) * RATE <= 60
    run.lease = replace(run.lease, sharing=3)
    assert pace.until_next(run, tools) * RATE == pytest.approx(3 * 60)
    run = await new_run(ingestor.database, order_feed.RESOURCE)
    assert pace.until_next(run, tools) * RATE == pytest.approx(60), "WB permits one call at a time"


async def test_what_wb_has_just_renewed_is_read_when_it_may_have_been_again(ingestor: Ingestor) -> None:
    tools, minute = ingestor.parts.engine._tools, 60 / RATE
    run = await new_run(ingestor.database, stocks.RESOURCE)
    run.lease = replace(run.lease, since_success_seconds=5 * minute)
    assert pace.until_next(run, tools) <= 5 * minute
    run.totals = Counts(rows_changed=1)
    assert pace.until_next(run, tools) == pytest.approx(25 * minute)
    run.suspected = 1
    assert pace.until_next(run, tools) == pytest.approx(minute), "a loss is confirmed soon all the same"
    run.suspected = 0
    run.lease = replace(run.lease, first_load_done=False)
    assert pace.until_next(run, tools) <= 5 * minute
