"""What the gateway keeps sealed to others goes to who can open it and back, and is never written over."""

import asyncio
import json
from typing import Any

import gateway.__main__ as gateway_commands
import ingestor.__main__ as ingestor_commands
import notifier.__main__ as notifier_commands
from contracts.audit import AuditRecordedV1, IngestorAuditRecordedV1, NotifierAuditRecordedV1
from contracts.webhooks import WebhooksEnteredV1
from notifier.webhook_secrets import open_secrets
from pydantic import SecretStr
from servicekit.crypto import generate_keys, key_id, seal, unseal
from servicekit.db import Database
from support.databases import Databases
from support.gateway import NOTIFIER_PRIVATE_KEY, PRIVATE_KEY, Gateway, User, wb_token
from support.outbox_rows import commands_recorded, published
from support.rows import execute, rows
from typer.testing import CliRunner, Result

URL = "https://93.184.216.34/hook"
COMMANDS: dict[str, Any] = {
    "gateway": gateway_commands.cli, "ingestor": ingestor_commands.cli, "notifier": notifier_commands.cli
}  # fmt: skip
INGESTOR_KEYS, NOTIFIER_KEYS = generate_keys(), generate_keys()


async def run(databases: Databases, service: str, *words: str, given: str = "") -> Result:
    private = {
        "ingestor": f"{INGESTOR_KEYS[1]},{PRIVATE_KEY}",
        "notifier": f"{NOTIFIER_KEYS[1]},{NOTIFIER_PRIVATE_KEY}",
    }
    environment = {
        "DATABASE_URL": databases.urls[service],
        "REDIS_URL": "unused://127.0.0.1",
        "RABBITMQ_URL": "unused://127.0.0.1",
        "TELEGRAM_BOT_TOKEN": "1234567:the-bot-that-people-sign-in-with",
        "SEAL_PUBLIC_KEY": INGESTOR_KEYS[0],
        "SEAL_WEBHOOKS_PUBLIC_KEY": NOTIFIER_KEYS[0],
        "SEAL_PRIVATE_KEYS": private.get(service, ""),
    }
    return await asyncio.to_thread(CliRunner().invoke, COMMANDS[service], list(words), env=environment, input=given)


async def piped(databases: Databases, receiver: str, command: str) -> tuple[Result, str]:
    listed = await run(databases, "gateway", "sealed", "list", "--to", receiver)
    assert listed.exit_code == 0, listed.output
    anew = await run(databases, receiver, command, "reseal", "--pipe", given=listed.stdout)
    return await run(databases, "gateway", "sealed", "replace", given=anew.stdout), listed.stdout + anew.stdout


async def test_a_webhook_that_is_changed_after_a_rotation_has_the_secret_it_had(
    gateway: Gateway, alice: User, databases: Databases, gateway_db: Database, notifier_db: Database
) -> None:
    made = (await alice.call("POST", "/webhooks", json={"url": URL})).json()
    path = f"/webhooks/{made['webhook_id']}"
    newer = (await alice.call("POST", f"{path}/secrets", json={})).json()
    done, through = await piped(databases, "notifier", "sealed")
    assert done.exit_code == 0, done.output
    counted = {each["column"]: each["resealed"] for each in map(json.loads, done.stdout.splitlines())}
    assert counted["webhook_subscriptions.secrets"] == 1
    assert made["secret"] not in through
    assert newer["secret"] not in through
    assert (await alice.call("PUT", path, json={"url": f"{URL}/2"})).status_code == 200
    event = (await published(gateway_db, WebhooksEnteredV1.TYPE))[-1]
    sealed = [each.sealed for each in event.data.secrets]
    assert {each.partition(".")[0] for each in sealed} == {key_id(NOTIFIER_KEYS[0])}
    assert open_secrets(sealed, SecretStr(NOTIFIER_KEYS[1]), webhook_id=made["webhook_id"]) == [
        newer["secret"], made["secret"]
    ]  # fmt: skip
    [kept] = await rows(gateway_db, "SELECT secrets FROM webhook_subscriptions")
    assert kept["secrets"][1]["until"] is not None
    # A second time nothing goes through the pipe, and nothing is recorded.
    assert (await piped(databases, "notifier", "sealed"))[1] == ""
    assert ("gateway sealed replace", "done") in [
        (event.data.action, event.data.outcome) for event in await published(gateway_db, AuditRecordedV1.TYPE)
    ]
    assert await commands_recorded(notifier_db, NotifierAuditRecordedV1) == [("notifier sealed reseal", "done")]


async def test_tokens_are_sealed_anew_but_for_one_that_was_entered_meanwhile_or_that_nobody_opens(
    gateway: Gateway, alice: User, databases: Databases, gateway_db: Database, ingestor_db: Database
) -> None:
    tokens = [wb_token() for _ in range(3)]
    first, replaced, lost = [await alice.connect(token) for token in tokens]
    await execute(
        gateway_db,
        "UPDATE wb_cabinets SET sealed_token = :sealed WHERE cabinet_id = :id",
        sealed=seal("x", public_key=generate_keys()[0], belongs_to=str(lost)),
        id=lost,
    )
    listed = await run(databases, "gateway", "sealed", "list", "--to", "ingestor")
    anew = await run(databases, "ingestor", "tokens", "reseal", "--pipe", given=listed.stdout)
    assert anew.exit_code == 1
    entered = seal("entered meanwhile", public_key=INGESTOR_KEYS[0], belongs_to=str(replaced))
    await execute(
        gateway_db,
        "UPDATE wb_cabinets SET sealed_token = :sealed WHERE cabinet_id = :id",
        sealed=entered,
        id=replaced,
    )
    done = await run(databases, "gateway", "sealed", "replace", given=anew.stdout)
    assert done.exit_code == 1
    [said] = [each for each in map(json.loads, done.stdout.splitlines()) if each["column"].startswith("wb_cabinets")]
    assert said == {"column": "wb_cabinets.sealed_token", "resealed": 1, "changed": 1, "unreadable": [str(lost)]}
    held = {row["cabinet_id"]: row["sealed_token"] for row in await rows(gateway_db, "SELECT * FROM wb_cabinets")}
    assert unseal(held[first], private_keys=INGESTOR_KEYS[1], belongs_to=str(first)) == tokens[0]
    assert held[replaced] == entered
    recorded = await commands_recorded(ingestor_db, IngestorAuditRecordedV1)
    assert recorded == [("ingestor tokens reseal", "done")]
