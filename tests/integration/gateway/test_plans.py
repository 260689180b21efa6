"""Every list and filter of the interface is read from an index, however many rows there are."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.model import MOSCOW
from gateway import lists
from gateway.orders import FoundByText, OrderQuery, OrderSort, listing
from servicekit.db import Database
from sqlalchemy import text
from support.databases import empty
from support.gateway import Gateway, User
from support.plans import asked, explained, nodes, read_rows
from support.shop_items import put_card
from support.stored_orders import NOON, snapshot, store

ORDERS = 100_000
PAGE = 20

POPULAR, PAST, NEVER = 1, 7_000_000, 9
"""Articles: one of many that sell, one that sold before all others, one that nobody ever ordered."""

# One in a hundred was cancelled, one in a thousand returned; one of the oldest alone has the rare names.
_STORE = text("""
INSERT INTO order_facts (cabinet_id, order_id, revision, day, updated_at, srid, ordered_at, last_change_at,
                         nm_id, is_cancel, status, price_with_disc, warehouse_name, region_name, tech_size)
SELECT cabinet_id, gen_random_uuid(), 1, CAST(at AT TIME ZONE INTERVAL '3 hours' AS date), at,
       CAST(n AS text), at, at, nm_id, n % 100 = 0,
       CASE WHEN n % 1000 = 7 THEN 'return' WHEN n % 3 = 0 THEN 'buyout' END,
       CASE WHEN n % 11 > 0 THEN n % 997 END, CASE WHEN n = :orders THEN 'Казань' ELSE 'Коледино' END,
       CASE WHEN n = :orders THEN 'Тува' ELSE 'Москва' END, CASE WHEN n = :orders THEN 'XXL' ELSE 'M' END
FROM (
    SELECT n, CASE WHEN n % 50 = 0 THEN CAST(:small AS uuid) ELSE CAST(:large AS uuid) END AS cabinet_id,
           CASE WHEN n > :orders - 300 THEN CAST(:past AS bigint) ELSE 1 + n % 400 END AS nm_id,
           CAST(:newest AS timestamptz) - n * interval '1 minute' AS at
    FROM generate_series(1, :orders) AS n
) AS made
""")
_RUNS = """
WITH runs AS (
    INSERT INTO sync_runs (cabinet_id, sync_id, requested_by, requested_at, finished_at)
    SELECT CASE WHEN n % 10 = 0 THEN CAST(:small AS uuid) ELSE CAST(:large AS uuid) END, gen_random_uuid(), 1, at, at
    FROM (SELECT n, CAST(:newest AS timestamptz) - n * interval '1 minute' AS at FROM generate_series(1, 20000) AS n)
        AS made
    RETURNING cabinet_id, sync_id
)
INSERT INTO sync_run_resources (cabinet_id, sync_id, resource, status) SELECT *, 'orders', 'completed' FROM runs
"""


@pytest.fixture
async def cabinets(gateway: Gateway, alice: User, reporter_db: Database) -> AsyncIterator[list[UUID]]:
    """Two cabinets of one user: one with most orders of all, and one with a few."""
    made = [UUID(str(await alice.connect())) for _ in range(2)]
    values = {"large": made[0], "small": made[1], "newest": NOON}
    async with reporter_db.transaction() as connection:
        await connection.execute(_STORE, {**values, "orders": ORDERS, "past": PAST})
    async with gateway.database.transaction() as connection:
        await connection.execute(text(_RUNS), values)
    for database, table in ((reporter_db, "order_facts"), (gateway.database, "sync_runs, sync_run_resources")):
        async with database.engine.connect() as plain:
            await (await plain.execution_options(isolation_level="AUTOCOMMIT")).execute(text(f"VACUUM ANALYZE {table}"))
    yield made
    # Not for the next test's truncation to find: its statistics would stay.
    await empty(reporter_db)


MOST_SORTED = 2_000
"""More than there are on a day, fewer than there are in all."""


def check(plan: dict[str, Any], cabinets: int) -> None:
    for node in nodes(plan):
        if node.get("Relation Name") in {"order_facts", "sync_runs"}:
            assert node["Node Type"] in {"Index Scan", "Index Only Scan"}, node
            assert read_rows(node) <= (PAGE + 1) * cabinets, node
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert pages <= 40 + cabinets * (PAGE + 1) * 3, json.dumps(plan, indent=1)


def filters(cabinets: list[UUID]) -> Iterator[dict[str, Any]]:
    old, new = (NOON - timedelta(minutes=ORDERS)).date(), NOON.date()
    periods = [
        (None, None),
        (old, None),
        (None, new),
        (old, old + timedelta(days=1)),
        (new - timedelta(days=3), new),
        (old - timedelta(days=50), old - timedelta(days=40)),
        (new - timedelta(days=60), new - timedelta(days=59)),
    ]
    for nm_id in (None, POPULAR, PAST, NEVER):
        cursors = [None, cursor(ORDERS // 2, nm_id=nm_id), cursor(ORDERS - 400, nm_id=nm_id)]
        for cabinet_id, period, after in product([None, *cabinets], periods, cursors):
            yield {"cabinet_id": cabinet_id, "nm_id": nm_id, "from": period[0], "to": period[1], "cursor": after}


async def test_reads_of_very_many_orders(
    gateway: Gateway, alice: User, cabinets: list[UUID], reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of rows that are stored once: storing them takes longer than what is asked of them."""
    with monkeypatch.context() as patch:
        await every_read_is_by_an_index_and_reads_a_page(gateway, alice, cabinets, reporter_db, patch)
    with monkeypatch.context() as patch:
        await every_filter_and_order_reads_so_far_and_no_further(gateway, alice, cabinets, patch)
    with monkeypatch.context() as patch:
        await too_many_orders_are_not_sorted(alice, patch)
    with monkeypatch.context() as patch:
        await a_text_is_looked_for_in_no_order(gateway, alice, cabinets, reporter_db, patch)


async def every_read_is_by_an_index_and_reads_a_page(
    gateway: Gateway, alice: User, cabinets: list[UUID], reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.orders.MOST_COUNTED", PAGE)
    await check_lists_of_orders(gateway, alice, cabinets)
    async with reporter_db.transaction() as connection:
        order_id = await connection.scalar(text("SELECT order_id FROM order_facts LIMIT 1"))
    async with gateway.database.transaction() as connection:
        sync_id = await connection.scalar(text("SELECT sync_id FROM sync_runs LIMIT 1"))
    read = set()
    for path, params in (
        (f"/orders/{order_id}", {}),
        ("/sync/status", {"cabinet_id": cabinets[0]}),
        ("/sync/status", {"sync_id": sync_id}),
        ("/cabinets", {}),
        (f"/cabinets/{cabinets[0]}", {}),
    ):
        for plan in [await explained(gateway, cabinets, *each) for each in await asked(gateway, alice, path, params)]:
            check(plan, 2)
            read |= {node["Relation Name"] for node in nodes(plan) if "Relation Name" in node}
    assert read >= {"order_facts", "sync_runs", "sync_run_resources"}


async def check_lists_of_orders(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    for params in filters(cabinets):
        reads = await asked(gateway, alice, "/orders", {"limit": PAGE, **params})
        visible = [params["cabinet_id"]] if params["cabinet_id"] else cabinets
        of_views = [each for each in reads if "reporter_published.orders" in each[0]]
        assert 1 <= len(of_views) <= (1 if params["cursor"] else 2)
        for statement, values in of_views:
            check(await explained(gateway, visible, statement, values), len(visible))


def cursor(minutes_ago: int, **query: Any) -> str:
    """Of a place in the list of a query."""
    at = (NOON - timedelta(minutes=minutes_ago)).astimezone(UTC)
    place: Any = {"day": at.astimezone(MOSCOW).date(), "ordered_at": at, "order_id": uuid4(), "amount": Decimal(500)}
    return listing(OrderQuery(cabinets=[], **query), FoundByText()).sorting.cursor(place)


async def every_filter_and_order_reads_so_far_and_no_further(
    gateway: Gateway, alice: User, cabinets: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.orders.MOST_COUNTED", PAGE)
    monkeypatch.setattr("gateway.orders.MOST_SORTED", MOST_SORTED)
    monkeypatch.setattr(lists, "LOOKED_AT", 4 * PAGE)
    day = (NOON - timedelta(days=9)).date()
    # Those that many orders have, that few have, and that none has.
    by_age: list[dict[str, Any]] = [
        *({"state": state} for state in ("open", "bought", "cancelled", "returned")),
        *({"cancelled": each} for each in (True, False)),
        *({"warehouse": name} for name in ("Коледино", "Казань", "Тула")),
        *({"region": name} for name in ("Москва", "Тува", "Омск")),
        *({"size": name} for name in ("M", "XXL", "S")),
        *({"nm_id": nm_id} for nm_id in (POPULAR, PAST, NEVER)),
        {"state": "returned", "warehouse": "Казань", "region": "Тува"},
        {"nm_id": POPULAR, "size": "XXL", "from": day, "to": day},
    ]
    by_amount: list[dict[str, Any]] = [
        {"sort": "-amount", "state": "returned", "from": day, "to": day},
        {"sort": "-amount", "from": day, "to": day},
        {"sort": "amount", "nm_id": PAST},
        {"sort": "amount", "cancelled": True, "nm_id": NEVER},
    ]
    for params in [*by_age, *({**each, "sort": "ordered_at"} for each in by_age), *by_amount, {"sort": "ordered_at"}]:
        place = {name: value for name, value in params.items() if name not in ("from", "to")}
        if "sort" in place:
            place["sort"] = OrderSort(place["sort"])
        most = 2 * (MOST_SORTED + 1) if params in by_amount else 4 * PAGE
        for after in (None, cursor(ORDERS // 2, **place), cursor(ORDERS - 400, **place)):
            for statement, values in await asked(gateway, alice, "/orders", {"limit": PAGE, **params, "cursor": after}):
                plan = await explained(gateway, cabinets, statement, values)
                for node in nodes(plan):
                    if node.get("Relation Name") == "order_facts":
                        assert node["Node Type"] in {"Index Scan", "Index Only Scan"}, (params, node)
                        assert read_rows(node) <= most, (params, node)


async def too_many_orders_are_not_sorted(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.orders.MOST_SORTED", MOST_SORTED)
    answer = await alice.get("/orders", sort="-amount")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_to_sort")
    assert (await alice.get("/orders", sort="-amount", nm_id=POPULAR)).status_code == 200


async def a_text_is_looked_for_in_no_order(
    gateway: Gateway, alice: User, cabinets: list[UUID], reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.orders.MOST_COUNTED", PAGE)
    monkeypatch.setattr(lists, "LOOKED_AT", 4 * PAGE)
    for nm_id in range(1, 101):
        await put_card(reporter_db, cabinets[0], nm_id, title="Худи", vendor_code=f"HD-{nm_id}-")
    for words, most in (("HD-7-", (PAGE + 1)), ("худи", 4 * PAGE), ("никогда", 0)):
        for statement, values in await asked(gateway, alice, "/orders", {"limit": PAGE, "text": words}):
            plan = await explained(gateway, cabinets, statement, values)
            for node in nodes(plan):
                if node.get("Relation Name") == "order_facts":
                    assert node["Node Type"] in {"Index Scan", "Index Only Scan"}, (words, node)
                    assert read_rows(node) <= most, (words, node)


async def test_a_products_pages_join_without_gap_or_repeat_where_days_turn(
    gateway: Gateway, alice: User, reporter_db: Database
) -> None:
    cabinet_id = UUID(str(await alice.connect()))
    hours = [snapshot(cabinet_id, ordered_at=NOON - timedelta(hours=n // 2), nm_id=PAST) for n in range(100)]
    others = [snapshot(cabinet_id, ordered_at=NOON - timedelta(hours=n), nm_id=POPULAR) for n in range(50)]
    await store(reporter_db, cabinet_id, [*hours, *others])
    seen: list[str] = []
    after = None
    while True:
        page = (await alice.get("/orders", nm_id=PAST, limit=7, cursor=after)).json()
        seen += [order["order_id"] for order in page["data"]]
        after = page["meta"]["next_cursor"]
        if after is None:
            break
    newest_first = sorted(hours, key=lambda order: (order.ordered_at, order.order_id.bytes), reverse=True)
    assert seen == [str(order.order_id) for order in newest_first]


@pytest.mark.parametrize("nm_id", [None, PAST])
async def test_a_cursor_and_a_last_day_both_count_whichever_comes_first(
    alice: User, reporter_db: Database, nm_id: int | None
) -> None:
    cabinet_id = UUID(str(await alice.connect()))
    orders = [snapshot(cabinet_id, ordered_at=NOON - timedelta(hours=6 * n), nm_id=PAST) for n in range(20)]
    await store(reporter_db, cabinet_id, orders)
    for at in (0, 7, 8, 9, 15):
        place: Any = {**dict(orders[at]), "day": orders[at].ordered_at.astimezone(MOSCOW).date()}
        after = listing(OrderQuery(cabinets=[], nm_id=nm_id), FoundByText()).sorting.cursor(place)
        for days in range(6):
            last_day = NOON.date() - timedelta(days=days)
            page = (await alice.get("/orders", cursor=after, to=last_day, nm_id=nm_id)).json()
            expected = [order for order in orders[at + 1 :] if order.ordered_at.date() <= last_day]
            assert [each["order_id"] for each in page["data"]] == [str(order.order_id) for order in expected]
