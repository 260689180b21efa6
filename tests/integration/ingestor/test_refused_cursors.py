"""Cursors that WB refuses, or that this version of the code cannot go on from, hold up no reading for ever."""

import json
from typing import Any

import pytest
from ingestor.sync import search
from support.ingesting import Ingestor, connect_cabinet
from support.rows import rows
from wbsim.running import Wbsim

CARDS = "/content/v2/get/cards/list"
ORDERS = "/api/v1/supplier/orders"


async def outcome(ingestor: Ingestor, resource: str) -> str:
    """How the next run ends that does not only wait for WB's limit."""
    query = "SELECT outcome FROM sync_logs WHERE resource = :resource ORDER BY started_at DESC LIMIT 1"
    ended = "paused"
    while ended == "paused":
        await ingestor.sync(resource)
        [line] = await rows(ingestor.database, query, resource=resource)
        ended = line["outcome"]
    return ended


async def cursor(ingestor: Ingestor, resource: str) -> dict[str, Any]:
    [row] = await rows(ingestor.database, "SELECT cursor FROM sync_state WHERE resource = :name", name=resource)
    found: dict[str, Any] = row["cursor"]
    return found


async def put(ingestor: Ingestor, resource: str, value: Any) -> None:
    query = "UPDATE sync_state SET cursor = CAST(:value AS jsonb) WHERE resource = :name RETURNING 1"
    await rows(ingestor.database, query, value=json.dumps(value), name=resource)


async def test_a_reading_begins_without_the_cursor_that_wb_refuses(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    assert await outcome(ingestor, "products") == "completed"
    before = await cursor(ingestor, "products")
    await wb.fault(CARDS, "refused_ids", ids=[before["nmID"]], shape="content")
    [nm_id, *_] = [row["nm_id"] for row in await rows(ingestor.database, "SELECT nm_id FROM products ORDER BY 1")]
    await wb.control("POST", f"/products/{nm_id}", {"title": "Renamed"})
    outcomes = [await outcome(ingestor, "products") for _ in range(search.LASTING)]
    assert outcomes == ["failed"] * (search.LASTING - 1) + ["completed"]
    [row] = await rows(ingestor.database, "SELECT title FROM products WHERE nm_id = :id", id=nm_id)
    assert row["title"] == "Renamed"
    assert "search" not in await cursor(ingestor, "products")


async def test_what_refuses_everything_leaves_the_cursor_where_it_was(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    await outcome(ingestor, "products")
    before = await cursor(ingestor, "products")
    await wb.fault(CARDS, "status", status=400, shape="content")
    asked = len(await wb.requests())
    for _ in range(6):
        assert await outcome(ingestor, "products") == "failed"
    assert {name: value for name, value in (await cursor(ingestor, "products")).items() if name in before} == before
    assert len(await wb.requests()) - asked == 7, "one try without the cursor, and not in every run"
    await wb.clear_faults()
    assert await outcome(ingestor, "products") == "completed"
    assert await cursor(ingestor, "products") == before


@pytest.mark.parametrize(
    "value",
    [
        {"watermark": 5},
        {"watermark": "soon", "uncut": 0},
        {"watermark": "2026-11-20T10:00:00+03:00"},
        {"at": "2026-11-20T10:00:00+03:00"},
        {"at": "2026-11-20T10:00:00+03:00", "thorough": True, "days": 1},
        {"watermark": "2099-11-20T10:00:00+03:00", "uncut": 0},
        ["a list"],
        "a text",
    ],
)
async def test_a_cursor_that_says_nothing_to_us_is_none(ingestor: Ingestor, wb: Wbsim, value: Any) -> None:
    await connect_cabinet(ingestor, wb)
    await put(ingestor, "orders", value)
    [order] = await wb.place_orders(count=1)
    assert await outcome(ingestor, "orders") == "completed"
    assert [row["srid"] for row in await rows(ingestor.database, "SELECT srid FROM orders")] == [order["srid"]]
    assert "uncut" in await cursor(ingestor, "orders")


async def test_a_moment_that_cannot_be_leads_nowhere(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    for path in ("/api/v1/supplier", CARDS, "/api/analytics"):
        await wb.fault(path, "poisoned", times=4)
    for resource in ("orders", "products"):
        await wb.place_orders(count=3)
        for _ in range(3):
            await ingestor.sync(resource)
    await wb.clear_faults()
    [order] = await wb.place_orders(count=1)
    assert await outcome(ingestor, "orders") == "completed"
    assert await rows(ingestor.database, "SELECT 1 FROM orders WHERE srid = :srid", srid=order["srid"])


async def test_a_row_from_the_future_does_not_keep_off_what_wb_says_of_it_later(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    await outcome(ingestor, "orders")
    [order] = await wb.place_orders(count=1)
    await wb.fault(ORDERS, "poisoned", how="future", times=1)
    await ingestor.sync("orders")
    query = "SELECT is_cancel, last_change_at > now() + interval '1 day' AS is_odd FROM orders WHERE srid = :srid"
    assert await rows(ingestor.database, query, srid=order["srid"]) == [{"is_cancel": False, "is_odd": True}]
    await wb.change_order(order["srid"], "cancel")
    await rows(ingestor.database, "UPDATE sync_state SET sweep_at = now() RETURNING 1")
    await outcome(ingestor, "orders")
    assert await rows(ingestor.database, query, srid=order["srid"]) == [{"is_cancel": True, "is_odd": False}]
