"""What was taken off for campaigns: how a row is read, and which days are asked for."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from contracts.model import MOSCOW
from ingestor.resources import campaign_spend
from ingestor.resources.resource import Seen, Start
from support.reading import NOW, change, fields, parsed, told

EXAMPLE = Path(__file__).parents[4] / "shared/wb/samples/official-examples/advert_upd.json"
SPEND: dict[str, Any] = {
    "updNum": 120777003,
    "updTime": "2026-11-20T00:31:24.25+03:00",
    "updSum": 1184,
    "advertId": 28150154,
    "campName": "Худи, осень",
    "advertType": 9,
    "paymentType": "Счёт",
    "advertStatus": 9,
}


def rows_of(*rows: Any) -> list[dict[str, Any]]:
    found = parsed(campaign_spend.RESOURCE, json.dumps(rows).encode())
    assert not found.broken
    return [fields(campaign_spend.RESOURCE, row) for row in found.rows]


def test_a_row_is_read() -> None:
    [row] = rows_of(SPEND)
    assert (row["advert_id"], row["upd_num"], row["spent"]) == (28150154, 120777003, Decimal("1184.00"))
    assert row["written_off_at"] == datetime(2026, 11, 20, 0, 31, 24, 250000, tzinfo=MOSCOW)
    assert (row["payment_type"], row["campaign_name"]) == ("Счёт", "Худи, осень")
    assert (row["campaign_type"], row["campaign_status"]) == (9, 9)


def test_a_row_may_lack_what_is_not_needed() -> None:
    least = {name: SPEND[name] for name in ("updNum", "updTime", "updSum", "advertId")}
    [row] = rows_of(least | {"updSum": 0.5, "new": [1]})
    assert (row["payment_type"], row["spent"]) == ("", Decimal("0.50"))
    assert row["campaign_name"] is row["campaign_type"] is row["campaign_status"] is None


@pytest.mark.parametrize("time", [None, ""])
def test_what_is_not_written_off_yet_is_left_out(time: str | None) -> None:
    assert rows_of(SPEND | {"updTime": time}) == []
    assert len(rows_of(SPEND | {"updTime": time}, SPEND)) == 1
    without = {name: value for name, value in SPEND.items() if name != "updTime"}
    assert rows_of(without) == []


@pytest.mark.parametrize("other", [{"updSum": ...}, {"updTime": 0}, {"updTime": "soon"}, {"updTime": {}}])
def test_what_is_no_sum_still_to_be_written_off_is_not_left_out(other: dict[str, Any]) -> None:
    row = {name: value for name, value in (SPEND | {"updTime": None} | other).items() if value is not ...}
    found = parsed(campaign_spend.RESOURCE, json.dumps([row, SPEND]).encode())
    assert (len(found.rows), len(found.broken)) == (1, 1)


def test_a_document_that_gets_its_number_later_is_the_same_row() -> None:
    assert len(rows_of(SPEND | {"updNum": 0}, SPEND)) == 1
    assert len(rows_of(SPEND, SPEND | {"paymentType": "Бонусы"}, SPEND | {"advertId": 5})) == 3


@pytest.mark.parametrize(
    "broken",
    [{"updNum": None}, {"updTime": 5}, {"updTime": "0001-01-01T00:00:00Z"}, {"updSum": "x"}, {"advertId": "five"}, 5],
)
def test_a_broken_row_is_set_aside_alone(broken: Any) -> None:
    rows = [SPEND | broken if isinstance(broken, dict) else broken, SPEND | {"advertId": 5}]
    found = parsed(campaign_spend.RESOURCE, json.dumps(rows).encode())
    assert (len(found.rows), len(found.broken)) == (1, 1)


def test_an_answer_may_be_empty() -> None:
    assert rows_of() == []
    assert campaign_spend.read(b"").rows == []


def test_a_pass_asks_for_ninety_days_first_and_for_the_last_days_then() -> None:
    position = campaign_spend.begin(None, Start(NOW, False, 1000))
    asked = []
    for _ in range(9):
        asked.append(tuple(campaign_spend.ask(position)["params"].values()))
        step = campaign_spend.advance(position, Seen([]))
        if step.done:
            break
        position = step.position
    assert asked == [
        ("2026-08-23", "2026-09-22"),
        ("2026-09-22", "2026-10-22"),
        ("2026-10-22", "2026-11-21"),
    ]
    for sweep, first in ((False, "2026-11-18"), (True, "2026-10-22")):
        later = campaign_spend.begin(step.position, Start(NOW, sweep, 1000))
        assert campaign_spend.ask(later) == {"params": {"from": first, "to": "2026-11-21"}}


def test_a_row_is_told_and_is_news_only_since_the_cabinet_was_connected() -> None:
    row = campaign_spend.parse(campaign_spend.read(json.dumps([SPEND]).encode()).rows[0], NOW)
    each = change(campaign_spend.RESOURCE, row)
    [event] = told(campaign_spend.RESOURCE, each)
    [spend] = event.data.spend
    assert (spend.spent, spend.change, spend.upd_num) == (Decimal("1184.00"), "new", 120777003)
    assert event.origin == "backfill"
    [event] = told(campaign_spend.RESOURCE, each, connected_at=datetime(2026, 11, 20, tzinfo=MOSCOW))
    assert event.origin == "live"


if EXAMPLE.exists():

    def test_wbs_own_example_is_read() -> None:
        found = parsed(campaign_spend.RESOURCE, EXAMPLE.read_bytes())
        assert not found.broken
        [row] = found.rows
        assert (row[0], row[3], row[4]) == (3355881, 0, 24)
