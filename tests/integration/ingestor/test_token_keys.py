"""Keys of sealed tokens are rotated while cabinets are read: nothing is lost, and nothing newer is written over."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.audit import IngestorAuditRecordedV1
from ingestor.__main__ import cli
from ingestor.sealed_tokens import COLUMNS
from pydantic import SecretStr
from servicekit.crypto import generate_keys, key_id, key_ids, seal, unseal
from servicekit.db import Database
from servicekit.sealed_columns import keys_in_use, older, replace, sealed_anew
from support.databases import Databases
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, PUBLIC_KEY, Ingestor, connect_cabinet, open_ingestor
from support.outbox_rows import commands_recorded
from support.rows import execute, rows
from typer.testing import CliRunner, Result
from wbsim.running import Wbsim

NEW_PUBLIC, NEW_PRIVATE = generate_keys()
BOTH = f"{NEW_PRIVATE},{PRIVATE_KEY}"
OLD_ID, NEW_ID = key_id(PUBLIC_KEY), key_id(NEW_PUBLIC)
[TOKENS] = COLUMNS


def environment(databases: Databases, private_keys: str) -> dict[str, str]:
    unused = dict.fromkeys(("REDIS_URL", "RABBITMQ_URL"), "unused://127.0.0.1")
    return {"DATABASE_URL": databases.urls["ingestor"], "SEAL_PRIVATE_KEYS": private_keys, **unused}


async def run(env: Mapping[str, str], *words: str, given: str = "") -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["tokens", *words], env=dict(env), input=given)


async def hold(database: Database, tokens: Mapping[UUID, str], public_key: str = PUBLIC_KEY) -> None:
    """Cabinets with these tokens, which nobody reads."""
    await execute(
        database,
        """INSERT INTO cabinets (cabinet_id, status, sealed_token, token_at)
        SELECT id, 'verified', sealed, now()
        FROM unnest(CAST(:ids AS uuid[]), CAST(:sealed AS text[])) AS c (id, sealed)
        """,
        ids=list(tokens),
        sealed=[seal(token, public_key=public_key, belongs_to=str(id_)) for id_, token in tokens.items()],
    )


async def opened(database: Database, private_keys: str) -> dict[UUID, str]:
    found = await rows(database, "SELECT cabinet_id, sealed_token FROM cabinets WHERE sealed_token IS NOT NULL")
    return {
        row["cabinet_id"]: unseal(row["sealed_token"], private_keys=private_keys, belongs_to=str(row["cabinet_id"]))
        for row in found
    }


def said(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


async def test_tokens_are_sealed_anew_and_it_is_said_and_recorded(ingestor_db: Database, databases: Databases) -> None:
    tokens = {uuid4(): f"token {n}" for n in range(1_203)}
    await hold(ingestor_db, tokens)
    [gone] = [uuid4()]
    await execute(
        ingestor_db, "INSERT INTO cabinets (cabinet_id, status, token_at) VALUES (:id, 'disconnected', now())", id=gone
    )
    env = environment(databases, BOTH)
    keys = await run(env, "keys")
    assert said(keys) == [{"column": "cabinets.sealed_token", "key": OLD_ID, "sealed": 1_203, "state": "older"}]
    done = await run(env, "reseal")
    assert (done.exit_code, said(done)) == (
        0,
        [{"column": "cabinets.sealed_token", "resealed": 1_203, "changed": 0, "unreadable": []}],
    ), done.stderr
    assert await opened(ingestor_db, NEW_PRIVATE) == tokens
    assert said(await run(environment(databases, NEW_PRIVATE), "keys")) == [
        {"column": "cabinets.sealed_token", "key": NEW_ID, "sealed": 1_203, "state": "newest"}
    ]
    # Again there is nothing to do, and nothing is touched.
    before = await rows(ingestor_db, "SELECT CAST(xmin AS text) FROM cabinets ORDER BY cabinet_id")
    assert said(await run(env, "reseal"))[0]["resealed"] == 0
    assert await rows(ingestor_db, "SELECT CAST(xmin AS text) FROM cabinets ORDER BY cabinet_id") == before
    recorded = await commands_recorded(ingestor_db, IngestorAuditRecordedV1)
    assert recorded == [("ingestor tokens reseal", outcome) for outcome in ("begun", "done")] * 2
    assert "token 7" not in done.output


async def test_what_no_key_opens_is_named_and_the_rest_is_sealed_anew(
    ingestor_db: Database, databases: Databases
) -> None:
    ours, lost = {uuid4(): "ours"}, {uuid4(): "lost"}
    await hold(ingestor_db, ours)
    await hold(ingestor_db, lost, generate_keys()[0])
    env = environment(databases, BOTH)
    keys = await run(env, "keys")
    assert keys.exit_code == 1
    assert {each["state"] for each in said(keys)} == {"older", "missing"}
    done = await run(env, "reseal")
    assert done.exit_code == 1
    assert said(done)[0] == {
        "column": "cabinets.sealed_token", "resealed": 1, "changed": 0, "unreadable": [str(id_) for id_ in lost]
    }  # fmt: skip


async def test_a_token_that_is_replaced_meanwhile_stays(ingestor_db: Database) -> None:
    first, second = sorted([uuid4(), uuid4()])
    await hold(ingestor_db, {first: "older", second: "as it is"})
    page = await older(ingestor_db, TOKENS, NEW_ID)
    newer = seal("newer", public_key=NEW_PUBLIC, belongs_to=str(first))
    await execute(
        ingestor_db, "UPDATE cabinets SET sealed_token = :newer WHERE cabinet_id = :id", newer=newer, id=first
    )
    anew = [
        (
            each.id,
            each.value,
            sealed_anew(each.value, private_keys=BOTH, belongs_to=each.belongs_to, is_list=False),
        )
        for each in page
    ]
    assert await replace(ingestor_db, TOKENS, anew) == 1
    assert await opened(ingestor_db, NEW_PRIVATE) == {first: "newer", second: "as it is"}


@pytest.mark.timeout(120)
async def test_killed_in_the_middle_it_goes_on_where_it_was(ingestor_db: Database, databases: Databases) -> None:
    tokens = {uuid4(): f"token {n}" for n in range(6_000)}
    await hold(ingestor_db, tokens)
    env = os.environ | environment(databases, BOTH)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingestor", "tokens", "reseal", env=env, stdout=asyncio.subprocess.DEVNULL
    )

    async def has_begun() -> bool:
        return (await keys_in_use(ingestor_db, COLUMNS))[TOKENS.name][NEW_ID] > 0

    await eventually(has_begun, seconds=60)
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    left = (await keys_in_use(ingestor_db, COLUMNS))[TOKENS.name]
    assert 0 < left[NEW_ID] < 6_000
    done = await run(environment(databases, BOTH), "reseal")
    assert said(done)[0]["resealed"] == left[OLD_ID]
    assert await opened(ingestor_db, NEW_PRIVATE) == tokens


@pytest.mark.timeout(120)
async def test_cabinets_are_read_all_the_while(
    ingestor_db: Database, redis_client: Any, redis_prefix: str, wb: Wbsim, databases: Databases
) -> None:
    """One ingestor after the other, as they are replaced: with the old key, with both, with the new one alone."""
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url) as first:
        await connect_cabinet(first, wb)
        await _reads(first, wb)
    settings = {"seal_private_keys": SecretStr(BOTH)}
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, **settings) as second, second.running():
        await _reads(second, wb, runs=True)
        done = await run(environment(databases, BOTH), "reseal")
        assert said(done)[0]["resealed"] == 1
        await _reads(second, wb, runs=True)
    settings = {"seal_private_keys": SecretStr(NEW_PRIVATE)}
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, **settings) as third:
        await _reads(third, wb)
    outcomes = await rows(ingestor_db, "SELECT DISTINCT outcome, error FROM sync_logs")
    assert [row["outcome"] for row in outcomes] == ["completed"], outcomes
    assert key_ids(NEW_PRIVATE) == [NEW_ID]


async def _reads(ingestor: Ingestor, wb: Wbsim, *, runs: bool = False) -> None:
    [order] = await wb.place_orders(count=1)

    async def is_stored() -> bool:
        if not runs:
            await ingestor.sync("orders")
        return bool(await rows(ingestor.database, "SELECT 1 FROM orders WHERE srid = :srid", srid=order["srid"]))

    await eventually(is_stored, seconds=30)
