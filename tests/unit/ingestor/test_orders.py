"""Orders: how a row is read, and how pages follow one another."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from contracts.envelope import Origin
from contracts.model import MOSCOW
from contracts.orders import order_id
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import orders, statistics
from ingestor.resources.resource import Page, Position, Row, Seen, Start, Step
from ingestor.wb.errors import Unavailable
from support.reading import CABINET, NOW, change, parsed, told
from support.reading import fields as fields_of

EXAMPLE = Path(__file__).parents[4] / "shared/wb/samples/official-examples/statistics_orders.json"
WB_ORDER: dict[str, Any] = {
    "date": "2026-11-20T18:08:31",
    "lastChangeDate": "2026-11-21T10:11:07",
    "warehouseName": "Склад WB",
    "supplierArticle": "A-1",
    "nmId": 1234567,
    "totalPrice": 1887,
    "discountPercent": 18,
    "spp": 26.5,
    "finishedPrice": 0,
    "priceWithDisc": 1547.349,
    "isCancel": False,
    "cancelDate": "0001-01-01T00:00:00",
    "gNumber": "34",
    "srid": "11.r.3.0",
}


def raw_row(**changes: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(WB_ORDER | changes).encode())


def read_row(**changes: Any) -> Row:
    return orders.parse(raw_row(**changes), NOW)


def fields(row: Row) -> dict[str, Any]:
    return fields_of(orders.RESOURCE, row)


class TestParse:
    def test_a_row_is_read_with_moscow_times_and_exact_money(self) -> None:
        order = fields(read_row())
        assert order["ordered_at"] == datetime(2026, 11, 20, 18, 8, 31, tzinfo=MOSCOW)
        assert order["price_with_disc"] == Decimal("1547.35")
        assert order["spp"] == Decimal("26.50")
        assert order["cancelled_at"] is None
        assert order["barcode"] is None

    def test_zero_money_is_unknown_but_zero_discount_is_zero(self) -> None:
        order = fields(read_row(totalPrice=0, finishedPrice=0.0, spp=0, discountPercent=0))
        assert order["total_price"] is order["finished_price"] is None
        assert order["spp"] == 0
        assert order["discount_percent"] == 0

    def test_unknown_fields_nulls_and_absences_are_tolerated(self) -> None:
        order = fields(read_row(newField={"a": [1]}, isCancel=None, totalPrice=None, brand=None))
        assert order["is_cancel"] is False
        assert order["total_price"] is None

    def test_a_cancelled_order_has_its_moment(self) -> None:
        order = fields(read_row(isCancel=True, cancelDate="2026-11-21T00:00:00"))
        assert order["is_cancel"] is True
        assert order["cancelled_at"] == datetime(2026, 11, 21, tzinfo=MOSCOW)

    @pytest.mark.parametrize(
        "broken",
        [
            {"srid": None},
            {"srid": ""},
            {"srid": "a\x00b"},
            {"nmId": 0},
            {"nmId": 2**63},
            {"nmId": "3O12,,x"},
            {"nmId": {"value": 5}},
            {"date": "0001-01-01T00:00:00"},
            {"lastChangeDate": None},
            {"lastChangeDate": "now"},
        ],
    )
    def test_a_broken_row_is_set_aside_and_takes_no_other_with_it(self, broken: dict[str, Any]) -> None:
        bodies = [WB_ORDER, WB_ORDER | {"srid": "broken"} | broken, WB_ORDER | {"srid": "another"}]
        page = parsed(orders.RESOURCE, json.dumps(bodies).encode())
        assert len(page.rows) == 2
        [row] = page.broken
        assert json.loads(row.body) == bodies[1]
        assert row.reason

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists), st.data())
    def test_no_value_in_any_field_gets_past_as_an_accident(self, value: Any, data: st.DataObject) -> None:
        field = data.draw(st.sampled_from(sorted(WB_ORDER)))
        body = json.dumps([WB_ORDER | {field: value}]).encode()
        try:
            page = parsed(orders.RESOURCE, body)
        except Unavailable:
            return  # NaN and lone surrogates are no JSON: the whole answer is refused
        assert len(page.rows) + len(page.broken) == 1
        for row in page.rows:
            assert told(orders.RESOURCE, change(orders.RESOURCE, row))

    @given(st.binary(max_size=60))
    def test_any_bytes_in_a_row_are_read_or_set_aside(self, noise: bytes) -> None:
        raw = msgspec.Raw(json.dumps(WB_ORDER).encode()[:40] + noise)
        page = parsed(orders.RESOURCE, Page([raw]))
        assert len(page.rows) + len(page.broken) == 1

    if EXAMPLE.exists():

        def test_wbs_own_example_is_read(self) -> None:
            page = parsed(orders.RESOURCE, EXAMPLE.read_bytes())
            assert len(page.rows) == 1
            assert not page.broken


def start(*, sweep: bool = False) -> Start:
    return Start(NOW, sweep, 1000)


def at(position: Position) -> datetime:
    return datetime.fromisoformat(position["at"])


def watermark_of(step: Step) -> datetime:
    assert set(step.position) == {"watermark", "uncut"}
    return datetime.fromisoformat(step.position["watermark"])


def seen(*changes: datetime, broken: int = 0, ordered: datetime = NOW) -> Seen:
    rows = [
        raw_row(
            srid=str(uuid4()),
            lastChangeDate=change.astimezone(MOSCOW).replace(tzinfo=None).isoformat(),
            date=ordered.astimezone(MOSCOW).replace(tzinfo=None).isoformat(),
        )
        for change in changes
    ]
    return Seen([*rows, *[msgspec.Raw(b"{}")] * broken], changes, broken)


class TestPaging:
    def test_the_first_load_begins_ninety_days_ago(self) -> None:
        assert at(statistics.begin(None, start())) == NOW - timedelta(days=90)

    def test_an_ordinary_run_begins_a_little_before_the_watermark(self) -> None:
        watermark = NOW - timedelta(minutes=1)
        assert at(statistics.begin({"watermark": watermark.isoformat()}, start())) == watermark - timedelta(minutes=30)

    def test_a_sweep_begins_a_day_back_and_never_after_the_watermark(self) -> None:
        for age, expected in ((timedelta(minutes=1), timedelta(hours=24)), (timedelta(days=3), timedelta(days=3))):
            position = statistics.begin({"watermark": (NOW - age).isoformat()}, start(sweep=True))
            assert NOW - at(position) - expected in {timedelta(0), timedelta(minutes=30)}

    def test_an_interrupted_reading_goes_on_unless_a_sweep_is_wanted_of_an_ordinary_one(self) -> None:
        watermark = (NOW - timedelta(minutes=1)).isoformat()
        ordinary = statistics.begin({"watermark": watermark}, start())
        assert statistics.begin(ordinary, start()) == ordinary
        sweep = statistics.begin(ordinary, start(sweep=True))
        assert at(sweep) == NOW - timedelta(hours=24)
        assert statistics.begin(sweep, start()) == statistics.begin(sweep, start(sweep=True)) == sweep

    def test_the_question_lets_the_positions_own_second_through(self) -> None:
        position = statistics.begin({"watermark": NOW.isoformat()}, start())
        assert statistics.ask(position) == {"params": {"dateFrom": "2026-11-21T14:29:59.999", "flag": "0"}}

    def test_an_empty_page_ends_the_reading_and_keeps_the_watermark(self) -> None:
        step = statistics.advance(statistics.begin({"watermark": NOW.isoformat()}, start()), Seen([]))
        assert step.done
        assert step.position == {"watermark": NOW.isoformat(), "uncut": 0}

    def test_a_page_of_broken_rows_only_ends_the_reading(self) -> None:
        assert statistics.advance(statistics.begin(None, start()), Seen([msgspec.Raw(b"{}")] * 3, (), 3)).done

    def test_a_page_known_to_be_whole_ends_an_ordinary_run_but_not_a_sweep(self) -> None:
        later = NOW + timedelta(seconds=5)
        cursor = {"watermark": NOW.isoformat(), "uncut": 2}
        ordinary = statistics.advance(statistics.begin(cursor, start()), seen(NOW, later))
        assert ordinary.done
        assert watermark_of(ordinary) == later
        sweep = statistics.advance(statistics.begin(cursor, start(sweep=True)), seen(NOW, later))
        assert not sweep.done
        assert at(sweep.position) == later

    def test_a_larger_page_is_looked_past_once(self) -> None:
        later = NOW + timedelta(seconds=5)
        cursor = {"watermark": NOW.isoformat(), "uncut": 1}
        first = statistics.advance(statistics.begin(cursor, start()), seen(NOW, later))
        assert not first.done
        second = statistics.advance(first.position, seen(later))
        assert second.done
        assert second.position["uncut"] == 2

    def test_an_ordinary_page_that_stops_short_of_the_watermark_is_gone_on_from(self) -> None:
        position = statistics.begin({"watermark": NOW.isoformat()}, start())
        step = statistics.advance(position, seen(NOW - timedelta(seconds=1), NOW - timedelta(seconds=1)))
        assert not step.done

    def test_a_full_page_of_one_second_is_read_by_day_and_then_passed(self) -> None:
        step = statistics.advance(statistics.begin(None, start()), seen(NOW, NOW))
        step = statistics.advance(step.position, seen(NOW, NOW, ordered=NOW - timedelta(days=1)))
        assert step.position["days"] == ["2026-11-20", "2026-11-21"]
        assert statistics.ask(step.position) == {"params": {"dateFrom": "2026-11-20", "flag": "1"}}
        step = statistics.advance(step.position, seen(NOW))
        assert step.position["days"] == ["2026-11-21"]
        cut, whole = (statistics.advance(step.position, seen(*[NOW] * more)) for more in (2, 1))
        for step, uncut in ((cut, 0), (whole, 2)):
            assert not step.done
            assert statistics.ask(step.position)["params"] == {"dateFrom": "2026-11-21T15:00:00.999", "flag": "0"}
            end = statistics.advance(step.position, Seen([]))
            assert end.done
            assert end.position["uncut"] == uncut
            more = statistics.advance(step.position, seen(NOW + timedelta(seconds=9)))
            assert more.position["uncut"] == 0, "the page was cut where the second ended"

    def test_a_page_of_one_second_whose_size_was_found_whole_is_not_read_by_day_again(self) -> None:
        cursor = {"watermark": NOW.isoformat(), "uncut": 1, "looked_back_at": NOW.isoformat()}
        step = statistics.advance(
            statistics.begin(cursor, start(sweep=True)), seen(NOW, ordered=NOW - timedelta(days=60))
        )
        step = statistics.advance(step.position, seen(NOW, ordered=NOW - timedelta(days=60)))
        assert step.done
        assert step.position["watermark"] == NOW.isoformat()

    def test_rows_of_the_last_second_that_the_page_before_lacked_are_read_by_day_too(self) -> None:
        step = statistics.advance(statistics.begin(None, start()), seen(NOW - timedelta(seconds=9), NOW))
        step = statistics.advance(step.position, seen(NOW, NOW))
        assert step.position["days"] == ["2026-11-21"]

    def test_a_broken_last_row_does_not_hold_the_reading_up(self) -> None:
        step = statistics.advance(statistics.begin(None, start()), seen(NOW, broken=1))
        assert at(step.position) == NOW


class TestChange:
    def test_what_happened_is_told_apart(self) -> None:
        cancelled = read_row(isCancel=True)
        changes = [
            change(orders.RESOURCE, read_row()),
            change(orders.RESOURCE, read_row(), 2, {"total_price": None}),
            change(orders.RESOURCE, cancelled, 3, {"is_cancel": False}),
            change(orders.RESOURCE, cancelled, 4, {"total_price": None}),
        ]
        [event] = told(orders.RESOURCE, *changes, connected_at=NOW - timedelta(days=90))
        assert [order.change for order in event.data.orders] == ["new", "changed", "cancelled", "changed"]
        assert {order.order_id for order in event.data.orders} == {order_id(CABINET, "11.r.3.0")}

    def test_what_changed_since_the_connection_is_live_in_whole_seconds(self) -> None:
        changed_at = datetime(2026, 11, 21, 10, 11, 7, tzinfo=MOSCOW)
        new = change(orders.RESOURCE, read_row())
        for connected_at, origin in (
            (changed_at.replace(microsecond=900_000), Origin.LIVE),
            (changed_at + timedelta(seconds=1), Origin.BACKFILL),
        ):
            [event] = told(orders.RESOURCE, new, connected_at=connected_at)
            assert event.origin is origin
