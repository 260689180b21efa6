"""Orders, read from what the reporter publishes: only rows of the cabinets named for the transaction."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from contracts.model import MOSCOW, Moment
from contracts.orders import OrderSnapshot
from pydantic import ConfigDict, Field
from servicekit.db import Database
from sqlalchemy import text

from gateway.published import show_only

_COLUMNS = ", ".join(("cabinet_id", "day", "updated_at", *OrderSnapshot.model_fields))
_MOSCOW = "INTERVAL '3 hours'"
_FIND = text(f"SELECT {_COLUMNS} FROM reporter_published.orders WHERE order_id = :order_id")
# Cabinet by cabinet, so that each is read from the newest end of one of the view's indexes and no further than a page.
_PAGE = f"""
SELECT {_COLUMNS} FROM unnest(CAST(:cabinets AS uuid[])) AS wanted (id) CROSS JOIN LATERAL (
    SELECT * FROM reporter_published.orders WHERE {{conditions}}
    ORDER BY {{newest_first}} LIMIT :rows
) AS newest ORDER BY ordered_at DESC, order_id DESC LIMIT :rows
"""


class Order(OrderSnapshot):
    """An order as Pulse stores it. Money is a decimal string in `currency`; unknown is null, never 0."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    cabinet_id: UUID
    day: date = Field(description="Moscow day of `ordered_at`")
    updated_at: Moment = Field(description="when Pulse stored this revision")


@dataclass(frozen=True)
class OrderPage:
    """Orders, newest first, and where the next page begins."""

    orders: Sequence[Order]
    next_cursor: str | None


@dataclass(frozen=True)
class Cursor:
    """The last order of a page: the next page begins after it."""

    ordered_at: datetime
    order_id: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(f"{self.ordered_at.isoformat()} {self.order_id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, value: str) -> "Cursor":
        """The cursor in a string that `encode` made.

        Raises:
            ValueError: it did not.
        """
        try:
            padded = value + "=" * (-len(value) % 4)
            moment, _, order_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(" ")
            cursor = cls(datetime.fromisoformat(moment).astimezone(UTC), UUID(order_id))
        except (binascii.Error, UnicodeError, ValueError, OverflowError) as error:
            raise ValueError("not a cursor") from error
        if cursor.encode() != value:  # one place has one spelling
            raise ValueError("not a cursor")
        return cursor


@dataclass(frozen=True)
class OrderQuery:
    """Which orders of which cabinets."""

    cabinets: Sequence[UUID]
    limit: int
    cursor: Cursor | None = None
    first_day: date | None = None
    last_day: date | None = None
    nm_id: int | None = None

    def is_read_past(self, day: date) -> bool:
        """Whether the cursor is within a Moscow day or before it."""
        if self.cursor is None:
            return False
        if day == date.max:
            return True
        return self.cursor.ordered_at < datetime.combine(day + timedelta(days=1), time.min, MOSCOW)


async def find(database: Database, cabinets: Sequence[UUID], order_id: UUID) -> Order | None:
    """One order of the cabinets; None when it is not theirs."""
    async with database.transaction() as connection:
        await show_only(connection, cabinets)
        row = (await connection.execute(_FIND, {"order_id": order_id})).mappings().first()
    return Order.model_validate(dict(row)) if row else None


async def page(database: Database, query: OrderQuery) -> OrderPage:
    """A page of orders by (ordered_at, order_id) descending: nothing is skipped or repeated while rows arrive."""
    statement, values = page_statement(query)
    async with database.transaction() as connection:
        await show_only(connection, query.cabinets)
        rows = (await connection.execute(text(statement), values)).mappings().all()
    orders = tuple(Order.model_validate(dict(row)) for row in rows[: query.limit])
    is_last = len(rows) <= query.limit
    next_cursor = None if is_last else Cursor(orders[-1].ordered_at.astimezone(UTC), orders[-1].order_id).encode()
    return OrderPage(orders=orders, next_cursor=next_cursor)


def page_statement(query: OrderQuery) -> tuple[str, dict[str, object]]:
    """What reads one order more than the page has, each condition by an index that ends with the page's order."""
    values: dict[str, object] = {"cabinets": list(query.cabinets), "rows": query.limit + 1}
    conditions, keys = ["cabinet_id = wanted.id"], ["ordered_at", "order_id"]
    if query.nm_id is None:
        # Days are asked for as moments: by `day` every order after them would be read first.
        first_day = f"ordered_at >= {_midnight_of('CAST(:first_day AS date)')}"
        last_day = f"ordered_at < {_midnight_of('CAST(:last_day AS date) + 1')}"
    else:
        # By days, which come in the order of moments, a product's orders are counted: one index does for both.
        conditions.append("nm_id = :nm_id")
        values["nm_id"] = query.nm_id
        keys.insert(0, "day")
        first_day, last_day = "day >= CAST(:first_day AS date)", "day <= CAST(:last_day AS date)"
    if query.first_day:
        conditions.append(first_day)
        values["first_day"] = query.first_day
    # Of two upper ends the lower one alone: an index is read from the one it is given first.
    if query.last_day and not query.is_read_past(query.last_day):
        conditions.append(last_day)
        values["last_day"] = query.last_day
    elif query.cursor:
        place = {
            "day": f"CAST(CAST(:ordered_at AS timestamptz) AT TIME ZONE {_MOSCOW} AS date)",
            "ordered_at": "CAST(:ordered_at AS timestamptz)",
            "order_id": "CAST(:order_id AS uuid)",
        }
        conditions.append(f"({', '.join(keys)}) < ({', '.join(place[key] for key in keys)})")
        values |= {"ordered_at": query.cursor.ordered_at, "order_id": query.cursor.order_id}
    newest_first = ", ".join(f"{key} DESC" for key in keys)
    return _PAGE.format(conditions=" AND ".join(conditions), newest_first=newest_first), values


def _midnight_of(day: str) -> str:
    return f"CAST({day} AS timestamp) AT TIME ZONE {_MOSCOW}"
