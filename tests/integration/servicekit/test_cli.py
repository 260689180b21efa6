"""The commands: what they say and how they end."""

import asyncio
import json

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from contracts.audit import AuditRecordedV1
from contracts.topics import INGESTOR_SYNCS
from servicekit import crypto, dead_letters
from servicekit.db import Database
from sqlalchemy.engine import make_url
from support.databases import Databases
from support.eventually import eventually
from support.outbox_rows import commands_recorded, published
from support.servicekit_cli import SERVICES, run
from support.tcp_proxy import proxied


async def test_keygen_prints_a_pair_that_works() -> None:
    result = await run("keygen")
    keys = json.loads(result.output)
    sealed = crypto.seal("x", public_key=keys["public_key"], belongs_to="y")
    assert crypto.unseal(sealed, private_keys=keys["private_key"], belongs_to="y") == "x"


async def test_topology_can_be_declared_again(vhost: str) -> None:
    assert (await run("topology", env={"RABBITMQ_URL": vhost})).exit_code == 0


async def test_a_broker_that_is_not_there_yet_is_waited_for(vhost: str) -> None:
    async with proxied(vhost) as proxy:
        proxy.is_open = False
        declared = asyncio.create_task(run("topology", "--patience", "600", env={"RABBITMQ_URL": proxy.url}))
        await eventually(lambda: proxy.refused > 1)
        assert not declared.done()
        proxy.is_open = True
        assert (await declared).exit_code == 0


async def test_a_broker_that_refuses_the_password_is_not(vhost: str) -> None:
    wrong = make_url(vhost).set(password="wrong").render_as_string(False)
    result = await run("topology", "--patience", "600", env={"RABBITMQ_URL": wrong})
    assert result.exit_code == 2
    assert "RabbitMQ refused" in result.output


async def test_dead_letters_are_shown_and_put_back_on_record(
    vhost: str, amqp: AbstractChannel, gateway_db: Database
) -> None:
    message = aio_pika.Message("тело \xff".encode("latin-1", "ignore") + b"\xff", message_id="m", type="t")
    await amqp.default_exchange.publish(message, routing_key=INGESTOR_SYNCS.dead)
    shown = await run("dead", INGESTOR_SYNCS.name, env={"RABBITMQ_URL": vhost})
    assert shown.exit_code == 0
    letter = json.loads(shown.output)
    assert (letter["queue"], letter["event_id"], letter["type"]) == (INGESTOR_SYNCS.name, "m", "t")
    env = {"RABBITMQ_URL": vhost, "DATABASE_URL": gateway_db.dsn}
    back = await run("redrive", INGESTOR_SYNCS.name, "--limit", "5", env=env)
    assert back.output == "1 put back\n"
    assert (await run("redrive", INGESTOR_SYNCS.name, env=env)).output == "0 put back\n"
    done = "servicekit redrive"
    recorded = await commands_recorded(gateway_db, AuditRecordedV1)
    assert recorded == [(done, "begun"), (done, "done"), (done, "begun"), (done, "unchanged")]
    first = (await published(gateway_db, AuditRecordedV1.TYPE))[1].data
    assert (first.targets, first.after) == ({"queue": INGESTOR_SYNCS.name}, {"put_back": 1})


async def test_nothing_is_put_back_that_is_not_recorded(
    vhost: str, amqp: AbstractChannel, databases: Databases
) -> None:
    await amqp.default_exchange.publish(aio_pika.Message(b"m"), routing_key=INGESTOR_SYNCS.dead)
    for url, said in (
        (databases.admin_url, "of no service that keeps records"),
        (make_url(databases.urls["gateway"]).set(password="wrong").render_as_string(False), "the database does not"),
    ):
        refused = await run("redrive", INGESTOR_SYNCS.name, env={"RABBITMQ_URL": vhost, "DATABASE_URL": url})
        assert refused.exit_code == 2
        assert said in refused.output
    assert await dead_letters.count_dead(vhost) == {INGESTOR_SYNCS: 1}


@pytest.mark.parametrize("command", ["dead", "redrive"])
async def test_a_queue_that_is_none_ends_with_2_and_the_list(command: str) -> None:
    result = await run(command, "nothing", env={"RABBITMQ_URL": "amqp://x", "DATABASE_URL": "postgresql://x"})
    assert result.exit_code == 2
    assert "There is no queue 'nothing'. Queues: gateway.cabinets, " in result.output


@pytest.mark.parametrize("command", [("topology",), ("dead", "ingestor.syncs"), ("bootstrap",)])
async def test_a_missing_url_is_named(command: tuple[str, ...]) -> None:
    result = await run(*command)
    assert result.exit_code == 2
    assert "--rabbitmq-url" in result.output or "--admin-database-url" in result.output


async def test_bootstrap_names_every_url_that_is_missing() -> None:
    env = {"ADMIN_DATABASE_URL": "postgresql://x", "GATEWAY_DATABASE_URL": "postgresql://g:p@h/d"}
    result = await run("bootstrap", env=env)
    assert result.exit_code == 2
    assert "Set INGESTOR_DATABASE_URL, REPORTER_DATABASE_URL, NOTIFIER_DATABASE_URL" in result.output


async def test_bootstrap_says_why_it_cannot() -> None:
    env = {f"{service}_DATABASE_URL": "postgresql://r:p@127.0.0.1:1/d" for service in SERVICES}
    result = await run("bootstrap", env={**env, "ADMIN_DATABASE_URL": "postgresql://a:hunter2@127.0.0.1:1/d"})
    assert result.exit_code == 2
    assert "cannot connect as the admin" in result.output
    assert "hunter2" not in result.output


@pytest.mark.parametrize("command", [("topology",), ("dead", "ingestor.syncs"), ("redrive", "ingestor.syncs")])
async def test_a_broker_that_does_not_answer_is_one_line(command: tuple[str, ...], gateway_db: Database) -> None:
    env = {"RABBITMQ_URL": "amqp://a:hunter2@127.0.0.1:1/", "DATABASE_URL": gateway_db.dsn}
    result = await run(*command, env=env)
    assert result.exit_code == 2
    assert "RabbitMQ" in result.output
    assert "hunter2" not in result.output
