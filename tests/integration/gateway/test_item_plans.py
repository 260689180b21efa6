"""Lists of items are read from indexes: a page where an index has their order, else no one else's rows."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from servicekit.db import Database
from support.gateway import Gateway, User
from support.plans import looked_at
from support.reporting import NOON
from support.stored_items import OWN, filled

PAGE = 20

STORE = {
    "products": """
        INSERT INTO products (cabinet_id, nm_id, title, brand, subject, sizes, revision, updated_at, is_listed)
        SELECT {cabinet}, n, 'Худи ' || n, 'brand ' || n % 7, 'subject ' || n % 50, '[]', 1,
            CAST(:newest AS timestamptz) - n * interval '1 minute', true
        FROM generate_series(1, :all) AS n
    """,
    "prices": """
        INSERT INTO prices (cabinet_id, nm_id, size_id, price, discounted_price, revision, gone)
        SELECT {cabinet}, n, size, 100, 90, 1, false FROM generate_series(1, :all) AS n, generate_series(1, 3) AS size
    """,
    "item_figures": """
        INSERT INTO item_figures (cabinet_id, nm_id, section, currency, as_of, body)
        SELECT {cabinet}, n, section, '', '2026-11-20', jsonb_build_object(
            'rating', NULL, 'count', 0, 'stars', CAST('[0, 0, 0, 0, 0]' AS jsonb), 'bad_week', 0, 'count_week', 0,
            'unanswered', 0, 'unanswered_questions', 0, 'mature_after_days', NULL, 'periods', CAST('[]' AS jsonb),
            'method', '', 'lead_days', 14, 'target_days', 30, 'as_of', NULL,
            'total', jsonb_build_object('wb', n % 9, 'own', NULL, 'days_left', NULL, 'orders_per_day', NULL,
                'endless', false, 'runs_out_on', NULL, 'replenish', NULL))
        FROM generate_series(1, :all) AS n, unnest(ARRAY['stock', 'reviews', 'velocity', 'buyout']) AS section
    """,
}
TABLES = {*STORE, "analytics_cache", "stocks", "seller_stocks", "stock_remains"}


@pytest.fixture
async def cabinets(gateway: Gateway, alice: User, bob: User, reporter_db: Database) -> AsyncIterator[list[UUID]]:
    """The caller's two cabinets, beside one of somebody else that has far more."""
    async with filled(reporter_db, alice, bob, STORE, {"newest": NOON}) as made:
        yield made


async def test_lists_and_one_item(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    """Of rows that are stored once: storing them takes longer than all that is asked of them."""
    await items(gateway, alice, cabinets)
    await one_item(gateway, alice, cabinets)
    await stocks(gateway, alice, cabinets)


async def items(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    names: list[dict[str, Any]] = [{}, {"brand": "brand 3"}, {"subject": "subject 7"}]
    of_a_page = [*product(names, ["nm_id", "-nm_id"]), *product(names[:1], ["updated_at", "-updated_at"])]
    for (name, sort), after in product(of_a_page, [False, True]):
        params = {**name, "sort": sort, "limit": PAGE}
        if after:
            params["cursor"] = (await alice.get("/products", **params)).json()["meta"]["next_cursor"]
            rows = await looked_at(gateway, alice, cabinets, TABLES, "/products", params)
            assert rows["products"] <= (PAGE + 1) * len(cabinets), params
        else:
            # What counts them all looks at no one else's.
            rows = await looked_at(gateway, alice, cabinets, TABLES, "/products", params)
            assert rows["products"] <= OWN + 1, params
        assert rows["prices"] <= PAGE * 3
        assert rows["item_figures"] <= PAGE * 4
    for params in (
        {"text": "1999"},
        {"text": "никогда"},
        {"state": "trashed"},
        {**names[1], **names[2], "sort": "updated_at"},
    ):
        assert (await looked_at(gateway, alice, cabinets, TABLES, "/products", params))["products"] <= OWN + 1, params


async def one_item(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    assert await looked_at(gateway, alice, cabinets, TABLES, "/products/1999", {}) == {
        "products": 1, "prices": 3, "item_figures": 4, "analytics_cache": 0,
    }  # fmt: skip


async def stocks(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    for sort, after in product(["nm_id", "-nm_id"], [False, True]):
        params: dict[str, Any] = {"sort": sort, "limit": PAGE}
        if after:
            params["cursor"] = (await alice.get("/stocks", **params)).json()["meta"]["next_cursor"]
        rows = await looked_at(gateway, alice, cabinets, TABLES, "/stocks", params)
        assert rows["item_figures"] <= ((PAGE + 1) * len(cabinets) if after else OWN + 1), params
        assert rows["products"] <= PAGE
    for params in (
        {"sort": "days_left"},
        {"sort": "-replenish"},
        {"state": "size_out"},
        {"warehouse": "Казань"},
        {"days_left_to": 7},
    ):
        assert (await looked_at(gateway, alice, cabinets, TABLES, "/stocks", params))["item_figures"] <= OWN + 1, params
    assert (await looked_at(gateway, alice, cabinets, TABLES, "/stocks", {"nm_id": 1999}))["item_figures"] <= len(
        cabinets
    )
    assert await looked_at(gateway, alice, cabinets, TABLES, "/stocks/1999", {}) == {
        "item_figures": 1, "products": 1, "stocks": 0, "seller_stocks": 0, "stock_remains": 0,
    }  # fmt: skip
