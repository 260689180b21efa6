"""Feedbacks and questions are read from indexes: a page, or what a page may look at, of nobody else's."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from gateway import lists
from servicekit.db import Database
from support.gateway import Gateway, User
from support.plans import looked_at
from support.reporting import NOON
from support.stored_items import filled

PAGE = 20
COUNTED, LOOKED_AT = 50, 100

# One in fifty waits, one in 500 has one star; the item and the stars of none of the newest thousand are asked for too.
_COLUMNS = "cabinet_id, id, revision, created_at, nm_id, text, answer_text, state"
_ROWS = """
    SELECT {cabinet} AS cabinet_id, CAST(n AS text) AS id, 1 AS revision,
        CAST(:newest AS timestamptz) - n * interval '1 minute' AS created_at,
        CASE WHEN n BETWEEN 1900 AND 1905 THEN 7 ELSE 100 + n % 40 END AS nm_id, 'ткань' AS text,
        CASE WHEN n % 50 > 0 THEN 'да' END AS answer_text, CASE WHEN n % 50 > 0 THEN 'wbRu' ELSE 'new' END AS state
    FROM generate_series(1, :all) AS n
"""
STORE = {
    "feedbacks": f"""
        INSERT INTO feedbacks ({_COLUMNS}, valuation, bables)
        SELECT *, CASE WHEN CAST(id AS integer) % 500 = 0 THEN 1 ELSE 5 END, '[]' FROM ({_ROWS}) AS made
    """,
    "questions": f"INSERT INTO questions ({_COLUMNS}) {_ROWS}",
}


@pytest.fixture
async def cabinets(
    gateway: Gateway, alice: User, bob: User, reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[UUID]]:
    """The caller's two cabinets, beside one of somebody else that has far more."""
    monkeypatch.setattr("gateway.reviews.MOST_COUNTED", COUNTED)
    monkeypatch.setattr("gateway.questions.MOST_COUNTED", COUNTED)
    monkeypatch.setattr(lists, "LOOKED_AT", LOOKED_AT)
    async with filled(reporter_db, alice, bob, STORE, {"newest": NOON}) as made:
        yield made


async def test_lists_filters_and_one(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    """Of rows that are stored once: storing them takes longer than all that is asked of them."""
    await lists_by_each_filter(gateway, alice, cabinets)
    await filters_together_look_at_so_many_rows_at_most(gateway, alice, cabinets)
    await one(gateway, alice, cabinets)


async def lists_by_each_filter(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    of_feedbacks: list[dict[str, Any]] = [{"stars": 1}, {"stars": 2}, {"stars": 5}]
    filters: list[dict[str, Any]] = [{}, {"state": "waiting"}, {"nm_id": 7}, {"nm_id": 101}, {"nm_id": 9}]
    periods: list[dict[str, Any]] = [{}, {"from": "2026-11-19", "to": "2026-11-19"}, {"from": "2026-11-20"}]
    for table, path, of_table in (("feedbacks", "/reviews", of_feedbacks), ("questions", "/questions", [])):
        for given, period, after in product([*filters, *of_table], periods, [False, True]):
            params = {**given, **period, "limit": PAGE}
            if after:
                params["cursor"] = (await alice.get(path, **params)).json()["meta"]["next_cursor"]
                if params["cursor"] is None:
                    continue
            rows = await looked_at(gateway, alice, cabinets, STORE, path, params)
            most = (PAGE if after else COUNTED) + 1
            assert rows[table] <= most * len(cabinets), params


async def filters_together_look_at_so_many_rows_at_most(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    for params in (
        {"text": "ничего"},
        {"state": "answered", "stars": 1},
        {"state": "waiting", "stars": 5},
        {"nm_id": 101, "state": "waiting", "stars": 1, "text": "ткань"},
    ):
        rows = await looked_at(gateway, alice, cabinets, STORE, "/reviews", {**params, "limit": PAGE})
        assert rows["feedbacks"] <= LOOKED_AT, params


async def one(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    for table, path in (("feedbacks", "/reviews/1999"), ("questions", "/questions/1999")):
        assert await looked_at(gateway, alice, cabinets, STORE, path, {}) == {table: 1}
