"""What the tariffs have in common: figures written for people, and one answer with all warehouses of a day."""

from typing import Any

import msgspec
from sqlalchemy import Column, Date, Numeric

from ingestor.resources.resource import Page, Position, Start
from ingestor.wb.times import moscow_day


class _WbResponse(msgspec.Struct):
    data: dict[str, msgspec.Raw]


class _WbAnswer(msgspec.Struct):
    response: _WbResponse


_answer = msgspec.json.Decoder(_WbAnswer)
_warehouses = msgspec.json.Decoder(list[msgspec.Raw] | None)


def figures(*names: str) -> tuple[Column[Any], ...]:
    """Columns of roubles or percents."""
    return tuple(Column(name, Numeric(18, 4)) for name in names)


def days(*names: str) -> tuple[Column[Any], ...]:
    """Columns of WB's dates."""
    return tuple(Column(name, Date) for name in names)


def begin(cursor: Position | None, start: Start) -> Position:
    """The tariffs of today."""
    return {"day": moscow_day(start.now).isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """The tariffs of the day."""
    return {"params": {"date": position["day"]}}


def read(body: bytes) -> Page:
    """A row for each warehouse: `warehouse` as it is, and under `all` what WB says once for all of them."""
    data = _answer.decode(body).response.data
    listed = data.pop("warehouseList", None)
    if listed is None:
        # Must not be taken for the end of all tariffs.
        raise msgspec.ValidationError("no warehouseList")
    warehouses = _warehouses.decode(listed) or []
    return Page([msgspec.Raw(msgspec.json.encode({"all": data, "warehouse": each})) for each in warehouses])
