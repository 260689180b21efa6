"""A shape that drifted: names nobody knew, told once, counted, and known once somebody has looked at them."""

import asyncio
import json
from typing import Any

import pytest
from ingestor import drift
from ingestor.__main__ import cli
from ingestor.sync.shapes import Shapes
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs
from support.databases import Databases
from support.ingesting import PRIVATE_KEY, Ingestor, connect_cabinet
from support.rows import execute, rows
from typer.testing import CliRunner
from wbsim.drift import FIXED_VALUES
from wbsim.running import Wbsim

READ = ("orders", "order_feed", "feedbacks", "campaigns", "finance")


async def read_all(ingestor: Ingestor) -> list[tuple[str, str, str]]:
    """Read some resources; what is told of their rows."""
    for resource in READ:
        await ingestor.sync(resource)
    with capture_logs() as logs:
        await drift.note(ingestor.database, ingestor.parts.tools.shapes)
    return [(each["method"], each["kind"], each["name"]) for each in logs if each["event"] == "wb.drifted"]


async def command(database_url: str, *arguments: str) -> list[dict[str, Any]]:
    unused = {"REDIS_URL": "redis://unused", "RABBITMQ_URL": "amqp://unused", "SEAL_PRIVATE_KEYS": PRIVATE_KEY}
    environment = {**unused, "DATABASE_URL": database_url, "ALLOW_WEAK_SECRETS": "1"}
    ended = await asyncio.to_thread(CliRunner().invoke, cli, ["drift", *arguments], env=environment)
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture
async def shop(ingestor: Ingestor, wb: Wbsim) -> str:
    """A shop with a past, whose rows were read for longer than it takes to know them."""
    sid = await wb.seller(name="known", history_orders=150, history_days=40)
    await connect_cabinet(ingestor, wb, sid=sid)
    assert await read_all(ingestor) == [], "all was there before"
    await execute(ingestor.database, "UPDATE wb_shapes SET first_seen_at = first_seen_at - interval '4 days'")
    return sid


async def test_new_fields_and_codes_are_told_once_counted_and_accepted(
    ingestor: Ingestor, wb: Wbsim, shop: str, databases: Databases
) -> None:
    before = await rows(ingestor.database, "SELECT * FROM wb_shapes ORDER BY method, kind, name")
    assert await read_all(ingestor) == []
    assert before == await rows(ingestor.database, "SELECT * FROM wb_shapes ORDER BY method, kind, name")
    await wb.settings(drift=["fields", "values"])
    told = await read_all(ingestor)
    assert {method for method, kind, _ in told if kind == "field"} >= {"order-feed", "orders", "campaigns"}
    fields = {name for method, kind, name in told if method == "campaigns" and kind == "field"}
    assert len([name for name in fields if "." not in name]) == 4
    codes = {name.rpartition(" = ")[0].rpartition(".")[2] for _, kind, name in told if kind == "value"}
    assert codes
    assert codes <= FIXED_VALUES, "of nothing else a value is kept"
    assert await read_all(ingestor) == [], "once"
    listed = [each for each in await command(databases.urls["ingestor"]) if each["what"] != "switch_off"]
    assert {(each["method"], each["what"], each["name"]) for each in listed} == set(told)
    assert all(each["times"] >= 1 for each in listed)
    await command(databases.urls["ingestor"], "--accept")
    left = await command(databases.urls["ingestor"])
    assert {each["what"] for each in left} == {"switch_off"}
    assert {each["method"] for each in left} == {"orders", "sales"}
    await wb.settings(drift=["fields", "values", "order"])
    assert not {name for _, kind, name in await read_all(ingestor) if kind == "field"}, "they are known"


async def test_a_field_of_another_type_is_told_though_its_rows_cannot_be_read(
    ingestor: Ingestor, wb: Wbsim, shop: str
) -> None:
    await wb.place_orders(count=1, sid=shop)
    await wb.fault("/api/v1/supplier/orders", "renamed", field="srid", times=1)
    assert ("orders", "field", "sridNew") in await read_all(ingestor)


async def test_what_could_not_be_noted_is_noted_the_next_time(
    ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = Shapes()
    shapes.look("orders", [b'{"srid": "a"}'])
    with monkeypatch.context() as patched:
        patched.setattr(drift, "_NOTE", text("SELECT 1 / 0 WHERE :seen <> '' AND :days > 0"))
        with pytest.raises(DBAPIError):
            await drift.note(ingestor_db, shapes)
    shapes.look("orders", [b'{"srid": "a"}'])
    await drift.note(ingestor_db, shapes)
    found = await rows(ingestor_db, "SELECT name, times FROM wb_shapes WHERE kind = 'field'")
    assert found == [{"name": "srid", "times": 2}]


async def test_processes_tell_together_what_each_of_them_sees(ingestor_db: Database) -> None:
    known, one, other = Shapes(), Shapes(), Shapes()
    known.look("orders", [b'{"srid": "a"}'])
    await drift.note(ingestor_db, known)
    await execute(ingestor_db, "UPDATE wb_shapes SET first_seen_at = first_seen_at - interval '4 days'")
    told = []
    for shapes in (one, other, one):
        shapes.look("orders", [b'{"srid": "a", "new": null}'] * 2)
        with capture_logs() as logs:
            await drift.note(ingestor_db, shapes)
        told += [each["name"] for each in logs if each["event"] == "wb.drifted"]
    assert told == ["new"]
    async with ingestor_db.transaction() as connection:
        [found] = await drift.drifted(connection)
        assert (found["name"], found["times"]) == ("new", 6)
        assert await drift.accept(connection) == 1
        assert await drift.drifted(connection) == []


async def test_a_process_that_has_just_started_tells_what_is_new_to_all(ingestor_db: Database) -> None:
    known, started = Shapes(), Shapes()
    known.look("orders", [b'{"srid": "a", "price": 1, "buyer": {"region": "x"}}'])
    await drift.note(ingestor_db, known)
    await execute(ingestor_db, "UPDATE wb_shapes SET first_seen_at = first_seen_at - interval '4 days'")
    look = drift.watch(ingestor_db, started)
    await look()
    started.look("orders", [b'{"srid": "a", "price": "1", "buyer": {"region": "x", "tax": 5}}'])
    with capture_logs() as logs:
        await look()
    assert [each["name"] for each in logs] == ["buyer.tax", "price: text"]
