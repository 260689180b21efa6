"""Reading stocks: lists with filters and orders, and each size at each warehouse of one item."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.items import SizeUnits, Stock, WarehouseUnits
from reporter.tables import seller_stocks, stock_remains, stocks
from servicekit.db import Database
from support.facts import put
from support.gateway import Gateway, User
from support.plans import noted
from support.shop_items import a_stock, changed, put_card, put_stock


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def listed(user: User, **params: Any) -> list[int]:
    answer = await user.get("/stocks", **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Count"] == str(len(answer.json()["data"]))
    return [stock["nm_id"] for stock in answer.json()["data"]]


def of_sizes(*left: tuple[str, int | None, int | None], warehouse: str = "Коледино") -> Stock:
    """A stock of sizes, each with its label and what there is at WB's and at own warehouses."""
    sizes = tuple(
        SizeUnits(chrt_id=n, tech_size=label, wb=wb, own=own, orders_per_day=None, days_left=None)
        for n, (label, wb, own) in enumerate(left)
    )
    places = (WarehouseUnits(name=warehouse, is_own=False, quantity=1),)
    return a_stock(sum(wb or 0 for _, wb, _ in left)).model_copy(update={"sizes": sizes, "warehouses": places})


class TestListStocks:
    async def test_what_there_is_how_long_it_lasts_what_to_send(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        await put_card(reporter_db, cabinet, 7, title="Худи", vendor_code="HD-22")
        stock = a_stock(34, 12, days_left=Decimal("13.42"), runs_out_on=date(2026, 12, 3), replenish=57)
        await put_stock(reporter_db, cabinet, 7, stock)
        await put_stock(reporter_db, cabinet, 8, a_stock(None))
        await put_stock(reporter_db, cabinet, 0, a_stock(99))
        without_card, shown = (await alice.get("/stocks")).json()["data"]
        assert (shown["cabinet_id"], shown["title"], shown["vendor_code"]) == (str(cabinet), "Худи", "HD-22")
        assert shown["total"].items() >= {
            "wb": 34, "own": 12, "days_left": "13.42", "endless": False, "runs_out_on": "2026-12-03", "replenish": 57,
        }.items()  # fmt: skip
        assert shown["sizes"][0]["tech_size"] == "M"
        assert shown["warehouses"] == [{"name": "Коледино", "is_own": False, "quantity": 34}]
        assert (without_card["nm_id"], without_card["title"], without_card["total"]["wb"]) == (8, None, None)

    async def test_filters(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        await put_stock(reporter_db, cabinet, 1, of_sizes(("S", 0, None), ("M", 3, None)))
        await put_stock(reporter_db, cabinet, 2, of_sizes(("S", 0, 2), warehouse="Казань"))
        await put_stock(reporter_db, cabinet, 3, of_sizes(("S", 0, 0)))
        await put_stock(reporter_db, cabinet, 4, of_sizes(("L", None, None)))
        await put_stock(reporter_db, cabinet, 5, a_stock(None, None))
        await put_stock(reporter_db, cabinet, 6, a_stock(9, None, days_left=Decimal("6.99")))
        await put_stock(reporter_db, cabinet, 7, a_stock(9, None, days_left=Decimal("7.01")))
        assert await listed(alice, nm_id=3) == [3]
        assert await listed(alice, size="S") == [3, 2, 1]
        assert await listed(alice, warehouse="Казань") == [2]
        assert await listed(alice, state="size_out") == [3, 1]
        assert await listed(alice, state="out", size="S") == [3, 2]
        assert await listed(alice, days_left_to=7) == [6]
        assert await listed(alice, size="S", warehouse="Коледино", state="size_out", nm_id=1) == [1]
        assert await listed(alice, size='"}]') == []

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("nm_id", [1, 2, 2, 3, 4]),
            ("-nm_id", [4, 3, 2, 2, 1]),
            ("days_left", [2, 1, 2, 3, 4]),
            ("-replenish", [3, 4, 2, 2, 1]),
        ],
    )
    async def test_pages_meet_every_item_once_in_every_order(
        self, alice: User, cabinet: UUID, reporter_db: Database, sort: str, expected: list[int]
    ) -> None:
        second = await alice.connect()
        await put_stock(reporter_db, cabinet, 1, a_stock(1, days_left=Decimal("3.50")))
        await put_stock(reporter_db, cabinet, 2, a_stock(1, days_left=Decimal(10)))
        await put_stock(reporter_db, second, 2, a_stock(1, days_left=Decimal("0.10")))
        await put_stock(reporter_db, second, 3, a_stock(1, endless=True, replenish=10**15))
        await put_stock(reporter_db, second, 4, a_stock(None, replenish=9))
        assert await listed(alice, sort=sort) == expected
        for limit in (1, 2):
            seen: list[int] = []
            cursor = None
            while True:
                answer = (await alice.get("/stocks", sort=sort, limit=limit, cursor=cursor)).json()
                seen += [stock["nm_id"] for stock in answer["data"]]
                cursor = answer["meta"]["next_cursor"]
                if cursor is None:
                    break
            assert seen == expected

    async def test_a_user_sees_the_stocks_of_their_cabinets_only(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        foreign = await bob.connect()
        await put_stock(reporter_db, cabinet, 1, a_stock(1))
        await put_stock(reporter_db, foreign, 2, a_stock(1))
        assert await listed(alice) == await listed(alice, cabinet_id=cabinet) == [1]
        assert await listed(alice, nm_id=2) == []
        assert (await alice.get("/stocks", cabinet_id=foreign)).status_code == 404

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"limit": 201}, "invalid_request"),
            ({"nm_id": 0}, "invalid_request"),
            ({"days_left_to": "NaN"}, "invalid_request"),
            ({"days_left_to": 3651}, "invalid_request"),
            ({"sort": "-days_left"}, "invalid_request"),
            ({"warehouse": "a\0"}, "invalid_request"),
            ({"cursor": "WyJuYW1lIl0"}, "cursor_invalid"),
        ],
    )
    async def test_a_question_that_makes_no_sense_is_refused(
        self, alice: User, params: dict[str, Any], code: str
    ) -> None:
        answer = await alice.get("/stocks", **params)
        assert (answer.status_code, answer.json()["code"]) == (422, code)

    async def test_statements_do_not_grow_with_items(
        self, gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        await put_stock(reporter_db, cabinet, 1, a_stock(1))
        with noted(gateway) as one:
            await listed(alice)
        await changed(gateway, cabinet)
        for nm_id in range(2, 30):
            await put_stock(reporter_db, cabinet, nm_id, a_stock(1))
        with noted(gateway) as many:
            assert len(await listed(alice)) == 29
        assert many.of_views() == one.of_views()


class TestGetStock:
    async def test_each_size_at_each_warehouse(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        await put_card(reporter_db, cabinet, 7, sizes=[{"chrt_id": 10, "tech_size": "M"}])
        await put_stock(reporter_db, cabinet, 7, a_stock(5, 2))
        at = {"nm_id": 7, "chrt_id": 10, "warehouse_id": 100, "warehouse_name": "Коледино"}
        await put(reporter_db, stocks, cabinet, {**at, "quantity": 5, "in_way_to_client": 3})
        await put(reporter_db, seller_stocks, cabinet, {**at, "warehouse_id": 1, "chrt_id": 11, "quantity": 2})
        remains = {"nm_id": 7, "barcode": "2039", "tech_size": "", "warehouse_name": "Казань", "quantity": 4}
        await put(reporter_db, stock_remains, cabinet, {**remains, "kind": "warehouse"})
        await put(reporter_db, stock_remains, cabinet, {**remains, "kind": "to_client", "warehouse_name": "В пути"})
        stock = (await alice.get("/stocks/7")).json()["data"]
        assert (stock["total"]["wb"], stock["total"]["own"]) == (5, 2)
        told = [
            (
                p["source"],
                p["tech_size"],
                p["chrt_id"],
                p["barcode"],
                p["warehouse_name"],
                p["quantity"],
                p["to_client"],
            )
            for p in stock["places"]
        ]
        assert told == [
            ("own", None, 11, None, "Коледино", 2, None),
            ("remains", None, None, "2039", "Казань", 4, None),
            ("wb", "M", 10, None, "Коледино", 5, 3),
        ]

    async def test_nobody_elses(self, alice: User, bob: User, cabinet: UUID, reporter_db: Database) -> None:
        second, foreign = await alice.connect(), await bob.connect()
        at = {"nm_id": 7, "chrt_id": 10, "warehouse_id": 100, "quantity": 5}
        for owner, left in ((cabinet, 1), (second, 2), (foreign, 3)):
            await put_stock(reporter_db, owner, 7, a_stock(left))
            await put_card(reporter_db, owner, 8)
        await put(reporter_db, stocks, foreign, at)
        first = (await alice.get("/stocks/7")).json()["data"]
        assert (first["cabinet_id"], first["total"]["wb"], first["places"]) == (str(cabinet), 1, [])
        assert (await alice.get("/stocks/7", cabinet_id=second)).json()["data"]["total"]["wb"] == 2
        refused = [await alice.get("/stocks/8"), await alice.get("/stocks/7", cabinet_id=foreign)]
        assert [answer.json()["code"] for answer in refused] == ["stock_not_found", "cabinet_not_found"]
