"""Every list of administrators is read from an index, in each order and by each filter that it has."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from gateway.admin import listings
from gateway.admin.listing import ID, MAX_COUNTED, Listing
from servicekit.db import Database
from sqlalchemy import text
from support.administration import Admin
from support.databases import empty
from support.plans import explained, nodes, noted, read_rows

ROWS = 120_000
PAGE = 20
DEEP = 2_000

FILL = {
    "users": "INSERT INTO users (telegram_id, created_at) SELECT n, at FROM made",
    "cabinets": """
        WITH owners AS (INSERT INTO users (telegram_id) SELECT n FROM made RETURNING 1)
        INSERT INTO wb_cabinets (cabinet_id, owner_telegram_id, seller_id, sealed_token, kind, categories, read_only,
            expires_at, status, connected_at, connect_event_id)
        SELECT id, n, id, '', 'base', '{}', true, at, CASE WHEN n % 100 = 0 THEN 'suspended' ELSE 'verified' END, at, id
        FROM made
    """,
    "keys": """
        INSERT INTO api_keys (key_id, key_hash, prefix, name, telegram_id, scopes)
        SELECT id, CAST(CAST(n AS text) AS bytea), 'p', '', n / 10, '{read}' FROM made
    """,
    "sync_logs": """
        INSERT INTO sync_logs (cabinet_id, id, resource, trigger, outcome, started_at, duration_seconds, waited_seconds,
            pages, requests, rows_new, rows_changed, rows_same, rows_quarantined, rows_gone)
        SELECT shop, id, 'orders', 'schedule', CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END, at, 0, 0, 0, 0,
            0, 0, 0, 0, 0 FROM made
    """,
    "syncs": """
        WITH runs AS (
            INSERT INTO sync_runs (cabinet_id, sync_id, requested_by, requested_at, finished_at)
            SELECT shop, id, n, at, CASE WHEN n > 50 THEN at END FROM made RETURNING cabinet_id, sync_id
        )
        INSERT INTO sync_run_resources (cabinet_id, sync_id, resource, status) SELECT *, 'orders', 'queued' FROM runs
    """,
    "backfills": """
        INSERT INTO sync_ranges (cabinet_id, id, resource, since, until, why, asked_at)
        SELECT shop, id, 'orders', at - n * interval '1 hour', at, 'backfill', at FROM made
    """,
    "quarantine": """
        INSERT INTO quarantine (cabinet_id, resource, body_hash, body, reason, last_seen_at)
        SELECT shop, CASE WHEN n % 100 = 0 THEN 'stocks' ELSE 'orders' END, CAST(CAST(n AS text) AS bytea), '', '', at
        FROM made
    """,
    "deliveries": """
        INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id,
            correlation_id, status, created_at, finished_at)
        SELECT shop, CAST(n AS text), 'telegram', CAST(n % 50 AS text), 'order', '{}', at, id, id,
            CASE WHEN n % 100 = 0 THEN 'failed' WHEN n % 100 = 1 THEN 'pending' ELSE 'delivered' END, at, at FROM made
    """,
    "replays": """
        INSERT INTO replays (replay_id, requested_by, requested_at, consumer, types, until, events)
        SELECT id, '', at, 'reporter', '{}', at, 0 FROM made
    """,
}
"""How a list gets many rows, spread over fifty shops."""

MADE = """
WITH made AS (
    SELECT n, gen_random_uuid() AS id, CAST(lpad(CAST(n % 50 AS text), 32, '0') AS uuid) AS shop,
        timestamptz '2026-11-20 12:00+03' - n * interval '1 minute' AS at
    FROM generate_series(1, :rows) AS n
)
"""

TABLES_OF = {
    "backfills": ["sync_ranges"],
    "cabinets": ["wb_cabinets"],
    "keys": ["api_keys"],
    "syncs": ["sync_runs", "sync_run_resources"],
}
TABLES = {table for name in FILL for table in TABLES_OF.get(name, [name])}

VALUES: dict[str, list[Any]] = {
    "cabinet_id": [f"{7:032}", f"{99:032}"],
    "owner_telegram_id": [77, 2**40],
    "telegram_id": [77, 2**40],
    "status": ["failed", "pending", "suspended", "verified"],
    "outcome": ["failed", "completed", "paused"],
    "resource": ["stocks", "orders", "nothing"],
}


@pytest.fixture
def databases_of(
    admin: Admin, ingestor_db: Database, notifier_db: Database, reporter_db: Database
) -> dict[str, Database]:
    own = admin.gateway.database
    return {
        "users": own,
        "cabinets": own,
        "keys": own,
        "syncs": own,
        "sync_logs": ingestor_db,
        "quarantine": ingestor_db,
        "backfills": ingestor_db,
        "deliveries": notifier_db,
        "replays": reporter_db,
    }


@pytest.fixture(params=FILL)
async def filled(request: pytest.FixtureRequest, databases_of: dict[str, Database]) -> AsyncIterator[str]:
    """The name of a list that has many rows."""
    name = str(request.param)
    database = databases_of[name]
    fill = FILL[name].strip()
    statement = MADE.rstrip() + (", " + fill.removeprefix("WITH ") if fill.startswith("WITH ") else fill)
    async with database.transaction() as connection:
        await connection.execute(text(statement), {"rows": ROWS})
    async with database.engine.connect() as plain:
        autocommit = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(f"VACUUM ANALYZE {', '.join(TABLES_OF.get(name, [name]))}"))
    yield name
    # Not for the next test's truncation to find: its statistics would stay.
    await empty(database)


async def test_a_page_and_its_total(admin: Admin, filled: str) -> None:
    listing: Listing = getattr(listings, filled.upper())
    looked = 0
    for column, sorts in listing.ways.items():
        values = [None] if column is None else VALUES[column.name]
        for value in values:
            filters = {} if column is None else {column.name: value}
            for sort in sorts:
                for direction in ("ASC", "DESC"):
                    for first in (0, DEEP):
                        query = {"sort": [sort, direction], "range": [first, first + PAGE - 1], "filter": filters}
                        looked += await check_list(admin, filled, query, depth=first + PAGE)
    assert looked >= 4
    some = (await admin.get(filled, sort=[ID, "ASC"], range=[0, PAGE - 1])).json()
    ids = [record["id"] for record in some]
    for path, asked in ((f"{filled}/{ids[3]}", {}), (filled, {"filter": {"id": ids}})):
        with noted(admin.gateway) as sent:
            assert (await admin.get(path, **asked)).status_code == 200
        for statement, bound in sent.reads():
            if "ingestor_published" in statement:
                continue
            plan = await explained(admin.gateway, list[UUID](), statement, bound)
            check_plan(plan, statement, at_most=PAGE)


async def check_list(admin: Admin, name: str, query: dict[str, Any], *, depth: int) -> int:
    with noted(admin.gateway) as sent:
        answer = await admin.get(name, **query)
    if answer.status_code == 400 and answer.json()["code"] == "filter_malformed":
        return 0  # a status of another list
    assert answer.status_code == 200, answer.text
    (page, bound), (counting, _), *further = sent.reads()
    assert "count(*)" in counting
    check_plan(await explained(admin.gateway, [], page, bound), page, at_most=2 * depth)
    assert bool(further) == (name == "syncs" and answer.json() != [])
    for statement, values in further:
        if "ingestor_published" not in statement:
            check_plan(await explained(admin.gateway, [], statement, values), statement, at_most=PAGE)
    plan = await explained(admin.gateway, [], counting, bound)
    # A frequent value may be counted without an index, as far as is counted.
    assert all(read_rows(node) <= 1.1 * MAX_COUNTED for node in nodes(plan) if node.get("Relation Name") in TABLES), (
        plan
    )
    return 1


def check_plan(plan: dict[str, Any], statement: str, *, at_most: int) -> None:
    scans = [node for node in nodes(plan) if node.get("Relation Name") in TABLES]
    assert scans
    for node in scans:
        said = {name: node.get(name) for name in ("Node Type", "Index Name", "Filter", "Actual Rows", "Actual Loops")}
        # Past the end of a list all of it is read; a bitmap of the index is as good for it.
        assert node["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}, (said, statement)
        assert read_rows(node) <= at_most, (said, statement)
