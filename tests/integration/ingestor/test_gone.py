"""Rows that WB stopped listing: found by a whole re-read of any number of pages, marked, emptied and told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec
import pytest
from ingestor.resources import RESOURCES, stocks
from ingestor.resources.resource import Resource, Seen, Step
from ingestor.sync import gone, seen
from ingestor.sync.page import take_in
from servicekit.db import Database
from servicekit.sql_types import sql_types
from sqlalchemy import text
from support.driver_log import sent
from support.resources import changed
from support.rows import rows
from support.things import CABINET, NOW, THINGS, new_run, tables, take, thing

LATER = NOW + timedelta(minutes=5)


def advance(position: dict[str, Any], seen: Seen) -> Step:
    """Pages of two rows, until one is not full; whole unless one was broken."""
    whole = position.get("whole", True) and not seen.broken
    if seen.size < 2:
        return Step({}, done=True, whole=whole)
    return Step({"page": position["page"] + 1, "whole": whole}, done=False)


LISTED = changed(THINGS, advance=advance, when_gone={"price": Decimal("0.00"), "is_on": False})


@pytest.fixture
async def db(ingestor_db: Database) -> AsyncIterator[Database]:
    async with tables(ingestor_db):
        yield ingestor_db


readings = count(1)


def later() -> datetime:
    """When the next reading begins."""
    return NOW + next(readings) * timedelta(seconds=1)


async def re_read(db: Database, *pages: list[Any], resource: Resource = LISTED) -> Step:
    """A re-read in one run, each page at the position that the one before led to."""
    run = await new_run(db, resource, started_at=later())
    position = {"page": 0}
    for page in pages:
        step = await take(db, run, *page, position=position, observed_at=LATER)
        position = step.position
    assert step.done
    return step


async def stored(db: Database) -> dict[int, dict[str, Any]]:
    return {row["thing_id"]: row for row in await rows(db, "SELECT *, CAST(xmin AS text) AS x FROM things")}


async def told(db: Database) -> list[dict[str, Any]]:
    found = await rows(db, "SELECT body FROM outbox ORDER BY created_at, id")
    return [row for event in found for row in msgspec.json.decode(event["body"])["data"]["stocks"]]


class TestAbsentRows:
    async def test_they_are_marked_emptied_and_told_once(self, db: Database) -> None:
        await re_read(db, [thing(1, price=5, is_on=True), thing(2)], [thing(3)])
        before = await stored(db)
        await re_read(db, [thing(2), thing(3)], [])
        after = await stored(db)
        assert (after[1]["gone"], after[1]["price"], after[1]["is_on"], after[1]["revision"]) == (True, 0, False, 2)
        assert after[1]["changed_at"] > before[1]["changed_at"]
        assert (after[2], after[3]) == (before[2], before[3])
        *_, last = await told(db)
        assert (last["thing_id"], last["change"], last["revision"]) == (1, "gone", 2)
        assert last["previous"] == {"price": "5.00", "is_on": True}
        assert (last["price"], last["label"]) == ("0.00", "None is None")
        events = len(await told(db))
        await re_read(db, [thing(2), thing(3)], [])
        assert len(await told(db)) == events
        assert await stored(db) == after

    async def test_what_was_empty_already_is_not_told_as_emptied(self, db: Database) -> None:
        await re_read(db, [thing(1, price=0), thing(2)], [])
        await re_read(db, [thing(2)])
        *_, last = await told(db)
        assert last["previous"] == {"is_on": None}

    async def test_they_come_back_with_the_next_revision(self, db: Database) -> None:
        await re_read(db, [thing(1, price=5, is_on=True), thing(2)], [])
        await re_read(db, [thing(2)])
        await re_read(db, [thing(1, price=5, is_on=True), thing(2)], [])
        *_, last = await told(db)
        assert (last["change"], last["revision"], last["previous"]["price"]) == ("changed", 3, "0.00")
        assert not (await stored(db))[1]["gone"]

    async def test_of_other_cabinets_are_none_of_this_one(self, db: Database) -> None:
        from uuid import UUID

        from support.things import put

        await put(db, LISTED, thing(9), cabinet_id=UUID(int=99))
        await re_read(db, [thing(1)])
        assert [row["thing_id"] for row in (await stored(db)).values() if row["gone"]] == []

    async def test_an_empty_shop_has_nothing_left_once_it_is_read_twice(self, db: Database) -> None:
        await re_read(db, [thing(1), thing(2)], [])
        await re_read(db, [])
        assert {row["gone"] for row in (await stored(db)).values()} == {False}
        await re_read(db, [])
        assert {row["gone"] for row in (await stored(db)).values()} == {True}

    async def test_where_nothing_is_emptied_they_are_only_marked(self, db: Database) -> None:
        marked = changed(LISTED, name="marked_things", when_gone={})
        await re_read(db, [thing(1, price=5), thing(2)], [], resource=marked)
        await re_read(db, [thing(2)], resource=marked)
        row = (await stored(db))[1]
        assert (row["gone"], row["price"], row["revision"]) == (True, 5, 2)

    async def test_where_they_are_not_tracked_nothing_is_gone(self, db: Database) -> None:
        untracked = changed(LISTED, name="untracked_things", when_gone=None)
        await re_read(db, [thing(1), thing(2)], [], resource=untracked)
        await re_read(db, [thing(2)], resource=untracked)
        assert not (await stored(db))[1]["gone"]
        assert await rows(db, "SELECT 1 FROM sync_seen") == []

    async def test_the_moment_at_which_wb_did_not_list_them_is_kept(self, ingestor_db: Database) -> None:
        row = {"nmId": 1, "chrtId": 2, "warehouseId": 3, "quantity": 5}
        for items, at in (([row], NOW), ([], NOW), ([], LATER)):
            run = await new_run(ingestor_db, stocks.RESOURCE, started_at=later())
            body = msgspec.json.encode({"data": {"items": items}})
            await take_in(ingestor_db, run, {"offset": 0, "limit": 9, "complete": True}, body, at)
        [stock] = await rows(ingestor_db, "SELECT * FROM stocks")
        assert (stock["gone"], stock["quantity"], stock["observed_at"]) == (True, 0, LATER)


class TestARereadOfManyPages:
    async def test_rows_of_every_page_count_and_nothing_of_them_is_kept(self, db: Database) -> None:
        await re_read(db, [thing(1), thing(2)], [thing(3), thing(4)], [thing(5)])
        await re_read(db, [thing(5), thing(4)], [thing(1)])
        assert [id for id, row in (await stored(db)).items() if row["gone"]] == [2, 3]
        assert await rows(db, "SELECT 1 FROM sync_seen") == []

    async def test_one_that_was_not_whole_finds_nothing_gone(self, db: Database) -> None:
        await re_read(db, [thing(1), thing(2)], [])
        await re_read(db, ["1", thing(1)], [])
        assert not any(row["gone"] for row in (await stored(db)).values())
        assert await rows(db, "SELECT 1 FROM sync_seen") == []

    async def test_a_broken_row_whose_key_is_known_is_not_gone(self, db: Database) -> None:
        glancing = changed(
            LISTED, name="glanced_things", key_of=lambda raw: ((msgspec.json.decode(raw)["id"], "M"), None)
        )
        await re_read(db, [thing(1), thing(2)], [thing(3)], resource=glancing)
        await re_read(db, [thing(1, price="x"), thing(2)], [], resource=glancing)
        assert [id for id, row in (await stored(db)).items() if row["gone"]] == [3]

    async def test_one_that_was_interrupted_is_gone_on_with(self, db: Database) -> None:
        await re_read(db, [thing(1), thing(2)], [thing(3)])
        run = await new_run(db, LISTED)
        step = await take(db, run, thing(1), thing(2))
        run = await new_run(db, LISTED, started_at=later())
        assert run.lease.cursor == step.position
        run.begins_anew = False
        await take(db, run, position=step.position)
        assert [id for id, row in (await stored(db)).items() if row["gone"]] == [3]

    async def test_one_that_begins_anew_forgets_what_an_interrupted_one_had_read(self, db: Database) -> None:
        await re_read(db, [thing(1), thing(2)], [thing(3)])
        await take(db, await new_run(db, LISTED), thing(1), thing(2))
        await re_read(db, [thing(2), thing(3)], [])
        assert [id for id, row in (await stored(db)).items() if row["gone"]] == [1]

    async def test_rows_read_before_are_counted_for_the_paging(self, db: Database) -> None:
        seen: list[int] = []

        def watch(position: dict[str, Any], page: Seen) -> Step:
            seen.append(page.repeated)
            return advance(position, page)

        watched = changed(LISTED, name="watched_things", advance=watch)
        await re_read(db, [thing(1), thing(2)], [thing(2), thing(3)], [thing(3)], resource=watched)
        assert seen == [0, 1, 1]

    async def test_one_page_needs_no_memory(self, db: Database) -> None:
        async with sent(db) as log:
            await re_read(db, [thing(1)])
            await re_read(db, [thing(1)])
        assert not [s for s in log if "sync_seen" in s and not s.lstrip().startswith("WITH known")]

    async def test_one_that_lost_its_memory_begins_anew_and_takes_nothing_for_gone(self, db: Database) -> None:
        await re_read(db, [thing(1), thing(2)], [thing(3), thing(4)], [])
        run = await new_run(db, LISTED, started_at=later())
        step = await take(db, run, thing(1), thing(2))
        # As PostgreSQL does when it starts after a crash.
        async with db.transaction() as connection:
            await connection.execute(text("TRUNCATE sync_seen"))
        step = await take(db, run, thing(3), thing(5), position=step.position)
        assert (step.position, step.done, step.wait_seconds > 0) == ({}, False, True)
        assert not any(row["gone"] for row in (await stored(db)).values())
        assert 5 in await stored(db), "what it read is stored all the same"
        await re_read(db, [thing(1), thing(2)], [thing(3), thing(5)], [])
        assert [id for id, row in (await stored(db)).items() if row["gone"]] == [4]

    async def test_what_it_remembers_is_no_wal(self, ingestor_db: Database) -> None:
        kept = await rows(ingestor_db, "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'")
        assert {row["relname"] for row in kept} == {"sync_seen", "sync_losses", "reconciled_days"}


async def test_looking_compares_no_row_with_every_key(db: Database) -> None:
    many = [thing(n) for n in range(5_000)]
    at_once = changed(LISTED, name="many_things", advance=THINGS.reading.advance)
    await re_read(db, many, resource=at_once)
    async with db.transaction() as connection:
        await seen.add(connection, at_once, CABINET, [(n, "M") for n in range(1, 4_000)])
        missing = await gone.find_missing(connection, at_once, CABINET, [(n, "M") for n in range(4_000, 5_000)])
    assert (missing.known, missing.keys) == (5_000, [("0", "M")])


class TestKeys:
    @pytest.mark.parametrize(
        "resource", [r for r in RESOURCES.values() if r.storage.when_gone is not None], ids=lambda r: r.name
    )
    async def test_postgresql_spells_them_as_python_does(self, resource: Resource, ingestor_db: Database) -> None:
        samples: dict[str, Any] = {
            "BIGINT": -5,
            "INTEGER": 7,
            "TEXT": "Ä \"',{}\\",
            "DATE": datetime(2026, 11, 2, tzinfo=UTC).date(),
            "UUID": CABINET,
        }
        types = [sql_types(resource.storage.table)[key] for key in resource.storage.keys]
        assert set(types) <= set(samples), "a key whose text is not known to be the same on both sides"
        key = tuple(samples[kind] for kind in types)
        async with ingestor_db.transaction() as connection:
            await seen.begin(connection, resource, CABINET)
            assert await seen.repeated(connection, resource, CABINET, [key]) == 0
            await seen.add(connection, resource, CABINET, [key])
            assert await seen.repeated(connection, resource, CABINET, [key]) == 1
        spelt = ", ".join(f"CAST(CAST(:k{n} AS {kind}) AS text)" for n, kind in enumerate(types))
        values = {f"k{n}": value for n, value in enumerate(key)}
        found = await rows(ingestor_db, f"SELECT 1 FROM sync_seen WHERE key = ARRAY[{spelt}]", **values)
        assert len(found) == 1
