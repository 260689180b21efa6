"""FBS tasks: how the three methods are read, and how windows, pages and ids follow one another."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import fbs_new_orders, fbs_orders, fbs_statuses
from ingestor.resources.fields import hundredths
from ingestor.resources.resource import BrokenRow, Change, Position, Resource, Seen, Start
from ingestor.sync.page import read
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told
from support.wb_contract import SAMPLES, sample

LISTED, NEW, STATUSES = fbs_orders.RESOURCE, fbs_new_orders.RESOURCE, fbs_statuses.RESOURCE
TASK: dict[str, Any] = {
    "id": 13833711,
    "rid": "dQ.r7.0.0",
    "orderUid": "165_62",
    "createdAt": "2026-11-21T07:56:29Z",
    "nmId": 12345678,
    "chrtId": 987654321,
    "article": "one-7548",
    "skus": ["2039000118842"],
    "warehouseId": 658434,
    "officeId": 123,
    "offices": ["Екатеринбург"],
    "deliveryType": "fbs",
    "cargoType": 1,
    "crossBorderType": 0,
    "price": 101450,
    "convertedPrice": 28322,
    "currencyCode": 933,
    "convertedCurrencyCode": 643,
    "isZeroOrder": False,
    "options": {"isB2B": True},
    "address": {"fullAddress": "ул. Тестовая, д. 1", "longitude": 44.5, "latitude": 40.2},
    "comment": "Упакуйте, пожалуйста",
}
SHARED: dict[str, Any] = {
    "fbs_order_id": 13833711,
    "srid": "dQ.r7.0.0",
    "order_uid": "165_62",
    "created_at": datetime(2026, 11, 21, 7, 56, 29, tzinfo=UTC),
    "nm_id": 12345678,
    "chrt_id": 987654321,
    "article": "one-7548",
    "skus": '["2039000118842"]',
    "warehouse_id": 658434,
    "office_id": 123,
    "offices": '["Екатеринбург"]',
    "delivery_type": "fbs",
    "cargo_type": 1,
    "cross_border_type": 0,
    "price": Decimal("1014.50"),
    "converted_price": Decimal("283.22"),
    "currency_code": 933,
    "converted_currency_code": 643,
    "is_zero_order": False,
    "is_b2b": True,
}
MINIMAL = {name: TASK[name] for name in ("id", "createdAt", "nmId")}
STATUS: dict[str, Any] = {
    "id": 13833711,
    "supplierStatus": "confirm",
    "wbStatus": "waiting",
    "isCancellable": True,
    "isTransferable": False,
}


def body(*rows: Any, **beside: Any) -> bytes:
    return json.dumps({"orders": rows, **beside}).encode()


def one(resource: Resource, row: dict[str, Any]) -> dict[str, Any]:
    [found] = parsed(resource, body(row)).rows
    return fields(resource, found)


class TestParse:
    def test_a_listed_task_is_read_whole_with_prices_in_whole_units(self) -> None:
        row = one(LISTED, {**TASK, "supplyId": "WB-GI-1", "scanPrice": 1500})
        assert row == {**SHARED, "supply_id": "WB-GI-1", "scan_price": Decimal("15.00")}

    def test_a_new_task_is_read_whole(self) -> None:
        own = {"salePrice": 504600, "finalPrice": 99, "convertedFinalPrice": 0, "requiredMeta": ["sgtin"]}
        assert one(NEW, {**TASK, **own}) == {
            **SHARED,
            "sale_price": Decimal("5046.00"),
            "final_price": Decimal("0.99"),
            "converted_final_price": Decimal("0.00"),
            "required_meta": '["sgtin"]',
        }

    def test_a_status_is_read_whole(self) -> None:
        assert one(STATUSES, STATUS) == {
            "fbs_order_id": 13833711,
            "supplier_status": "confirm",
            "wb_status": "waiting",
            "is_cancellable": True,
            "is_transferable": False,
        }

    @pytest.mark.parametrize("resource", [LISTED, NEW])
    def test_what_is_personal_is_not_read(self, resource: Resource) -> None:
        row = str(one(resource, TASK))
        assert "Тестовая" not in row
        assert "Упакуйте" not in row

    @pytest.mark.parametrize("resource", [LISTED, NEW])
    def test_all_but_id_article_and_moment_may_be_absent_or_null(self, resource: Resource) -> None:
        for row in (MINIMAL, {**dict.fromkeys(TASK), **MINIMAL}):
            known = {name: value for name, value in one(resource, row).items() if value is not None}
            assert known.pop("required_meta", "[]") == "[]"
            assert known == {
                **{name: SHARED[name] for name in ("fbs_order_id", "created_at", "nm_id")},
                "skus": "[]",
                "offices": "[]",
            }

    def test_new_words_and_fields_of_wbs_are_no_hindrance(self) -> None:
        row = one(STATUSES, {**STATUS, "supplierStatus": "cancel_carrier", "wbStatus": "melted", "errors": [{}]})
        assert (row["supplier_status"], row["wb_status"]) == ("cancel_carrier", "melted")
        assert one(LISTED, {**TASK, "deliveryType": "wbgo", "cargoType": 9})["cargo_type"] == 9

    @pytest.mark.parametrize(
        "wrong",
        [
            {"id": None},
            {"id": 2**63},
            {"nmId": "x"},
            {"createdAt": "now"},
            {"createdAt": None},
        ],
    )
    @pytest.mark.parametrize("resource", [LISTED, NEW])
    def test_a_broken_task_breaks_no_other(self, resource: Resource, wrong: dict[str, Any]) -> None:
        found = parsed(resource, body(TASK, {**TASK, "id": 2, **wrong}))
        assert (len(found.rows), len(found.broken)) == (1, 1)

    @pytest.mark.parametrize("resource", [LISTED, NEW, STATUSES])
    @pytest.mark.parametrize("answer", [b"[{}]", b'{"tasks": [{}]}', b'{"code":"IncorrectParameter","message":"..."}'])
    def test_an_answer_without_tasks_is_unavailable(self, resource: Resource, answer: bytes) -> None:
        with pytest.raises(Unavailable):
            read(resource, answer)

    @pytest.mark.parametrize("resource", [LISTED, NEW, STATUSES])
    def test_no_tasks_are_none(self, resource: Resource) -> None:
        assert read(resource, b'{"orders":null}').rows == read(resource, b'{"next":0,"orders":[]}').rows == []

    if SAMPLES.exists():

        @pytest.mark.parametrize(
            ("resource", "example"),
            [(LISTED, "fbs_orders"), (NEW, "fbs_orders_new"), (STATUSES, "fbs_orders_status")],
        )
        def test_wbs_own_examples_are_read(self, resource: Resource, example: str) -> None:
            found = parsed(resource, json.dumps(sample(example)).encode())
            assert len(found.rows) == 1
            assert not found.broken

    @pytest.mark.parametrize(("value", "expected"), [(None, None), (0, "0.00"), (5, "0.05"), (Decimal("1.5"), "0.02")])
    def test_hundredths_become_whole_units(self, value: Any, expected: str | None) -> None:
        assert hundredths(value) == (None if expected is None else Decimal(expected))

    @pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 10**16])
    def test_no_money_at_all_is_refused(self, value: Any) -> None:
        with pytest.raises((BrokenRow, ArithmeticError)):
            hundredths(value)


def start(*, sweep: bool = False, now: datetime = NOW, page_rows: int = 2) -> Start:
    return Start(now, sweep, page_rows)


def seen(rows: int, following: int | None) -> Seen:
    return Seen([msgspec.Raw(b"{}")] * rows, after=following)


def unix(ago: timedelta) -> int:
    return int((NOW - ago).timestamp())


def windows(position: Position) -> list[tuple[int, int]]:
    """The windows of a pass whose every window is one page."""
    found = []
    while True:
        asked = fbs_orders.ask(position)["params"]
        found.append((int(asked["dateFrom"]), int(asked["dateTo"])))
        step = fbs_orders.advance(position, seen(0, 0))
        if step.done:
            return found
        position = step.position


class TestPaging:
    def test_the_first_load_reads_three_months_in_windows_that_wb_allows(self) -> None:
        found = windows(fbs_orders.begin(None, start()))
        assert found[0][0] == unix(timedelta(days=89))
        assert found[-1][1] == unix(timedelta(0))
        assert all(0 < until - since < 30 * 86_400 for since, until in found)
        assert all(before[1] == after[0] for before, after in pairwise(found))

    def test_a_question_holds_limit_number_and_window(self) -> None:
        position = fbs_orders.begin({"watermark": unix(timedelta(minutes=10))}, start(page_rows=5000))
        assert fbs_orders.ask(position) == {
            "params": {
                "limit": "1000",
                "next": "0",
                "dateFrom": str(unix(timedelta(minutes=70))),
                "dateTo": str(unix(timedelta(0))),
            }
        }

    def test_pages_follow_wbs_number_and_a_window_ends_where_it_leads_nowhere(self) -> None:
        position = fbs_orders.begin({"watermark": unix(timedelta(0))}, start())
        second = fbs_orders.advance(position, seen(2, 77))
        assert not second.done
        assert fbs_orders.ask(second.position)["params"]["next"] == "77"
        for end in (seen(1, 99), seen(2, 0), seen(2, None), seen(2, 77)):
            step = fbs_orders.advance(second.position, end)
            assert (step.done, step.position) == (True, {"watermark": unix(timedelta(0))})

    def test_the_next_window_begins_at_its_first_page(self) -> None:
        position = fbs_orders.begin(None, start())
        second = fbs_orders.advance(fbs_orders.advance(position, seen(2, 77)).position, seen(1, 78))
        assert (second.position["next"], second.position["since"]) == (0, position["since"] + 29 * 86_400)

    @pytest.mark.parametrize(
        ("ago", "sweep", "expected"),
        [
            (timedelta(minutes=10), True, timedelta(days=7, minutes=10)),
            (timedelta(days=120), False, timedelta(days=89)),
            (timedelta(days=-2), False, timedelta(hours=1)),
        ],
    )
    def test_a_later_pass_begins_before_the_last_one(self, ago: timedelta, sweep: bool, expected: timedelta) -> None:
        assert fbs_orders.begin({"watermark": unix(ago)}, start(sweep=sweep))["since"] == unix(expected)

    def test_an_interrupted_pass_goes_on_unless_a_sweep_is_due_or_it_is_old(self) -> None:
        cursor = {"watermark": unix(timedelta(minutes=10))}
        ordinary = fbs_orders.advance(fbs_orders.begin(cursor, start()), seen(2, 77)).position
        assert fbs_orders.begin(ordinary, start()) == ordinary
        sweep = fbs_orders.begin(ordinary, start(sweep=True))
        assert (sweep["next"], sweep["thorough"]) == (0, True)
        assert fbs_orders.begin(sweep, start()) == fbs_orders.begin(sweep, start(sweep=True)) == sweep
        late = start(now=NOW + timedelta(days=1))
        assert fbs_orders.begin(ordinary, late) == fbs_orders.begin(cursor, late)

    @given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([None, 0, 7])), min_size=12, max_size=12))
    def test_numbers_that_stand_still_do_not_keep_a_pass_going(self, answers: list[tuple[int, int | None]]) -> None:
        position = fbs_orders.begin(None, start())
        ends = 0
        for rows, following in answers:
            step = fbs_orders.advance(position, seen(rows, following))
            ends += step.done
            position = fbs_orders.begin(step.position, start()) if step.done else step.position
        assert ends

    def test_new_tasks_are_one_page_and_none_is_gone(self) -> None:
        assert NEW.reading.begin({}, start()) == {}
        assert NEW.reading.ask({}) == {}
        assert NEW.reading.advance({}, seen(5, None)).done
        assert NEW.storage.when_gone is None

    def test_statuses_go_on_after_the_last_id_asked_about(self) -> None:
        position = fbs_statuses.begin(None, start(page_rows=5000))
        assert position == {"after": 0, "limit": 1000}
        asked = {**position, "ids": [4, 8]}
        assert fbs_statuses.ask(asked) == {"json": {"orders": [4, 8]}}
        for rows in (0, 2):
            step = fbs_statuses.advance(asked, seen(rows, None))
            assert (step.position, step.done) == ({"after": 8, "limit": 1000}, False)
        assert fbs_statuses.begin(step.position, start()) == step.position
        assert fbs_statuses.begin({}, start())["after"] == 0


def listed_change(previous: dict[str, Any] | None = None, *, first_from_source: bool = False) -> Change:
    [row] = parsed(LISTED, body(TASK)).rows
    made = change(LISTED, row, 1 if previous is None else 2, previous)
    made.first_from_source = first_from_source
    return made


def first_status(**status: str) -> Change:
    snapshot = msgspec.json.encode({"supplier_status": "new", "wb_status": "waiting", **status})
    created_at = SHARED["created_at"]
    return Change((1,), snapshot, 2, {"wb_status": None}, first_from_source=True, others={"created_at": created_at})


BEFORE, AFTER = SHARED["created_at"], SHARED["created_at"] + timedelta(seconds=1)


class TestNews:
    def test_a_task_is_news_if_it_was_created_since_the_connection(self) -> None:
        assert fbs_orders.is_live(listed_change(), BEFORE, True)
        assert not fbs_orders.is_live(listed_change(), AFTER, False)

    def test_its_changes_are_news_but_not_what_another_list_adds(self) -> None:
        changed = {"supply_id": None}
        assert fbs_orders.is_live(listed_change(changed), AFTER, False)
        assert not fbs_orders.is_live(listed_change(changed), AFTER, True)
        assert not fbs_orders.is_live(listed_change(changed, first_from_source=True), BEFORE, False)

    def test_a_first_status_is_news_if_something_happened_to_a_task_of_now(self) -> None:
        assert not fbs_statuses.is_live(first_status(), BEFORE, False)
        for happened in ({"supplier_status": "cancel"}, {"wb_status": "declined_by_client"}):
            assert fbs_statuses.is_live(first_status(**happened), BEFORE, True)
            assert not fbs_statuses.is_live(first_status(**happened), AFTER, False)

    def test_later_statuses_are_news(self) -> None:
        later = Change((1,), b"{}", 3, {"wb_status": "waiting"})
        assert fbs_statuses.is_live(later, AFTER, False)
        assert not fbs_statuses.is_live(later, AFTER, True)

    @pytest.mark.parametrize("resource", [LISTED, NEW])
    def test_a_task_is_told_as_its_event_says(self, resource: Resource) -> None:
        [row] = parsed(resource, body(TASK)).rows
        [event] = told(resource, change(resource, row), connected_at=BEFORE)
        [task] = event.data.fbs_orders
        assert (task.fbs_order_id, task.price, task.skus) == (13833711, Decimal("1014.50"), ("2039000118842",))
        assert (task.change, event.origin) == ("new", "live")


def test_three_sources_share_one_table() -> None:
    assert {resource.storage.table.name for resource in (LISTED, NEW, STATUSES)} == {"fbs_orders"}
    assert len({resource.storage.digest for resource in (LISTED, NEW, STATUSES)}) == 3
    assert not {*LISTED.storage.names} & {*STATUSES.storage.names} - {"fbs_order_id"}
    assert STATUSES.storage.known_only
