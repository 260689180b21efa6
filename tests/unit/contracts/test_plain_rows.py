"""Rows read the quick way are those that the models read, and what is unusual is left to the models."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from contracts.changed import RowChange
from contracts.envelope import Event, EventData
from contracts.orders import OrdersUpdatedV1
from contracts.registry import EVENTS, UnreadableEvent, parse_event
from hypothesis import given, settings
from hypothesis import strategies as st
from local.workspace import find_root
from pydantic import ValidationError

from contracts import plain_rows

EXAMPLES = sorted((find_root() / "contracts/examples").glob("*.json"))
QUICK = [path for path in EXAMPLES if plain_rows.parse(path.read_bytes(), EVENTS) is not None]

ODD: tuple[Any, ...] = (
    None, True, 0, 1, -1, 1.5, 10**20, "", "1", "1.5", "NaN", "-Infinity", "1e5", "1.23456", "99999999999999.9999",
    "100000000000000", "RUB", "rub", "new", "gone", "2026-11-20", "2026-11-20T12:00:00", "2026-11-20T12:00:00Z",
    "2026-11-20T12:00:00.123456+03:00", 1_700_000_000, "3e0f4a38-6c3b-5a3e-9a5b-0d9f2d9d7f01",
    "3E0F4A386C3B5A3E9A5B0D9F2D9D7F01", [], {}, {"price": "5"},
)  # fmt: skip
TRIED: Counter[str] = Counter()


def by_models(body: bytes) -> Event[Any]:
    event: Event[Any] = Event[EVENTS[json.loads(body)["type"]]].model_validate_json(body)  # type: ignore[misc]
    return event


def same(one: Event[Any], other: Event[Any]) -> bool:
    # Equality overlooks how a number or an offset is written; the bytes do not.
    return one == other and one.model_dump_json() == other.model_dump_json() and type(one.data) is type(other.data)


def test_events_of_plain_rows_are_read_the_quick_way() -> None:
    names = {path.stem for path in QUICK}
    assert {"orders.updated.v1", "sales.updated.v1", "stocks.updated.v1", "finance.updated.v1"} <= names
    assert "orders.reported.v1" not in names


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_it_reads_what_the_models_read(path: Path) -> None:
    body = path.read_bytes()
    assert same(parse_event(body), by_models(body))


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_what_is_left_out_has_its_default(path: Path) -> None:
    event = json.loads(path.read_text())
    [rows] = event["data"].values()
    row = EVENTS[event["type"]].model_fields[next(iter(event["data"]))].annotation.__args__[0]  # type: ignore[union-attr]
    rows[0] = {name: rows[0][name] for name, field in row.model_fields.items() if field.is_required()}
    body = json.dumps(event).encode()
    assert same(parse_event(body), by_models(body))


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_whatever_stands_in_a_row_both_say_the_same_of_it(data: st.DataObject) -> None:
    event = json.loads(data.draw(st.sampled_from(QUICK)).read_text())
    [rows] = event["data"].values()
    row = rows[0]
    for name in data.draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=2)):
        if data.draw(st.booleans()):
            row[name] = data.draw(st.sampled_from(ODD))
        else:
            row.pop(name, None)
    body = json.dumps(event).encode()
    try:
        expected = by_models(body)
    except ValidationError:
        TRIED["refused"] += 1
        with pytest.raises(UnreadableEvent):
            parse_event(body)
    else:
        TRIED["read"] += 1
        assert same(parse_event(body), expected)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"type": 5}',
        b'{"type": ["orders.updated.v1"]}',
        b'{"type": "orders.updated.v1"}',
        b'{"type": "orders.updated.v1", "data": null}',
        b'{"type": "orders.updated.v1", "data": {"orders": []}}',
        b'{"type": "orders.updated.v1", "data": {"others": []}}',
        b'{"type": "nobody.knows.v1", "data": {}}',
        b"\xff\xfe",
    ],
)
def test_a_body_that_is_no_event_is_left_to_the_models(body: bytes) -> None:
    assert plain_rows.parse(body, EVENTS) is None
    with pytest.raises(UnreadableEvent):
        parse_event(body)


def test_an_envelope_that_is_wrong_is_refused() -> None:
    path = find_root() / f"contracts/examples/{OrdersUpdatedV1.TYPE}.json"
    event = json.loads(path.read_text())
    with pytest.raises(UnreadableEvent, match="cabinetid"):
        parse_event(json.dumps({**event, "cabinetid": "nobody's"}).encode())


def test_a_batch_that_is_too_large_is_refused() -> None:
    path = find_root() / f"contracts/examples/{OrdersUpdatedV1.TYPE}.json"
    event = json.loads(path.read_text())
    event["data"]["orders"] *= 501
    with pytest.raises(UnreadableEvent, match="orders"):
        parse_event(json.dumps(event).encode())


class OddRow(RowChange):
    """A row with a value of either kind."""

    either: int | str


class OddRowsV1(EventData, type="odd_rows.updated.v1", publisher="ingestor"):
    """Nobody publishes it."""

    rows: tuple[OddRow, ...]


def test_rows_with_a_type_that_it_does_not_know_are_left_to_the_models() -> None:
    body = json.dumps({"type": OddRowsV1.TYPE, "data": {"rows": []}}).encode()
    assert plain_rows.parse(body, {OddRowsV1.TYPE: OddRowsV1}) is None
