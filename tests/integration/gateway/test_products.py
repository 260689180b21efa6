"""Reading items: lists with filters, orders and pages, and everything known of one."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.items import Rank, Section, UnitEconomics, UnitMoney
from reporter.tables import sources
from servicekit.db import Database
from support.facts import put
from support.gateway import Gateway, User
from support.item_figures import keep_figures
from support.plans import Sent, noted
from support.reporting import NOON, TODAY
from support.shop_items import a_stock, changed, put_card, put_period, put_prices, put_stock, some_reviews
from support.sync_states import keep


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


@pytest.fixture
def sent(gateway: Gateway) -> Iterator[Sent]:
    """What the gateway asks of its database."""
    with noted(gateway) as sent:
        yield sent


async def listed(user: User, **params: Any) -> list[int]:
    answer = await user.get("/products", **params)
    assert answer.status_code == 200, answer.text
    return [product["nm_id"] for product in answer.json()["data"]]


class TestListProducts:
    async def test_an_item_with_prices_stock_and_rating(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        sizes = [{"chrt_id": 10, "tech_size": "M", "wb_size": None, "skus": ["2039"]}]
        await put_card(reporter_db, cabinet, 7, title="Худи", brand="Север", sizes=sizes)
        await put_prices(
            reporter_db,
            cabinet,
            7,
            {"size_id": 10, "price": Decimal(2490), "discounted_price": Decimal("1494.5")},
            {"size_id": 11, "price": Decimal(2600), "discounted_price": None},
            {"size_id": 12, "price": Decimal(1), "discounted_price": Decimal(1), "gone": True},
            {"size_id": 13, "price": Decimal(10), "discounted_price": Decimal(9), "currency": "KGS"},
        )
        bodies = {
            (Section.STOCK, ""): a_stock(5, 2, days_left=Decimal("3.5"), replenish=12),
            (Section.REVIEWS, ""): some_reviews("4.50", 2, unanswered=1),
        }
        await keep_figures(reporter_db, cabinet, bodies, 7)
        [product] = (await alice.get("/products")).json()["data"]
        assert (product["cabinet_id"], product["title"], product["sizes"]) == (str(cabinet), "Худи", sizes)
        assert product["prices"] == [
            {
                "currency": "KGS",
                "price_from": "10.0000",
                "price_to": "10.0000",
                "discounted_from": "9.0000",
                "discounted_to": "9.0000",
            },
            {
                "currency": "RUB",
                "price_from": "2490.0000",
                "price_to": "2600.0000",
                "discounted_from": "1494.5000",
                "discounted_to": "1494.5000",
            },
        ]
        assert product["stock"] == {
            "wb": 5, "own": 2, "days_left": "3.5", "endless": False, "runs_out_on": None, "replenish": 12,
        }  # fmt: skip
        assert product["reviews"] == {"rating": "4.50", "count": 2, "unanswered": 1}

    async def test_what_is_not_known_is_null_or_empty(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        await put_card(reporter_db, cabinet, 7)
        [product] = (await alice.get("/products")).json()["data"]
        assert (product["title"], product["prices"], product["stock"], product["reviews"]) == (None, [], None, None)

    async def test_filters(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        long = "Б" * 100
        await put_card(reporter_db, cabinet, 1, title="Худи ГРАФИТ", brand="Север", subject="Худи")
        await put_card(reporter_db, cabinet, 2, vendor_code="HD-22/графит_%", brand="Север", subject="Шапки")
        await put_card(reporter_db, cabinet, 3, title="Носки", brand=long + "а")
        await put_card(reporter_db, cabinet, 4, title="Носки", brand=long, is_listed=False)
        assert await listed(alice) == [3, 2, 1]
        assert await listed(alice, text="графит") == [2, 1]
        assert await listed(alice, text="Т_%") == [2]
        assert await listed(alice, text="север") == [2, 1]
        assert await listed(alice, brand="Север", subject="Худи") == [1]
        assert await listed(alice, subject="Шапки") == [2]
        assert await listed(alice, brand="север") == []
        assert await listed(alice, brand=long) == []
        assert await listed(alice, state="trashed") == [4]
        assert await listed(alice, state="all", brand=long) == [4]

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("nm_id", [1, 2, 2, 3]),
            ("-nm_id", [3, 2, 2, 1]),
            ("updated_at", [3, 2, 1, 2]),
            ("-updated_at", [2, 1, 2, 3]),
        ],
    )
    async def test_pages_meet_every_item_once_in_every_order(
        self, alice: User, cabinet: UUID, reporter_db: Database, sort: str, expected: list[int]
    ) -> None:
        second = await alice.connect()
        await put_card(reporter_db, cabinet, 1, updated_at=NOON - timedelta(hours=1))
        await put_card(reporter_db, cabinet, 2, updated_at=NOON - timedelta(hours=2))
        await put_card(reporter_db, second, 2, updated_at=NOON)
        await put_card(reporter_db, second, 3, updated_at=NOON - timedelta(hours=3))
        whole = await alice.get("/products", sort=sort)
        assert [product["nm_id"] for product in whole.json()["data"]] == expected
        for limit in (1, 2, 3):
            by_cursor, by_offset = [], []
            cursor = None
            while True:
                answer = await alice.get("/products", sort=sort, limit=limit, cursor=cursor)
                by_cursor += answer.json()["data"]
                assert ("X-Total-Count" in answer.headers) == (cursor is None)
                cursor = answer.json()["meta"]["next_cursor"]
                if cursor is None:
                    break
            for offset in range(0, 4, limit):
                answer = await alice.get("/products", sort=sort, limit=limit, offset=offset)
                assert answer.headers["X-Total-Count"] == "4"
                by_offset += answer.json()["data"]
            assert by_cursor == by_offset == whole.json()["data"]

    async def test_links_lead_to_the_pages_around(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        for nm_id in range(1, 6):
            await put_card(reporter_db, cabinet, nm_id, brand="А Б")
        answer = await alice.get("/products", brand="А Б", limit=2, offset=2)
        links = {link["rel"]: link["url"] for link in answer.links.values()}
        assert set(links) == {"first", "prev", "next", "last"}
        pages = {
            rel: (await alice.call("GET", url.removeprefix("/api/v1"))).json()["data"] for rel, url in links.items()
        }
        assert {rel: [each["nm_id"] for each in page] for rel, page in pages.items()} == {
            "first": [5, 4], "prev": [5, 4], "next": [1], "last": [1],
        }  # fmt: skip
        cursor = (await alice.get("/products", limit=2)).json()["meta"]["next_cursor"]
        [link] = (await alice.get("/products", limit=2, cursor=cursor)).links.values()
        assert [
            each["nm_id"] for each in (await alice.call("GET", link["url"].removeprefix("/api/v1"))).json()["data"]
        ] == [1]

    async def test_a_user_sees_the_items_of_their_cabinets_only(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        foreign = await bob.connect()
        await put_card(reporter_db, cabinet, 1)
        await put_card(reporter_db, foreign, 2)
        assert await listed(alice) == [1]
        assert await listed(alice, cabinet_id=cabinet) == [1]
        assert (await alice.get("/products", cabinet_id=foreign)).status_code == 404
        assert (await alice.get("/products", text="2")).headers["X-Total-Count"] == "0"

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"limit": 0}, "invalid_request"),
            ({"limit": 201}, "invalid_request"),
            ({"offset": -1}, "invalid_request"),
            ({"offset": 10_001}, "invalid_request"),
            ({"sort": "title"}, "invalid_request"),
            ({"text": ""}, "invalid_request"),
            ({"text": "a\0"}, "invalid_request"),
            ({"brand": "a" * 101}, "invalid_request"),
            ({"cursor": "nonsense"}, "cursor_invalid"),
            ({"cursor": "WyItdXBkYXRlZF9hdCJd"}, "cursor_invalid"),
        ],
    )
    async def test_a_question_that_makes_no_sense_is_refused(
        self, alice: User, params: dict[str, Any], code: str
    ) -> None:
        answer = await alice.get("/products", **params)
        assert (answer.status_code, answer.json()["code"]) == (422, code)

    async def test_a_cursor_is_of_its_own_order_and_stands_alone(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        await put_card(reporter_db, cabinet, 1)
        await put_card(reporter_db, cabinet, 2)
        cursor = (await alice.get("/products", limit=1)).json()["meta"]["next_cursor"]
        assert await listed(alice, cursor=cursor) == [1]
        refused = [
            await alice.get("/products", cursor=cursor, sort="nm_id"),
            await alice.get("/products", cursor=cursor, offset=1),
        ]
        assert [answer.json()["code"] for answer in refused] == ["cursor_invalid", "offset_or_cursor"]

    async def test_says_how_old_its_sources_are(
        self, gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database, ingestor_db: Database
    ) -> None:
        assert (await alice.get("/products")).json()["meta"].items() >= {
            "source": "database", "as_of": None, "stale": False, "next_cursor": None,
        }.items()  # fmt: skip
        await changed(gateway, cabinet)
        await keep(ingestor_db, cabinet, "products", last_success_at=NOON - timedelta(hours=1))
        await keep(ingestor_db, cabinet, "stocks", last_success_at=NOON - timedelta(hours=9))
        await keep(ingestor_db, cabinet, "stock_remains", last_success_at=NOON)
        await keep(ingestor_db, cabinet, "orders", last_success_at=NOON - timedelta(hours=5))
        meta = (await alice.get("/products")).json()["meta"]
        assert (meta["as_of"], meta["stale"]) == ((NOON - timedelta(hours=1)).isoformat().replace("+00:00", "Z"), False)
        late = {"resource": "products", "as_of": NOON, "delayed_since": NOON, "recovered_at": NOON - timedelta(days=1)}
        await put(reporter_db, sources, cabinet, late)
        await changed(gateway, cabinet)
        assert (await alice.get("/products")).json()["meta"]["stale"] is True

    async def test_statements_do_not_grow_with_items_or_cabinets(
        self, gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database, sent: Sent
    ) -> None:
        await put_card(reporter_db, cabinet, 1)
        sent.statements.clear()
        await listed(alice)
        for_one = sent.of_views()
        await changed(gateway, cabinet)
        second = await alice.connect()
        for nm_id in range(2, 40):
            await put_card(reporter_db, second, nm_id)
        sent.statements.clear()
        assert len(await listed(alice)) == 39
        assert sent.of_views() == for_one


class TestGetProduct:
    async def test_everything_that_is_known_of_it(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        await put_card(reporter_db, cabinet, 7, title="Худи", length=Decimal("20.5"))
        await put_prices(reporter_db, cabinet, 7, {"size_id": 10, "price": Decimal(2490), "discount": 40})
        await put_period(reporter_db, cabinet, 7, 30, orders=8, orders_sum=Decimal("11952.00"), previous_orders=4)
        await put_period(reporter_db, cabinet, 7, 7, orders=2, orders_sum=Decimal(2988))
        await put_stock(reporter_db, cabinet, 7, a_stock(5))
        money = UnitEconomics(estimate=UnitMoney(price=Decimal(1494)), missing=("cost",))
        bodies = {
            (Section.REVIEWS, ""): some_reviews(),
            (Section.MONEY, "RUB"): money,
            (Section.RANK, "RUB"): Rank(abc_revenue="A"),
        }
        await keep_figures(reporter_db, cabinet, bodies, 7)
        answer = await alice.get("/products/7")
        assert answer.status_code == 200, answer.text
        product = answer.json()["data"]
        assert (product["cabinet_id"], product["title"], product["length"]) == (str(cabinet), "Худи", "20.5000")
        assert [(each["size_id"], each["price"], each["currency"]) for each in product["prices"]] == [
            (10, "2490.0000", "RUB")
        ]
        assert product["stock"]["sizes"][0]["tech_size"] == "M"
        assert product["reviews"]["stars"] == [0, 0, 0, 1, 1]
        figures = product["figures"]
        assert figures["as_of"] == TODAY.isoformat()
        assert [(each["period_days"], each["orders"]) for each in figures["periods"]] == [(7, 2), (30, 8)]
        assert figures["periods"][1]["orders_sum"] == "11952.0000"
        [in_roubles] = figures["currencies"]
        assert in_roubles["rank"]["abc_revenue"] == "A"
        assert (in_roubles["money"]["estimate"]["price"], in_roubles["adverts"]) == ("1494", None)
        assert figures["buyout"] is None

    async def test_a_card_alone(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        await put_card(reporter_db, cabinet, 7)
        product = (await alice.get("/products/7")).json()["data"]
        assert (product["prices"], product["stock"], product["reviews"]) == ([], None, None)
        assert product["figures"] == {
            "as_of": None, "periods": [], "buyout": None, "velocity": None, "currencies": [],
        }  # fmt: skip

    async def test_the_cabinet_that_is_named_answers_and_nobody_elses(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        second, foreign = await alice.connect(), await bob.connect()
        for owner, title in ((cabinet, "первый"), (second, "второй"), (foreign, "чужой")):
            await put_card(reporter_db, owner, 7, title=title)
        await put_card(reporter_db, foreign, 8)
        await put_prices(reporter_db, foreign, 7, {"size_id": 1, "price": Decimal(1)})
        first = (await alice.get("/products/7")).json()["data"]
        assert (first["title"], first["prices"]) == ("первый", [])
        assert (await alice.get("/products/7", cabinet_id=second)).json()["data"]["title"] == "второй"
        refused = [
            await alice.get("/products/8"),
            await alice.get("/products/9"),
            await alice.get("/products/7", cabinet_id=foreign),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
            (404, "product_not_found"),
            (404, "product_not_found"),
            (404, "cabinet_not_found"),
        ]
