"""`python -m reporter rebuild` and `as-of`, as an operator calls them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.audit import ReporterAuditRecordedV1
from local import servers as local_servers
from reporter.__main__ import cli
from reporter.figures.moscow import day_of
from reporter.rebuild import comparing
from servicekit import clock
from servicekit.cache import Cache
from support.outbox_rows import commands_recorded
from support.rebuilding import Reporter
from support.reporting import an_order, orders_updated
from support.rows import execute, rows
from typer.testing import CliRunner, Result

from contracts import cache_keys

Run = Any


@pytest.fixture
def run(reporter: Reporter, servers: local_servers.Servers, redis_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(comparing, "LOOKS", 2)
    monkeypatch.setattr(comparing, "LOOK_SECONDS", 0.01)
    reporter.today = day_of(clock.now())

    async def run(*words: str) -> Result:
        env = {
            "DATABASE_URL": reporter.database.dsn,
            "REDIS_URL": servers.redis_url,
            "REDIS_KEY_PREFIX": redis_prefix,
            "RABBITMQ_URL": "amqp://unused",
            "ALLOW_WEAK_SECRETS": "1",
        }
        return await asyncio.to_thread(CliRunner().invoke, cli, list(words), env=env)

    return run


async def test_a_state_that_is_what_the_log_says_ends_with_0(run: Run, reporter: Reporter, cabinet_id: UUID) -> None:
    other = uuid4()
    for each in (cabinet_id, other):
        await reporter.see(orders_updated(each, an_order(each)))
    await reporter.count()
    result = await run("rebuild")
    assert result.exit_code == 0, result.output
    assert f"cabinet {cabinet_id}" in result.output
    assert f"cabinet {other}" in result.output
    assert "order_facts: 1 rows in use, the same" in result.output
    assert "differ" not in result.output


async def test_one_that_is_not_ends_with_1_and_is_swapped_when_asked(
    run: Run, reporter: Reporter, cabinet_id: UUID, cache: Cache
) -> None:
    ordered_at = datetime.now(UTC)
    await reporter.handle(orders_updated(cabinet_id, an_order(cabinet_id, "old", ordered_at=ordered_at)))
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, ordered_at=ordered_at)))
    await reporter.count()
    right = await reporter.everything(cabinet_id)
    waiting = orders_updated(cabinet_id, an_order(cabinet_id, "waits"))
    bad = orders_updated(cabinet_id, an_order(cabinet_id, "bad"))
    await reporter.log(waiting, bad)
    await execute(reporter.logs["ingestor"], "UPDATE outbox SET body = CAST('{}' AS bytea) WHERE id = :id", id=bad.id)
    await execute(reporter.database, "UPDATE analytics_cache SET orders = 7")
    key = cache_keys.analytics(cabinet_id, 1, 7)

    async def cached(value: str) -> str:
        async def load() -> str:
            return value

        return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

    assert await cached("wrong") == "wrong"
    result = await run("rebuild", "--cabinet", str(cabinet_id))
    assert result.exit_code == 1, result.output
    assert "orders: 10 rows, by 5 at most; " in result.output
    assert "order_facts: 1 rows that the log has not, or has older: kept" in result.output
    assert "1 events that cannot be read" in result.output
    assert "1 events that the reporter has yet to handle: left to it" in result.output
    assert await cached("right") == "wrong"
    swapped = await run("rebuild", "--cabinet", str(cabinet_id), "--swap")
    assert swapped.exit_code == 0, swapped.output
    assert "swapped: 10 of analytics_cache" in swapped.output
    assert await reporter.everything(cabinet_id) == right
    assert await cached("right") == "right"
    recorded = await commands_recorded(reporter.database, ReporterAuditRecordedV1)
    assert recorded == [("reporter rebuild --swap", "begun"), ("reporter rebuild --swap", "done")]
    assert "swapped: nothing" in (await run("rebuild", "--cabinet", str(cabinet_id), "--swap")).output


async def test_figures_that_wait_to_be_counted_are_said(run: Run, reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=5)))
    result = await run("rebuild")
    assert result.exit_code == 1
    assert "some of the figures in use are yet to be counted" in result.output


async def test_figures_of_a_time_are_printed_as_json(run: Run, reporter: Reporter, cabinet_id: UUID) -> None:
    at = datetime.now(UTC) - timedelta(days=2)
    ordered_at = at - timedelta(hours=1)
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, ordered_at=ordered_at)), at=at)
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, "b", ordered_at=ordered_at)))
    then = (at + timedelta(hours=1)).replace(tzinfo=None).isoformat()
    result = await run("as-of", "--cabinet", str(cabinet_id), "--at", then, "--nm-id", "1")
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert {row["orders"] for row in told["analytics"]} == {1}
    assert told["nm_id"] == 1
    assert told["kept"] == {}
    of_cabinet = json.loads((await run("as-of", "--cabinet", str(cabinet_id), "--at", f"{then}+00:00")).output)
    assert {row["nm_id"] for row in of_cabinet["analytics"]} == {0}
    order = an_order(cabinet_id)
    of_order = await run("as-of", "--cabinet", str(cabinet_id), "--at", then, "--order-id", str(order.order_id))
    assert json.loads(of_order.output)["report"]["order"]["order_id"] == str(order.order_id)
    none = await run("as-of", "--cabinet", str(cabinet_id), "--at", then, "--order-id", str(cabinet_id))
    assert none.exit_code == 2
    assert f"had no order {cabinet_id}" in none.output


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("yesterday", "'yesterday' is no time such as"),
        ("2020-01-01", "the log of cabinet"),
        ("2020-01-01", "begins at"),
    ],
)
async def test_a_time_that_cannot_be_told_of_is_one_line_and_2(
    run: Run, reporter: Reporter, cabinet_id: UUID, at: str, said: str
) -> None:
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
    result = await run("as-of", "--cabinet", str(cabinet_id), "--at", at)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1


async def test_a_second_rebuild_is_told_of_the_first(run: Run, reporter: Reporter) -> None:
    async with reporter.shadow():
        result = await run("rebuild")
    assert result.exit_code == 2
    assert "another rebuild is under way" in result.output
    assert await rows(reporter.database, "SELECT 1 AS one") == [{"one": 1}]
