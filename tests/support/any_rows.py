"""Rows of every source's events: valid ones, made from the models of `contracts` themselves."""

import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from contracts.changed import RowChange
from contracts.envelope import Event, EventData, Origin
from contracts.model import Model
from contracts.orders import OrdersUpdatedV1, order_id
from pydantic import AwareDatetime, ValidationError
from pydantic.fields import FieldInfo
from reporter.facts.newer_rows import Facts
from reporter.handlers.facts_updated import KEPT
from reporter.tables import order_facts

from support.reporting import NOON, TODAY

SOURCES: dict[type[EventData], Facts] = {OrdersUpdatedV1: Facts(OrdersUpdatedV1, order_facts), **KEPT}
"""The events that bring rows."""
FACT_TABLES = tuple(
    sorted({facts.table.name for facts in SOURCES.values()} | {"price_history", "stock_days", "sources"})
)

SRIDS = ("a", "b")
CURRENCIES = ("RUB", "KGS")
_DAYS_AGO = (0, 1, 8, 40, 100)
_VALUES: dict[Any, Sequence[Any]] = {
    type(None): (None,),
    bool: (True, False),
    int: (1, 2, 2**40),
    str: ("", "x", 'Худи «S» \\ "q" \U0001f9fe', "never heard of"),
    Decimal: tuple(map(Decimal, ("0", "0.01", "1494.5", "33333333.3333"))),
    date: [TODAY - timedelta(days=days) for days in _DAYS_AGO],
    UUID: (UUID(int=7),),
    datetime: [NOON - timedelta(days=days, minutes=days) for days in _DAYS_AGO],
}
_VALUES[AwareDatetime] = _VALUES[datetime]
_NAMED: dict[str, Sequence[Any]] = {
    "nm_id": (1, 2),
    "srid": SRIDS,
    "currency": CURRENCIES,
    "nm_ids": ((1,), (1, 2)),
    "percent": tuple(map(Decimal, ("0", "6.5", "100"))),
}
"""Values of fields by which rows meet, and of fields that do not take every one of their kind."""


def a_row(facts: Facts, cabinet_id: UUID, key: int, revision: int, chance: random.Random, **fields: Any) -> RowChange:
    """The row number `key` of a source in a revision; what is not said is left to `chance`."""
    values = {name: _value(name, info.annotation, chance) for name, info in _fields_of(facts)}
    values |= {name: _key_value(name, facts.row.model_fields[name].annotation, key) for name in facts.key}
    if facts.event is OrdersUpdatedV1:
        values["srid"] = SRIDS[key] if key < len(SRIDS) else f"srid {key}"
        values["order_id"] = order_id(cabinet_id, values["srid"])
    return facts.row.model_validate({**values, "revision": revision, **fields})


def extreme(facts: Facts, cabinet_id: UUID, key: int, extremes: Mapping[Any, Any]) -> RowChange:
    """As `a_row`, of item 1, with these values by type wherever the contract takes them."""
    row = a_row(facts, cabinet_id, key, 1, random.Random(key)).model_dump()
    for name, info in _fields_of(facts):
        if name in _MEETING or (name in facts.key and name != "nm_id"):
            continue
        kinds = _kinds(info.annotation)
        for value in [1] if name == "nm_id" else [extremes[kind] for kind in extremes if kind in kinds]:
            with suppress(ValidationError):
                row = facts.row.model_validate({**row, name: value}).model_dump()
    return facts.row.model_validate(row)


_MEETING = {"revision", "srid", "currency", "change"}
"""By these rows are found and added up."""


def _kinds(annotation: Any) -> set[Any]:
    if get_origin(annotation) is tuple:
        return set()
    return {annotation}.union(*map(_kinds, get_args(annotation)))


def an_event(facts: Facts, cabinet_id: UUID, *rows: RowChange, origin: Origin = Origin.LIVE) -> Event[Any]:
    """An event of the source with these rows, told at noon."""
    return Event.new(facts.event(**{facts.rows_field: rows}), cabinet_id=cabinet_id, origin=origin, time=NOON)


def _fields_of(facts: Facts) -> Iterable[tuple[str, FieldInfo]]:
    return ((name, info) for name, info in facts.row.model_fields.items() if name != "previous")


def _key_value(name: str, annotation: Any, key: int) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if name == "currency":
        return CURRENCIES[key] if key < len(CURRENCIES) else f"C{key:02}"
    moment = NOON - timedelta(seconds=key)
    return {int: key + 1, str: f"key {key}", date: TODAY - timedelta(days=key)}.get(annotation, moment)


def _value(name: str, annotation: Any, chance: random.Random) -> Any:
    origin, inside = get_origin(annotation), get_args(annotation)
    if name in _NAMED:
        return chance.choice((*_NAMED[name], None) if type(None) in inside else _NAMED[name])
    if annotation in _VALUES:
        return chance.choice(_VALUES[annotation])
    if origin is Annotated:
        return _value(name, inside[0], chance)
    if origin is Literal:
        return chance.choice(inside)
    if origin is tuple:
        return tuple(_value("", inside[0], chance) for _ in range(chance.randrange(3)))
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return {each: _value(each, info.annotation, chance) for each, info in annotation.model_fields.items()}
    return _value(name, chance.choice(inside), chance)
