"""Rows of sales reports: how one is read, and how pages and passes follow one another."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import finance
from ingestor.resources.resource import Position, Seen, Start
from ingestor.wb import times
from support.reading import NOW, change, fields, parsed, told

EXAMPLE = Path(__file__).parents[4] / "shared/wb/samples/official-examples/finance_report_detailed.json"
LEAST: dict[str, Any] = {"reportId": 71230418, "rrdId": 90122610467}
SALE: dict[str, Any] = LEAST | {
    "reportType": 1,
    "dateFrom": "2026-11-09",
    "dateTo": "2026-11-15",
    "createDate": "2026-11-16",
    "currency": "RUB",
    "docTypeName": "Продажа",
    "sellerOperName": "Продажа",
    "bonusTypeName": "",
    "srid": "5f0c3999172603062979867564654dac",
    "orderId": 0,
    "nmId": 214503977,
    "quantity": 1,
    "retailPriceWithDisc": "1494",
    "forPay": "1089.126",
    "deliveryService": "0",
    "commissionPercent": 27.1,
    "orderDt": "2026-11-08T00:00:00Z",
    "saleDt": "0001-01-01T00:00:00Z",
    "rrDate": "2026-11-12",
    "isB2b": False,
}


def raw(row: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(row).encode())


def read_row(row: dict[str, Any]) -> dict[str, Any]:
    return fields(finance.RESOURCE, finance.parse(raw(row), NOW))


class TestARow:
    def test_is_read_with_exact_money_and_whole_days(self) -> None:
        row = read_row(SALE)
        assert (row["report_id"], row["rrd_id"], row["report_kind"]) == (71230418, 90122610467, 1)
        assert (row["report_from"], row["report_to"]) == (date(2026, 11, 9), date(2026, 11, 15))
        assert (row["report_created"], row["rr_date"]) == (date(2026, 11, 16), date(2026, 11, 12))
        assert (row["for_pay"], row["retail_price_with_disc"]) == (Decimal("1089.13"), Decimal("1494.00"))
        assert row["commission_percent"] == Decimal("27.10")
        assert row["ordered_at"] == datetime(2026, 11, 8, tzinfo=UTC)
        assert row["is_b2b"] is False

    def test_says_nothing_for_no_id_and_never_but_zero_for_zero(self) -> None:
        row = read_row(SALE)
        assert row["order_id"] is row["bonus_type_name"] is row["sold_at"] is None
        assert row["delivery_service"] == 0

    def test_may_lack_all_but_its_ids(self) -> None:
        row = read_row(LEAST)
        assert {name for name, value in row.items() if value is not None} == {"report_id", "rrd_id"}

    def test_may_have_new_fields_new_words_and_numbers_in_place_of_texts(self) -> None:
        row = read_row(SALE | {"newField": [1], "sellerOperName": "Новое", "forPay": 12.5, "penalty": None})
        assert (row["seller_oper_name"], row["for_pay"], row["penalty"]) == ("Новое", Decimal("12.50"), None)

    def test_may_call_its_document_by_the_newer_name(self) -> None:
        assert read_row(LEAST | {"documentType": "Возврат"})["doc_type_name"] == "Возврат"
        assert read_row(SALE | {"documentType": "Возврат"})["doc_type_name"] == "Продажа"

    @pytest.mark.parametrize(
        "broken",
        [
            {"rrdId": None},
            {"reportId": 2**63},
            {"rrdId": 1.5},
        ],
    )
    def test_that_no_table_can_hold_is_set_aside_alone(self, broken: dict[str, Any]) -> None:
        body = json.dumps([SALE | broken, LEAST | {"rrdId": 1}]).encode()
        found = parsed(finance.RESOURCE, body)
        assert (len(found.rows), len(found.broken)) == (1, 1)

    def test_is_told_with_money_as_text(self) -> None:
        row = finance.parse(raw(SALE), NOW)
        [event] = told(finance.RESOURCE, change(finance.RESOURCE, row, 2, {"for_pay": Decimal("1000.00")}))
        [line] = event.data.rows
        assert (line.for_pay, line.change, line.previous) == (Decimal("1089.13"), "changed", {"for_pay": "1000.00"})
        assert line.rr_date == date(2026, 11, 12)


def start(*, sweep: bool = False, now: datetime = NOW, page_rows: int = 100_000) -> Start:
    return Start(now, sweep, page_rows)


def seen(*numbers: int, end: str | None = "2026-11-15") -> Seen:
    return Seen([raw({"rrdId": number}) for number in numbers], ends(end) * len(numbers))


def ends(*days: str | None) -> list[datetime | None]:
    return [None if day is None else times.moment(day) for day in days]


class TestAPass:
    def test_first_goes_back_thirteen_weeks(self) -> None:
        assert finance.ask(finance.begin(None, start())) == {
            "json": {
                "dateFrom": "2026-08-22",
                "dateTo": "2026-11-21",
                "period": "weekly",
                "limit": 30_000,
                "rrdId": 0,
            }
        }

    def test_may_first_begin_at_a_moment(self) -> None:
        position = {**finance.begin(None, start()), **finance.since(datetime(2026, 11, 10, 22, tzinfo=UTC))}
        assert finance.ask(position)["json"]["dateFrom"] == "2026-11-11"
        assert finance.advance(position, seen(7)).position["first"] == "2026-11-11"

    @pytest.mark.parametrize(("sweep", "first"), [(False, "2026-11-16"), (True, "2026-10-18")])
    def test_later_begins_after_the_newest_report_or_four_weeks_before(self, sweep: bool, first: str) -> None:
        position = finance.begin({"newest": "2026-11-15"}, start(sweep=sweep))
        assert finance.ask(position)["json"]["dateFrom"] == first

    @pytest.mark.parametrize("end", ["2026-11-15", "2026-11-15T00:00:00Z"])
    def test_goes_on_after_the_day_a_report_ends_on_however_it_is_written(self, end: str) -> None:
        _, mark = finance.key_of(raw(SALE | {"dateTo": end}))
        step = finance.advance(finance.begin(None, start()), Seen([], [mark]))
        assert finance.ask(finance.begin(step.position, start()))["json"]["dateFrom"] == "2026-11-16"

    def test_never_takes_a_word_for_the_day_a_report_ends_on(self) -> None:
        [row] = parsed(finance.RESOURCE, json.dumps([SALE | {"dateTo": "2026-11-1?"}]).encode()).rows
        assert fields(finance.RESOURCE, row)["report_to"] is None

    def test_never_asks_for_days_to_come(self) -> None:
        asked = finance.ask(finance.begin({"newest": "2026-11-21"}, start()))["json"]
        assert asked["dateFrom"] == asked["dateTo"] == "2026-11-21"

    def test_goes_on_from_the_last_row_until_there_is_none(self) -> None:
        position = finance.begin({"newest": "2026-11-08"}, start(page_rows=2))
        assert position["limit"] == 2
        step = finance.advance(position, seen(7, 9))
        assert not step.done
        assert finance.ask(step.position)["json"]["rrdId"] == 9
        last = finance.advance(step.position, Seen(finance.read(b"").rows))
        assert last.done
        assert last.position == {"newest": "2026-11-15"}

    def test_goes_on_although_a_page_is_not_full(self) -> None:
        assert not finance.advance(finance.begin(None, start()), seen(7)).done

    def test_ends_where_rows_do_not_lead_on(self) -> None:
        position = {**finance.begin(None, start()), "rrdId": 9}
        for answer in (seen(9), seen(3), Seen([raw({}), raw("x")])):
            assert finance.advance(position, answer).done

    def test_goes_on_past_broken_rows(self) -> None:
        answer = Seen(
            [raw({"rrdId": 7}), raw({"rrdId": 8, "reportId": None}), raw({"rrdId": None})], ends("2026-11-15"), 2
        )
        assert finance.advance(finance.begin(None, start()), answer).position["rrdId"] == 8

    def test_without_reports_is_a_first_one_again(self) -> None:
        step = finance.advance(finance.begin(None, start()), Seen([]))
        assert step.position == {"newest": None}
        assert finance.begin(step.position, start())["first"] == "2026-08-22"

    def test_takes_no_report_of_days_to_come_for_the_newest(self) -> None:
        position = finance.begin({"newest": "2026-11-08"}, start())
        answer = Seen([raw({"rrdId": 7})] * 3, ends("2027-11-15", "2026-11-15", None))
        assert finance.advance(position, answer).position["newest"] == "2026-11-15"

    def test_interrupted_goes_on_unless_a_sweep_is_wanted_of_an_ordinary_one(self) -> None:
        ordinary = finance.advance(finance.begin({"newest": "2026-11-08"}, start()), seen(7)).position
        tomorrow = NOW + timedelta(days=1)
        assert finance.begin(ordinary, start(now=tomorrow)) == ordinary
        sweep = finance.begin(ordinary, start(sweep=True))
        assert (sweep["rrdId"], sweep["first"]) == (0, "2026-10-18")
        assert finance.begin(sweep, start(sweep=True)) == finance.begin(sweep, start()) == sweep
        first = finance.begin(None, start())
        assert finance.begin(first, start(sweep=True)) == first


@given(st.lists(st.integers(1, 60), unique=True), st.integers(1, 7), st.lists(st.integers(0, 20)))
def test_every_row_is_read_once_however_small_the_pages_and_however_often_interrupted(
    numbers: list[int], page_rows: int, interruptions: list[int]
) -> None:
    position: Position = finance.begin(None, start(page_rows=page_rows))
    read: list[int] = []
    for call in range(len(numbers) + 2):
        if call in interruptions:
            position = finance.begin(position, start(now=NOW + timedelta(hours=call)))
        after = position["rrdId"]
        page = sorted(number for number in numbers if number > after)[: position["limit"]]
        read += page
        step = finance.advance(position, seen(*page))
        position = step.position
        if step.done:
            break
    assert step.done
    assert read == sorted(numbers)


if EXAMPLE.exists():

    def test_wbs_own_example_is_read_in_full() -> None:
        found = parsed(finance.RESOURCE, EXAMPLE.read_bytes())
        assert not found.broken
        [row] = found.rows
        unsaid = {name for name, value in fields(finance.RESOURCE, row).items() if value is None}
        assert unsaid == set()
        told(finance.RESOURCE, change(finance.RESOURCE, row))
