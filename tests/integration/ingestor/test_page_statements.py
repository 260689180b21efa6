"""How many statements a page takes, counted at the driver: as many for one row as for 5,000."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from ingestor.resources import order_feed, orders, stocks
from ingestor.resources.resource import Resource
from ingestor.sync import store as store_module
from ingestor.sync.page import take_in
from servicekit.db import Database
from sqlalchemy import text
from support.driver_log import sent
from support.rows import rows
from support.things import NOW, new_run

MANY = 5_000


def an_order(n: int, **fields: Any) -> dict[str, Any]:
    at = "2026-11-20T10:00:00"
    return {"srid": f"s{n}", "nmId": 1, "date": at, "lastChangeDate": at, "totalPrice": 100, **fields}


def an_entry(n: int, **fields: Any) -> dict[str, Any]:
    at = "2026-11-20T10:00:00+03:00"
    return {"srid": f"s{n}", "nmId": 1, "createdAt": at, "updatedAt": at, "status": "created", **fields}


def a_stock(n: int, **fields: Any) -> dict[str, Any]:
    return {"nmId": 1, "chrtId": n, "warehouseId": 1, "quantity": 5, **fields}


def in_feed(listed: list[Any]) -> Any:
    return {"data": {"snapshotTime": "2026-11-21T10:00:00Z", "orders": listed}}


def in_stocks(listed: list[Any]) -> Any:
    return {"data": {"items": listed}}


CASES: dict[str, tuple[Resource, Callable[..., dict[str, Any]], Callable[[list[Any]], Any], dict[str, Any]]] = {
    "orders": (orders.RESOURCE, an_order, list, {"totalPrice": 200}),
    "order_feed": (order_feed.RESOURCE, an_entry, in_feed, {"status": "cancel"}),
    "stocks": (stocks.RESOURCE, a_stock, in_stocks, {"quantity": 6}),
}


async def take_in_page(database: Database, resource: Resource, body: Any) -> list[str]:
    """What taking in a page sends."""
    run = await new_run(database, resource)
    position: dict[str, Any] = {
        "offset": 0,
        "limit": 100_000,
        "complete": True,
        "page": None,
        "snapshot": None,
        "newest": None,
    }
    position |= {"watermark": None, "at": "2026-11-01T00:00:00+00:00", "days": [], "uncut": 0, "rows": 0, "rows_at": 0}
    async with sent(database) as log:
        await take_in(database, run, {**position, "thorough": True}, json.dumps(body).encode(), NOW)
    return log


async def state(database: Database, resource: Resource) -> dict[str, list[dict[str, Any]]]:
    """Every version of every row of the tables that a page may write, but for the cursor."""
    tables = [
        resource.storage.table.name,
        "outbox",
        "quarantine",
        *([resource.storage.history.name] if resource.storage.history is not None else []),
    ]
    return {
        table: await rows(
            database,
            f"SELECT CAST(ctid AS text) AS place, CAST(xmin AS text) AS xmin, CAST(xmax AS text) AS xmax FROM {table}"
            " ORDER BY 1",
        )
        for table in tables
    }


@pytest.mark.parametrize("name", CASES)
async def test_statements_do_not_grow_with_rows_and_a_page_that_is_the_same_writes_nothing(
    ingestor_db: Database, name: str
) -> None:
    resource, row, body, change = CASES[name]
    counts: dict[str, list[int]] = {}
    # A connection's first statements bring questions about types.
    await take_in_page(ingestor_db, resource, body([row(0)]))
    for size in (1, MANY):
        async with ingestor_db.transaction() as connection:
            await connection.execute(text("TRUNCATE orders, orders_history, stocks, outbox, sync_state, sync_seen"))
        pages = {
            "new": [row(n) for n in range(size)],
            "same": [row(n) for n in range(size)],
            "spelt otherwise": [row(n, unknown=1) for n in range(size)],
            "changed": [row(n, **change) for n in range(size)],
            "partly": [row(n, **(change if n % 2 else {})) for n in range(size, 0, -1)],
        }
        for page, listed in pages.items():
            before = await state(ingestor_db, resource)
            log = await take_in_page(ingestor_db, resource, body(listed))
            if page == "same":
                assert await state(ingestor_db, resource) == before
                writing = [" ".join(s.split()[:2]) for s in log if not s.startswith(("SELECT", "BEGIN", "COMMIT"))]
                # These look what is gone, and have nothing to write.
                writing = [s for s in writing if s not in {"WITH known", "WITH settled"}]
                assert writing == ["UPDATE sync_state"]
            if page == "changed":
                [found] = await rows(
                    ingestor_db, f"SELECT count(*) AS n FROM {resource.storage.table.name} WHERE revision = 2"
                )
                assert found["n"] == size, "the page is one of changes"
            if size == MANY or page != "partly":
                counts.setdefault(page, []).append(len(log))
    assert counts.pop("partly")
    for page, (one, many) in counts.items():
        assert one == many, page
    assert max(many for _, many in counts.values()) < 20


async def test_what_is_sent_for_a_page_of_everything(ingestor_db: Database) -> None:
    await take_in_page(ingestor_db, orders.RESOURCE, [an_order(n) for n in range(4)])
    mixed = [an_order(0), an_order(1, unknown=1), an_order(2, totalPrice=1), an_order(9), {"srid": "x"}]
    log = await take_in_page(ingestor_db, orders.RESOURCE, mixed)
    assert [s for s in log if s.startswith("COPY")] == [
        "COPY orders",
        "COPY staged_orders",
        "COPY outbox",
        "COPY orders_history",
    ]
    starts = [" ".join(s.split()[:2]) for s in log]
    assert starts.count("UPDATE orders") == 2, "one for changes, one for rows spelt otherwise"
    assert starts.count("INSERT INTO") == 1, "the quarantine"
    assert ("BEGIN;" in log, log[-1]) == (True, "COMMIT;"), "one transaction"
    assert log.count("COMMIT;") == 1


async def test_what_was_told_is_published_before_more_is_held(
    ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "HELD", 400)
    log = await take_in_page(ingestor_db, orders.RESOURCE, [an_order(n) for n in range(1000)])
    assert [s for s in log if s.startswith("COPY")] == ["COPY orders", "COPY outbox"] * 3
    assert log.count("COMMIT;") == 1, "one transaction"
    bodies = [json.loads(row["body"]) for row in await rows(ingestor_db, "SELECT body FROM outbox")]
    told = [order["srid"] for body in bodies for order in body["data"]["orders"]]
    assert sorted(told) == sorted(f"s{n}" for n in range(1000)), "each once"


async def test_so_are_changes_of_which_none_is_lost_between_two_portions(
    ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "HELD", 400)
    await take_in_page(ingestor_db, orders.RESOURCE, [an_order(n) for n in range(1000)])
    changed = [an_order(n, totalPrice=5 if n % 3 else 100) for n in range(1000)]
    log = await take_in_page(ingestor_db, orders.RESOURCE, changed)
    copies = [s for s in log if s.startswith("COPY")]
    assert copies == ["COPY staged_orders", "COPY outbox", "COPY orders_history"] * 2, "667 of them"
    assert log.count("COMMIT;") == 1, "one transaction"
    stored = await rows(ingestor_db, "SELECT srid, revision, total_price FROM orders")
    assert {row["srid"]: (row["revision"], row["total_price"]) for row in stored} == {
        order["srid"]: (2, 5) if order["totalPrice"] == 5 else (1, 100) for order in changed
    }
    history = await rows(ingestor_db, "SELECT srid FROM orders_history")
    assert sorted(row["srid"] for row in history) == sorted(o["srid"] for o in changed if o["totalPrice"] == 5)
