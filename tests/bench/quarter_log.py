"""A quarter of a large shop as the log of its events, from every source that a reporter keeps facts of.

A small shop lives it in wbsim (`support/quarter.py`), which takes a millisecond of processor time a row; copies of that
shop, with items, orders and all else of their own, make the large one, which takes microseconds.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from contracts.entered import CostsEnteredV1, EnteredCost, EnteredTax, TaxEnteredV1
from contracts.envelope import Event, EventData
from contracts.model import MAX_BATCH
from contracts.orders import order_ids_of
from contracts.registry import EVENTS
from servicekit.events import new_event
from support.quarter import READ, Quarter

SMALL_ITEMS = 10
"""Items of the small shop, of which the large one has as many times more as there are copies."""
ADVERTISING = 10
"""One of so many copies has campaigns: the small shop has some ten, as one of a hundred items would."""
ALL_SOURCES = (
    *READ, "tariffs_return", "warehouses", "offices", "fbs_orders", "campaign_bids", "advert_balance"
)  # fmt: skip
"""What a personal token reads; other kinds of token read the order feed and the remains in place of some of it."""

OF_THE_SHOP = frozenset(
    {"tariffs_commission", "tariffs_box", "tariffs_return", "warehouses", "offices", "advert_balance"}
)
"""Events of what a shop has once, however large it is."""
OF_CAMPAIGNS = frozenset({"campaigns", "campaign_bids", "campaign_stats", "campaign_spend", "campaign_budgets"})

# A row with places for what is different in each copy: before the digits of its numbers, and within its texts.
_PLACE = b"\0"
_NUMBERS = re.compile(rb'"(nm_id|imt_id|chrt_id|size_id|advert_id|rrd_id|gi_id|shk_id|fbs_order_id|upd_num)":(?=[1-9])')
_TEXTS = re.compile(rb'"(srid|sale_id|id|order_uid|supply_id|barcode|sku)":"')
_LISTS = re.compile(rb'"(?:nm_ids|skus)":\[[^\]]+\]')
_LISTED = re.compile(rb'(?<=[\[,])"?')
_ORDER_IDS = re.compile(rb'"srid":"([^"]+)","order_id":"[^"]+"')
_WITHOUT_ITEM = b'"nm_id":null'
_FIRST_COPY = 100
"""So that the numbers of every copy have as many digits."""


class _Card(msgspec.Struct):
    nm_id: int


class _Body(msgspec.Struct):
    type: str
    data: dict[str, list[msgspec.Raw]]


@dataclass(frozen=True)
class Rows:
    """Rows of one source at one look, as JSON with places for what is different in each copy."""

    at: datetime
    event: type[EventData]
    field: str
    """Under which the event has them."""
    rows: list[bytes]
    own: list[bytes]
    """Those of them that are of an item, or of something else that each copy has."""

    @property
    def source(self) -> str:
        """The event's type without what happened."""
        return self.event.TYPE.partition(".")[0]


@dataclass(frozen=True)
class Message:
    """An event of the log with its body, and how many rows it has."""

    event: Event[Any]
    body: bytes
    rows: int


def small_shop(start: datetime, *, days: int, orders_per_day: int, seed: int = 1) -> Iterator[Rows]:
    """What a shop of `SMALL_ITEMS` items tells in so many days, look by look."""
    decode = msgspec.json.Decoder(_Body).decode
    quarter = Quarter(
        start, seed=seed, days=days, products=SMALL_ITEMS, orders_per_day=orders_per_day, read=ALL_SOURCES
    )
    for look in quarter.live():
        for body in map(decode, look.bodies):
            [(field, raw)] = body.data.items()
            rows = [_with_places(bytes(row)) for row in raw]
            told = Rows(look.at, EVENTS[body.type], field, rows, [row for row in rows if _WITHOUT_ITEM not in row])
            yield told


def large_shop(small: Iterable[Rows], cabinet_id: UUID, copies: int) -> Iterator[Message]:
    """The events of so many copies as one cabinet, in the order of their looks; `MAX_BATCH` rows each at most."""
    order_ids = order_ids_of(cabinet_id)
    for (at, event), told in groupby(small, key=lambda rows: (rows.at, rows.event)):
        waiting: list[bytes] = []
        together = list(told)
        for copy in range(copies):
            for rows in together:
                waiting += _copied(rows, copy, order_ids)
            while len(waiting) >= MAX_BATCH:
                yield _message(at, event, together[0].field, cabinet_id, waiting[:MAX_BATCH])
                del waiting[:MAX_BATCH]
        if waiting:
            yield _message(at, event, together[0].field, cabinet_id, waiting)


def entered(nm_ids: Sequence[int], cabinet_id: UUID, at: datetime) -> Iterator[Message]:
    """What the seller enters of it: what every item cost, and the tax."""
    since, row = at.date(), {"revision": 1, "change": "new"}
    for first in range(0, len(nm_ids), MAX_BATCH):
        costs = tuple(
            EnteredCost(nm_id=nm_id, valid_from=since, cost=Decimal(300), **row)
            for nm_id in nm_ids[first : first + MAX_BATCH]
        )
        yield _whole(CostsEnteredV1(costs=costs), cabinet_id, at, len(costs))
    tax = EnteredTax(valid_from=since, percent=Decimal(6), base="income", **row)
    yield _whole(TaxEnteredV1(taxes=(tax,)), cabinet_id, at, 1)


def items_of(small: Iterable[Rows], copies: int) -> list[int]:
    """The items of the large shop."""
    cards = [row for rows in small if rows.source == "products" for row in rows.rows]
    found = {msgspec.json.decode(_copy(row, copy), type=_Card).nm_id for row in cards for copy in range(copies)}
    return sorted(found)


def _copied(rows: Rows, copy: int, order_ids: Callable[[str], str]) -> list[bytes]:
    if copy and (rows.source in OF_THE_SHOP or (rows.source in OF_CAMPAIGNS and copy % ADVERTISING)):
        return []
    made = [_copy(row, copy) for row in (rows.own if copy else rows.rows)]
    if rows.source != "orders":
        return made
    # The id of an order comes from its srid, and that is what joins it with its sale.
    return [_ORDER_IDS.sub(lambda found: _order_ids(found[1], order_ids), row) for row in made]


def _order_ids(srid: bytes, order_ids: Callable[[str], str]) -> bytes:
    return b'"srid":"%b","order_id":"%b"' % (srid, order_ids(srid.decode()).encode())


def _with_places(row: bytes) -> bytes:
    row = _NUMBERS.sub(rb'"\1":' + _PLACE, row)
    row = _TEXTS.sub(rb'"\1":"' + _PLACE, row)
    return _LISTS.sub(lambda found: _LISTED.sub(lambda quote: quote[0] + _PLACE, found[0]), row)


def _copy(row: bytes, copy: int) -> bytes:
    return row.replace(_PLACE, b"%d" % (_FIRST_COPY + copy))


def _message(at: datetime, event: type[EventData], field: str, cabinet_id: UUID, rows: list[bytes]) -> Message:
    made = new_event(event.model_construct(), cabinet_id=cabinet_id).model_copy(update={"time": at})
    head = made.model_dump_json(exclude={"data"}).encode()
    return Message(made, b'%b,"data":{"%b":[%b]}}' % (head[:-1], field.encode(), b",".join(rows)), len(rows))


def _whole(data: EventData, cabinet_id: UUID, at: datetime, rows: int) -> Message:
    made = new_event(data, cabinet_id=cabinet_id).model_copy(update={"time": at})
    return Message(made, made.model_dump_json().encode(), rows)
