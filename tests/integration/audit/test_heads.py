"""Heads are made in time, each once, and leave the house in their order, whatever happens there."""

import asyncio
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from audit.jobs.anchor_heads import anchor_heads, to_file, to_url
from audit.jobs.make_head import make_head
from audit.metrics import readings
from audit.settings import Settings
from audit.signing import read_line
from contracts.audit import cabinets_chain
from servicekit.db import Database
from servicekit.metrics import read_database
from structlog.testing import capture_logs
from support.anchoring import HeadKeeper
from support.auditing import KEY, fill
from support.rows import rows

ONE, TWO = sorted((cabinets_chain(uuid4()), cabinets_chain(uuid4())))


async def make(database: Database, *, every_seconds: float = 0) -> bool:
    return await make_head(database, KEY, every_seconds=every_seconds)


async def lines(database: Database) -> list[bytes]:
    return [row["line"] for row in await rows(database, "SELECT line FROM heads ORDER BY number")]


async def test_a_head_tells_of_the_chains_that_moved_since_the_last(audit_db: Database) -> None:
    await fill(audit_db, [ONE, TWO], 2)
    await make(audit_db)
    await fill(audit_db, [TWO], 1)
    await make(audit_db)
    await make(audit_db)
    heads = [read_line(line, KEY.verify_key) for line in await lines(audit_db)]
    assert [(head.number, [(end.tenant, end.seq) for end in head.ends]) for head in heads] == [
        (1, [(ONE, 2), (TWO, 2)]),
        (2, [(TWO, 3)]),
        (3, []),
    ]


async def test_of_several_processes_one_makes_the_head_that_is_due(audit_db: Database) -> None:
    await fill(audit_db, [ONE], 1)
    made = await asyncio.gather(*(make(audit_db, every_seconds=3600) for _ in range(4)))
    assert sorted(made) == [False, False, False, True]
    assert not await make(audit_db, every_seconds=3600)
    async with audit_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE heads SET at = at - interval '61 minutes'")
    assert await make(audit_db, every_seconds=3600)


async def head_age(database: Database, settings: Settings) -> float:
    [row] = (await read_database(database.dsn, readings(settings)))["heads"]
    return float(row["pulse_audit_head_age_seconds"])


async def test_records_that_no_head_was_ever_made_of_are_seen_to_age(audit_db: Database, settings: Settings) -> None:
    assert await head_age(audit_db, settings) == 0
    await fill(audit_db, [ONE], 1)
    [record] = await rows(audit_db, "SELECT extract(epoch FROM now() - at) AS age FROM records")
    assert await head_age(audit_db, settings) == pytest.approx(float(record["age"]), abs=60)
    await make(audit_db)
    assert 0 < await head_age(audit_db, settings) < 60


async def test_a_file_has_every_head_on_a_line_of_its_own(audit_db: Database, tmp_path: Path) -> None:
    path = tmp_path / "heads.ndjson"
    for _ in range(2):
        await make(audit_db)
    await anchor_heads(audit_db, {"filed_at": to_file(path)})
    assert path.read_bytes().splitlines() == await lines(audit_db)
    await anchor_heads(audit_db, {"filed_at": to_file(path)})
    path.write_bytes(path.read_bytes() + b'{"half of')  # a crash
    await make(audit_db)
    await anchor_heads(audit_db, {"filed_at": to_file(path)})
    first, second, third = await lines(audit_db)
    assert path.read_bytes().splitlines() == [first, second, b'{"half of', third]


async def test_a_place_that_is_away_gets_them_later_and_holds_up_no_other(audit_db: Database, tmp_path: Path) -> None:
    keeper = HeadKeeper(KEY.verify_key)
    path = tmp_path / "heads.ndjson"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(keeper.app)) as client:
        anchors = {"posted_at": to_url(client, "http://keeper/heads"), "filed_at": to_file(path)}
        keeper.is_away = True
        for _ in range(2):
            await make(audit_db)
            with capture_logs() as logs:
                await anchor_heads(audit_db, anchors)
            assert "head.not_anchored" in [each["event"] for each in logs]
        assert (len(path.read_bytes().splitlines()), keeper.lines) == (2, [])
        keeper.is_away = False
        await anchor_heads(audit_db, anchors)
        assert keeper.lines == path.read_bytes().splitlines() == await lines(audit_db)


async def test_a_place_that_took_a_head_and_did_not_say_so_has_it_once(audit_db: Database) -> None:
    keeper = HeadKeeper(KEY.verify_key)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(keeper.app)) as client:
        await make(audit_db)
        keeper.forgets_to_answer = True
        await anchor_heads(audit_db, {"posted_at": to_url(client, "http://keeper/heads")})
        assert await rows(audit_db, "SELECT number FROM heads WHERE posted_at IS NOT NULL") == []
        keeper.forgets_to_answer = False
        await make(audit_db)
        await anchor_heads(audit_db, {"posted_at": to_url(client, "http://keeper/heads")})
        assert keeper.lines == await lines(audit_db)
        assert len(keeper.lines) == 2


@pytest.mark.parametrize("folder", ["gone", "a-file"])
async def test_a_file_that_cannot_be_written_is_told_of(audit_db: Database, tmp_path: Path, folder: str) -> None:
    (tmp_path / "a-file").write_text("")
    await make(audit_db)
    with capture_logs() as logs:
        await anchor_heads(audit_db, {"filed_at": to_file(tmp_path / folder / "heads")})
    assert [each["event"] for each in logs] == ["head.not_anchored"]
