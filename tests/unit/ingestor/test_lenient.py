"""One row that is not as WB says it is costs itself at most; what can be read of it is read."""

import contextlib
import copy
import json
import re
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import RESOURCES
from ingestor.sync import lenient
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.lenient import UNREADABLE
from ingestor.sync.page import read
from ingestor.sync.salvage import salvage
from ingestor.wb.errors import Unavailable
from support.fuzzing import fuzzed
from support.mutations import ONE_ROW, Spelt, answer_of, items_of, mutated, places, put, rows_of_a_shop, written
from support.reading import NOW, fields, parsed

SPOILT = (
    rb'{"a":"Shop \ud83d"}', rb'{"a":"\udc00"}', b'{"a":"\xff\xfe"}', b'{"a":"\x00\t"}', rb'{"a":"C:\dir"}',
    b'{"a":NaN,"b":-Infinity,"c":undefined}', b'{"a":01}', b'{"a":1e400}', b'{"a":' + b"9" * 5_000 + b"}",
    b'{"a":' + b"[" * 3_000 + b"]" * 3_000 + b"}", b'{"a":1,}', b'{"a" 1}', b'{"a":1,"a":[2}', b'{"a":"no end}',
    b'{"a":"the "best" shop"}', b'{"a":{"b":1}', b'{"a":1}}', b"[[[[", b'"', b"{", b"]", b"\xff", b"undefined", b"",
)  # fmt: skip
"""Rows of which most make a decoder refuse the page that they lie in."""

MANY = [name for name in RESOURCES if name not in ONE_ROW]


def good_and(name: str, at: int, spoilt: bytes) -> tuple[bytes, bytes]:
    """An answer with a spoilt row among good ones, and the answer without it."""
    body = answer_of(name, rows_of_a_shop()[name][:4])
    without = written(body)
    items = items_of(name, body)
    items.insert(at, Spelt(spoilt))
    return written(body), without


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("name", MANY)
def test_no_row_takes_another_with_it(name: str, at: int) -> None:
    resource = RESOURCES[name]
    for spoilt in SPOILT:
        body, without = good_and(name, at, spoilt)
        found, expected = parsed(resource, body), parsed(resource, without)
        assert found.rows == expected.rows, spoilt
        assert len(found.broken) == bool(spoilt) + len(expected.broken), spoilt


@fuzzed
@given(st.randoms(use_true_random=False))
@pytest.mark.parametrize("name", MANY)
def test_no_mutated_row_takes_another_with_it(name: str, rng: Random) -> None:
    resource, rows = RESOURCES[name], rows_of_a_shop()[name]
    body = answer_of(name, rows[:3])
    items = items_of(name, body)
    at = rng.randrange(len(items) - 1)
    without = copy.deepcopy(body)
    del items_of(name, without)[at]
    items[at] = mutated(rng, items[at])
    found, expected = parsed(resource, written(body)), parsed(resource, written(without))
    assert [row for row in expected.rows if row not in found.rows] == []


@pytest.mark.parametrize("spoilt", [b'{"srid":"x"', b'{"srid":"x', b'{"srid":["x"]'])
def test_what_was_cut_off_is_not_taken_for_a_page(spoilt: bytes) -> None:
    with pytest.raises(Unavailable):
        read(RESOURCES["orders"], b'[{"srid":"a"},' + spoilt)
    with pytest.raises(Unavailable):
        read(RESOURCES["products"], b'{"cards":[{"nmID":1},' + spoilt)


def test_what_wb_sent_is_set_aside_as_it_came() -> None:
    spoilt = rb'{"srid":"b","brand":"x\ud83d" "y"}'
    body, _ = good_and("orders", 1, spoilt)
    [broken] = parsed(RESOURCES["orders"], body).broken
    assert broken.body == spoilt
    assert broken.reason


def test_what_is_sound_is_not_salvaged() -> None:
    assert salvage(b'[{"a": "\xd1\x8f"}]') is None
    assert salvage(b"<html>") is None
    assert salvage(b"") is None


def test_half_an_emoji_is_read_as_what_it_is() -> None:
    row = rows_of_a_shop()["orders"][0]
    body = written([{**row, "srid": "b", "brand": Spelt(rb'"Shop \ud83d"')}, row])
    [found, _] = parsed(RESOURCES["orders"], body).rows
    assert fields(RESOURCES["orders"], found)["brand"] == "Shop \ufffd"


def test_half_an_emoji_in_what_tells_rows_apart_sets_the_row_aside() -> None:
    row = rows_of_a_shop()["orders"][0]
    found = parsed(RESOURCES["orders"], written([{**row, "srid": Spelt(rb'"b\ud83d"')}, row]))
    assert len(found.rows) == 1
    assert "srid" in found.broken[0].reason


@pytest.mark.parametrize("name", RESOURCES)
def test_numbers_and_texts_may_change_places(name: str) -> None:
    """Read as what they are where they may be either, and never as something else."""
    resource, [row, *_] = RESOURCES[name], rows_of_a_shop()[name]
    usual = parsed(resource, written(answer_of(name, [row]))).rows
    for place in leaves(row):
        for spelt in other_spellings(at(row, place)):
            changed = copy.deepcopy(row)
            put(changed, place, spelt)
            found = parsed(resource, written(answer_of(name, [changed])))
            assert found.rows == usual, (place, spelt, found.broken)


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("odd", [[], {"a": 1}, "nonsense", "2026-02-30", 10**30, Spelt(b"1e400"), -(10**12)])
def test_an_odd_field_costs_itself_or_its_row(name: str, odd: Any) -> None:
    """It is as if WB had left the field out; where the row cannot do without it, the reason names it."""
    resource, [row, *_] = RESOURCES[name], rows_of_a_shop()[name]
    for place in [place for place in leaves(row) if len(place) == 1]:
        changed: dict[Any, Any] = {**row, place[0]: odd}
        found = parsed(resource, written(answer_of(name, [changed])))
        without = parsed(resource, written(answer_of(name, [{**row, str(place[0]): None}])))
        if found.rows and without.rows:
            usual = [fields(resource, each) for each in without.rows]
            for is_now, was in zip([fields(resource, each) for each in found.rows], usual, strict=True):
                # A text may be any, and a number may be large.
                differing = [column for column in is_now if is_now[column] != was[column]]
                assert len(differing) <= 1, (place, differing)
        elif found.broken:
            assert not without.rows or is_of_the_key(name, place[0]), (place, found.broken)
            reason = found.broken[0].reason.replace("_", "").lower()
            # Where a row of ours is made of several levels of WB's, a date is that of the level above.
            names = (str(place[0]).replace("_", "").lower(), "date", "day")
            assert any(word.endswith(names) for word in re.findall("[a-z]+", reason)), reason


def is_of_the_key(name: str, field: Any) -> bool:
    resource, [row, *_] = RESOURCES[name], rows_of_a_shop()[name]
    keys = set()
    for value in (row[field], None, "2026-01-02T00:00:00", 77):
        for found in parsed(resource, written(answer_of(name, [{**row, field: value}]))).rows:
            keys.add(tuple(fields(resource, found)[key] for key in resource.storage.keys))
    return len(keys) > 1


def leaves(row: Any) -> list[tuple[str | int, ...]]:
    return [place for place in places(row) if place and not isinstance(at(row, place), dict | list)]


def at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


def other_spellings(value: Any) -> list[Any]:
    match value:
        case bool():
            return [str(value).lower(), int(value)]
        case int():
            return [str(value), Spelt(b"%d.0" % value)]
        case float():
            return [str(value), str(value).replace(".", ",")]
        case str() if value.isdigit() and len(value) < 18 and value[0] != "0":
            return [int(value)]
    return []


def test_a_page_of_any_bytes_is_salvaged_or_refused_in_time() -> None:
    for seed in range(200):
        rng = Random(seed)
        body = bytearray(json.dumps([{"a": n, "b": ["x", {"c": '\\"'}]} for n in range(50)]).encode())
        for _ in range(5):
            body[rng.randrange(1, len(body))] = rng.choice(b'"\\{}[],:x\xff\x00')
        salvaged = salvage(bytes(body))
        if salvaged is not None:
            with_rows = msgspec.json.Decoder(list[msgspec.Raw])
            try:
                rows = with_rows.decode(salvaged.body)
            except msgspec.DecodeError:
                continue
            assert len(rows) >= 40


def test_a_list_of_which_much_is_odd_is_left_out_whole() -> None:
    row = rows_of_a_shop()["products"][0]
    found = parsed(RESOURCES["products"], written(answer_of("products", [{**row, "sizes": [{}] * 500}])))
    assert fields(RESOURCES["products"], found.rows[0])["sizes"] == "[]"


def test_a_row_of_which_everything_is_odd_is_none() -> None:
    row = rows_of_a_shop()["finance"][0]
    odd = {name: {"odd": True} for name in row if name not in {"reportId", "rrdId"}}
    found = parsed(RESOURCES["finance"], written(answer_of("finance", [{**row, **odd}])))
    kept = {name for name, value in fields(RESOURCES["finance"], found.rows[0]).items() if value is not None}
    assert kept == {"report_id", "rrd_id"}


def test_the_newer_of_two_rows_of_which_one_is_odd_counts() -> None:
    row = rows_of_a_shop()["order_feed"][0]
    late = {**row, "updatedAt": row["updatedAt"][:11] + "23:59:59+03:00", "sellerPrice": "much", "status": "buyout"}
    for page in ([row, late], [late, row]):
        [found] = parsed(RESOURCES["order_feed"], written(answer_of("order_feed", page))).rows
        assert fields(RESOURCES["order_feed"], found)["status"] == "buyout"


def test_each_odd_field_is_counted() -> None:
    resource, rows = RESOURCES["orders"], rows_of_a_shop()["orders"][:3]
    page = [{**row, "spp": "much", "cancelDate": "20.11.2026"} for row in rows[:2]] + [rows[2]]
    keyed = key_rows(resource, read(resource, written(page)).rows, NOW)
    for raw in keyed.rows:
        with contextlib.suppress(*UNREADABLE):
            resource.storage.parse(raw, NOW)
            continue
        assert keyed.mend(resource, raw, NOW) is not None
    assert keyed.odd == {"spp": 2, "cancelDate": 2}


def test_a_row_that_is_never_done_with_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lenient, "MAX_ODD", 1)
    row = {**rows_of_a_shop()["orders"][0], "spp": "much", "totalPrice": "little"}
    [broken] = parsed(RESOURCES["orders"], written(answer_of("orders", [row]))).broken
    assert "more is odd" in broken.reason


def test_a_row_with_two_required_fields_that_are_odd_says_what_is_wrong() -> None:
    row = {**rows_of_a_shop()["orders"][0], "lastChangeDate": "soon", "date": "later"}
    [broken] = parsed(RESOURCES["orders"], written(answer_of("orders", [row]))).broken
    assert "soon" in broken.reason
