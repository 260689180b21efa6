"""What rows look like: names that are new to a method, and never what a field holds."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import RESOURCES
from ingestor.sync import shapes
from ingestor.sync.keyed_rows import KeyedRows
from ingestor.sync.quarantine import Broken
from ingestor.sync.shapes import Name, Shapes, rows_to_look_at

KNOWN = {"id": 1, "title": "a", "sizes": [{"size": "S"}], "answer": None, "state": "new", "prices": {"1023": 5}}
CODES = frozenset({"state"})


def looked(seen: Shapes, *rows: Any) -> dict[tuple[str, str], tuple[int, bool]]:
    """What is noted of rows: how often, and whether it is news."""
    seen.look("m", [json.dumps(row).encode() for row in rows], CODES)
    return {(name.kind, name.name): (noted.times, noted.is_news) for name, noted in seen.drain().get("m", {}).items()}


@pytest.fixture
def seen() -> Shapes:
    made = Shapes()
    assert looked(made, KNOWN)
    return made


def test_a_row_like_those_before_has_nothing_to_note(seen: Shapes) -> None:
    other = {"id": 2, "title": "b", "sizes": [{"size": "M"}, {"size": "L"}], "answer": None, "state": "new"}
    assert looked(seen, other, {**KNOWN, "title": None}, {**KNOWN, "prices": {"77": 1}}) == {}


@pytest.mark.parametrize(
    ("row", "noted"),
    [
        ({"loyalty": None}, {("field", "loyalty"): (1, True)}),
        ({"loyalty": 5}, {("field", "loyalty"): (1, True), ("type", "loyalty: number"): (1, False)}),
        ({"id": "1"}, {("type", "id: text"): (1, True)}),
        ({"state": "lost"}, {("value", "state = lost"): (1, True)}),
        ({"state": "Иван +7 900 000-00-00 <ivan@example.com>"}, {("value", "state = *"): (1, True)}),
        (
            {"sizes": [{"size": "S", "tax": 1}]},
            {("field", "sizes[].tax"): (1, True), ("type", "sizes[].tax: number"): (1, False)},
        ),
        (
            {"answer": {"text": "b"}},
            {
                ("type", "answer: object"): (1, False),
                ("field", "answer.text"): (1, False),
                ("type", "answer.text: text"): (1, False),
            },
        ),
        ({"prices": {"a person's name": 5, "9": 6}}, {}),
        ({"x" * 61: 1}, {("field", "*"): (1, True), ("type", "*: number"): (1, False)}),
    ],
)
def test_what_differs_is_named(seen: Shapes, row: dict[str, Any], noted: Any) -> None:
    assert looked(seen, {**KNOWN, **row}) == noted


def test_what_has_drifted_is_counted_in_every_row_and_the_rest_only_once(seen: Shapes) -> None:
    row = {**KNOWN, "loyalty": 5, "tax": 1}
    assert looked(seen, row, row)["field", "loyalty"] == (2, True)
    assert looked(seen, row) == {}
    seen.learn({"m": {Name("field", "loyalty"): True, Name("field", "tax"): False}})
    assert looked(seen, row, row, KNOWN) == {("field", "loyalty"): (2, True)}
    seen.learn({"m": {Name("field", "loyalty"): False}})
    assert looked(seen, row) == {}, "somebody has looked at it"


def test_what_is_no_row_is_passed_over() -> None:
    seen = Shapes()
    seen.look("m", [b"{", b'"\xff"', b"5", b"null", msgspec.Raw(b'{"a": [[1], [null]]}')])
    [(_, noted)] = seen.drain().items()
    assert {name.name for name in noted} == {"a", "a: list", "a[]: list", "a[][]: number"}


def test_names_are_bounded_whatever_wb_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MANY", 50)
    seen = Shapes()
    for n in range(20):
        seen.look("m", [json.dumps({f"field_{n}_{m}": {"a": {"b": {"c": {"d": {}}}}} for m in range(40)}).encode()])
    assert len(seen.drain()["m"]) < 100


@given(
    st.recursive(
        st.none() | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_value_is_ever_noted(value: Any) -> None:
    seen = Shapes()
    seen.look("m", [json.dumps({"held": value, "state": value}).encode()])
    for name in seen.drain()["m"]:
        assert name.kind != "value"
        *steps, last = name.name.replace("[]", "").partition(": ")[0].split(".")
        assert all(step.isidentifier() or step == "*" for step in (*steps, last))


def test_of_a_page_a_few_rows_are_looked_at_and_those_that_could_not_be_read() -> None:
    rows = [msgspec.Raw(b'{"n": %d}' % n) for n in range(20_000)]
    keyed = KeyedRows(rows=rows, broken=[Broken(b'{"odd": 1}', "odd")] * 9, mended={b'{"n": "7"}': rows[7]})
    assert rows_to_look_at(KeyedRows(), ()) == []
    assert rows_to_look_at(keyed, [7]) == [b'{"n": "7"}', *[b'{"odd": 1}'] * 5], "as WB sent it"
    assert len(rows_to_look_at(keyed, range(20_000))) == 5 + 4 + 5


def test_codes_are_of_columns_that_resources_read() -> None:
    assert sum(len(resource.codes) for resource in RESOURCES.values()) > 20
