"""Campaigns, their bids and budgets, and the account: how each is read."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contracts.model import MOSCOW
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import advert_balance, campaign_bids, campaign_budgets, campaign_ids, campaigns
from ingestor.resources.resource import Change, Resource, Seen, Start
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told

EXAMPLES = Path(__file__).parents[4] / "shared/wb/samples/official-examples"
START = Start(NOW, False, 1000)
CARD: dict[str, Any] = {
    "nm_id": 214503978,
    "bids_kopecks": {"search": 21500, "recommendations": 0},
    "subject": {"id": 1724, "name": "Худи"},
}
CAMPAIGN: dict[str, Any] = {
    "id": 28150154,
    "status": 11,
    "bid_type": "manual",
    "currency": "RUB",
    "settings": {
        "name": "Худи, осень",
        "payment_type": "cpm",
        "placements": {"search": True, "recommendations": False},
    },
    "nm_settings": [CARD, CARD | {"nm_id": 214503977}],
    "restrictions": {"can_change_nms": True},
    "timestamps": {
        "created": "2026-09-01T09:50:57.611559+03:00",
        "started": None,
        "deleted": "2100-01-01T00:00:00+03:00",
        "updated": "2026-11-20T14:05:58.475499+03:00",
    },
}


def body(*rows: Any) -> bytes:
    return json.dumps({"adverts": rows}).encode()


def read_rows(resource: Resource, answer: bytes) -> list[dict[str, Any]]:
    found = parsed(resource, answer)
    assert not found.broken
    return [fields(resource, row) for row in found.rows]


class TestCampaigns:
    def test_a_campaign_is_read(self) -> None:
        [row] = read_rows(campaigns.RESOURCE, body(CAMPAIGN))
        assert (row["advert_id"], row["status"], row["name"]) == (28150154, 11, "Худи, осень")
        assert (row["bid_type"], row["payment_type"], row["currency"]) == ("manual", "cpm", "RUB")
        assert (row["in_search"], row["in_recommendations"], row["can_change_nms"]) == (True, False, True)
        assert row["nm_ids"] == "[214503977,214503978]"
        assert row["created_at"] == datetime(2026, 9, 1, 9, 50, 57, 611559, tzinfo=MOSCOW)
        assert row["updated_at"] == datetime(2026, 11, 20, 14, 5, 58, 475499, tzinfo=MOSCOW)
        assert row["started_at"] is row["deleted_at"] is None

    @pytest.mark.parametrize(
        ("deleted", "expected"),
        [
            ("2026-11-02T14:29:32.633968+03:00", datetime(2026, 11, 2, 14, 29, 32, 633968, tzinfo=MOSCOW)),
            ("9999-12-31T00:00:00Z", None),
            (None, None),
        ],
    )
    def test_a_time_of_deletion_far_ahead_is_none(self, deleted: str | None, expected: datetime | None) -> None:
        times = CAMPAIGN["timestamps"] | {"deleted": deleted}
        [row] = read_rows(campaigns.RESOURCE, body(CAMPAIGN | {"timestamps": times}))
        assert row["deleted_at"] == expected

    def test_a_campaign_may_lack_nearly_everything(self) -> None:
        least = {"id": 5, "status": -1, "timestamps": {"updated": "2026-11-20T14:05:58Z"}}
        [row] = read_rows(campaigns.RESOURCE, body(least))
        assert {name for name, value in row.items() if value is not None} == {
            "advert_id", "status", "nm_ids", "updated_at"
        }  # fmt: skip
        [row] = read_rows(campaigns.RESOURCE, body(least | {"nm_settings": None, "settings": None, "new": {}}))
        assert row["nm_ids"] == "[]"

    def test_new_statuses_and_kinds_are_kept_as_they_are(self) -> None:
        [row] = read_rows(campaigns.RESOURCE, body(CAMPAIGN | {"status": 77, "bid_type": "smart"}))
        assert (row["status"], row["bid_type"]) == (77, "smart")

    @pytest.mark.parametrize(
        "broken",
        [
            {"id": None},
            {"status": "active"},
            {"timestamps": {}},
            {"timestamps": {"updated": "сегодня"}},
        ],
    )
    def test_a_broken_one_is_set_aside_alone_and_nothing_is_gone(self, broken: dict[str, Any]) -> None:
        found = parsed(campaigns.RESOURCE, body(CAMPAIGN | {"id": 5} | broken, CAMPAIGN))
        assert (len(found.rows), len(found.broken)) == (1, 1)
        position = campaigns.RESOURCE.reading.begin(None, START)
        assert not campaigns.RESOURCE.reading.advance(position, Seen([], broken=1)).whole

    def test_all_are_asked_for_at_once(self) -> None:
        position = campaigns.RESOURCE.reading.begin({"left": "over"}, START)
        assert campaigns.RESOURCE.reading.ask(position) == {}
        step = campaigns.RESOURCE.reading.advance(position, Seen([]))
        assert (step.done, step.whole, step.position) == (True, True, {})

    def test_no_campaigns_are_an_answer(self) -> None:
        assert read_rows(campaigns.RESOURCE, body()) == read_rows(campaigns.RESOURCE, b'{"adverts": null}') == []


class TestBids:
    def test_each_card_of_each_campaign_is_a_row(self) -> None:
        rows = read_rows(campaign_bids.RESOURCE, body(CAMPAIGN, CAMPAIGN | {"id": 6, "nm_settings": [CARD]}))
        assert [(row["advert_id"], row["nm_id"]) for row in rows] == [
            (28150154, 214503978),
            (28150154, 214503977),
            (6, 214503978),
        ]
        assert (rows[0]["search_kopecks"], rows[0]["recommendations_kopecks"]) == (21500, 0)
        assert (rows[0]["subject_id"], rows[0]["subject"]) == (1724, "Худи")

    def test_a_row_is_of_nothing_but_its_card(self) -> None:
        page = campaign_bids.read(body(CAMPAIGN))
        renamed = CAMPAIGN | {"settings": {"name": "Другое"}, "status": 9}
        assert [bytes(raw) for raw in page.rows] == [bytes(raw) for raw in campaign_bids.read(body(renamed)).rows]

    def test_campaigns_without_cards_and_cards_without_subject_are_read(self) -> None:
        assert read_rows(campaign_bids.RESOURCE, body(CAMPAIGN | {"nm_settings": None})) == []
        [row] = read_rows(campaign_bids.RESOURCE, body({"id": 5, "nm_settings": [{"nm_id": 7, "bids_kopecks": {}}]}))
        assert row["search_kopecks"] is row["recommendations_kopecks"] is row["subject_id"] is None

    @pytest.mark.parametrize(
        "broken",
        [
            {"nm_id": None},
            {"nm_id": 0},
            {"bids_kopecks": None},
        ],
    )
    def test_a_broken_card_is_set_aside_alone(self, broken: dict[str, Any]) -> None:
        cards = [CARD | broken, CARD | {"nm_id": 214503977}]
        found = parsed(campaign_bids.RESOURCE, body(CAMPAIGN | {"nm_settings": cards}))
        assert (len(found.rows), len(found.broken)) == (1, 1)

    @pytest.mark.parametrize(
        "broken", [{"id": "x"}, 5, {"id": 5}, {"nm_settings": [CARD]}, {"id": 5, "nm_settings": 5}]
    )
    def test_a_broken_campaign_is_set_aside_alone(self, broken: Any) -> None:
        found = parsed(campaign_bids.RESOURCE, body(broken, CAMPAIGN))
        assert len(found.rows) == 2
        assert len(found.broken) == 1

    def test_a_changed_bid_is_told(self) -> None:
        [row, _] = parsed(campaign_bids.RESOURCE, body(CAMPAIGN)).rows
        [event] = told(campaign_bids.RESOURCE, change(campaign_bids.RESOURCE, row, 2, {"search_kopecks": 19800}))
        [bid] = event.data.bids
        assert (bid.search_kopecks, bid.change, bid.previous) == (21500, "changed", {"search_kopecks": 19800})


class TestBudgets:
    BUDGET: dict[str, Any] = {"advertId": 28150154, "total": 3000, "currency": "RUB"}  # noqa: RUF012  # not shared state

    def test_a_budget_is_read(self) -> None:
        rows = read_rows(campaign_budgets.RESOURCE, body(self.BUDGET, {"advertId": 5, "total": 0.5}))
        assert [tuple(row.values()) for row in rows] == [
            (28150154, Decimal("3000.00"), "RUB"),
            (5, Decimal("0.50"), None),
        ]

    @pytest.mark.parametrize("broken", [{"advertId": None}, {"total": None}, {"total": "x"}, {"total": 10**15}])
    def test_a_broken_one_is_set_aside_alone(self, broken: dict[str, Any]) -> None:
        found = parsed(campaign_budgets.RESOURCE, body(self.BUDGET | broken, self.BUDGET | {"advertId": 5}))
        assert (len(found.rows), len(found.broken)) == (1, 1)

    def test_a_re_read_is_whole_if_every_row_of_every_call_was_read(self) -> None:
        begun = campaign_budgets.begin(None, START)
        first = {**begun, "ids": list(range(1, 52))}
        step = campaign_budgets.advance(first, Seen([]))
        assert not step.done
        last = {**campaign_budgets.begin(step.position, START), "ids": [51]}
        assert campaign_budgets.ask(last) == {"json": {"advertIds": [51]}}
        assert campaign_budgets.advance(last, Seen([])).whole
        assert campaign_budgets.advance(last, Seen([])).position == {}
        assert not campaign_budgets.advance(last, Seen([], broken=1)).whole
        interrupted = campaign_budgets.advance(first, Seen([], broken=1)).position
        assert not campaign_budgets.advance({**interrupted, "ids": [51]}, Seen([])).whole

    @pytest.mark.parametrize(
        ("previous", "first_load", "live"), [(None, False, False), ({}, False, True), ({}, True, False)]
    )
    def test_a_budget_seen_for_the_first_time_is_no_news(
        self, previous: dict[str, Any] | None, first_load: bool, live: bool
    ) -> None:
        assert campaign_budgets.is_live(Change((5,), b"{}", 1, previous), NOW, first_load) is live


class TestTheAccount:
    BALANCE: dict[str, Any] = {  # noqa: RUF012  # not shared state
        "balance": 11083,
        "net": 0,
        "currency": "RUB",
        "bonus": 15187,
        "cashbacks": [{"sum": 10672, "percent": 50, "expiration_date": "2027-04-17T10:46:02.176174Z"}],
    }

    def test_is_one_row(self) -> None:
        found = parsed(advert_balance.RESOURCE, json.dumps(self.BALANCE).encode())
        [event] = told(advert_balance.RESOURCE, change(advert_balance.RESOURCE, found.rows[0]))
        [balance] = event.data.balances
        assert (balance.currency, balance.balance, balance.net) == ("RUB", 11083, 0)
        [cashback] = balance.cashbacks
        assert (cashback.sum, cashback.percent) == (10672, 50)
        assert cashback.expires_at == datetime(2027, 4, 17, 10, 46, 2, 176174, tzinfo=UTC)
        assert advert_balance.RESOURCE.reading.ask(advert_balance.RESOURCE.reading.begin(None, START)) == {}

    def test_may_lack_all_but_the_balance(self) -> None:
        for answer in (b'{"balance": 5}', b'{"balance": 5, "cashbacks": null}', b'{"balance": 5, "cashbacks": []}'):
            [row] = read_rows(advert_balance.RESOURCE, answer)
            assert (row["currency"], row["net"], row["bonus"], row["cashbacks"]) == ("RUB", None, None, "[]")

    @pytest.mark.parametrize("broken", [{"balance": "x"}, {"balance": None}, {"currency": "R" * 201}])
    def test_is_set_aside_when_it_cannot_be_read(self, broken: dict[str, Any]) -> None:
        found = parsed(advert_balance.RESOURCE, json.dumps(self.BALANCE | broken).encode())
        assert (found.rows, len(found.broken)) == ([], 1)

    def test_is_not_an_answer_without_a_balance(self) -> None:
        with pytest.raises(Unavailable):
            parsed(advert_balance.RESOURCE, b'{"net": 5}')


@given(st.integers(0, 160))
def test_every_campaign_is_asked_about_once_and_the_last_call_is_known(count: int) -> None:
    every, calls = list(range(1, count + 1)), 0
    position: dict[str, Any] = {"kept": 1}
    asked: list[int] = []
    while True:
        ids = [each for each in every if each > position.get("after", 0)][: campaign_ids.MAX_IDS + 1]
        if not ids:
            break
        at = {**position, "ids": ids}
        assert len(campaign_ids.asked(at)) <= campaign_ids.MAX_IDS
        asked, calls = asked + campaign_ids.asked(at), calls + 1
        following = campaign_ids.following(at)
        if following is None:
            assert campaign_ids.without_ids(at) == {"kept": 1}
            break
        position = following
    assert asked == every
    assert calls == -(-count // campaign_ids.MAX_IDS)


if EXAMPLES.exists():

    @pytest.mark.parametrize(
        ("resource", "example", "rows"),
        [
            (campaigns.RESOURCE, "advert_adverts", 2),
            (campaign_bids.RESOURCE, "advert_adverts", 3),
            (campaign_budgets.RESOURCE, "advert_budget", 1),
            (advert_balance.RESOURCE, "advert_balance", 1),
        ],
    )
    def test_wbs_own_examples_are_read(resource: Resource, example: str, rows: int) -> None:
        found = parsed(resource, (EXAMPLES / f"{example}.json").read_bytes())
        assert (len(found.rows), found.broken) == (rows, [])
        told(resource, *(change(resource, row) for row in found.rows))


def test_bodies_of_rows_are_json() -> None:
    for raw in campaign_bids.read(body(CAMPAIGN)).rows:
        assert set(msgspec.json.decode(raw)) == {"advert_id", "nm", "currency"}
