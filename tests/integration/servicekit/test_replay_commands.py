"""`python -m servicekit replay`, as an operator calls it."""

import asyncio
import getpass
import json
from typing import Any
from uuid import uuid4

import pytest
from aio_pika.abc import AbstractChannel
from contracts.audit import ReporterAuditRecordedV1
from contracts.topics import REPORTER_ORDERS_BACKFILL
from servicekit.__main__ import cli
from servicekit.db import Database
from servicekit.replay import commands, replayer
from support.databases import Databases
from support.event_logs import log_events
from support.outbox_rows import commands_recorded
from support.reporting import an_order, orders_updated
from support.rows import all_rows, execute
from typer.testing import CliRunner, Result

Run = Any


@pytest.fixture
def run(databases: Databases, vhost: str) -> Run:
    async def run(*words: str, service: str = "reporter", url: str = vhost) -> Result:
        env = {"DATABASE_URL": databases.urls[service], "RABBITMQ_URL": url, "COLUMNS": "300"}
        return await asyncio.to_thread(CliRunner().invoke, cli, ["replay", *words], env=env)

    return run


@pytest.fixture
async def logged(ingestor_db: Database, gateway_db: Database, reporter_db: Database) -> None:
    cabinet_id = uuid4()
    await log_events({"ingestor": ingestor_db}, *(orders_updated(cabinet_id, an_order(cabinet_id)) for _ in range(5)))


async def waiting(amqp: AbstractChannel) -> int:
    queue = await amqp.declare_queue(REPORTER_ORDERS_BACKFILL.name, passive=True)
    return queue.declaration_result.message_count or 0


@pytest.mark.usefixtures("logged")
async def test_a_dry_run_counts_and_sends_nothing(run: Run, reporter_db: Database, amqp: AbstractChannel) -> None:
    result = await run("start", "reporter", "--dry-run", "--rate", "2.5")
    assert result.exit_code == 0, result.output
    assert "5 events of 1 cabinets" in result.output
    assert "orders.updated.v1" in result.output
    assert "at 2.5 events a second: 2 s" in result.output
    assert await waiting(amqp) == 0
    assert await all_rows(reporter_db, "replays") == []


@pytest.mark.usefixtures("logged")
async def test_a_replay_is_sent_listed_and_shown(run: Run, reporter_db: Database, amqp: AbstractChannel) -> None:
    result = await run("start", "reporter", "--type", "orders.updated.v1", "--since", "2020-01-01", "--by", "me")
    assert result.exit_code == 0, result.output
    assert "done: 5 events sent" in result.output
    assert await waiting(amqp) == 5
    [row] = await all_rows(reporter_db, "replays")
    assert (row["requested_by"], row["sent"], row["state"]) == ("me", 5, "done")
    listed = (await run("list")).output
    assert str(row["replay_id"]) in listed
    assert "done" in listed
    shown = json.loads((await run("show", str(row["replay_id"]))).output)
    assert (shown["state"], shown["sent"], shown["selection"]["types"]) == ("done", 5, ["orders.updated.v1"])
    assert shown["place"]["publisher"] == "ingestor"
    for word in ("stop", "resume"):
        refused = await run(word, str(row["replay_id"]))
        assert refused.exit_code == 2
        assert "is no replay, or is done" in refused.output
    await execute(reporter_db, "UPDATE replays SET ended_at = requested_at + interval '2 s'")
    assert "as fast as the last replay, 2 events a second: 2 s" in (await run("start", "reporter", "--dry-run")).output


@pytest.mark.usefixtures("logged")
async def test_one_that_the_broker_does_not_take_is_resumed(
    run: Run, reporter_db: Database, amqp: AbstractChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replayer, "RETRIES", 0)
    result = await run("start", "reporter", url="amqp://a:hunter2@127.0.0.1:1/")
    assert result.exit_code == 2
    assert "RabbitMQ refused or did not answer" in result.output
    assert "hunter2" not in result.output
    [row] = await all_rows(reporter_db, "replays")
    assert f"replay resume {row['replay_id']}" in result.output
    assert "@" in row["requested_by"]
    await execute(reporter_db, "UPDATE replays SET sent_at = now() - interval '1 hour'")
    assert "silent for 36" in (await run("list")).output
    assert (await run("stop", str(row["replay_id"]))).output == "stopped\n"
    assert json.loads((await run("show", str(row["replay_id"]))).output)["place"] is None
    assert "done: 5 events sent" in (await run("resume", str(row["replay_id"]))).output
    recorded = await commands_recorded(reporter_db, ReporterAuditRecordedV1)
    assert recorded == [(f"servicekit replay {word}", "done") for word in ("start", "stop", "resume")]
    assert await waiting(amqp) == 5


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("start", "notifier"), "notifier takes no replays"),
        (("start", "nobody"), "there is no service 'nobody'"),
        (("start", "reporter", "--type", "orders"), "there is no event type 'orders'"),
        (("start", "reporter", "--since", "yesterday"), "'yesterday' is no time such as 2026-11-20"),
        (("start", "reporter", "--since", "2026-11-20", "--until", "2026-11-20T03:00+03:00"), "nothing lies between"),
        (("show", "00000000-0000-0000-0000-000000000001"), "there is no replay 00000000"),
    ],
)
async def test_what_cannot_be_done_is_one_line_and_2(run: Run, words: tuple[str, ...], said: str) -> None:
    result = await run(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.usefixtures("logged")
async def test_it_is_recorded_by_its_consumer_only(run: Run) -> None:
    result = await run("start", "reporter", service="ingestor")
    assert result.exit_code == 2
    assert "this is the database of ingestor; a replay is recorded in that of its consumer, reporter" in result.output


def test_who_has_no_name_here_is_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert commands._whoever().startswith("?@")
