"""All that stands beside orders when steps of theirs are told, read in one statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.currency import ROUBLE
from contracts.items import BuyoutPeriod, Speed, UnitEconomics
from contracts.orders import ChangedOrder, SizeLeft, SourceAge, StockLeft, TodayAndYesterday
from contracts.products import ProductCard
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.json_rows import as_mappings, rows_column
from reporter.figures.order_money import MONEY, money_of
from reporter.reports.ages import ON_THE_CARD, TOLD_AGES
from reporter.reports.steps import Step
from reporter.reports.today import DAYS, Asked, both_days, days_values
from reporter.reports.told import REMEMBERED_AND_TAKEN, UNTOLD, untold_of, values_of

_ITEMS = """
SELECT item.nm_id, to_jsonb(card) AS card, stock.stock_left, stock.stock_at, figures.*
FROM (SELECT DISTINCT nm_id FROM asked WHERE nm_id <> 0) AS item
LEFT JOIN products AS card ON card.cabinet_id = :cabinet_id AND card.nm_id = item.nm_id
CROSS JOIN LATERAL (
    SELECT sum(quantity) AS stock_left, max(observed_at) AS stock_at FROM stocks
    WHERE stocks.cabinet_id = :cabinet_id AND stocks.nm_id = item.nm_id
) AS stock
CROSS JOIN LATERAL (
    SELECT
        jsonb_agg(jsonb_path_query_first(body, '$.periods[*] ? (@.period_days == 30)'))
            FILTER (WHERE section = 'buyout') -> 0 AS buyout,
        jsonb_agg(jsonb_path_query_array(body, '$.periods[*] ? (@.period_days == 7 || @.period_days == 30)'))
            FILTER (WHERE section = 'velocity') -> 0 AS speeds,
        jsonb_agg(body - 'warehouses') FILTER (WHERE section = 'stock') -> 0 AS stock
    FROM item_figures
    WHERE item_figures.cabinet_id = :cabinet_id AND item_figures.nm_id = item.nm_id
        AND section IN ('buyout', 'velocity', 'stock') AND currency = ''
) AS figures
"""
# Of several orders of an item that are told together the earliest is its first. Looked up one by one, as orders below.
_FIRST = """
SELECT order_id FROM orders AS first
WHERE order_id = ANY (CAST(:ordered AS uuid[])) AND NOT EXISTS (
    SELECT FROM order_facts AS other
    WHERE other.cabinet_id = :cabinet_id AND other.nm_id = first.nm_id AND other.order_id <> first.order_id
        AND NOT (
            other.order_id = ANY (CAST(:ordered AS uuid[]))
            AND (other.ordered_at, other.order_id) > (first.ordered_at, first.order_id)
        )
    OFFSET 0
)
"""
# One statement of several queries: each live event pays for every round trip.
_MEMBERS = f"""
orders AS MATERIALIZED (
    -- One by one: for some at once the planner may read the index of the cabinet's moments instead.
    SELECT life.* FROM unnest(CAST(:order_ids AS uuid[])) AS told (order_id) CROSS JOIN LATERAL (
        SELECT * FROM order_lives
        WHERE order_lives.cabinet_id = :cabinet_id AND order_lives.order_id = told.order_id OFFSET 0
    ) AS life
), wanted AS (
    -- A revision that came late may be of another item than the order is now; what stands beside it is of its own.
    SELECT nm_id, currency FROM orders
    UNION
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:currencies AS text[])) AS told (nm_id, currency)
), asked AS MATERIALIZED (
    SELECT * FROM wanted
    UNION
    SELECT {WHOLE_CABINET}, currency FROM wanted
)
"""
_COLUMNS = ", ".join(
    [
        rows_column("lives", "TABLE orders"),
        rows_column("items", _ITEMS),
        rows_column("firsts", _FIRST),
        rows_column("days", DAYS),
        rows_column("ages", TOLD_AGES),
        MONEY,
    ]
)
_BESIDE = text(f"WITH {_MEMBERS} SELECT {_COLUMNS}")
_BESIDE_UNTOLD = text(f"WITH {REMEMBERED_AND_TAKEN}, {_MEMBERS} SELECT {UNTOLD}, {_COLUMNS}")


@dataclass(frozen=True)
class Beside:
    """What stands beside the orders of some steps."""

    lives: Mapping[UUID, Mapping[str, Any]]
    """Rows of `order_lives`, by order."""
    firsts: Collection[UUID]
    """Orders of the steps `ordered` beside which no other of their item is known."""
    items: Mapping[int, "Item"]
    days: Mapping[Asked, TodayAndYesterday]
    sources: tuple[SourceAge, ...]
    money: Mapping[UUID, UnitEconomics]


async def read_beside(connection: AsyncConnection, cabinet_id: UUID, steps: Sequence[Step], now: datetime) -> Beside:
    """What stands beside the orders of the steps. One statement."""
    values = _values(cabinet_id, steps, {step.order_id for step in steps}, now)
    return _beside((await connection.execute(_BESIDE, values)).one(), now)


async def read_untold(
    connection: AsyncConnection,
    cabinet_id: UUID,
    steps: Sequence[Step],
    told_at: datetime,
    known: Collection[UUID],
    now: datetime,
) -> tuple[list[Step], Beside]:
    """Those of the steps that are to be told, as `told.untold` says, with what stands beside them. One statement."""
    order_ids = {*known, *(step.order_id for step in steps)}
    values = {**_values(cabinet_id, steps, order_ids, now), **values_of(steps, told_at, known)}
    row = (await connection.execute(_BESIDE_UNTOLD, values)).one()
    return untold_of(row, steps), _beside(row, now)


def currency_of(order: ChangedOrder) -> str:
    """The currency that its figures are in."""
    return order.currency or ROUBLE


def _values(cabinet_id: UUID, steps: Sequence[Step], order_ids: Collection[UUID], now: datetime) -> dict[str, object]:
    told_of = sorted({(step.order.nm_id, currency_of(step.order)) for step in steps if step.order})
    return {
        "cabinet_id": cabinet_id,
        "order_ids": sorted(order_ids),
        "ordered": [step.order_id for step in steps if step.step == "ordered"],
        "nm_ids": [nm_id for nm_id, _ in told_of],
        "currencies": [currency for _, currency in told_of],
        "resources": list(ON_THE_CARD),
        **days_values(now),
    }


def _beside(row: Row[Any], now: datetime) -> Beside:
    return Beside(
        lives={UUID(life["order_id"]): life for life in as_mappings(row.lives)},
        firsts={UUID(each["order_id"]) for each in as_mappings(row.firsts)},
        items={item["nm_id"]: Item.of(item) for item in as_mappings(row.items)},
        days={(each["nm_id"], each["currency"]): both_days(each, now) for each in as_mappings(row.days)},
        sources=tuple(SourceAge.model_validate(age) for age in as_mappings(row.ages)),
        money=money_of(row),
    )


@dataclass(frozen=True)
class Item:
    """What stands beside every order of one item."""

    card: ProductCard | None
    stock_left: int | None
    stock_at: datetime | None
    figures: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Item":
        figures: dict[str, Any] = {
            "buyout": row["buyout"] and BuyoutPeriod.model_validate(row["buyout"]),
            "speeds": tuple(map(Speed.model_validate, row["speeds"] or ())),
        }
        if stock := row["stock"]:
            figures["stock"] = StockLeft.model_validate(stock["total"])
            figures["sizes"] = tuple(map(SizeLeft.model_validate, stock["sizes"]))
            figures["stock_at"] = stock["as_of"]
        card = row["card"] and ProductCard.model_validate(row["card"])
        return cls(card, row["stock_left"], row["stock_at"], figures)
