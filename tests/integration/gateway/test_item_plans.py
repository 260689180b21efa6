"""Lists of items are read from indexes: a page where an index has their order, else no one else's rows."""

import json
from collections.abc import AsyncIterator, Mapping
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from servicekit.db import Database
from sqlalchemy import text
from support.databases import empty
from support.gateway import Gateway, User
from support.plans import asked, explained, nodes, read_rows
from support.stored_orders import NOON

PAGE = 20
OWN, FOREIGN = 2_000, 40_000
"""Items of the caller's cabinets (a tenth of them in the smaller), and of somebody else's."""

_CABINET = """
    CASE WHEN n > :own THEN CAST(:foreign AS uuid) WHEN n % 10 = 0 THEN CAST(:small AS uuid)
        ELSE CAST(:large AS uuid) END
"""
_STORE = (
    f"""
    INSERT INTO products (cabinet_id, nm_id, title, brand, subject, sizes, revision, updated_at, is_listed)
    SELECT {_CABINET}, n, 'Худи ' || n, 'brand ' || n % 7, 'subject ' || n % 50, '[]', 1,
        CAST(:newest AS timestamptz) - n * interval '1 minute', true
    FROM generate_series(1, :all) AS n
    """,
    f"""
    INSERT INTO prices (cabinet_id, nm_id, size_id, price, discounted_price, revision, gone)
    SELECT {_CABINET}, n, size, 100, 90, 1, false FROM generate_series(1, :all) AS n, generate_series(1, 3) AS size
    """,
    f"""
    INSERT INTO item_figures (cabinet_id, nm_id, section, currency, as_of, body)
    SELECT {_CABINET}, n, section, '', '2026-11-20', jsonb_build_object(
        'rating', NULL, 'count', 0, 'stars', CAST('[0, 0, 0, 0, 0]' AS jsonb), 'bad_week', 0, 'count_week', 0,
        'unanswered', 0, 'unanswered_questions', 0, 'mature_after_days', NULL, 'periods', CAST('[]' AS jsonb),
        'method', '', 'lead_days', 14, 'target_days', 30, 'as_of', NULL,
        'total', jsonb_build_object('wb', n % 9, 'own', NULL, 'days_left', NULL, 'orders_per_day', NULL,
            'endless', false, 'runs_out_on', NULL, 'replenish', NULL))
    FROM generate_series(1, :all) AS n, unnest(ARRAY['stock', 'reviews', 'velocity', 'buyout']) AS section
    """,
)
TABLES = {"products", "prices", "item_figures", "analytics_cache", "stocks", "seller_stocks", "stock_remains"}


@pytest.fixture
async def cabinets(gateway: Gateway, alice: User, bob: User, reporter_db: Database) -> AsyncIterator[list[UUID]]:
    """The caller's two cabinets, beside one of somebody else that has far more."""
    made = [UUID(str(await alice.connect())) for _ in range(2)]
    foreign = await bob.connect()
    values = {"large": made[0], "small": made[1], "foreign": foreign, "own": OWN, "all": OWN + FOREIGN, "newest": NOON}
    async with reporter_db.transaction() as connection:
        for statement in _STORE:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(text(statement), used)
    async with reporter_db.engine.connect() as plain:
        autocommit = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE products, prices, item_figures"))
    yield made
    # Not for the next test's truncation to find: its statistics would stay.
    await empty(reporter_db)


async def read(
    gateway: Gateway, user: User, cabinets: list[UUID], path: str, params: Mapping[str, Any]
) -> dict[str, int]:
    """Rows that answering looked at, by table, each found by an index."""
    looked_at: dict[str, int] = {}
    for statement, values in await asked(gateway, user, path, dict(params)):
        plan = await explained(gateway, cabinets, statement, values)
        for node in nodes(plan):
            table = node.get("Relation Name")
            if table in TABLES:
                assert node["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}, json.dumps(plan)
                looked_at[table] = max(looked_at.get(table, 0), read_rows(node))
    return looked_at


async def test_items(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    names: list[dict[str, Any]] = [{}, {"brand": "brand 3"}, {"subject": "subject 7"}]
    of_a_page = [*product(names, ["nm_id", "-nm_id"]), *product(names[:1], ["updated_at", "-updated_at"])]
    for (name, sort), after in product(of_a_page, [False, True]):
        params = {**name, "sort": sort, "limit": PAGE}
        if after:
            params["cursor"] = (await alice.get("/products", **params)).json()["meta"]["next_cursor"]
            looked_at = await read(gateway, alice, cabinets, "/products", params)
            assert looked_at["products"] <= (PAGE + 1) * len(cabinets), params
        else:
            # What counts them all looks at no one else's.
            looked_at = await read(gateway, alice, cabinets, "/products", params)
            assert looked_at["products"] <= OWN + 1, params
        assert looked_at["prices"] <= PAGE * 3
        assert looked_at["item_figures"] <= PAGE * 4
    for params in (
        {"text": "1999"},
        {"text": "никогда"},
        {"state": "trashed"},
        {**names[1], **names[2], "sort": "updated_at"},
    ):
        assert (await read(gateway, alice, cabinets, "/products", params))["products"] <= OWN + 1, params


async def test_one_item(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    assert await read(gateway, alice, cabinets, "/products/1999", {}) == {
        "products": 1, "prices": 3, "item_figures": 4, "analytics_cache": 0,
    }  # fmt: skip


async def test_stocks(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    for sort, after in product(["nm_id", "-nm_id"], [False, True]):
        params: dict[str, Any] = {"sort": sort, "limit": PAGE}
        if after:
            params["cursor"] = (await alice.get("/stocks", **params)).json()["meta"]["next_cursor"]
        looked_at = await read(gateway, alice, cabinets, "/stocks", params)
        assert looked_at["item_figures"] <= ((PAGE + 1) * len(cabinets) if after else OWN + 1), params
        assert looked_at["products"] <= PAGE
    for params in (
        {"sort": "days_left"},
        {"sort": "-replenish"},
        {"state": "size_out"},
        {"warehouse": "Казань"},
        {"days_left_to": 7},
    ):
        assert (await read(gateway, alice, cabinets, "/stocks", params))["item_figures"] <= OWN + 1, params
    assert (await read(gateway, alice, cabinets, "/stocks", {"nm_id": 1999}))["item_figures"] <= len(cabinets)
    assert await read(gateway, alice, cabinets, "/stocks/1999", {}) == {
        "item_figures": 1, "products": 1, "stocks": 0, "seller_stocks": 0, "stock_remains": 0,
    }  # fmt: skip
