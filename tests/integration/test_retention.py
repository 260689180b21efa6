"""Every table of every service says how long its rows stay, and the rows go by it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from audit.jobs import retention as of_audit
from gateway.jobs import retention as of_gateway
from gateway.settings import Settings as GatewaySettings
from ingestor.jobs import retention as of_ingestor
from ingestor.settings import IngestorSettings
from local.environments import SERVICES
from local.workspace import find_root
from notifier.jobs import retention as of_notifier
from reporter.jobs import retention as of_reporter
from servicekit import retention
from servicekit.db import Database
from servicekit.retention import OF_EVERY_SERVICE, OlderThan, Rule, delete_oldest, forget_old
from sqlalchemy import event, text
from structlog.testing import capture_logs
from support.databases import Databases
from support.rows import count, rows, statements

RULES: dict[str, Mapping[str, Rule]] = {
    "gateway": of_gateway.rules(GatewaySettings.model_construct()),
    "ingestor": of_ingestor.rules(IngestorSettings.model_construct()),
    "reporter": of_reporter.RULES,
    "notifier": of_notifier.RULES,
    "audit": of_audit.RULES,
}
OLD = [
    pytest.param(service, table, rule, id=f"{service}.{table}")
    for service in SERVICES
    for table, rule in {**OF_EVERY_SERVICE, **RULES[service]}.items()
    if isinstance(rule, OlderThan)
]
every_service = pytest.mark.parametrize("service", SERVICES)
every_table_with_old_rows = pytest.mark.parametrize(("service", "table", "rule"), OLD)

# A partition is its table's.
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p') AND NOT relispartition
"""
_COLUMNS = """
SELECT column_name, udt_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = :table AND is_nullable = 'NO' AND column_default IS NULL
"""
VALUES = {
    **dict.fromkeys(("int4", "int8", "numeric", "float8"), "n"),
    **{
        "uuid": "gen_random_uuid()",
        "text": "'x' || n",
        "_text": "ARRAY['x' || n]",
        "_int8": "ARRAY[n]",
        "bytea": "CAST('x' || n AS bytea)",
    },
    **{"bool": "false", "date": "current_date", "timestamptz": "now()", "jsonb": "'{}'"},
}
"""What is put into a column of each type, so that row `n` differs from the others."""
CHECKED = {("deliveries", "channel"): "'webhook'"}
"""Columns that do not take everything."""


async def insert(database: Database, table: str, moment: str, days: list[float]) -> None:
    """A row for each of `days`: as old as that by `moment`."""
    columns = {
        row["column_name"]: CHECKED.get((table, row["column_name"]), VALUES[row["udt_name"]])
        for row in await rows(database, _COLUMNS, table=table)
    }
    columns[moment] = "now() - make_interval(secs => 86400 * days)"
    async with database.transaction() as connection:
        await connection.execute(
            text(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
                "FROM unnest(CAST(:days AS double precision[])) WITH ORDINALITY AS made (days, n)"
            ),
            {"days": days},
        )


async def older_than(database: Database, table: str, rule: OlderThan) -> int:
    found = await rows(
        database,
        f"SELECT count(*) AS n FROM {table} WHERE {rule.moment} < now() - make_interval(days => :days)",
        days=rule.days,
    )
    return int(found[0]["n"])


@every_service
async def test_every_table_has_a_rule(databases: Databases, service: str) -> None:
    database = await databases.connect(service)
    tables = {row["relname"] for row in await rows(database, _TABLES)}
    await database.close()
    assert tables == OF_EVERY_SERVICE.keys() | RULES[service].keys()


@every_service
def test_the_rules_are_documented(service: str) -> None:
    page = (find_root(Path(__file__).parent) / "docs/retention.md").read_text()
    for table, rule in {**OF_EVERY_SERVICE, **RULES[service]}.items():
        owner = "every service" if table in OF_EVERY_SERVICE else service
        assert f"| {owner} | `{table}` | {rule} |" in page


@every_table_with_old_rows
async def test_old_rows_go_in_batches_and_young_ones_stay(
    databases: Databases, service: str, table: str, rule: OlderThan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 4)
    database = await databases.connect(service)
    old, young = [rule.days + 0.01 + n for n in range(10)], [0, rule.days / 2, rule.days - 0.01]
    await insert(database, table, rule.moment, [*young, *old])
    with statements(database) as sent:
        forgotten = await forget_old(database, RULES[service])
    assert {name: rows for name, rows in forgotten.items() if rows} == {table: 10}
    assert await count(database, table) == 3
    assert sum(f"DELETE FROM {table}" in statement for statement in sent) == 3
    assert (await forget_old(database, RULES[service]))[table] == 0
    await database.close()


@every_table_with_old_rows
async def test_a_row_that_somebody_holds_is_left_for_the_next_time(
    databases: Databases, service: str, table: str, rule: OlderThan
) -> None:
    database = await databases.connect(service)
    await insert(database, table, rule.moment, [rule.days + n for n in (1, 2, 3)])
    async with database.transaction() as holder:
        await holder.execute(text(f"SELECT FROM {table} ORDER BY {rule.moment} LIMIT 1 FOR UPDATE"))
        async with asyncio.timeout(60):
            assert (await forget_old(database, RULES[service]))[table] == 2
    assert (await forget_old(database, RULES[service]))[table] == 1
    await database.close()


@every_table_with_old_rows
async def test_old_rows_are_found_by_an_index_among_many(
    databases: Databases, service: str, table: str, rule: OlderThan
) -> None:
    database = await databases.connect(service)
    await insert(database, table, rule.moment, [rule.days + 1.0] * 5 + [0.0] * 2_000)
    async with database.transaction() as connection:
        await connection.execute(text(f"ANALYZE {table}"))
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        values = {"days": rule.days, "batch": retention.BATCH_ROWS}
        plan: Any = await connection.scalar(
            text(f"EXPLAIN (ANALYZE, FORMAT JSON) {delete_oldest(table, rule)}"), values
        )
    await database.close()
    looks = [node for node in nodes(plan[0]["Plan"]) if node.get("Index Cond")]
    assert any(rule.moment in node["Index Cond"] for node in looks), plan
    assert not any("Seq Scan" in node["Node Type"] for node in nodes(plan[0]["Plan"]))
    assert sum(node.get("Rows Removed by Filter", 0) for node in nodes(plan[0]["Plan"])) == 0


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", ()) for node in nodes(below))]


async def test_a_table_that_fails_is_told_of_and_holds_up_no_other(notifier_db: Database) -> None:
    await insert(notifier_db, "photos", "uploaded_at", [101.0])
    broken = {"nowhere": OlderThan("at", 1)}
    with capture_logs() as logs:
        forgotten = await forget_old(notifier_db, {**broken, **RULES["notifier"]})
    assert forgotten["photos"] == 1
    assert [(entry["event"], entry["table"]) for entry in logs if entry["log_level"] == "error"] == [
        ("retention.failed", "nowhere")
    ]


async def test_a_crash_costs_a_batch_at_most(notifier_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    rule = RULES["notifier"]["photos"]
    assert isinstance(rule, OlderThan)
    await insert(notifier_db, "photos", rule.moment, [rule.days + n for n in range(1, 8)])
    begun = 0

    def crash(*_: object) -> None:
        nonlocal begun
        begun += 1
        if begun == 6:  # the third batch
            raise ConnectionError("killed")

    engine = notifier_db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", crash)
    with pytest.raises(ConnectionError):
        await retention.in_batches(notifier_db, delete_oldest("photos", rule), days=rule.days)
    event.remove(engine, "before_cursor_execute", crash)
    assert await older_than(notifier_db, "photos", rule) == 3
    await forget_old(notifier_db, RULES["notifier"])
    assert await count(notifier_db, "photos") == 0


async def test_parts_and_attempts_go_with_what_they_belong_to(gateway_db: Database, notifier_db: Database) -> None:
    await insert(gateway_db, "sync_runs", "requested_at", [99.0, 101.0])
    await insert(notifier_db, "deliveries", "finished_at", [99.0, 101.0])
    for database, statement in (
        (
            gateway_db,
            "INSERT INTO sync_run_resources (cabinet_id, sync_id, resource, status) "
            "SELECT cabinet_id, sync_id, 'orders', 'queued' FROM sync_runs",
        ),
        (
            notifier_db,
            "INSERT INTO delivery_attempts (cabinet_id, delivery_id, attempt) SELECT cabinet_id, id, 1 FROM deliveries",
        ),
    ):
        async with database.transaction() as connection:
            await connection.execute(text(statement))
    await forget_old(gateway_db, RULES["gateway"])
    await forget_old(notifier_db, RULES["notifier"])
    assert await count(gateway_db, "sync_run_resources") == 1
    assert await count(notifier_db, "delivery_attempts") == 1
