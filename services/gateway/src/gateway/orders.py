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
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import freshness
from gateway.lists import Bounds, Branches, Listing, Page, Window
from gateway.moscow_days import begin_of, end_of
from gateway.published import show_only
from gateway.replica import Reads
from gateway.sorting import Key, Sorting
from gateway.words import containing

SOURCES = ("orders",)

LONGEST_NAME = 100
MOST_COUNTED = 1_000
MOST_ITEMS = 50
"""Orders of so many items that a text was found in are read item by item."""

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


@dataclass(frozen=True)
class FoundByText:
    """What a text names."""

    order_ids: Sequence[UUID] = ()
    """It is the `srid` of these."""
    items: Sequence[tuple[UUID, int]] = ()
    """Cards (cabinet and article) that have it in their words, `MOST_ITEMS` + 1 at most."""


_COLUMNS = ", ".join(("cabinet_id", "day", "updated_at", "state", "amount", *OrderSnapshot.model_fields))
_ORDERED_AT, _ORDER_ID = Key("ordered_at", "timestamptz"), Key("order_id", "uuid")
_NAMES = {"size": "tech_size", "warehouse": "warehouse_name", "region": "region_name"}
_WORDS = ("title", "vendor_code", "brand", "nm_id")
_FIND = text(f"SELECT {_COLUMNS} FROM reporter_published.orders WHERE order_id = :order_id")
_BY_SRID = text("""
SELECT order_id FROM unnest(CAST(:cabinets AS uuid[]), CAST(:order_ids AS uuid[])) AS named (cabinet_id, order_id)
JOIN reporter_published.orders USING (cabinet_id, order_id) ORDER BY order_id
""")
_ITEMS = text(f"""
SELECT cabinet_id, nm_id FROM reporter_published.products
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND {containing(*_WORDS)} LIMIT {MOST_ITEMS + 1}
""")
_OF_SUCH_AN_ITEM = f"""EXISTS (
    SELECT FROM reporter_published.products AS card WHERE card.cabinet_id = each.cabinet_id
        AND card.nm_id = each.nm_id AND {containing(*(f"card.{column}" for column in _WORDS))}
)"""


async def find(reads: Reads, cabinets: Sequence[UUID], order_id: UUID) -> Order | None:
    """One order of the cabinets; None when it is not theirs."""
    async with reads.transaction() as connection:
        await show_only(connection, cabinets)
        row = (await connection.execute(_FIND, {"order_id": order_id})).mappings().first()
    return Order.model_validate(dict(row)) if row else None


async def page(reads: Reads, query: OrderQuery, window: Window) -> Page[Order]:
    """A page of orders: nothing is skipped or repeated while rows arrive, where it is read after a cursor.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    async with reads.transaction() as connection:
        await show_only(connection, query.cabinets)
        found = listing(query, await _find_by_text(connection, query))
        rows = await found.page(connection, window)
        total = await found.total(connection, window)
        age = await freshness.read(connection, query.cabinets, SOURCES)
    orders = [Order.model_validate(dict(row)) for row in rows.rows]
    return Page(orders, rows.next_cursor, total, age)


async def _find_by_text(connection: AsyncConnection, query: OrderQuery) -> FoundByText:
    if query.text is None:
        return FoundByText()
    ids = [order_id(cabinet, query.text) for cabinet in query.cabinets]
    named = await connection.execute(_BY_SRID, {"cabinets": list(query.cabinets), "order_ids": ids})
    if found := named.scalars().all():
        return FoundByText(order_ids=found)
    items = await connection.execute(_ITEMS, {"cabinets": list(query.cabinets), "text": query.text})
    return FoundByText(items=[(row.cabinet_id, row.nm_id) for row in items])


@dataclass
class _Plan:
    """How a list is read: the first that an index serves is what it is read by, all else is checked."""

    checks: list[str]
    values: dict[str, Any]
    branches: Branches
    keys: tuple[Key, ...] = (_ORDERED_AT, _ORDER_ID)
    condition: str | None = None
    by_cabinet: bool = True
    """Nothing but the cabinet was chosen yet to read it by."""

    def read_by(self, condition: str, branches: Branches | None = None, keys: tuple[Key, ...] | None = None) -> None:
        """Read it by this."""
        self.condition, self.by_cabinet = condition, False
        self.branches = branches or self.branches
        self.keys = keys or self.keys


def listing(query: OrderQuery, found: FoundByText) -> Listing:
    """The list of a query, with what its text names."""
    plan = _Plan([], {}, Branches.of(query.cabinets))
    by_amount = query.sort in (OrderSort.AMOUNT, OrderSort.AMOUNT_DOWN)
    if by_amount:
        plan.keys, plan.by_cabinet = (Key("amount", "numeric"), _ORDER_ID), False
    if query.text is not None:
        _by_text(plan, query.text, found)
    _by_item(plan, query.nm_id)
    for name, column in _NAMES.items():
        if (wanted := getattr(query, name)) is not None:
            _by(plan, f'"left"({column}, {LONGEST_NAME + 1}) = :{name}', {name: wanted})
    _by_state(plan, query)
    bounds = _period(plan, query)
    return Listing(
        "reporter_published.orders",
        _COLUMNS,
        [] if plan.condition is None else [plan.condition],
        plan.values,
        Sorting(query.sort.value, plan.keys, descending=query.sort.startswith("-")),
        plan.branches,
        bounds=bounds,
        checks=plan.checks,
        count_to=MOST_COUNTED,
    )


def _by(plan: _Plan, condition: str, values: dict[str, Any]) -> None:
    plan.values |= values
    if plan.by_cabinet:
        plan.read_by(condition)
    else:
        plan.checks.append(condition)


def _by_text(plan: _Plan, words: str, found: FoundByText) -> None:
    if found.order_ids:
        condition = "order_id = ANY (CAST(:order_ids AS uuid[]))"
        plan.values["order_ids"] = list(found.order_ids)
        # A row for each cabinet at most, in whatever order.
        plan.condition, plan.by_cabinet = condition, False
    elif len(found.items) > MOST_ITEMS or not plan.by_cabinet:
        plan.values["text"] = words
        plan.checks.append(_OF_SUCH_AN_ITEM)
    else:
        cabinets, nm_ids = [cabinet for cabinet, _ in found.items], [nm_id for _, nm_id in found.items]
        sql = "unnest(CAST(:of_cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS branch (cabinet_id, nm_id)"
        branches = Branches(sql, len(nm_ids), {"of_cabinets": cabinets, "nm_ids": nm_ids})
        plan.read_by("nm_id = branch.nm_id", branches, (Key("day", "date"), _ORDERED_AT, _ORDER_ID))


def _by_item(plan: _Plan, nm_id: int | None) -> None:
    if nm_id is not None:
        by_cabinet = plan.by_cabinet
        _by(plan, "nm_id = :nm_id", {"nm_id": nm_id})
        if by_cabinet:
            # By days, which come in the order of moments, a product's orders are counted: one index does for both.
            plan.keys = (Key("day", "date"), _ORDERED_AT, _ORDER_ID)


def _by_state(plan: _Plan, query: OrderQuery) -> None:
    if query.state is None and query.cancelled is None:
        return
    wanted = [
        state for state in STATES if query.state in (None, state) and query.cancelled in (None, state == "cancelled")
    ]
    if not plan.by_cabinet:
        plan.values["states"] = wanted
        plan.checks.append("state = ANY (CAST(:states AS text[]))")
        return
    sql = """(
        SELECT cabinet.cabinet_id, told.state FROM unnest(CAST(:cabinets AS uuid[])) AS cabinet (cabinet_id)
        CROSS JOIN unnest(CAST(:states AS text[])) AS told (state)
    ) AS branch"""
    values = {"cabinets": list(query.cabinets), "states": wanted}
    plan.read_by("state = branch.state", Branches(sql, len(query.cabinets) * len(wanted), values))


def _period(plan: _Plan, query: OrderQuery) -> Bounds:
    first_key = plan.keys[0].column
    if first_key == "day":
        last = query.last_day
        after = None if last is None or last == date.max else last + timedelta(days=1)
        return Bounds(query.first_day, after)
    bounds = Bounds(begin_of(query.first_day), end_of(query.last_day))
    if first_key == "ordered_at":
        return bounds
    for name, sign, bound in (("since", ">=", bounds.lower), ("until", "<", bounds.upper)):
        if bound is not None:
            plan.checks.append(f"ordered_at {sign} CAST(:{name} AS timestamptz)")
            plan.values[name] = bound
    return Bounds()
