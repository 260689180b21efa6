"""Columns that are declared once: the table, the decoder and the row of them agree, and the contract names the same."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from ingestor.resources import RESOURCES
from ingestor.resources.columns import (
    Columns,
    columns,
    flag,
    ident,
    json_list,
    key,
    key_reader,
    made,
    moment,
    money,
    names,
    numbers,
    observed,
    parser,
    text,
    units,
)
from ingestor.resources.resource import BrokenRow, Resource
from sqlalchemy import Integer, Text

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
NOT_OF_THE_ROW = frozenset({"revision", "change", "previous", "completes"})


def row(declared: Columns, body: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The row of a body, by the names of its columns."""
    made_row = parser(declared, **options)(msgspec.Raw(msgspec.json.encode(body)), AT)
    return dict(zip(names(declared), made_row, strict=True))


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.name)
def test_an_event_names_what_its_table_does(resource: Resource) -> None:
    annotation = resource.publishing.event.model_fields[resource.publishing.rows].annotation
    model = next(each for each in get_args(annotation) if hasattr(each, "model_fields"))
    told = model.model_fields.keys() - NOT_OF_THE_ROW
    kept = {column.name for column in resource.storage.table.columns}
    assert told - kept <= resource.publishing.derived.keys() | {"order_id", "currency"}, (
        "what is told is kept, or made of it"
    )
    assert set(resource.storage.names) <= told | resource.storage.untracked


class TestRows:
    def test_a_field_is_found_under_the_columns_name_or_where_it_is_said_to_be(self) -> None:
        declared = columns(
            key(text("sale_id", wb="saleID")),
            ident("nm_id"),
            text("city", wb="to.place.city"),
            flag("class"),
            observed("seen_at"),
        )
        body = {"saleID": "S1", "nmId": 7, "to": {"place": {"city": "Омск"}}, "class": True}
        assert row(declared, body) == {"sale_id": "S1", "nm_id": 7, "city": "Омск", "class": True, "seen_at": AT}

    @pytest.mark.parametrize("body", [{}, {"to": None}, {"to": {"place": None}}, {"to": {"place": {}}}])
    def test_an_object_of_optional_fields_may_be_missing(self, body: dict[str, Any]) -> None:
        declared = columns(key(ident("id")), text("city", wb="to.place.city"))
        assert row(declared, {"id": 1, **body}) == {"id": 1, "city": None}

    @pytest.mark.parametrize("body", [{}, {"bids": None}])
    def test_unless_the_row_needs_it(self, body: dict[str, Any]) -> None:
        declared = columns(key(ident("id")), units("search", wb="bids.search"))
        with pytest.raises(msgspec.ValidationError, match="bids"):
            row(declared, {"id": 1, **body}, required=("bids",))
        assert row(declared, {"id": 1, "bids": {}}, required=("bids",)) == {"id": 1, "search": None}

    def test_what_is_required_makes_the_objects_around_it_so(self) -> None:
        declared = columns(key(ident("id", wb="good.id")), *money("price", within="size."))
        with pytest.raises(msgspec.ValidationError, match="good"):
            row(declared, {"size": {"price": 1}})
        assert row(declared, {"good": {"id": 1}}) == {"id": 1, "price": None}

    def test_a_column_may_be_made_of_several_fields_of_which_others_are_made_too(self) -> None:
        declared = columns(
            key(text("id")), made("kind", Text, lambda name, sum_: f"{name} {sum_}", "id", "sum"), *numbers("sum")
        )
        assert row(declared, {"id": "a", "sum": 1.5}) == {"id": "a", "kind": "a 1.5", "sum": Decimal("1.50")}

    def test_texts_lists_and_moments_that_say_nothing(self) -> None:
        declared = columns(
            key(ident("id")), text("name"), json_list("skus"), moment("at"), *money("sum"), *numbers("percent")
        )
        body = {"id": 1, "name": "", "skus": None, "at": "0001-01-01T00:00:00", "sum": 0, "percent": 0}
        expected = {"id": 1, "name": None, "skus": "[]", "at": None, "sum": None, "percent": Decimal("0.00")}
        assert row(declared, body) == expected

    @pytest.mark.parametrize("body", [{"id": ""}, {"id": "x" * 201}, {"id": None}, {}])
    def test_a_key_says_something(self, body: dict[str, Any]) -> None:
        declared, raw = columns(key(text("id"))), msgspec.Raw(msgspec.json.encode(body))
        with pytest.raises((msgspec.ValidationError, BrokenRow)):
            parser(declared)(raw, AT)
        with pytest.raises((msgspec.ValidationError, BrokenRow)):
            key_reader(declared)(raw)

    def test_a_part_of_a_key_may_be_left_out(self) -> None:
        declared = columns(
            key(ident("id")), key(text("place"), optional=True), key(text("house", kind=str), empty=True)
        )
        assert row(declared, {"id": 1, "house": ""}) == {"id": 1, "place": "", "house": ""}

    def test_the_key_alone_needs_nothing_else_of_the_row(self) -> None:
        declared = columns(
            key(ident("nm_id")), key(text("size")), units("quantity", required=True), moment("at", required=True)
        )
        raw = msgspec.Raw(b'{"nmId": 5, "size": "M", "at": "2026-11-20T10:00:00Z", "quantity": "many"}')
        assert key_reader(declared, mark="at")(raw) == ((5, "M"), AT)
        assert key_reader(declared)(raw) == ((5, "M"), None)


class TestTables:
    def test_keys_and_nulls_follow_from_the_declaration(self) -> None:
        declared = columns(
            key(ident("id")),
            units("quantity", required=True),
            units("on_the_way"),
            made("kind", Integer, int, "kind", nullable=False),
        )
        found = {c.name: (c.primary_key, c.nullable) for c in (each.column() for each in declared)}
        assert found == {
            "id": (True, False),
            "quantity": (False, False),
            "on_the_way": (False, True),
            "kind": (False, False),
        }
