"""Statistics of campaigns: how answers are taken apart, and which campaigns and days are asked for."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ingestor.resources import campaign_stats
from ingestor.resources.resource import Change, Position, Seen, Start
from support.reading import NOW, change, fields, parsed, told

EXAMPLE = Path(__file__).parents[4] / "shared/wb/samples/official-examples/advert_fullstats.json"
NM: dict[str, Any] = {
    "nmId": 214503977,
    "name": "Худи",
    "views": 2310,
    "clicks": 119,
    "atbs": 16,
    "orders": 4,
    "shks": 5,
    "canceled": 1,
    "sum": 496.65,
    "sum_price": 7470,
}


def campaign(**changes: Any) -> dict[str, Any]:
    app = {"appType": 32, "nms": [NM, NM | {"nmId": 5, "views": 0}], "views": 9}
    days = [
        {"date": "2026-11-19T00:00:00Z", "apps": [app, app | {"appType": 64, "nms": [NM]}]},
        {"date": "2026-11-20T00:00:00Z", "apps": [app | {"nms": [NM]}], "views": 9},
    ]
    boosted = [{"nm": 214503977, "date": "2026-11-19", "avg_position": 24}]
    return {"advertId": 28150154, "days": days, "boosterStats": boosted, "views": 9} | changes


def rows_of(*campaigns: Any) -> list[dict[str, Any]]:
    found = parsed(campaign_stats.RESOURCE, json.dumps(campaigns).encode())
    assert not found.broken
    return [fields(campaign_stats.RESOURCE, row) for row in found.rows]


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["advert_id"], row["day"], row["app_type"], row["nm_id"]


class TestAnAnswer:
    def test_has_a_row_for_each_campaign_day_platform_and_card(self) -> None:
        rows = rows_of(campaign(), campaign(advertId=6, days=[{"date": "2026-11-20", "apps": None}]))
        first, second = date(2026, 11, 19), date(2026, 11, 20)
        assert [key(row) for row in rows] == [
            (28150154, first, 32, 214503977),
            (28150154, first, 32, 5),
            (28150154, first, 64, 214503977),
            (28150154, second, 32, 214503977),
        ]
        assert (rows[0]["views"], rows[0]["clicks"], rows[0]["atbs"]) == (2310, 119, 16)
        assert (rows[0]["orders"], rows[0]["shks"], rows[0]["canceled"]) == (4, 5, 1)
        assert (rows[0]["spent"], rows[0]["order_sum"]) == (Decimal("496.65"), Decimal("7470.00"))

    def test_tells_a_cards_place_of_a_day_on_each_platform(self) -> None:
        assert [row["avg_position"] for row in rows_of(campaign())] == [24, None, 24, None]

    def test_may_lack_what_is_not_needed(self) -> None:
        least = {name: NM[name] for name in ("nmId", "views", "clicks", "orders", "sum")}
        day = {"date": "2026-11-20T00:00:00Z", "apps": [{"appType": 128, "nms": [least]}, {"appType": 1}]}
        [row] = rows_of(campaign(days=[day], boosterStats=None, new=[{}]))
        assert row["app_type"] == 128
        assert row["atbs"] is row["shks"] is row["canceled"] is row["order_sum"] is row["avg_position"] is None
        assert rows_of({"advertId": 6, "days": None}) == []

    def test_without_days_is_none_of_this_method(self) -> None:
        found = parsed(campaign_stats.RESOURCE, json.dumps([{"advertId": 5, "updSum": 24}, campaign()]).encode())
        assert [json.loads(each.body)["advertId"] for each in found.broken] == [5]
        assert found.rows

    def test_may_be_empty(self) -> None:
        assert rows_of() == []
        assert campaign_stats.read(b"").rows == []

    @pytest.mark.parametrize(
        "broken", [{"nmId": None}, {"views": None}, {"sum": "x"}, {"clicks": 2**31}, {"nmId": 0}, {"orders": 0.5}]
    )
    def test_sets_a_broken_card_aside_alone(self, broken: dict[str, Any]) -> None:
        day = {"date": "2026-11-20", "apps": [{"appType": 32, "nms": [NM | broken, NM | {"nmId": 5}]}]}
        found = parsed(campaign_stats.RESOURCE, json.dumps([campaign(days=[day])]).encode())
        assert (len(found.rows), len(found.broken)) == (1, 1)

    @pytest.mark.parametrize(
        "broken",
        [
            {},
            5,
            {"date": None, "apps": [{"appType": 1, "nms": [NM]}]},
            {"date": "2026-11-20", "apps": [{"nms": []}]},
            {"date": "x", "apps": 5},
        ],
    )
    def test_sets_a_broken_day_aside_alone(self, broken: Any) -> None:
        days = [broken, {"date": "2026-11-20", "apps": [{"appType": 32, "nms": [NM]}]}]
        found = parsed(campaign_stats.RESOURCE, json.dumps([campaign(days=days)]).encode())
        assert (len(found.rows), len(found.broken)) == (1, 1)

    @pytest.mark.parametrize("broken", [{"advertId": None}, {"days": 5}, {"boosterStats": [{}]}])
    def test_sets_a_broken_campaign_aside_alone(self, broken: dict[str, Any]) -> None:
        found = parsed(campaign_stats.RESOURCE, json.dumps([campaign(**broken), campaign(advertId=5)]).encode())
        assert len(found.rows) == (8 if "boosterStats" in broken else 4)
        assert bool(found.broken) == ("boosterStats" not in broken)

    @pytest.mark.parametrize("named", ["yesterday", "0001-01-01T00:00:00Z", "2026-13-01"])
    def test_sets_rows_of_no_day_aside(self, named: str) -> None:
        day = {"date": named, "apps": [{"appType": 32, "nms": [NM]}]}
        found = parsed(campaign_stats.RESOURCE, json.dumps([campaign(days=[day])]).encode())
        assert (len(found.rows), len(found.broken)) == (0, 1)

    def test_is_told_by_day(self) -> None:
        [row, *_] = parsed(campaign_stats.RESOURCE, json.dumps([campaign()]).encode()).rows
        [event] = told(campaign_stats.RESOURCE, change(campaign_stats.RESOURCE, row, 2, {"views": 2300}))
        [stat] = event.data.stats
        assert (stat.day, stat.spent, stat.previous) == (date(2026, 11, 19), Decimal("496.65"), {"views": 2300})


def start(*, sweep: bool = False, now: datetime = NOW) -> Start:
    return Start(now, sweep, 1000)


def about(position: Position, count: int) -> Position:
    return {**position, "ids": list(range(1, count + 1))}


class TestAPass:
    def test_asks_for_a_month_first_and_for_the_last_days_then(self) -> None:
        asked = campaign_stats.ask(about(campaign_stats.begin(None, start()), 2))
        assert asked == {"params": {"ids": "1,2", "beginDate": "2026-10-22", "endDate": "2026-11-21"}}
        later = campaign_stats.begin({"read_to": "2026-11-20"}, start())
        assert campaign_stats.ask(about(later, 1))["params"]["beginDate"] == "2026-11-17"

    def test_asks_about_fifty_campaigns_at_most_and_then_ends(self) -> None:
        position = about(campaign_stats.begin(None, start()), 51)
        assert campaign_stats.ask(position)["params"]["ids"].split(",") == [str(n) for n in range(1, 51)]
        step = campaign_stats.advance(position, Seen([]))
        assert not step.done
        assert step.position["after"] == 50
        assert campaign_stats.begin(step.position, start(sweep=True)) == step.position
        last = campaign_stats.advance({**step.position, "ids": [51]}, Seen([]))
        assert last.done
        assert last.position == {"read_to": "2026-11-21"}

    def test_reads_every_window_for_every_campaign_when_nothing_was_read_for_long(self) -> None:
        position = campaign_stats.begin({"read_to": "2026-09-20"}, start())
        asked = []
        for _ in range(10):
            ids = [51] if position.get("after") == 50 else list(range(1, 52))
            params = campaign_stats.ask({**position, "ids": ids})["params"]
            asked.append((params["beginDate"], params["endDate"], params["ids"].count(",") + 1))
            step = campaign_stats.advance({**position, "ids": ids}, Seen([]))
            if step.done:
                break
            position = step.position
        assert asked == [
            ("2026-09-17", "2026-10-17", 50),
            ("2026-09-17", "2026-10-17", 1),
            ("2026-10-17", "2026-11-16", 50),
            ("2026-10-17", "2026-11-16", 1),
            ("2026-11-16", "2026-11-21", 50),
            ("2026-11-16", "2026-11-21", 1),
        ]


@pytest.mark.parametrize(("days", "live"), [(-1, False), (0, True), (1, True)])
def test_days_before_the_cabinet_was_connected_are_history_whenever_they_are_read(days: int, live: bool) -> None:
    connected_at = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # the 21st in Moscow
    shown_on = date(2026, 11, 21) + timedelta(days=days)
    for first_load in (False, True):
        assert campaign_stats.is_live(Change((1, shown_on, 32, 5), b"{}", 1, None), connected_at, first_load) is live


if EXAMPLE.exists():

    def test_wbs_own_example_is_read_in_full() -> None:
        answer = EXAMPLE.read_bytes()
        found = parsed(campaign_stats.RESOURCE, answer)
        cards = [
            (each["advertId"], date.fromisoformat(day["date"][:10]), app["appType"], nm["nmId"], nm["views"])
            for each in json.loads(answer)
            for day in each["days"]
            for app in day["apps"]
            for nm in app["nms"]
        ]
        assert not found.broken
        assert [row[:5] for row in found.rows] == cards
        assert {row[-1] for row in found.rows} > {24, 35}
        told(campaign_stats.RESOURCE, *(change(campaign_stats.RESOURCE, row) for row in found.rows))
