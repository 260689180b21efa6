"""Storing a page: what is new, the same, changed, older, gone and back, by one source of a table or by two."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from ingestor.sync import store as store_module
from ingestor.sync.store import store
from servicekit.db import Database
from sqlalchemy import text
from support.resources import changed
from support.rows import count, execute, rows
from support.things import CABINET, NOW, STATUSES, THINGS, WIDE_NAMES, WIDE_THINGS, looked_at, put, tables, thing

LATER = NOW + timedelta(minutes=5)
STATUS_ONLY = frozenset({"status", "tags", "status_at", "status_hash"})


@pytest.fixture
async def db(ingestor_db: Database) -> AsyncIterator[Database]:
    async with tables(ingestor_db):
        yield ingestor_db


async def stored(db: Database, table: str = "things") -> list[dict[str, Any]]:
    return await rows(db, f"SELECT *, CAST(xmin AS text) AS version FROM {table} ORDER BY 2, 3")


def status(id: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": id, "status": "created", "status_at": "2026-11-21T10:00:00Z", **fields}


class TestNew:
    async def test_a_row_is_stored_as_parsed_and_told(self, db: Database) -> None:
        full = thing(details={"a": [1, "б"]}, price=10.5, made_on="2026-11-20", is_on=False, title="Чай")
        [change] = await put(db, THINGS, full)
        [row] = await stored(db)
        assert row["cabinet_id"] == CABINET
        assert (row["thing_id"], row["size"], row["title"], row["price"]) == (1, "M", "Чай", Decimal("10.50"))
        assert (row["details"], row["made_on"], row["is_on"]) == ({"a": [1, "б"]}, date(2026, 11, 20), False)
        assert row["moved_at"] == datetime(2026, 11, 21, 7, tzinfo=UTC)
        assert (row["revision"], row["gone"], row["content_hash"]) == (1, False, looked_at(THINGS, full).digests[0])
        assert {row[name] for name in STATUS_ONLY - {"status_hash"}} == {None}
        assert (change.key, change.revision, change.previous, change.is_new) == ((1, "M"), 1, None, True)
        assert change.moment == row["moved_at"]
        assert msgspec.json.decode(change.snapshot)["details"] == {"a": [1, "б"]}

    async def test_rows_of_other_cabinets_are_others(self, db: Database) -> None:
        other = UUID(int=8)
        await put(db, THINGS, thing(title="ours"))
        assert [change.is_new for change in await put(db, THINGS, thing(title="theirs"), cabinet_id=other)] == [True]
        assert [(row["cabinet_id"], row["title"]) for row in await stored(db)] == [(CABINET, "ours"), (other, "theirs")]

    async def test_one_that_cannot_be_read_is_left_to_the_quarantine_and_takes_no_other_with_it(
        self, db: Database
    ) -> None:
        glancing = changed(THINGS, key_of=lambda raw: ((msgspec.json.decode(raw)["n"], "M"), None))
        await put(db, glancing, thing(1, n=1, title="old"))
        looked = looked_at(glancing, {"n": 1, "id": None}, {"n": 2, "id": "x"}, thing(3, n=3))
        told: list[Any] = []
        async with db.transaction() as connection:
            await store(connection, glancing, CABINET, looked, NOW, told.append)
        assert [change.key for change in told] == [(3, "M")]
        assert {msgspec.json.decode(row.body)["n"] for row in looked.broken} == {1, 2}
        assert [(row["thing_id"], row["title"]) for row in await stored(db)] == [(1, "old"), (3, None)]

    async def test_a_page_of_nothing_does_nothing(self, db: Database) -> None:
        assert await put(db, THINGS) == []
        assert await put(db, THINGS, "broken") == []


class TestSame:
    async def test_the_same_bytes_write_nothing(self, db: Database) -> None:
        await put(db, THINGS, thing(1, title="a"), thing(2))
        before = await stored(db)
        assert await put(db, THINGS, thing(2), thing(1, title="a"), observed_at=LATER) == []
        assert await stored(db) == before

    async def test_other_bytes_of_the_same_content_are_remembered_silently(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a"))
        [before] = await stored(db)
        again = {"title": "a", "ignored": "anything", **thing()}
        assert await put(db, THINGS, again) == []
        [after] = await stored(db)
        assert after["content_hash"] == looked_at(THINGS, again).digests[0] != before["content_hash"]
        untouched = {"revision", "changed_at", "first_seen_at", "title", "gone"}
        assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
        assert await put(db, THINGS, again) == []
        assert await stored(db) == [after], "and are no longer looked at the next time"

    async def test_equal_values_spelt_otherwise_are_the_same(self, db: Database) -> None:
        await put(db, THINGS, thing(price=10.5, details={"a": 1, "b": 2}, moved_at="2026-11-21T10:00:00+03:00"))
        other = thing(price="10.50", details={"b": 2, "a": 1.0}, moved_at="2026-11-21T07:00:00Z")
        assert await put(db, THINGS, other) == []
        assert [row["revision"] for row in await stored(db)] == [1]

    async def test_where_only_unhashed_columns_moved_on_they_are_stored_without_a_word(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a"))
        assert await put(db, THINGS, thing(title="a", unused=1), observed_at=LATER) == []
        [row] = await stored(db)
        assert (row["seen_at"], row["revision"]) == (LATER, 1)


class TestChanged:
    async def test_the_earlier_values_of_what_differs_are_told(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a", price=1, details={"n": [1]}, is_on=True, made_on="2026-11-20"))
        [first] = await stored(db)
        changed = thing(title="a", price=2, is_on=False, made_on=None, moved_at="2026-11-21T11:00:00+03:00")
        [change] = await put(db, THINGS, changed, observed_at=LATER)
        assert change.previous == {
            "price": Decimal("1.00"),
            "details": {"n": [1]},
            "is_on": True,
            "made_on": date(2026, 11, 20),
            "moved_at": datetime(2026, 11, 21, 7, tzinfo=UTC),
            "seen_at": NOW,
        }
        assert (change.revision, change.is_new, change.first_from_source, change.others) == (2, False, False, {})
        assert change.moment == datetime(2026, 11, 21, 8, tzinfo=UTC)
        told = msgspec.json.decode(change.snapshot)
        assert (told["price"], told["details"], told["is_on"], told["label"]) == ("2.00", None, False, "7:1")
        [row] = await stored(db)
        assert (row["price"], row["details"], row["revision"]) == (Decimal("2.00"), None, 2)
        assert row["first_seen_at"] == first["first_seen_at"]
        assert row["changed_at"] > first["changed_at"]

    async def test_what_was_nothing_is_told_as_nothing(self, db: Database) -> None:
        await put(db, THINGS, thing())
        [change] = await put(db, THINGS, thing(title="a", price=1, details=["x"]))
        assert change.previous == {"title": None, "price": None, "details": None}

    async def test_new_same_and_changed_rows_of_one_page_are_told_apart(self, db: Database) -> None:
        await put(db, THINGS, *(thing(n, title="a") for n in range(6)))
        page = [thing(n, title="a" if n < 3 else "b", **({"spelt": 1} if n == 2 else {})) for n in range(9)]
        changes = await put(db, THINGS, *page)
        assert [(change.key[0], change.revision) for change in changes] == [
            (3, 2),
            (4, 2),
            (5, 2),
            (6, 1),
            (7, 1),
            (8, 1),
        ]
        assert [row["content_hash"] for row in await stored(db)] == looked_at(THINGS, *page).digests

    async def test_an_older_state_changes_nothing_and_one_as_old_counts(self, db: Database) -> None:
        await put(db, THINGS, thing(title="b", moved_at="2026-11-21T11:00:00Z"))
        before = await stored(db)
        assert await put(db, THINGS, thing(title="a", moved_at="2026-11-21T10:59:59Z")) == []
        assert await stored(db) == before
        [change] = await put(db, THINGS, thing(title="c", moved_at="2026-11-21T11:00:00Z"))
        assert change.previous == {"title": "b"}

    async def test_without_a_version_the_last_page_counts(self, db: Database) -> None:
        without = changed(THINGS, name="things_without", version=None)
        await put(db, without, thing(title="b", moved_at="2026-11-21T11:00:00Z"))
        [change] = await put(db, without, thing(title="a"))
        assert (await stored(db))[0]["title"] == "a"
        assert change.previous is not None

    async def test_more_rows_than_are_told_at_once_let_others_have_their_turn(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store_module, "YIELD_ROWS", 2)
        await put(db, THINGS, *(thing(n) for n in range(5)))
        assert len(await put(db, THINGS, *(thing(n, title="b") for n in range(5)))) == 5


class TestGoneAndBack:
    async def test_a_row_that_was_gone_comes_back_even_as_it_was(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a"))
        await execute(db, "UPDATE things SET gone = true, revision = 2")
        [change] = await put(db, THINGS, thing(title="a"))
        assert (change.revision, change.previous, change.gone) == (3, {}, False)
        [row] = await stored(db)
        assert (row["gone"], row["revision"]) == (False, 3)

    async def test_one_that_was_emptied_is_filled_again(self, db: Database) -> None:
        await put(db, THINGS, thing(price=5))
        await execute(db, "UPDATE things SET gone = true, price = 0, revision = 2, content_hash = 0")
        [change] = await put(db, THINGS, thing(price=5))
        assert change.previous == {"price": Decimal("0.00")}
        assert (await stored(db))[0]["price"] == 5


class TestManyColumns:
    def wide(self, **fields: int) -> dict[str, Any]:
        return {"id": 1, "fields": fields}

    @pytest.mark.parametrize("n", [0, 59, 60, 61, 119, 120, 129])
    async def test_a_difference_in_any_word_is_told(self, db: Database, n: int) -> None:
        await put(db, WIDE_THINGS, self.wide())
        [change] = await put(db, WIDE_THINGS, self.wide(**{WIDE_NAMES[n]: 7}))
        assert change.previous == {WIDE_NAMES[n]: None}
        [row] = await stored(db, "wide_things")
        assert (row[WIDE_NAMES[n]], row["revision"]) == (7, 2)

    async def test_all_of_them_at_once(self, db: Database) -> None:
        await put(db, WIDE_THINGS, self.wide(**dict.fromkeys(WIDE_NAMES, 1)))
        [change] = await put(db, WIDE_THINGS, self.wide(**dict.fromkeys(WIDE_NAMES, 2)))
        assert change.previous == dict.fromkeys(WIDE_NAMES, 1)

    async def test_an_unhashed_one_in_the_second_word_is_no_change(self, db: Database) -> None:
        await put(db, WIDE_THINGS, self.wide())
        assert await put(db, WIDE_THINGS, self.wide(field_64=5)) == []
        [row] = await stored(db, "wide_things")
        assert (row["field_64"], row["revision"]) == (5, 1)
        [change] = await put(db, WIDE_THINGS, self.wide(field_64=6, field_65=1))
        assert change.previous == {"field_64": 5, "field_65": None}


class TestTwoSources:
    async def test_each_has_bytes_and_columns_of_its_own(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a"))
        await put(db, STATUSES, status())
        before = await stored(db)
        assert before[0]["status_hash"] == looked_at(STATUSES, status()).digests[0]
        assert before[0]["content_hash"] == looked_at(THINGS, thing(title="a")).digests[0]
        assert await put(db, THINGS, thing(title="a")) == await put(db, STATUSES, status()) == []
        assert await stored(db) == before

    async def test_the_second_joins_the_row_of_the_first(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a", details=[1]))
        [change] = await put(db, STATUSES, status(tags=["x"]))
        assert (change.first_from_source, change.is_new, change.revision) == (True, False, 2)
        assert change.previous == {"status": None, "tags": None, "status_at": None}
        assert change.others["title"] == "a"
        assert set(change.others) == set(THINGS.storage.names) - set(THINGS.storage.keys)
        told = msgspec.json.decode(change.snapshot)
        assert (told["label"], told["details"], told["tags"], told["title"]) == ("a is created", [1], ["x"], "a")
        [row] = await stored(db)
        assert (row["title"], row["status"], row["revision"]) == ("a", "created", 2)
        [again] = await put(db, STATUSES, status(status="sold", tags=["x"]))
        assert (again.first_from_source, again.previous) == (False, {"status": "created"})

    async def test_the_first_joins_the_row_of_the_second(self, db: Database) -> None:
        [new] = await put(db, STATUSES, status(tags=["x"]))
        assert (new.is_new, new.first_from_source, new.others) == (True, False, {})
        [change] = await put(db, THINGS, thing(title="a"))
        assert (change.first_from_source, change.others["status"], change.others["tags"]) == (True, "created", '["x"]')
        told = msgspec.json.decode(change.snapshot)
        assert (told["label"], told["tags"], told["status"]) == ("a is created", ["x"], "created")

    async def test_a_change_of_one_carries_what_the_other_wrote(self, db: Database) -> None:
        await put(db, THINGS, thing(1, title="a"), thing(2, title="b"))
        await put(db, STATUSES, status(1))
        with_status, without = await put(db, THINGS, thing(1, title="c"), thing(2, title="d"))
        assert msgspec.json.decode(with_status.snapshot)["label"] == "c is created"
        assert msgspec.json.decode(with_status.snapshot)["status_at"] == "2026-11-21T10:00:00Z"
        assert msgspec.json.decode(without.snapshot)["label"] == "7:2"
        assert (without.others, with_status.others["status"]) == ({}, "created")

    async def test_each_goes_by_a_version_of_its_own(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a", moved_at="2026-11-21T12:00:00Z"))
        assert len(await put(db, STATUSES, status(status_at="2026-11-21T09:00:00Z"))) == 1
        assert await put(db, STATUSES, status(status="early", status_at="2026-11-21T08:00:00Z")) == []
        assert len(await put(db, THINGS, thing(title="b", moved_at="2026-11-21T12:00:01Z"))) == 1
        [row] = await stored(db)
        assert (row["title"], row["status"], row["revision"]) == ("b", "created", 3)

    async def test_one_with_nothing_to_add_joins_silently(self, db: Database) -> None:
        await put(db, THINGS, thing(title="a"))
        empty = status(status=None, status_at=None)
        assert await put(db, STATUSES, empty) == []
        [row] = await stored(db)
        assert (row["revision"], row["status_hash"]) == (1, looked_at(STATUSES, empty).digests[0])

    async def test_rows_that_only_the_other_may_create_are_left_out(self, db: Database) -> None:
        known_only = changed(STATUSES, known_only=True)
        await put(db, THINGS, thing(1))
        [change] = await put(db, known_only, status(1), status(2))
        assert change.key == (1, "M")
        assert [row["thing_id"] for row in await stored(db)] == [1]
        await put(db, THINGS, thing(2))
        [change] = await put(db, known_only, status(1), status(2))
        assert (change.key, change.first_from_source) == ((2, "M"), True)

    async def test_two_pages_of_one_table_at_once_wait_for_each_other(self, db: Database) -> None:
        import asyncio

        async with db.transaction() as first:
            await store(first, THINGS, CABINET, looked_at(THINGS, thing(title="a")), NOW, lambda _: None)
            second = asyncio.create_task(put(db, STATUSES, status()))
            await asyncio.sleep(0.1)
            assert not second.done()
        [change] = await second
        assert change.first_from_source
        assert await count(db, "things") == 1

    @pytest.mark.parametrize(("rows_of_page", "loops"), [(store_module.SMALL, "on"), (store_module.SMALL + 1, "off")])
    async def test_a_large_page_is_never_joined_row_by_row(self, db: Database, rows_of_page: int, loops: str) -> None:
        page = looked_at(THINGS, *[thing(n) for n in range(1, rows_of_page + 1)])
        async with db.transaction() as connection:
            await store(connection, THINGS, CABINET, page, NOW, lambda _: None)
            assert (await connection.execute(text("SHOW enable_nestloop"))).scalar_one() == loops
        async with db.transaction() as connection:
            assert (await connection.execute(text("SHOW enable_nestloop"))).scalar_one() == "on"
