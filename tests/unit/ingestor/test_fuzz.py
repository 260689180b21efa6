"""Whatever becomes of WB's rows, each is parsed into what its table and its event can hold, or set aside with a reason.

Few examples are tried by default; `FUZZ_EXAMPLES=20000` tries as many of each resource.
"""

import contextlib
import json
import math
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Page, Resource, Row, Seen, Start, as_stored
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.page import read
from ingestor.sync.snapshots import encoded
from ingestor.wb.errors import Unavailable
from servicekit.sql_types import sql_types
from sqlalchemy import Numeric
from support.fuzzing import fuzzed
from support.mutations import (
    ONE_ROW,
    Spelt,
    answer_of,
    is_well_formed,
    items_of,
    mutated,
    places,
    put,
    rows_of_a_shop,
    written,
)
from support.reading import CABINET, NOW, change, fields, parsed, told

INDEX_BYTES = 2_704
"""PostgreSQL refuses a longer key."""

_TEXTS = st.text(st.characters(), max_size=40)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_RANDOM = st.randoms(use_true_random=False)


@fuzzed
@given(_RANDOM, _JSON)
@pytest.mark.parametrize("name", RESOURCES)
def test_a_row_is_parsed_or_set_aside(name: str, rng: Random, value: Any) -> None:
    body = one_row_mutated(name, rng, value)
    try:
        check(RESOURCES[name], body)
    except Unavailable:
        assert name in ONE_ROW or not is_well_formed(body), "one row must not make all of them unreadable"


@fuzzed
@given(_RANDOM, _JSON)
@pytest.mark.parametrize("name", RESOURCES)
def test_an_answer_is_refused_or_read(name: str, rng: Random, value: Any) -> None:
    refused_or_checked(RESOURCES[name], written(mutated(rng, answer(name), value)))


@fuzzed
@given(_RANDOM, st.binary(max_size=40))
@pytest.mark.parametrize("name", RESOURCES)
def test_bytes_are_refused_or_read(name: str, rng: Random, garbage: bytes) -> None:
    body = bytearray(written(answer(name)))
    at = rng.randrange(len(body))
    kind = rng.randrange(3)
    body[at : (len(body), at + len(garbage), at)[kind]] = garbage
    refused_or_checked(RESOURCES[name], bytes(body))


@fuzzed
@given(_RANDOM, st.binary(max_size=40))
@pytest.mark.parametrize("name", RESOURCES)
def test_bytes_that_are_no_row_are_set_aside(name: str, rng: Random, garbage: bytes) -> None:
    resource = RESOURCES[name]
    page = read(resource, written(answer(name)))
    cut = bytes(page.rows[0])[: rng.randrange(len(page.rows[0]))] + garbage
    check_page(resource, replace(page, rows=[msgspec.Raw(garbage), msgspec.Raw(cut)]))


@pytest.mark.parametrize("name", RESOURCES)
def test_what_is_mutated_is_parsed_as_it_is(name: str) -> None:
    body = written(answer_of(name, rows_of_a_shop()[name]))
    found = parsed(RESOURCES[name], body)
    assert len(found.rows) >= 1
    assert found.broken == []
    check(RESOURCES[name], body)


@pytest.mark.parametrize("name", [name for name in RESOURCES if name not in ONE_ROW])
def test_a_text_that_is_no_utf_8_spoils_its_row_only(name: str) -> None:
    rows = rows_of_a_shop()[name][:2]
    [first, *_] = items_of(name, answer_of(name, rows))
    for place in places(first):
        body = answer_of(name, rows)
        put(items_of(name, body), (0, *place), Spelt(b'"\xff"'))
        found = parsed(RESOURCES[name], written(body))
        assert found.rows, place


@pytest.mark.parametrize("name", RESOURCES)
def test_a_row_nested_without_end_takes_no_other_with_it(name: str) -> None:
    body = answer(name)
    row = written(items_of(name, body)[0])
    whole = written(body)
    if name in ONE_ROW:
        with pytest.raises(Unavailable):
            parsed(RESOURCES[name], b"[" * 100_000)
        return
    found = parsed(RESOURCES[name], whole.replace(row, b"[" * 100_000 + b"," + row, 1))
    assert found.rows == parsed(RESOURCES[name], whole).rows
    assert len(found.broken) == 1


TEXT_KEYS = (
    ("orders", "srid"),
    ("order_feed", "srid"),
    ("sales", "saleID"),
    ("feedbacks", "id"),
    ("questions", "id"),
    ("claims", "id"),
    ("stock_remains", "barcode"),
    ("stock_remains", "techSize"),
    ("tariffs_box", "warehouseName"),
    ("tariffs_box", "geoName"),
    ("tariffs_return", "warehouseName"),
    ("campaign_spend", "paymentType"),
    ("advert_balance", "currency"),
)


@pytest.mark.parametrize(("name", "key"), TEXT_KEYS)
def test_a_key_too_long_for_an_index_is_set_aside(name: str, key: str) -> None:
    row = rows_of_a_shop()[name][0]
    for length, is_kept in ((200, True), (201, False)):
        found = parsed(RESOURCES[name], written(answer_of(name, [{**row, key: "я" * length}])))
        assert (bool(found.rows), bool(found.broken)) == (is_kept, not is_kept)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("products", rb'{"cards": [], "cursor": {"total": 0, "updatedAt": "2026\u0000", "nmID": 1}}'),
        ("order_feed", rb'{"data": {"snapshotTime": "2026\u0000", "orders": []}}'),
        ("stock_remains", rb'{"data": {"taskId": "\u0000"}}'),
    ],
)
def test_what_the_position_could_not_keep_is_left_out_of_it(name: str, body: bytes) -> None:
    check(RESOURCES[name], body.replace(rb"\u0000", b"x"))
    check(RESOURCES[name], body)


def answer(name: str, at: int = 0) -> Any:
    """An answer with one row of the shop."""
    found = rows_of_a_shop()[name]
    return answer_of(name, [found[at % len(found)]])


def one_row_mutated(name: str, rng: Random, value: Any) -> bytes:
    """An answer whose one row is not as it was."""
    body = answer(name, rng.randrange(5))
    items = items_of(name, body)
    changed = mutated(rng, items[0], value)
    if items[0] is body:
        return written(changed)
    items[0] = changed
    return written(body)


def refused_or_checked(resource: Resource, body: bytes) -> None:
    """Whatever it is, nothing is raised but `Unavailable`."""
    with contextlib.suppress(Unavailable):
        check(resource, body)


def check(resource: Resource, body: bytes) -> None:
    """What becomes of an answer is sound."""
    check_page(resource, read(resource, body))


def check_page(resource: Resource, page: Page) -> None:
    """Rows are parsed or set aside; those parsed can be stored and told; the page leads on."""
    found = parsed(resource, page)
    for broken in found.broken:
        assert broken.reason.strip(": "), "no reason"
        assert "\x00" not in broken.reason
    for row in found.rows:
        check_columns(resource, row)
        check_event(resource, row)
    check_position(resource, page)


def check_columns(resource: Resource, row: Row) -> None:
    """Every value fits its column, and the key an index."""
    values = fields(resource, row)
    types = sql_types(resource.storage.table)
    for name, value in values.items():
        column = resource.storage.table.c[name]
        assert value is not None or column.nullable, name
        assert value is None or fits(types[name], column.type, value), (name, types[name], value)
    texts = [values[key] for key in resource.storage.keys if isinstance(values[key], str)]
    assert sum(len(text.encode()) for text in texts) < INDEX_BYTES - 200, "the key is too long for an index"


def fits(sql_type: str, kind: Any, value: Any) -> bool:
    """Whether PostgreSQL can keep the value as it is."""
    match sql_type:
        case "BIGINT":
            return type(value) is int and -(2**63) <= value < 2**63
        case "INTEGER":
            return type(value) is int and -(2**31) <= value < 2**31
        case "BOOLEAN":
            return type(value) is bool
        case "TEXT":
            return "\x00" not in value and bool(value.encode() or True)
        case "DATE":
            return type(value) is date and 1900 < value.year < 2200
        case "TIMESTAMP WITH TIME ZONE":
            return isinstance(value, datetime) and value.utcoffset() is not None and 1900 < value.year < 2200
        case "JSONB":
            return "\\u0000" not in value.replace("\\\\", "") and json.loads(value) is not ...
        case _:
            assert isinstance(kind, Numeric)
            assert kind.precision is not None
            assert kind.scale is not None
            exponent = value.as_tuple().exponent
            digits = kind.precision - kind.scale
            return (
                isinstance(value, Decimal)
                and math.isfinite(value)
                and abs(value) < Decimal(10) ** digits
                and isinstance(exponent, int)
                and exponent >= -kind.scale
            )


def check_event(resource: Resource, row: Row) -> None:
    """The row's event can be read back, and says what the row says."""
    made = change(resource, row)
    if resource.name == "fbs_statuses":  # its rows are told together with what the lists of tasks say
        task = RESOURCES["fbs_orders"]
        [known, *_] = parsed(task, written(answer("fbs_orders"))).rows
        others = fields(task, known) | fields(resource, row)
        made = replace(made, snapshot=encoded(resource, others, CABINET))
    [event] = told(resource, made)
    [said] = getattr(event.data, resource.publishing.rows)
    if resource.publishing.snapshot is not as_stored:
        return
    types = sql_types(resource.storage.table)
    for name, value in fields(resource, row).items():
        if types[name] != "JSONB":
            assert getattr(said, name) == value, name


def check_position(resource: Resource, page: Page) -> None:
    """Where the reading stands after the page can be kept, and the reading can go on from there."""
    start = Start(NOW, sweep=False, page_rows=1_000)
    position = resource.reading.begin(None, start)
    if resource.reading.subjects:
        position |= {"ids": [1]}
    keyed = key_rows(resource, page.rows, NOW)
    after = resource.reading.advance(position, Seen(page.rows, keyed.marks, len(keyed.broken), page.after))
    kept = json.dumps(after.position)
    assert "\\u0000" not in kept, "JSONB cannot keep it"
    following = resource.reading.begin(json.loads(kept), replace(start, sweep=True))
    resource.reading.ask(following | ({"ids": [1]} if resource.reading.subjects else {}))
