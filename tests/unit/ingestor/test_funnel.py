"""How the funnel is asked for, flattened and read."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from ingestor.resources import funnel
from ingestor.resources.resource import Change, Seen, Start
from support.wb_contract import SAMPLES, sample

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY: dict[str, Any] = {
    "date": "2026-11-20",
    "openCount": 45,
    "cartCount": 34,
    "orderCount": 19,
    "orderSum": 1262,
    "buyoutCount": 18,
    "buyoutSum": 1200.5,
    "buyoutPercent": 35,
    "addToCartConversion": 43,
    "cartToOrderConversion": 1,
    "addToWishlistCount": 2,
}
ITEM: dict[str, Any] = {
    "product": {"nmId": 5, "title": "Худи", "vendorCode": "HD-22"},
    "history": [DAY, DAY | {"date": "2026-11-21"}],
    "currency": "RUB",
}


def rows(*items: Any) -> list[msgspec.Raw]:
    return list(funnel.read(json.dumps(items).encode()).rows)


def parsed(raw: msgspec.Raw) -> dict[str, Any]:
    return dict(zip(funnel.RESOURCE.storage.names, funnel.parse(raw, NOW), strict=True))


def day(**figures: Any) -> msgspec.Raw:
    [raw] = rows(ITEM | {"history": [DAY | figures]})
    return raw


def test_each_day_of_each_card_is_a_row() -> None:
    other = ITEM | {"product": {"nmId": 6}, "history": [DAY]}
    found = [(row["nm_id"], row["day"]) for row in map(parsed, rows(ITEM, other))]
    assert found == [(5, date(2026, 11, 20)), (5, date(2026, 11, 21)), (6, date(2026, 11, 20))]


def test_a_day_is_read_whole() -> None:
    assert parsed(day()) == {
        "nm_id": 5,
        "day": date(2026, 11, 20),
        "open_count": 45,
        "cart_count": 34,
        "order_count": 19,
        "order_sum": Decimal("1262.00"),
        "buyout_count": 18,
        "buyout_sum": Decimal("1200.50"),
        "buyout_percent": Decimal("35.00"),
        "add_to_cart_conversion": Decimal("43.00"),
        "cart_to_order_conversion": Decimal("1.00"),
        "add_to_wishlist_count": 2,
        "currency": "RUB",
    }


def test_what_is_told_of_the_card_is_no_change_of_its_days() -> None:
    renamed = ITEM | {"product": {"nmId": 5, "title": "Новое имя"}}
    assert [bytes(raw) for raw in rows(renamed)] == [bytes(raw) for raw in rows(ITEM)]


def test_nothing_sold_is_0_and_not_unknown() -> None:
    row = parsed(day(orderSum=0, buyoutPercent=0, orderCount=0))
    assert (row["order_sum"], row["buyout_percent"], row["order_count"]) == (Decimal("0.00"), Decimal("0.00"), 0)


def test_all_but_card_and_day_may_be_absent_or_null() -> None:
    [bare] = rows({"product": {"nmId": 5}, "history": [{"date": "2026-11-20"}]})
    assert {name for name, value in parsed(bare).items() if value is not None} == {"nm_id", "day"}
    [nulls] = rows({"product": {"nmId": 5}, "history": [dict.fromkeys(DAY) | {"date": "2026-11-20"}], "currency": None})
    assert parsed(nulls) == parsed(bare)


def test_fields_that_nobody_knows_yet_are_no_obstacle() -> None:
    assert parsed(day(новое=[1]))["open_count"] == 45


@pytest.mark.parametrize(
    "broken",
    [
        {"date": "2026-13-01"},
        {"date": None},
        {"date": "0001-01-01"},
        {"openCount": -1},
        {"openCount": "5"},
        {"orderSum": 1e15},
        {"buyoutCount": 2**31},
        {"buyoutSum": "много"},
    ],
)
def test_a_day_that_cannot_be_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        parsed(day(**broken))


@pytest.mark.parametrize(
    "broken", [{"history": [DAY]}, {"product": {}, "history": [DAY]}, {"product": {"nmId": 5}}, 5, None]
)
def test_a_card_that_cannot_be_read_breaks_only_itself(broken: Any) -> None:
    first, *others = rows(broken, ITEM)
    assert json.loads(bytes(first)) == broken
    with pytest.raises(msgspec.MsgspecError):
        parsed(first)
    assert [parsed(raw)["nm_id"] for raw in others] == [5, 5]


@pytest.mark.parametrize("nm_id", [0, "5", None, 2**63])
def test_days_of_a_card_that_cannot_be_are_refused(nm_id: Any) -> None:
    for raw in rows(ITEM | {"product": {"nmId": nm_id}}):
        with pytest.raises(msgspec.MsgspecError):
            parsed(raw)


def test_a_card_without_days_has_no_rows() -> None:
    assert rows(ITEM | {"history": []}, ITEM | {"history": None}) == []


def test_another_answer_is_not_taken_for_an_empty_one() -> None:
    for body in (b'{"products": [{}]}', b'"text"'):
        with pytest.raises(msgspec.MsgspecError):
            funnel.read(body)


class TestPages:
    def test_seven_days_up_to_moscows_today_are_asked_for(self) -> None:
        late = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
        position = {**funnel.begin(None, Start(late, False, 1)), "ids": [5, 6]}
        assert funnel.ask(position) == {
            "json": {
                "selectedPeriod": {"start": "2026-11-16", "end": "2026-11-22"},
                "nmIds": [5, 6],
                "aggregationLevel": "day",
            }
        }

    def test_the_next_cards_follow_and_an_interrupted_pass_goes_on_with_them(self) -> None:
        step = funnel.advance({**funnel.begin(None, Start(NOW, False, 1)), "ids": [5, 6]}, Seen([]))
        assert not step.done
        assert step.position == {"today": "2026-11-21", "after": 6}
        tomorrow = NOW + timedelta(days=1)
        assert funnel.begin(step.position, Start(tomorrow, False, 1)) == {"today": "2026-11-22", "after": 6}
        assert funnel.begin({}, Start(NOW, False, 1)) == {"today": "2026-11-21"}


class TestWhatIsNews:
    def change(self, day: date, *, is_new: bool) -> Change:
        return Change((5, day), b"{}", 1, None if is_new else {"open_count": 1})

    @pytest.mark.parametrize("first_load", [True, False])
    def test_days_before_the_cabinet_was_connected_are_history(self, first_load: bool) -> None:
        today, yesterday = self.change(date(2026, 11, 21), is_new=True), self.change(date(2026, 11, 20), is_new=True)
        assert funnel.is_live(today, NOW, first_load)
        assert not funnel.is_live(yesterday, NOW, first_load)

    def test_what_moves_once_all_was_loaded_is_news(self) -> None:
        change = self.change(date(2026, 11, 16), is_new=False)
        assert funnel.is_live(change, NOW, False)
        assert not funnel.is_live(change, NOW, True)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="WB's examples are not here")
def test_wbs_own_example_is_read() -> None:
    [raw] = rows(*sample("sales_funnel_history"))
    row = parsed(raw)
    assert (row["nm_id"], row["day"], row["order_sum"]) == (268913787, date(2024, 10, 23), Decimal("1262.00"))
    assert None not in row.values()
