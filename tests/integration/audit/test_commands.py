"""What an operator types: verify, export, erase, keygen."""

import asyncio
import base64
import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from audit.__main__ import cli
from audit.chain import NOTHING_PERSONAL, genesis
from audit.jobs.make_head import make_head
from audit.progress import bar
from audit.signing import new_key
from audit.verifying.verify import verify
from contracts.audit import ADMINISTRATION, cabinets_chain, users_chain
from servicekit.db import Database
from support.auditing import KEY, fill, tamper
from support.rows import count, rows
from typer.testing import CliRunner, Result

CABINET = uuid4()
CHAIN = cabinets_chain(CABINET)


async def run(environment: dict[str, str], *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, list(words), env=environment)


def said(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


async def test_verify_says_what_is_wrong_and_ends_so(audit_db: Database, environment: dict[str, str]) -> None:
    await fill(audit_db, [CHAIN, users_chain(7)], 5)
    well = await run(environment, "verify")
    assert (well.exit_code, said(well)) == (0, [{"chains": 2, "records": 10, "heads": 0, "findings": 0}])
    await tamper(audit_db, "UPDATE records SET body = '{}' WHERE tenant = :tenant AND seq = 3", tenant=CHAIN)
    for words in ([], ["--tenant", str(CABINET)], ["--tenant", str(CHAIN)]):
        ill = await run(environment, "verify", *words)
        assert ill.exit_code == 1
        finding, summary = said(ill)
        assert (finding["kind"], finding["tenant"], finding["seq"]) == ("edited", str(CHAIN), 3)
        assert summary["findings"] == 1
    assert (await run(environment, "verify", "--telegram-id", "7")).exit_code == 0


async def test_verify_by_heads_that_lie_elsewhere(
    audit_db: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    await fill(audit_db, [CHAIN], 5)
    await make_head(audit_db, KEY, every_seconds=0)
    file = tmp_path / "kept"
    file.write_bytes(b"".join(row["line"] + b"\n" for row in await rows(audit_db, "SELECT line FROM heads")))
    await tamper(audit_db, "DELETE FROM records")
    async with audit_db.transaction() as connection:
        await connection.exec_driver_sql("TRUNCATE chains, heads")
    assert (await run(environment, "verify")).exit_code == 0  # whoever owns the database can do as much
    ill = await run(environment, "verify", "--heads", str(file))
    assert (ill.exit_code, said(ill)[0]["kind"]) == (1, "cut")
    public = base64.b64encode(bytes(KEY.verify_key)).decode()
    with_key = await run(environment, "verify", "--heads", str(file), "--public-key", public)
    assert said(with_key) == said(ill)
    strange = await run(environment, "verify", "--heads", str(file), "--public-key", new_key()[1])
    assert said(strange)[0]["kind"] == "head"


@pytest.mark.parametrize(
    "words", [["--heads", "/nowhere/heads"], ["--public-key", "?"], ["--tenant", "x"], ["--telegram-id", "x"]]
)
async def test_what_cannot_be_looked_at_ends_with_2(
    audit_db: Database, environment: dict[str, str], words: list[str]
) -> None:
    assert (await run(environment, "verify", *words)).exit_code == 2


async def test_an_export_is_enough_to_compute_the_chain(audit_db: Database, environment: dict[str, str]) -> None:
    await fill(audit_db, [CHAIN, users_chain(7)], 3)
    lines = said(await run(environment, "export", "--tenant", str(CABINET)))
    assert [line["seq"] for line in lines] == [1, 2, 3]
    previous = genesis(CHAIN)
    for line in lines:
        assert line["previous"] == previous.hex()
        salted = (
            bytes.fromhex(line["salt"])
            + json.dumps(line["personal"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        )
        assert hashlib.sha256(salted).hexdigest() == line["personal_commitment"] != NOTHING_PERSONAL.hex()
        assert json.loads(line["body"]) == line["record"]
        previous = bytes.fromhex(line["hash"])
    some = said(
        await run(environment, "export", "--since", "2026-11-20T09:01:00", "--until", "2026-11-20T12:02:00+03:00")
    )
    assert [line["seq"] for line in some] == [2, 2]
    assert (await run(environment, "export", "--since", "yesterday")).exit_code == 2


async def test_who_is_forgotten_is_in_no_row_and_the_chain_is_whole(
    audit_db: Database, environment: dict[str, str]
) -> None:
    await fill(audit_db, [CHAIN, users_chain(7)], 3)
    before = await rows(audit_db, "SELECT * FROM records ORDER BY tenant, seq")
    erased = await run(environment, "erase", "--telegram-id", "7")
    assert said(erased) == [{"erased": 6}]
    verified = await verify(audit_db, key=None)
    assert (verified.records, verified.findings) == (7, ())
    after = await rows(audit_db, "SELECT * FROM records WHERE tenant <> :own ORDER BY tenant, seq", own=ADMINISTRATION)
    assert after == before
    [own] = said(await run(environment, "export", "--tenant", str(ADMINISTRATION)))
    assert (own["record"]["action"], own["record"]["after"]) == ("audit erase", {"records": 6})
    assert all(line["personal"] is None for line in said(await run(environment, "export", "--tenant", str(CABINET))))
    assert said(await run(environment, "erase", "--telegram-id", "7")) == [{"erased": 0}]
    assert await count(audit_db, "records") == 7


async def test_keygen_makes_a_key_that_the_service_takes(environment: dict[str, str], audit_db: Database) -> None:
    [pair] = said(await run(environment, "keygen"))
    again = await run({**environment, "HEAD_SIGNING_KEY": pair["private_key"]}, "verify")
    assert again.exit_code == 0


@pytest.mark.parametrize(
    ("changes", "said_of"),
    [
        ({"HEAD_SIGNING_KEY": ""}, "HEAD_SIGNING_KEY"),
        ({"HEAD_SIGNING_KEY": "AAAA"}, "HEAD_SIGNING_KEY"),
        ({"HEADS_PATH": ""}, "HEADS_PATH or HEADS_URL"),
        ({"HEADS_URL": "ftp://x"}, "HEADS_URL"),
    ],
)
async def test_an_audit_without_a_key_or_a_place_for_heads_does_not_start(
    environment: dict[str, str], changes: dict[str, str], said_of: str
) -> None:
    refused = await run({**environment, **changes}, "serve")
    assert refused.exit_code == 2
    assert said_of in refused.stderr


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_who_waits_sees_how_far_it_is() -> None:
    terminal = Terminal()
    draw = bar(terminal)
    draw(1, 4)
    draw(4, 4)
    drawn = terminal.getvalue()
    assert "1 of 4 records" in drawn
    assert drawn.endswith("4 of 4 records, 0 s left \n")
    file = StringIO()
    bar(file)(1, 4)
    assert file.getvalue() == ""
