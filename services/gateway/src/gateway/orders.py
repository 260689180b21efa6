"""Orders, read from what the reporter publishes: only rows of the cabinets named for the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.model import Moment
from contracts.orders import OrderSnapshot, OrderState, order_id
from pydantic import ConfigDict, Field

from gateway import freshness
from gateway.lists import Bounds, Branches, Listing, Page, Window
from gateway.moscow_days import begin_of, end_of
from gateway.reading import Shown
from gateway.replica import Reads
from gateway.sorting import Key, Sorting
from gateway.words import containing

SOURCES = ("orders",)

MOST_COUNTED = 1_000
MOST_ITEMS = 50
"""Orders of so many items that a text was found in are read item by item."""

MOST_SORTED = 10_000
"""Orders of a cabinet that are sorted by amount: those of a period, or of an item."""

STATES: Sequence[OrderState] = ("open", "cancelled", "bought", "returned")


class OrderSort(StrEnum):
    """By what orders are listed; `-`: the largest or newest first."""

    ORDERED_AT = "ordered_at"
    ORDERED_AT_DOWN = "-ordered_at"
    AMOUNT = "amount"
    AMOUNT_DOWN = "-amount"


class Order(OrderSnapshot):
    """An order as Pulse stores it. Money is a decimal string in `currency`; unknown is null, never 0."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    cabinet_id: UUID
    day: date = Field(description="Moscow day of `ordered_at`")
    updated_at: Moment = Field(description="when Pulse stored this revision")
    state: OrderState = Field(
        description="as the order itself tells; a purchase or a return that only a report of sales tells of is in the "
        "order's report"
    )
    status: str | None = Field(
        description="as the order feed told last: created (unpaid ones too), buyout, cancel, return, returnDefective, "
        "or new; null: it does not know the order, or is not read"
    )
    cancel_type: str | None = Field(description="app (before pickup), receipt (at pickup), expire, other, or new")
    status_at: Moment | None


@dataclass(frozen=True)
class OrderQuery:
    """Which orders of which cabinets."""

    cabinets: Sequence[UUID]
    sort: OrderSort = OrderSort.ORDERED_AT_DOWN
    first_day: date | None = None
    last_day: date | None = None
    nm_id: int | None = None
    state: OrderState | None = None
    cancelled: bool | None = None
    warehouse: str | None = None
    region: str | None = None
    size: str | None = None
    text: str | None = None

    @property
    def is_by_amount(self) -> bool:
        return self.sort in (OrderSort.AMOUNT, OrderSort.AMOUNT_DOWN)


class TooManyToSort(Exception):
    """There are more than `MOST_SORTED` orders that would have to be sorted."""


@dataclass(frozen=True)
class FoundByText:
    """What a text names."""

    order_ids: Sequence[UUID] = ()
    """It is the `srid` of these."""
    items: Sequence[tuple[UUID, int]] = ()
    """Cards (cabinet and article) that have it in their words, `MOST_ITEMS` + 1 at most."""


_COLUMNS = ", ".join((*Order.model_fields, "amount"))
_ORDERED_AT, _ORDER_ID = Key("ordered_at", "timestamptz"), Key("order_id", "uuid")
_NAMES = {"size": "tech_size", "warehouse": "warehouse_name", "region": "region_name"}
_WORDS = ("title", "vendor_code", "brand", "nm_id")
_SOURCE = "reporter_published.orders"
_FIND = f"SELECT {_COLUMNS} FROM {_SOURCE} WHERE order_id = :order_id"
_BY_SRID = """
SELECT order_id FROM unnest(CAST(:cabinets AS uuid[]), CAST(:order_ids AS uuid[])) AS named (cabinet_id, order_id)
JOIN reporter_published.orders USING (cabinet_id, order_id) ORDER BY order_id
"""
_ITEMS = f"""
SELECT cabinet_id, nm_id FROM reporter_published.products
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND {containing(*_WORDS)} LIMIT {MOST_ITEMS + 1}
"""
_OF_SUCH_AN_ITEM = f"""EXISTS (
    SELECT FROM reporter_published.products AS card WHERE card.cabinet_id = each.cabinet_id
        AND card.nm_id = each.nm_id AND {containing(*(f"card.{column}" for column in _WORDS))}
)"""


async def find(reads: Reads, cabinets: Sequence[UUID], order_id: UUID) -> Order | None:
    """One order of the cabinets; None when it is not theirs."""
    async with reads.showing(cabinets) as shown:
        row = await shown.row(_FIND, {"order_id": order_id})
    return Order.model_validate(dict(row)) if row else None


async def page(reads: Reads, query: OrderQuery, window: Window) -> Page[Order]:
    """A page of orders: nothing is skipped or repeated while rows arrive, where it is read after a cursor.

    Raises:
        NotACursor: the cursor is none of this list.
        TooManyToSort: by amount; as said there.
    """
    async with reads.showing(query.cabinets) as shown:
        named = await _find_by_text(shown, query)
        if query.is_by_amount and not named.order_ids:
            await _refuse_too_many(shown, query)
        found = listing(query, named)
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    orders = [Order.model_validate(dict(row)) for row in rows.rows]
    return Page(orders, rows.next_cursor, total, age)


async def _find_by_text(shown: Shown, query: OrderQuery) -> FoundByText:
    if query.text is None:
        return FoundByText()
    ids = [order_id(cabinet, query.text) for cabinet in query.cabinets]
    named = await shown.rows(_BY_SRID, {"cabinets": list(query.cabinets), "order_ids": ids})
    if named:
        return FoundByText(order_ids=[row["order_id"] for row in named])
    items = await shown.rows(_ITEMS, {"cabinets": list(query.cabinets), "text": query.text})
    return FoundByText(items=[(row["cabinet_id"], row["nm_id"]) for row in items])


@dataclass
class _Plan:
    """How a list is read: by its text or item where an index serves that; all else is checked row by row."""

    checks: list[str]
    values: dict[str, Any]
    branches: Branches
    keys: tuple[Key, ...] = (_ORDERED_AT, _ORDER_ID)
    condition: str | None = None
    source: str = _SOURCE


def listing(query: OrderQuery, found: FoundByText) -> Listing:
    """The list of a query, with what its text names."""
    plan = _Plan([], {}, Branches.of(query.cabinets))
    if found.order_ids:
        # A row for each cabinet at most, in whatever order.
        plan.condition = "order_id = ANY (CAST(:order_ids AS uuid[]))"
        plan.values["order_ids"] = list(found.order_ids)
        if query.nm_id is not None:
            _check(plan, "nm_id = :nm_id", {"nm_id": query.nm_id})
    elif query.is_by_amount:
        plan.source, plan.values = _newest(query)
        if query.text is not None:
            _check(plan, _OF_SUCH_AN_ITEM, {"text": query.text})
    else:
        _by_text_or_item(plan, query, found)
    if query.is_by_amount:
        plan.keys = (Key("amount", "numeric"), _ORDER_ID)
    for name, column in _NAMES.items():
        if (wanted := getattr(query, name)) is not None:
            _check(plan, f"{column} = :{name}", {name: wanted})
    if query.state is not None or query.cancelled is not None:
        wanted = [
            state
            for state in STATES
            if query.state in (None, state) and query.cancelled in (None, state == "cancelled")
        ]
        _check(plan, "state = ANY (CAST(:states AS text[]))", {"states": wanted})
    bounds = _period(plan, query)
    return Listing(
        plan.source,
        _COLUMNS,
        [] if plan.condition is None else [plan.condition],
        plan.values,
        Sorting(query.sort.value, plan.keys, descending=query.sort.startswith("-")),
        plan.branches,
        bounds=bounds,
        checks=plan.checks,
        count_to=MOST_COUNTED,
    )


def _check(plan: _Plan, condition: str, values: dict[str, Any]) -> None:
    plan.checks.append(condition)
    plan.values |= values


def _by_text_or_item(plan: _Plan, query: OrderQuery, found: FoundByText) -> None:
    # By days, which come in the order of moments, an item's orders are counted: one index does for both.
    keys = (Key("day", "date"), _ORDERED_AT, _ORDER_ID)
    if query.text is not None and len(found.items) <= MOST_ITEMS:
        cabinets, nm_ids = [cabinet for cabinet, _ in found.items], [nm_id for _, nm_id in found.items]
        sql = "unnest(CAST(:of_cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS branch (cabinet_id, nm_id)"
        plan.branches = Branches(sql, len(nm_ids), {"of_cabinets": cabinets, "nm_ids": nm_ids})
        plan.condition, plan.keys = "nm_id = branch.nm_id", keys
        if query.nm_id is not None:
            _check(plan, "nm_id = :nm_id", {"nm_id": query.nm_id})
        return
    if query.text is not None:
        _check(plan, _OF_SUCH_AN_ITEM, {"text": query.text})
    if query.nm_id is not None:
        plan.condition, plan.keys = "nm_id = :nm_id", keys
        plan.values["nm_id"] = query.nm_id


def _newest(query: OrderQuery) -> tuple[str, dict[str, Any]]:
    """What is sorted by amount, of each cabinet: no index is kept for that, which every order would pay for."""
    conditions, values = ["cabinet_id = branch.cabinet_id"], dict[str, Any]()
    order = "ordered_at DESC, order_id DESC"
    if query.nm_id is not None:
        conditions.append("nm_id = :nm_id")
        values["nm_id"] = query.nm_id
        order = f"day DESC, {order}"
    for sign, name, bound in ((">=", "since", begin_of(query.first_day)), ("<", "until", end_of(query.last_day))):
        if bound is not None:
            conditions.append(f"ordered_at {sign} CAST(:{name} AS timestamptz)")
            values[name] = bound
    if query.nm_id is not None:
        for sign, name, day in ((">=", "first_day", query.first_day), ("<=", "last_day", query.last_day)):
            if day is not None:
                conditions.append(f"day {sign} CAST(:{name} AS date)")
                values[name] = day
    read = f"SELECT * FROM {_SOURCE} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {MOST_SORTED + 1}"
    return f"({read}) AS newest", values


async def _refuse_too_many(shown: Shown, query: OrderQuery) -> None:
    newest, values = _newest(query)
    counted = f"""
        SELECT EXISTS (
            SELECT FROM unnest(CAST(:cabinets AS uuid[])) AS branch (cabinet_id)
            CROSS JOIN LATERAL (SELECT FROM {newest} OFFSET {MOST_SORTED} LIMIT 1) AS beyond
        ) AS is_so
    """
    [too_many] = await shown.rows(counted, {**values, "cabinets": list(query.cabinets)})
    if too_many["is_so"]:
        raise TooManyToSort(f"more than {MOST_SORTED} orders of a cabinet")


def _period(plan: _Plan, query: OrderQuery) -> Bounds:
    if plan.keys[0].column == "day":
        last = query.last_day
        after = None if last is None or last == date.max else last + timedelta(days=1)
        return Bounds(query.first_day, after)
    bounds = Bounds(begin_of(query.first_day), end_of(query.last_day))
    if plan.keys[0].column == "ordered_at":
        return bounds
    for name, sign, bound in (("since", ">=", bounds.lower), ("until", "<", bounds.upper)):
        if bound is not None and plan.source == _SOURCE:
            _check(plan, f"ordered_at {sign} CAST(:{name} AS timestamptz)", {name: bound})
    return Bounds()
