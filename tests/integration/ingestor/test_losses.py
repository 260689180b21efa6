"""A reading that loses much of what is known is a suspicion, confirmed by the next one before anything is told."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from ingestor.resources import RESOURCES, campaigns, prices, stocks
from ingestor.resources.resource import Resource, Start
from ingestor.sync.losses import is_much
from ingestor.sync.page import Run, take_in
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, connect_cabinet, sync_requested, take
from support.outbox_rows import published
from support.rows import rows
from support.things import NOW, new_run
from wbsim.running import Wbsim

STOCKS = METHODS["wb-stocks"].path
readings = count(1)


@pytest.mark.parametrize(
    ("lost", "known", "much"),
    [
        (0, 0, False),
        (0, 9, False),
        (1, 1, True),
        (9, 9, True),
        (9, 12, False),
        (11, 12, True),
        (11, 50, True),
        (11, 1000, False),
        (200, 1000, False),
        (201, 1000, True),
        (1000, 1000, True),
    ],
)
def test_how_much_is_much(lost: int, known: int, much: bool) -> None:
    assert is_much(lost, known) is much


def stock(n: int, quantity: int = 5, warehouse: int = 1) -> dict[str, Any]:
    return {"nmId": n, "chrtId": n, "warehouseId": warehouse, "quantity": quantity}


def a_price(n: int, **fields: Any) -> dict[str, Any]:
    size = {"sizeID": n, "price": 100, "discountedPrice": 90, **fields}
    return {"nmID": n, "currencyIsoCode4217": "RUB", "discount": 10, "sizes": [size]}


def a_campaign(n: int) -> dict[str, Any]:
    return {"id": n, "status": 9, "timestamps": {"updated": "2026-11-20T10:00:00+03:00"}}


async def read(db: Database, resource: Resource, answer: Any) -> Run:
    """One whole reading of one page."""
    run = await new_run(db, resource, started_at=NOW + next(readings) * timedelta(minutes=1))
    position = resource.reading.begin(None, Start(NOW, sweep=False, page_rows=1000))
    await take_in(db, run, position, json.dumps(answer).encode(), run.started_at)
    return run


async def read_stocks(db: Database, *listed: dict[str, Any]) -> int:
    return (await read(db, stocks.RESOURCE, {"data": {"items": listed}})).suspected


async def in_stock(db: Database) -> int:
    [row] = await rows(db, "SELECT count(*) AS n FROM stocks WHERE NOT gone AND quantity > 0")
    return int(row["n"])


MANY = [stock(n, warehouse=n % 2 + 1) for n in range(1, 101)]


class TestRowsThatAreGone:
    @pytest.mark.parametrize("left", [[], MANY[:79], MANY[::2]], ids=["nothing", "four fifths", "one warehouse"])
    async def test_many_are_told_when_the_next_reading_lacks_them_too(
        self, ingestor_db: Database, left: list[dict[str, Any]]
    ) -> None:
        await read_stocks(ingestor_db, *MANY)
        assert await read_stocks(ingestor_db, *left) == 100 - len(left)
        assert await in_stock(ingestor_db) == 100
        told = len(await published(ingestor_db))
        assert await read_stocks(ingestor_db, *left) == 0
        assert await in_stock(ingestor_db) == len(left)
        [event] = (await published(ingestor_db))[told:]
        assert {row.change for row in event.data.stocks} == {"gone"}
        assert len(event.data.stocks) == 100 - len(left)
        assert await rows(ingestor_db, "SELECT 1 FROM sync_losses") == []

    async def test_what_is_listed_again_was_never_lost(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        told = len(await published(ingestor_db))
        for _ in range(3):
            assert await read_stocks(ingestor_db) == 100
            assert await read_stocks(ingestor_db, *MANY) == 0
        assert await in_stock(ingestor_db) == 100
        assert len(await published(ingestor_db)) == told

    async def test_two_readings_that_lack_different_halves_confirm_neither(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        for half in (MANY[::2], MANY[1::2], MANY[::2]):
            await read_stocks(ingestor_db, *half)
            assert await in_stock(ingestor_db) == 100

    async def test_of_two_losses_what_both_lack_is_confirmed(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        await read_stocks(ingestor_db)
        assert await read_stocks(ingestor_db, *MANY[:60]) == 0
        assert await in_stock(ingestor_db) == 60

    async def test_few_more_beside_a_confirmed_loss_need_no_third_reading(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        await read_stocks(ingestor_db, *MANY[:50])
        assert await read_stocks(ingestor_db, *MANY[:45]) == 0
        assert await in_stock(ingestor_db) == 45

    async def test_few_are_told_at_once(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        assert await read_stocks(ingestor_db, *MANY[:81]) == 0
        assert await in_stock(ingestor_db) == 81

    async def test_a_whole_warehouse_is_much_however_small_its_share(self, ingestor_db: Database) -> None:
        other = [stock(n, warehouse=3) for n in range(1, 9)]
        await read_stocks(ingestor_db, *MANY, *other)
        assert await read_stocks(ingestor_db, *MANY) == 8
        assert await in_stock(ingestor_db) == 108
        assert await read_stocks(ingestor_db, *MANY, *other) == 0
        assert await read_stocks(ingestor_db, *MANY, *other[:1]) == 0, "not the whole of it"
        assert await in_stock(ingestor_db) == 101

    @pytest.mark.parametrize("page_rows", [2, 1000])
    async def test_it_is_read_again_soon_however_many_pages_it_has(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch, page_rows: int
    ) -> None:
        monkeypatch.setattr(stocks, "MAX_PAGE_ROWS", page_rows)
        cabinet = await connect_cabinet(ingestor, wb)
        await ingestor.sync("stocks")
        before = await in_stock(ingestor.database)
        assert before > 2
        await wb.fault(STOCKS, "empty", times=1)
        [next_in] = await ingestor.sync("stocks")
        assert next_in is not None
        assert next_in <= 60 / 1000
        assert await in_stock(ingestor.database) == before
        [state] = await rows(ingestor.database, "SELECT * FROM sync_state WHERE resource = 'stocks'")
        assert "to be confirmed" in state["last_error"]
        await take(ingestor.database, sync_requested(cabinet, "stocks"))
        await ingestor.sync("stocks")
        assert await in_stock(ingestor.database) == before
        [state] = await rows(ingestor.database, "SELECT * FROM sync_state WHERE resource = 'stocks'")
        assert state["last_error"] is None

    async def test_an_empty_list_of_campaigns_is_confirmed(self, ingestor_db: Database) -> None:
        await read(ingestor_db, campaigns.RESOURCE, {"adverts": [a_campaign(1), a_campaign(2)]})
        for gone in (0, 2):
            await read(ingestor_db, campaigns.RESOURCE, {"adverts": []})
            assert len(await rows(ingestor_db, "SELECT 1 FROM campaigns WHERE gone")) == gone

    async def test_cards_that_a_sweep_does_not_list_are_swept_again_soon(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("products")
        await wb.fault(METHODS["cards"].path, "empty")
        for listed in (True, False):
            async with ingestor.database.transaction() as connection:
                if listed:
                    await connection.execute(text("UPDATE sync_state SET sweep_at = now()"))
            [next_in] = await ingestor.sync("products")
            assert next_in is not None
            found = await rows(ingestor.database, "SELECT DISTINCT is_listed FROM products")
            assert [row["is_listed"] for row in found] == [listed]
        await wb.clear_faults()


class TestValuesThatAreLost:
    async def test_stocks_that_are_all_0_are_told_when_the_next_reading_says_so_too(
        self, ingestor_db: Database
    ) -> None:
        await read_stocks(ingestor_db, *MANY)
        told = len(await published(ingestor_db))
        empty = [stock(n, 0, n % 2 + 1) for n in range(1, 101)]
        assert await read_stocks(ingestor_db, *empty) == 100
        assert await in_stock(ingestor_db) == 100
        assert len(await published(ingestor_db)) == told
        assert await read_stocks(ingestor_db, *empty) == 0
        assert await in_stock(ingestor_db) == 0
        [event] = (await published(ingestor_db))[told:]
        assert {(row.change, row.previous["quantity"]) for row in event.data.stocks} == {("changed", 5)}

    async def test_other_changes_of_the_page_are_told_at_once(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        half = [stock(n, 0 if n <= 50 else 7, n % 2 + 1) for n in range(1, 101)]
        assert await read_stocks(ingestor_db, *half) == 50
        found = await rows(ingestor_db, "SELECT quantity, count(*) AS n, max(revision) AS r FROM stocks GROUP BY 1")
        assert {(row["quantity"], row["n"], row["r"]) for row in found} == {(5, 50, 1), (7, 50, 2)}
        assert await read_stocks(ingestor_db, *MANY) == 0
        assert await in_stock(ingestor_db) == 100

    async def test_what_sells_out_by_and_by_is_told_at_once(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, *MANY)
        assert await read_stocks(ingestor_db, *MANY[:90], *(stock(n, 0, n % 2 + 1) for n in range(91, 101))) == 0
        assert await in_stock(ingestor_db) == 90

    async def test_two_rows_may_sell_out_at_once(self, ingestor_db: Database) -> None:
        await read_stocks(ingestor_db, stock(1), stock(2))
        assert await read_stocks(ingestor_db, stock(1, 0), stock(2, 0)) == 0
        assert await in_stock(ingestor_db) == 0

    @pytest.mark.parametrize("lost", [{"price": 0}, {"price": None}, {"discountedPrice": 0}])
    async def test_prices_that_are_all_0_or_none_are_confirmed(
        self, ingestor_db: Database, lost: dict[str, Any]
    ) -> None:
        def answer(**fields: Any) -> dict[str, Any]:
            return {"data": {"listGoods": [a_price(n, **fields) for n in range(1, 21)]}}

        await read(ingestor_db, prices.RESOURCE, answer())
        for suspected, changed in ((20, 0), (0, 20)):
            assert (await read(ingestor_db, prices.RESOURCE, answer(**lost))).suspected == suspected
            assert len(await rows(ingestor_db, "SELECT 1 FROM prices WHERE revision = 2")) == changed

    def test_vital_columns_are_numbers_of_resources_that_are_read_whole(self) -> None:
        vital = {
            name: resource
            for name, resource in RESOURCES.items()
            if resource.storage.vital or resource.storage.grouped_by
        }
        assert vital.keys() >= {"stocks", "seller_stocks", "stock_remains", "prices"}
        for resource in vital.values():
            assert resource.storage.when_gone is not None
            assert set(resource.storage.vital) <= set(resource.storage.names) - set(resource.storage.keys)
            assert resource.storage.grouped_by is None or resource.storage.grouped_by in resource.storage.keys
