"""What the tariffs have in common: figures written for people, and one answer with all warehouses of a day."""

from typing import Any

import msgspec

from ingestor.resources import answers, whole_lists
from ingestor.resources.resource import Page, Position, Reading, Start
from ingestor.wb.times import moscow_day

LIST = "warehouseList"


def begin(cursor: Position | None, start: Start) -> Position:
    """The tariffs of today."""
    return {"day": moscow_day(start.now).isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """The tariffs of the day."""
    return {"params": {"date": position["day"]}}


def read(body: bytes) -> Page:
    """A row for each warehouse: `warehouse` as it is, and under `all` what WB says once for all of them."""
    listed = answers.listed(body, "response", "data", LIST)
    said_once = {name: value for name, value in listed.beside.items() if name != LIST}
    return Page([msgspec.Raw(msgspec.json.encode({"all": said_once, "warehouse": each})) for each in listed.rows])


READING = Reading(begin=begin, ask=ask, read=read, advance=whole_lists.advance, paging="none", overlap="everything")
