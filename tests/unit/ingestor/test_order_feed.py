"""The order feed: how an order is read, how pages of one snapshot follow, and what two sources make of one order."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from contracts.orders import order_id
from contracts.wb_token import TokenKind
from ingestor.resources import RESOURCES, order_feed, orders
from ingestor.resources.resource import Change, Position, Seen, Start, Step
from ingestor.sync.page import read
from support.reading import CABINET, NOW, change, fields, parsed, told
from support.wb_contract import SAMPLES, sample

FEED = order_feed.RESOURCE
MOSCOW = timezone(timedelta(hours=3))
WB: dict[str, Any] = {
    "nmId": 47254354,
    "chrtId": 91663228,
    "srid": "7513.1.0",
    "createdAt": "2026-11-20T12:57:26+03:00",
    "updatedAt": "2026-11-21T11:19:38+03:00",
    "status": "cancel",
    "cancelType": "app",
    "warehouseName": "Склад WB",
    "warehouseRegion": "",
    "isMp": True,
    "destinationCity": "Казань",
    "destinationDistrict": "",
    "sellerPrice": 4328.5,
    "isB2b": False,
}
MINIMAL = {name: WB[name] for name in ("nmId", "srid", "createdAt", "updatedAt", "status")}
SNAPSHOT = "2026-11-21T12:00:00Z"


def body(*rows: Any, snapshot: str = SNAPSHOT) -> bytes:
    return json.dumps({"data": {"snapshotTime": snapshot, "currency": "RUB", "orders": rows}}).encode()


def one(row: dict[str, Any]) -> dict[str, Any]:
    [found] = parsed(FEED, body(row)).rows
    return fields(FEED, found)


class TestParse:
    def test_an_order_is_read_whole(self) -> None:
        assert one(WB) == {
            "srid": "7513.1.0",
            "nm_id": 47254354,
            "ordered_at": datetime(2026, 11, 20, 12, 57, 26, tzinfo=MOSCOW),
            "status": "cancel",
            "cancel_type": "app",
            "status_at": datetime(2026, 11, 21, 11, 19, 38, tzinfo=MOSCOW),
            "chrt_id": 91663228,
            "is_mp": True,
            "is_b2b": False,
            "seller_price": Decimal("4328.50"),
            "destination_city": "Казань",
            "destination_district": None,
            "currency": "RUB",
        }

    @pytest.mark.parametrize(
        ("stated", "kept"),
        [
            ("KGS", "KGS"),
            ("kgs", "KGS"),
            (417, "KGS"),
            ("643", "RUB"),
            ("", None),
            (None, None),
            ({}, None),
            ("?", None),
        ],
    )
    def test_the_currency_of_the_page_is_that_of_its_orders(self, stated: Any, kept: str | None) -> None:
        page = json.loads(body(WB, 5, {}))
        page["data"]["currency"] = stated
        found = parsed(FEED, json.dumps(page).encode())
        assert [fields(FEED, row)["currency"] for row in found.rows] == [kept]
        assert len(found.broken) == 2

    def test_all_else_may_be_absent_or_null(self) -> None:
        known = {"srid", "nm_id", "ordered_at", "status", "status_at", "currency"}
        nulls = dict.fromkeys(WB.keys() - MINIMAL.keys())
        for row in (MINIMAL, {**nulls, **MINIMAL}):
            assert {name for name, value in one(row).items() if value is not None} == known

    def test_new_words_and_fields_of_wbs_are_no_hindrance(self) -> None:
        row = one({**WB, "status": "lost", "cancelType": "storm", "routeId": {"a": [1]}, "sellerPrice": 0})
        assert (row["status"], row["cancel_type"], row["seller_price"]) == ("lost", "storm", None)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"srid": ""},
            {"srid": None},
            {"nmId": 0},
            {"nmId": "x1"},
            {"status": ""},
            {"status": None},
            {"createdAt": "yesterday"},
            {"updatedAt": None},
            {"updatedAt": "0001-01-01T00:00:00"},
            {"srid": "a\u0000b"},
        ],
    )
    def test_a_broken_order_breaks_no_other(self, wrong: dict[str, Any]) -> None:
        found = parsed(FEED, body(WB, {**WB, "srid": "other", **wrong}))
        assert (len(found.rows), len(found.broken)) == (1, 1)

    @pytest.mark.parametrize("odd", [{}, {"snapshotTime": ""}, {"snapshotTime": None}, {"snapshotTime": 5}])
    def test_the_time_of_the_snapshot_is_not_needed_where_one_page_is_enough(self, odd: dict[str, Any]) -> None:
        answer = json.dumps({"data": {"currency": "RUB", "orders": [WB], **odd}}).encode()
        page = read(FEED, answer)
        step = FEED.reading.advance(
            FEED.reading.begin(None, Start(NOW, False, 100)), Seen(page.rows, [NOW], after=page.after)
        )
        assert (len(page.rows), step.done) == (1, True)

    if SAMPLES.exists():

        def test_wbs_own_example_is_read(self) -> None:
            found = parsed(FEED, json.dumps(sample("order_feed")).encode())
            assert len(found.rows) == 1
            assert not found.broken


def start(*, sweep: bool = False, now: datetime = NOW, page_rows: int = 2) -> Start:
    return Start(now, sweep, page_rows)


def seen(*seconds: int, after: str = SNAPSHOT, srid: str = "") -> Seen:
    """A page of orders whose statuses are so many seconds before NOW."""
    rows = [msgspec.Raw(json.dumps({**WB, "srid": f"{srid}{ago}"}).encode()) for ago in seconds]
    return Seen(rows, [NOW - timedelta(seconds=ago) for ago in seconds], after=after)


def since(position: Position) -> timedelta:
    return NOW - datetime.fromisoformat(position["since"])


def watermark(step: Step) -> datetime | None:
    assert step.position.keys() == {"watermark"}
    at = step.position["watermark"]
    return datetime.fromisoformat(at) if at else None


class TestPaging:
    def test_the_first_pass_reaches_as_far_back_as_wb_allows(self) -> None:
        position = order_feed.begin(None, start(page_rows=50_000))
        assert since(position) == timedelta(days=31) - timedelta(hours=1)
        asked = order_feed.ask(position)["json"]
        assert asked == {
            "selectedPeriod": {"start": "2026-10-21T13:00:00+00:00"},
            "pagination": {"offset": 0, "limit": 10_000},
        }

    def test_every_later_page_is_of_the_first_ones_snapshot(self) -> None:
        position = order_feed.begin(None, start())
        second = order_feed.advance(position, seen(1, 2, after="first")).position
        third = order_feed.advance(second, seen(3, 4, after="another")).position
        assert [order_feed.ask(each)["json"]["pagination"] for each in (second, third)] == [
            {"offset": 2, "limit": 2, "snapshotTime": "first"},
            {"offset": 4, "limit": 2, "snapshotTime": "first"},
        ]
        last = order_feed.advance(third, seen(5))
        assert last.done
        assert watermark(last) == NOW - timedelta(seconds=1)

    def test_a_pass_that_finds_nothing_keeps_the_watermark(self) -> None:
        assert watermark(order_feed.advance(order_feed.begin(None, start()), Seen([], after=SNAPSHOT))) is None
        at = NOW - timedelta(minutes=9)
        position = order_feed.begin({"watermark": at.isoformat()}, start())
        assert watermark(order_feed.advance(position, Seen([], after=SNAPSHOT))) == at
        assert watermark(order_feed.advance(position, seen(3600))) == at

    def test_moments_are_compared_whatever_their_offset(self) -> None:
        at = NOW.astimezone(MOSCOW)
        position = order_feed.begin({"watermark": at.isoformat()}, start())
        assert watermark(order_feed.advance(position, seen(-60))) == NOW + timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("ago", "sweep", "expected"),
        [
            (timedelta(minutes=5), False, timedelta(hours=1, minutes=5)),
            (timedelta(minutes=5), True, timedelta(hours=24, minutes=5)),
            (timedelta(hours=-3), False, timedelta(hours=1)),
            (timedelta(days=60), False, timedelta(days=31) - timedelta(hours=1)),
        ],
    )
    def test_a_later_pass_begins_before_the_watermark(self, ago: timedelta, sweep: bool, expected: timedelta) -> None:
        position = order_feed.begin({"watermark": (NOW - ago).isoformat()}, start(sweep=sweep))
        assert since(position) == expected

    def test_an_interrupted_pass_goes_on_and_stays_within_wbs_reach(self) -> None:
        position = order_feed.advance(order_feed.begin(None, start()), seen(1, 2)).position
        assert order_feed.begin(position, start()) == position
        later = order_feed.begin(position, start(now=NOW + timedelta(hours=5)))
        assert later == {**position, "since": "2026-10-21T18:00:00+00:00"}

    def test_a_pass_interrupted_for_days_begins_anew(self) -> None:
        position = order_feed.advance(order_feed.begin(None, start()), seen(1, 2)).position
        late = start(now=NOW + timedelta(days=2))
        assert order_feed.begin(position, late) == order_feed.begin(None, late)

    def test_a_sweep_takes_the_place_of_an_ordinary_pass_but_not_of_another_sweep(self) -> None:
        cursor = {"watermark": NOW.isoformat()}
        ordinary = order_feed.advance(order_feed.begin(cursor, start()), seen(1, 2)).position
        sweep = order_feed.begin(ordinary, start(sweep=True))
        assert (since(sweep), sweep["offset"], sweep["snapshot"]) == (timedelta(hours=24), 0, None)
        sweep = order_feed.advance(sweep, seen(1, 2)).position
        assert order_feed.begin(sweep, start(sweep=True)) == order_feed.begin(sweep, start()) == sweep

    def test_a_page_that_comes_twice_ends_the_pass_and_leaves_the_watermark(self) -> None:
        cursor = {"watermark": (NOW - timedelta(hours=2)).isoformat()}
        position = order_feed.advance(order_feed.begin(cursor, start()), seen(1, 2)).position
        assert not order_feed.advance(position, seen(1, 2, srid="x")).done
        standing = order_feed.advance(position, seen(1, 2))
        assert standing.done
        assert standing.position == cursor


def feed_change(previous: dict[str, Any] | None = None, **values: Any) -> Change:
    [row] = parsed(FEED, body({**WB, **values})).rows
    return change(FEED, row, 2 if previous is not None else 1, previous)


class TestNews:
    def test_an_order_only_the_feed_knows_is_told_in_full(self) -> None:
        [event] = told(FEED, feed_change(), connected_at=NOW - timedelta(days=3))
        [order] = event.data.orders
        assert order.order_id == order_id(CABINET, "7513.1.0")
        assert (order.is_cancel, order.change, order.status) == (True, "new", "cancel")
        assert order.last_change_at == order.cancelled_at == order.status_at
        assert order.price_with_disc == order.seller_price == Decimal("4328.5"), "until statistics states it"
        assert not order.completes
        assert event.origin == "live"

    def test_an_order_not_cancelled_has_no_moment_of_it(self) -> None:
        [event] = told(FEED, feed_change(status="buyout", cancelType=None))
        [order] = event.data.orders
        assert (order.is_cancel, order.cancelled_at) == (False, None)

    @pytest.mark.parametrize(
        ("values", "previous", "expected"),
        [
            ({}, None, "new"),
            ({}, {"status": "created"}, "cancelled"),
            ({}, {"cancel_type": "other"}, "changed"),
            ({"status": "buyout"}, {"status": "created"}, "changed"),
            ({"status": "return"}, {"status": "cancel"}, "changed"),
        ],
    )
    def test_an_order_of_the_feed_alone_is_cancelled_once(
        self, values: dict[str, Any], previous: Any, expected: str
    ) -> None:
        made = feed_change(previous, **values)
        assert (orders.kind(made), orders.completes(made)) == (expected, False)

    @pytest.mark.parametrize(
        ("now", "theirs", "before", "expected"),
        [
            ({"is_cancel": True}, {"status": "created"}, None, "cancelled"),
            ({"is_cancel": True}, {"status": "cancel"}, None, "completed"),
            ({"is_cancel": False}, {"status": "created"}, None, "completed"),
            ({"is_cancel": True}, {"status": "created"}, {"is_cancel": False}, "cancelled"),
            ({"is_cancel": True}, {"status": "cancel"}, {"is_cancel": False}, "completed"),
            ({"is_cancel": True}, {"status": "cancel"}, {"is_cancel": False, "brand": None}, "changed"),
            ({"is_cancel": False}, {"status": "cancel"}, {"is_cancel": True}, "completed"),
            ({"is_cancel": False}, {"status": "created"}, {"is_cancel": True}, "changed"),
            ({"is_cancel": False}, {"status": "created"}, {"brand": None}, "changed"),
            ({"status": "cancel"}, {"is_cancel": False}, None, "cancelled"),
            ({"status": "cancel"}, {"is_cancel": True}, None, "completed"),
            ({"status": "created"}, {"is_cancel": False}, None, "completed"),
            ({"status": "cancel"}, {"is_cancel": False}, {"status": "created"}, "cancelled"),
            ({"status": "cancel"}, {"is_cancel": True}, {"status": "created"}, "completed"),
            ({"status": "buyout"}, {"is_cancel": True}, {"status": "created"}, "changed"),
            ({"status": "buyout"}, {"is_cancel": False}, {"status": "created"}, "changed"),
        ],
    )
    def test_what_the_other_source_told_is_completed_and_a_cancel_is_told_once(
        self, now: dict[str, Any], theirs: dict[str, Any], before: dict[str, Any] | None, expected: str
    ) -> None:
        """`before` is what this source had said; nothing, where it joins."""
        values = {**now, **theirs}
        previous = orders.earlier(dict.fromkeys(now) if before is None else before, values)
        said = msgspec.json.encode(orders.snapshot({**values}, CABINET))
        made = Change(("s",), said, 2, previous, NOW, before is None, others=theirs)
        assert ("completed" if orders.completes(made) else orders.kind(made)) == expected
        assert orders.is_live(made, NOW - timedelta(days=1), False), "it is news for figures"
        assert orders.is_live(made, NOW - timedelta(days=1), True) is (expected != "completed")
        assert not orders.is_live(made, NOW + timedelta(seconds=1), False), "before the connection"

    def test_fields_are_told_as_they_were_told_before(self) -> None:
        values = {"price_with_disc": 100, "seller_price": 90, "brand": "Б", "is_cancel": False, "status": "created"}
        joined = orders.earlier({"price_with_disc": None, "brand": None}, values)
        assert joined == {"price_with_disc": 90, "brand": None}
        assert orders.earlier({"price_with_disc": None}, {**values, "seller_price": 100}) == {}
        assert orders.earlier({"seller_price": None}, values) == {"seller_price": None}

    def test_an_old_order_that_comes_up_late_is_history_and_its_next_status_is_news(self) -> None:
        connected_at = datetime(2026, 11, 21, 8, 0, 0, 900_000, tzinfo=UTC)
        assert not order_feed.is_live(feed_change(), connected_at, False)
        assert order_feed.is_live(feed_change({"status": "created"}), connected_at, False)
        assert order_feed.is_live(feed_change(createdAt="2026-11-21T11:00:00+03:00"), connected_at, False)


def test_it_completes_orders() -> None:
    assert (FEED.stands_in_for, FEED.completes, FEED.source) == (None, orders.RESOURCE.name, orders.RESOURCE.name)
    assert FEED.storage.table is orders.RESOURCE.storage.table
    assert FEED.storage.digest != orders.RESOURCE.storage.digest
    shared = set(FEED.storage.names) & set(orders.RESOURCE.storage.names)
    assert shared == {"srid", "nm_id", "ordered_at"} == {*FEED.storage.keys, *FEED.storage.yields}


@pytest.mark.parametrize("kind", list(TokenKind))
def test_reading_both_slows_neither(kind: TokenKind) -> None:
    """Each has a bucket that no other resource spends, and the same limit as when it is read alone."""
    for resource in (FEED, orders.RESOURCE):
        sharing = [each.name for each in RESOURCES.values() if each.method.bucket == resource.method.bucket]
        assert sharing == [resource.name]
        expected = 3 * 3600 if kind is TokenKind.BASE else 60
        assert resource.method.limit(kind).interval_seconds == expected
        assert resource.refresh == timedelta(minutes=1)
