"""A run whose rows are mostly broken has failed: it says which field, is told, and reads them again once it can."""

import json
from typing import Any

import pytest
from ingestor.resources import RESOURCES, advert_balance, orders, stocks
from ingestor.resources.resource import Start, Step
from ingestor.sync import unreadable
from ingestor.sync.log import Counts
from ingestor.sync.page import take_in
from ingestor.sync.quarantine import Broken
from ingestor.sync.unreadable import MostlyBroken
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, connect_cabinet
from support.outbox_rows import published
from support.rows import rows
from support.sync_states import state
from support.things import NOW, new_run
from wbsim.running import Wbsim

ORDERS = METHODS["orders"].path


async def stored(database: Database) -> set[str]:
    return {row["srid"] for row in await rows(database, "SELECT srid FROM orders")}


@pytest.mark.usefixtures("few_resources")
class TestARenamedField:
    @pytest.mark.parametrize("page_rows", [80_000, 4, 1])
    async def test_is_a_failure_that_names_it_and_all_is_read_when_it_is_mended(
        self, ingestor: Ingestor, wb: Wbsim, page_rows: int
    ) -> None:
        await wb.settings(page_rows=page_rows)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        placed = {order["srid"] for order in await wb.place_orders(count=12)}
        await wb.fault(ORDERS, "renamed", field="nmId")
        for attempt in range(1, 6):
            await ingestor.sync("orders")
            row = await state(ingestor.database)
            assert row["failures"] == attempt
            assert "`nmId`" in row["last_error"]
            told = await published(ingestor.database, "sync.failed.v1")
            assert len(told) == (1 if attempt >= 3 else 0)
        assert "`nmId`" in told[0].data.reason
        [line] = await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY id DESC LIMIT 1")
        assert line["outcome"] == "failed"
        assert line["rows_quarantined"] >= 5
        assert await stored(ingestor.database) == set()
        await wb.clear_faults()
        await ingestor.sync("orders")
        assert await stored(ingestor.database) == placed
        row = await state(ingestor.database)
        assert (row["failures"], row["last_error"]) == (0, None)
        [resumed] = await published(ingestor.database, "sync.resumed.v1")
        assert (resumed.data.resource, resumed.cabinetid) == ("orders", cabinet_id)

    async def test_of_a_first_load_is_one_too_however_few_rows_it_has(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=2)
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "renamed")
        await ingestor.sync("orders")
        row = await state(ingestor.database)
        assert (row["failures"], row["first_load_done"]) == (1, False)
        assert "`srid`" in row["last_error"]

    async def test_is_asked_for_ever_more_rarely(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=6)
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "renamed")
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("UPDATE sync_state SET failures = 30"))
        [next_in] = await ingestor.sync("orders")
        assert next_in is not None
        assert 3600 / 1000 / 2 - 0.1 <= next_in <= 3600 / 1000

    async def test_of_a_re_read_of_many_pages_takes_nothing_for_gone(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stocks, "MAX_PAGE_ROWS", 2)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("stocks")
        before = await rows(ingestor.database, "SELECT * FROM stocks ORDER BY nm_id, chrt_id")
        for field in ("nmId", "quantity"):
            await wb.fault(METHODS["wb-stocks"].path, "renamed", field=field)
            await ingestor.sync("stocks")
            assert (await state(ingestor.database, "stocks"))["failures"] == 1
            await wb.clear_faults()
            await ingestor.sync("stocks")
            assert (await state(ingestor.database, "stocks"))["failures"] == 0
        assert await rows(ingestor.database, "SELECT * FROM stocks ORDER BY nm_id, chrt_id") == before


def an_order(n: int, **fields: Any) -> dict[str, Any]:
    return {
        "srid": f"s{n}",
        "nmId": 1,
        "date": "2026-11-21T14:00:00",
        "lastChangeDate": "2026-11-21T15:00:00",
        **fields,
    }


async def read_orders(db: Database, good: int, broken: int) -> None:
    run = await new_run(db, orders.RESOURCE)
    position = orders.RESOURCE.reading.begin(None, Start(NOW, sweep=False, page_rows=1000))
    body = [an_order(n) for n in range(good)] + [an_order(100 + n, nmId={}) for n in range(broken)]
    await take_in(db, run, position, json.dumps(body).encode(), NOW)


class TestHowMuchIsMost:
    @pytest.mark.parametrize(("good", "broken"), [(5, 5), (0, 5), (2, 3), (1, 9)])
    async def test_half_of_five_or_more(self, ingestor_db: Database, good: int, broken: int) -> None:
        with pytest.raises(MostlyBroken, match=f"^{broken} of {good + broken} rows"):
            await read_orders(ingestor_db, good, broken)
        assert len(await stored(ingestor_db)) == good, "what can be read is stored"
        assert len(await rows(ingestor_db, "SELECT 1 FROM quarantine")) == broken

    @pytest.mark.parametrize(("good", "broken"), [(6, 4), (0, 1), (0, 4), (1, 3), (100, 40)])
    async def test_less_is_set_aside_row_by_row(self, ingestor_db: Database, good: int, broken: int) -> None:
        await read_orders(ingestor_db, good, broken)
        assert len(await stored(ingestor_db)) == good
        assert len(await rows(ingestor_db, "SELECT 1 FROM quarantine")) == broken

    @pytest.mark.parametrize("first_load_done", [False, True])
    async def test_of_what_is_read_whole_each_time_one_row_of_one_is_all(
        self, ingestor_db: Database, first_load_done: bool
    ) -> None:
        run = await new_run(ingestor_db, advert_balance.RESOURCE, first_load_done=first_load_done)
        with pytest.raises(MostlyBroken):
            await take_in(ingestor_db, run, {}, b'{"balance": []}', NOW)

    async def test_of_very_many_broken_rows_a_part_is_kept(
        self, ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unreadable, "KEPT", 7)
        with pytest.raises(MostlyBroken, match=r"^20 of 20 rows"):
            await read_orders(ingestor_db, 0, 20)
        assert len(await rows(ingestor_db, "SELECT 1 FROM quarantine")) == 7

    def test_the_reason_that_most_rows_share_is_named(self) -> None:
        broken = [Broken(b"", f"ValueError: '{n}O5' is no number") for n in range(3)]
        broken += [Broken(b"", f"ValidationError: missing `a` in row {n}") for n in range(4)]
        said = unreadable.describe(Counts(rows_same=1, rows_quarantined=7), broken)
        assert said == "7 of 8 rows of WB cannot be read; 4 for this: ValidationError: missing `a` in row 0"


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_no_reading_without_rows_is_a_failure(name: str) -> None:
    for first_load in (True, False):
        assert not unreadable.nothing_was_read(
            RESOURCES[name], Step({}, done=True, whole=True), Counts(pages=1), first_load=first_load
        )
