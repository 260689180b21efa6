"""What is kept of syncs: their state as others see it, their log, and how few statements a page takes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from ingestor.jobs.retention import rules
from ingestor.settings import IngestorSettings
from servicekit.db import Database
from servicekit.retention import forget_old
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from support.ingesting import Ingestor, claim, connect_cabinet, connected, take
from support.rows import execute, rows
from wbsim.running import Wbsim

pytestmark = pytest.mark.usefixtures("few_resources")


async def test_statements_of_a_page_do_not_grow_with_its_rows(ingestor: Ingestor, wb: Wbsim) -> None:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    counts = []
    for orders in (5, 300):
        sid = await wb.seller(name=f"shop {orders}", seed=orders, history_orders=orders, products=orders)
        await connect_cabinet(ingestor, wb, sid=sid)
        # That something happens there is written down once an hour.
        await execute(ingestor.database, "UPDATE cabinets SET active_at = now() + interval '1 hour'")
        for resource in ("orders", "stocks"):
            statements.clear()
            sqlalchemy_event.listen(ingestor.database.engine.sync_engine, "before_cursor_execute", count)
            await ingestor.sync(resource)
            sqlalchemy_event.remove(ingestor.database.engine.sync_engine, "before_cursor_execute", count)
            [line] = await rows(
                ingestor.database,
                "SELECT pages FROM sync_logs WHERE resource = :r ORDER BY id DESC LIMIT 1",
                r=resource,
            )
            counts.append((resource, line["pages"], len(statements)))
        await execute(ingestor.database, "DELETE FROM sync_state")
    assert counts[:2] == counts[2:]


async def test_others_see_the_state_of_their_own_cabinets_only(
    ingestor: Ingestor, wb: Wbsim, gateway_db: Database
) -> None:
    mine, foreign = await connect_cabinet(ingestor, wb), await connect_cabinet(ingestor, wb)
    await wb.place_orders(count=2)
    await ingestor.sync("orders")
    await wb.fault("/content/v2/get/cards/list", "status", status=500)
    await ingestor.sync("products")

    async def seen(*cabinets: UUID) -> list[dict[str, Any]]:
        async with gateway_db.transaction() as connection:
            ids = ",".join(map(str, cabinets))
            await connection.execute(text("SELECT set_config('pulse.cabinet_ids', :ids, true)"), {"ids": ids})
            found = await connection.execute(
                text("SELECT * FROM ingestor_published.sync_state ORDER BY cabinet_id, resource")
            )
            return [dict(row) for row in found.mappings()]

    assert await seen() == []
    assert {row["cabinet_id"] for row in await seen(mine)} == {mine}
    by_resource = {row["resource"]: row for row in await seen(foreign)}
    assert by_resource["orders"]["rows"] == 2
    assert by_resource["orders"]["status"] == "waiting"
    assert by_resource["orders"]["last_success_at"] is not None
    assert by_resource["products"]["status"] == "failing"
    assert by_resource["stocks"]["status"] == "waiting"
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now()")
    await claim(ingestor.database)
    assert {row["status"] for row in await seen(mine)} == {"running"}
    await execute(ingestor.database, "UPDATE cabinets SET status = 'suspended'")
    assert {row["status"] for row in await seen(mine)} == {"suspended"}


async def test_old_log_lines_are_forgotten(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("orders")
    await execute(ingestor.database, "UPDATE sync_logs SET started_at = started_at - interval '31 days'")
    await ingestor.sync("orders")
    await forget_old(ingestor.database, rules(IngestorSettings.model_construct()))
    assert len(await rows(ingestor.database, "SELECT 1 FROM sync_logs")) == 1


async def test_an_unchecked_cabinet_has_nothing_to_sync(ingestor: Ingestor, wb: Wbsim) -> None:
    event = connected(await wb.token(), ago=timedelta(seconds=1))
    await take(ingestor.database, event)
    assert await claim(ingestor.database) == []
