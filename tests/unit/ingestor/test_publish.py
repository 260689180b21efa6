"""What a page changed, as events and as history: batches, news apart from history, rows as JSON."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from contracts.model import MAX_BATCH
from contracts.registry import parse_event
from ingestor.resources import stocks
from ingestor.resources.resource import Change, since_connected
from ingestor.sync.publish import Announcement
from ingestor.sync.snapshots import encoded, snapshots
from support.resources import changed
from support.things import CABINET, NOW, STATUSES, THINGS


def announcing(resource: Any = THINGS, **changes: Any) -> Announcement:
    options: dict[str, Any] = {"connected_at": NOW, "first_load": False}
    return Announcement(resource, CABINET, **(options | changes))


def change(n: int = 1, **changes: Any) -> Change:
    values: dict[str, Any] = {"key": (n, "M"), "snapshot": b'{"n":%d}' % n, "revision": 1, "previous": None}
    return Change(**(values | changes))


def bodies(announcement: Announcement) -> list[Any]:
    return [json.loads(body) for _, body in announcement.events()]


class TestEvents:
    @pytest.mark.parametrize("count", [1, MAX_BATCH - 1, MAX_BATCH, MAX_BATCH + 1, 3 * MAX_BATCH + 7])
    def test_rows_go_in_batches_each_once_and_in_order(self, count: int) -> None:
        announcement = announcing()
        for n in range(count):
            announcement.add(change(n))
        batches = [body["data"]["stocks"] for body in bodies(announcement)]
        assert [len(batch) for batch in batches[:-1]] == [MAX_BATCH] * (len(batches) - 1)
        assert 0 < len(batches[-1]) <= MAX_BATCH
        assert [row["n"] for batch in batches for row in batch] == list(range(count))
        assert announcement.new == count

    def test_nothing_told_is_no_event(self) -> None:
        assert bodies(announcing()) == []

    def test_they_are_given_out_once(self) -> None:
        announcement = announcing()
        announcement.add(change())
        assert len(bodies(announcement)) == 1
        assert bodies(announcement) == []

    def test_news_and_history_are_never_in_one_event(self) -> None:
        announcement = announcing(changed(THINGS, is_live=since_connected))
        for n in range(10):
            announcement.add(change(n, moment=NOW + timedelta(seconds=1 if n % 3 == 0 else -1)))
        told = {body["origin"]: [row["n"] for row in body["data"]["stocks"]] for body in bodies(announcement)}
        assert told == {"live": [0, 3, 6, 9], "backfill": [1, 2, 4, 5, 7, 8]}

    def test_what_came_about_in_the_second_of_the_connection_is_news(self) -> None:
        announcement = announcing(
            changed(THINGS, is_live=since_connected), connected_at=NOW.replace(microsecond=900_000)
        )
        announcement.add(change(moment=NOW))
        assert [body["origin"] for body in bodies(announcement)] == ["live"]

    def test_a_first_load_is_history_and_what_follows_is_news(self) -> None:
        for first_load, origin in ((True, "backfill"), (False, "live")):
            announcement = announcing(first_load=first_load)
            announcement.add(change())
            assert [body["origin"] for body in bodies(announcement)] == [origin]

    def test_changes_are_counted_and_named(self) -> None:
        announcement = announcing()
        announcement.add(change(1))
        announcement.add(change(2, revision=2, previous={"price": Decimal("1.50")}))
        announcement.add(change(3, revision=3, previous={}, gone=True))
        assert (announcement.new, announcement.changed, announcement.gone) == (1, 1, 1)
        [body] = bodies(announcement)
        assert body["data"]["stocks"] == [
            {"n": 1, "revision": 1, "change": "new", "previous": {}},
            {"n": 2, "revision": 2, "change": "changed", "previous": {"price": "1.50"}},
            {"n": 3, "revision": 3, "change": "gone", "previous": {}},
        ]

    def test_an_event_is_one_its_readers_can_parse(self) -> None:
        row = (1, 2, -3, 'Склад "Юг"\n', None, 5, None, 0, NOW)
        announcement = announcing(stocks.RESOURCE)
        announcement.add(change(snapshot=snapshots(stocks.RESOURCE, CABINET)(row)))
        [(made, body)] = announcement.events()
        event = parse_event(body)
        assert (event.id, event.cabinetid, event.type, event.source) == (
            made.id,
            CABINET,
            "stocks.updated.v1",
            made.source,
        )
        [stock] = event.data.stocks
        assert (stock.warehouse_name, stock.quantity, stock.observed_at) == ('Склад "Юг"\n', 5, NOW)
        assert (stock.revision, stock.change, stock.previous) == (1, "new", {})

    def test_every_event_has_an_id_of_its_own(self) -> None:
        announcement = announcing()
        for n in range(2 * MAX_BATCH):
            announcement.add(change(n))
        ids = [event.id for event, _ in announcement.events()]
        assert len(ids) == len(set(ids)) == 2


class TestSnapshots:
    ROW = (1, "M", 'Чай "Ф"', Decimal("10.50"), '{"a": [1, "б"]}', date(2026, 11, 21), True, NOW, None)

    def test_columns_and_derived_fields_are_json_by_their_kinds(self) -> None:
        assert msgspec.json.decode(snapshots(THINGS, CABINET)(self.ROW)) == {
            "thing_id": 1,
            "size": "M",
            "title": 'Чай "Ф"',
            "price": "10.50",
            "details": {"a": [1, "б"]},
            "made_on": "2026-11-21",
            "is_on": True,
            "moved_at": "2026-11-21T12:00:00Z",
            "seen_at": None,
            "label": "7:1",
        }

    def test_no_json_is_null(self) -> None:
        row = (*self.ROW[:4], None, *self.ROW[5:])
        assert msgspec.json.decode(snapshots(THINGS, CABINET)(row))["details"] is None

    def test_without_derived_fields_the_resource_mends_every_row(self) -> None:
        told = msgspec.json.decode(snapshots(STATUSES, CABINET)((1, "M", "sold", '["x"]', NOW)))
        assert (told["label"], told["status"], told["tags"]) == ("None is sold", "sold", ["x"])

    def test_rows_of_two_sources_are_mended(self) -> None:
        values = dict(zip(THINGS.storage.names, self.ROW, strict=True)) | {"status": "sold", "tags": '["x"]'}
        told = msgspec.json.decode(encoded(THINGS, values, CABINET))
        assert (told["label"], told["tags"], told["details"]) == ('Чай "Ф" is sold', ["x"], {"a": [1, "б"]})

    def test_moments_keep_their_offset(self) -> None:
        moscow = datetime.fromisoformat("2026-11-21T15:00:00.123456+03:00")
        told = msgspec.json.decode(snapshots(THINGS, CABINET)((*self.ROW[:7], moscow, None)))["moved_at"]
        assert datetime.fromisoformat(told) == moscow.astimezone(UTC)


class TestCurrency:
    def told(self, snapshot: bytes, resource: Any, currency: str | None) -> Any:
        announcement = announcing(changed(THINGS, **resource), currency=currency)
        announcement.add(change(snapshot=snapshot))
        [body] = bodies(announcement)
        return body["data"]["stocks"][0].get("currency", "nothing")

    @pytest.mark.parametrize(
        ("snapshot", "currency", "told"),
        [
            (b'{"n":1}', "KGS", "KGS"),
            (b'{"n":1,"currency":null}', "KGS", "KGS"),
            (b'{"n":1,"currency":"RUB"}', "KGS", "RUB"),
            (b'{"n":1,"title":"\\"currency\\":\\"RUB\\""}', "KGS", "KGS"),
            (b'{"n":1}', None, "nothing"),
        ],
    )
    def test_where_a_row_states_none_it_is_the_sellers(self, snapshot: bytes, currency: str | None, told: str) -> None:
        assert self.told(snapshot, {"in_sellers_currency": True}, currency) == told

    def test_elsewhere_nothing_is_said_that_wb_did_not_say(self) -> None:
        assert self.told(b'{"n":1}', {}, "KGS") == "nothing"

    def test_the_sellers_is_what_most_rows_state(self) -> None:
        announcement = announcing(changed(THINGS, states_currency=True))
        assert announcement.currency is None
        for n, stated in enumerate((b'"KGS"', b'"RUB"', b'"KGS"', b"null")):
            announcement.add(change(n, snapshot=b'{"n":1,"currency":%b}' % stated))
        assert announcement.currency == "KGS"
