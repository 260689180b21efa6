"""Orders by state, place, size, text and amount, alone and together."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from gateway import lists
from reporter.tables import order_facts
from servicekit.db import Database
from support.facts import put
from support.gateway import User
from support.reporting import NOON, TODAY
from support.shop_items import put_card

from contracts import orders

HOUR = timedelta(hours=1)


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def put_order(database: Database, cabinet_id: UUID, srid: str, hours_ago: int = 0, **fields: Any) -> None:
    row = {"order_id": orders.order_id(cabinet_id, srid), "srid": srid, "ordered_at": NOON - hours_ago * HOUR}
    await put(database, order_facts, cabinet_id, {**row, "day": TODAY, "nm_id": 1, "is_cancel": False, **fields})


async def listed(user: User, **params: Any) -> list[str]:
    answer = await user.get("/orders", **params)
    assert answer.status_code == 200, answer.text
    return [order["srid"] for order in answer.json()["data"]]


async def all_of(user: User, name: str, limit: int, **params: Any) -> list[Any]:
    """A member of every order, page by page."""
    seen, cursor = list[Any](), None
    while True:
        answer = (await user.get("/orders", limit=limit, cursor=cursor, **params)).json()
        seen += [order[name] for order in answer["data"]]
        cursor = answer["meta"]["next_cursor"]
        if cursor is None:
            return seen


async def test_states_as_the_order_itself_tells(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    cancelled: dict[str, Any] = {"status": "buyout", "is_cancel": True}
    told: dict[str, dict[str, Any]] = {
        "open": {"status": None},
        "new": {"status": "created"},
        "bought": {"status": "buyout", "status_at": NOON},
        "bought after its cancel": {**cancelled, "cancelled_at": NOON - HOUR, "status_at": NOON},
        "cancelled after all": {**cancelled, "cancelled_at": NOON, "status_at": NOON - HOUR},
        "cancelled": {"is_cancel": True},
        "cancelled by the feed": {"status": "cancel"},
        "returned": {"status": "return"},
        "returned with a defect": {"status": "returnDefective", "is_cancel": True},
    }
    for n, (srid, fields) in enumerate(told.items()):
        await put_order(reporter_db, cabinet, srid, n, **fields)
    names = list(told)
    assert await listed(alice, state="open") == names[:2]
    assert await listed(alice, state="bought") == names[2:4]
    assert await listed(alice, state="cancelled") == await listed(alice, cancelled=True) == names[4:7]
    assert await listed(alice, state="returned") == names[7:]
    assert await listed(alice, cancelled=False) == [*names[:4], *names[7:]]
    assert await listed(alice, cancelled=False, limit=3, offset=3) == [names[3], *names[7:]]
    assert await listed(alice, state="open", cancelled=True) == []
    assert await listed(alice, state="returned", nm_id=1) == names[7:]
    shown = (await alice.get("/orders")).json()["data"]
    assert {order["srid"] for order in shown if order["state"] == "cancelled"} == set(names[4:7])
    assert (await alice.get(f"/orders/{shown[0]['order_id']}")).json()["data"] == shown[0]


async def test_places_and_sizes(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    long = "Б" * 100
    moscow = {"warehouse_name": "Коледино", "region_name": "Московская область"}
    await put_order(reporter_db, cabinet, "a", 1, **moscow, tech_size="M")
    await put_order(reporter_db, cabinet, "b", 2, **moscow, tech_size="L")
    await put_order(reporter_db, cabinet, "c", 3, warehouse_name=long + "а", region_name="Тува", tech_size="M")
    await put_order(reporter_db, cabinet, "d", 4, warehouse_name=long)
    assert await listed(alice, warehouse="Коледино") == ["a", "b"]
    assert await listed(alice, warehouse=long) == ["d"]
    assert await listed(alice, region="Тува") == ["c"]
    assert await listed(alice, size="M") == ["a", "c"]
    assert await listed(alice, size="M", warehouse="Коледино", region="Московская область", state="open") == ["a"]
    assert await listed(alice, warehouse="Коледино", sort="ordered_at") == ["b", "a"]


async def test_texts(alice: User, bob: User, cabinet: UUID, reporter_db: Database) -> None:
    second, foreign = await alice.connect(), await bob.connect()
    await put_card(reporter_db, cabinet, 7, title="Худи ГРАФИТ", vendor_code="HD-22")
    await put_card(reporter_db, second, 7, title="Другое")
    await put_card(reporter_db, second, 8, brand="Графит")
    await put_card(reporter_db, foreign, 7, title="графит")
    await put_order(reporter_db, cabinet, "a", 1, nm_id=7)
    await put_order(reporter_db, second, "b", 2, nm_id=7)
    await put_order(reporter_db, second, "c", 3, nm_id=8)
    await put_order(reporter_db, cabinet, "hd-22", 4, nm_id=1)
    await put_order(reporter_db, foreign, "d", 5, nm_id=7)
    assert await listed(alice, text="графит") == ["a", "c"]
    assert await listed(alice, text="графит", nm_id=8) == ["c"]
    by_amount = await listed(alice, text="графит", sort="-amount")
    assert sorted(by_amount) == ["a", "c"]
    assert await listed(alice, text="графит", sort="amount") == by_amount[::-1]
    # An srid that is one stands for its order, one of somebody else's for nothing.
    assert await listed(alice, text="hd-22") == ["hd-22"]
    assert await listed(alice, text="hd-22", state="bought") == []
    assert await listed(alice, text="HD-2") == ["a"]
    assert await listed(alice, text="d") == ["a"]
    assert await listed(alice, text="никогда") == []


async def test_a_text_of_many_items(
    alice: User, cabinet: UUID, reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.orders.MOST_ITEMS", 2)
    monkeypatch.setattr(lists, "LOOKED_AT", 3)
    for nm_id in range(1, 8):
        await put_order(reporter_db, cabinet, str(nm_id), nm_id, nm_id=nm_id)
        await put_card(reporter_db, cabinet, nm_id, title="Худи" if nm_id % 2 else "Носки")
    assert await all_of(alice, "srid", 50, text="худи") == ["1", "3", "5", "7"]


@pytest.mark.parametrize("looked_at", [3, 5_000])
async def test_by_amount_those_of_a_day_and_a_state(
    alice: User, cabinet: UUID, reporter_db: Database, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(lists, "LOOKED_AT", looked_at)
    second = await alice.connect()
    amounts = [None, Decimal(5), Decimal("5.5"), Decimal(900), Decimal(-1), Decimal(5), None, Decimal(70)]
    for n, amount in enumerate(amounts):
        owner = second if n % 3 else cabinet
        await put_order(reporter_db, owner, str(n), 8 * n, price_with_disc=amount, is_cancel=n == 3)

    async def amounts_of(**params: Any) -> list[float | None]:
        prices = await all_of(alice, "price_with_disc", 2, **params)
        return [None if price is None else float(price) for price in prices]

    ascending = [None, None, -1, 5, 5, 5.5, 70, 900]
    assert await amounts_of(sort="amount") == ascending
    assert await amounts_of(sort="-amount") == ascending[::-1]
    assert await amounts_of(sort="-amount", cancelled=False) == ascending[-2::-1]
    # Of noon, 8, 16, 24 … hours before two fall on the day itself.
    assert await amounts_of(sort="-amount", to="2026-11-19") == [900, 70, 5.5, 5, -1, None]
    assert await amounts_of(sort="amount", **{"from": "2026-11-20"}) == [None, 5]


async def test_oldest_first_between_days(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    for n in range(8):
        at = NOON - 12 * n * HOUR
        await put_order(reporter_db, cabinet, str(n), 12 * n, day=(at + 3 * HOUR).date())
    params: dict[str, Any]
    for params in ({}, {"nm_id": 1}, {"state": "open"}):
        asked = {"sort": "ordered_at", "from": "2026-11-18", "to": "2026-11-19", **params}
        assert await all_of(alice, "srid", 200, **asked) == await all_of(alice, "srid", 1, **asked) == [*"5432"]


@pytest.mark.parametrize(
    "params", [{"state": "new"}, {"sort": "price"}, {"size": ""}, {"text": "a\0"}, {"cancelled": 2}]
)
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any]) -> None:
    assert (await alice.get("/orders", **params)).json()["code"] == "invalid_request"
