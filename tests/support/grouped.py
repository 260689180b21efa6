"""How many orders a chat was told of: each by a message of its own, or counted in a message of many."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

TITLES = ("Новый заказ", "Первый заказ товара", "Крупный заказ")
"""Of kinds that tell a new order, as a message of many names them."""

_SRID = re.compile(r"<code>([^<]+)</code>")
_COUNTED = re.compile(rf"<b>(?:{'|'.join(TITLES)}): ([\d\s]+)</b>")


def is_of_many(message: Mapping[str, Any]) -> bool:
    """Whether it tells of many at once."""
    return str(message["text"]).startswith("🔔")


def orders_told(messages: Iterable[Mapping[str, Any]]) -> int:
    """New orders told in these messages."""
    alone: set[str] = set()
    together = 0
    for message in messages:
        if is_of_many(message):
            together += sum(int("".join(count.split())) for count in _COUNTED.findall(message["html"]))
        elif srid := _SRID.search(message["html"]):
            alone.add(srid.group(1))
    return len(alone) + together
