"""What a digest is made of, read by a fixed number of statements."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.digests import MAX_RUNNING_OUT, Difference, ReviewsOfPeriod, RunningOut, SourceAge
from contracts.items import Plan, Section
from contracts.model import MOSCOW
from contracts.syncs import ResourceName
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.digests.periods import Period
from reporter.figures import stock_days
from reporter.figures.advert_stats import ADVERT_STATS
from reporter.figures.sections import plan
from reporter.figures.sections.reviews import BAD_STARS
from reporter.figures.sizes import read_cards
from reporter.figures.stock_days import StockDays, bits

RUNS_OUT_WITHIN_DAYS = 7
MOST = 2**63 - 1
"""What is counted in pieces is shown as at most so many."""

CHUNK_ITEMS = 50
"""Items whose days in stock are counted at a time, in some 20 ms that hold up everything else."""

_COUNTED = (
    "orders", "orders_sum", "cancelled", "cancelled_sum", "sales", "sales_sum", "returns", "returns_sum",
)  # fmt: skip
_SHOWN = ("views", "clicks", "spent", "advert_orders", "advert_orders_sum")
_AMOUNTS = {"orders_sum", "cancelled_sum", "sales_sum", "returns_sum", "spent", "advert_orders_sum"}
_ESTIMATED = {
    "revenue": "net_sum",
    "commission": "net_sum * commission_percent / 100",
    "logistics": "net * logistics",
    "tax": "net * tax",
    "cost": "net * cost",
    "other": "net * other",
}
"""What is estimated, as SQL over a day of an item. Rounded by day, so that days add up to weeks."""


def _sum(name: str) -> str:
    # A sum of counts is a numeric to PostgreSQL once they are sums themselves.
    return f"sum({name})" if name in _AMOUNTS else f"CAST(least(sum({name}), {MOST}) AS bigint)"


def _unit(name: str) -> str:
    return f"CAST(body -> 'estimate' ->> '{name}' AS numeric)"


_ITEMS = text(f"""
WITH counted AS (
    SELECT nm_id, currency, day, {", ".join(_COUNTED)} FROM day_totals
    WHERE cabinet_id = :cabinet_id AND nm_id <> {WHOLE_CABINET}
        AND day BETWEEN CAST(:since AS date) AND CAST(:until AS date)
), shown AS (
    SELECT nm_id, currency, day, sum(views) AS views, sum(clicks) AS clicks, sum(spent) AS spent,
        sum(orders) AS advert_orders, coalesce(sum(order_sum), 0) AS advert_orders_sum
    FROM ({ADVERT_STATS}) AS stats
    WHERE cabinet_id = :cabinet_id AND nm_id <> {WHOLE_CABINET}
        AND day BETWEEN CAST(:since AS date) AND CAST(:until AS date)
    GROUP BY nm_id, currency, day
), units AS (
    SELECT nm_id, currency, {_unit("commission_percent")} AS commission_percent, {_unit("logistics")} AS logistics,
        {_unit("tax")} AS tax, {_unit("cost")} AS cost,
        {" + ".join(f"coalesce({_unit(name)}, 0)" for name in ("storage", "acceptance", "penalties", "other"))} AS other
    FROM item_figures WHERE cabinet_id = :cabinet_id AND section = '{Section.MONEY}'
), cells AS (
    SELECT nm_id, currency, day, {", ".join(f"coalesce({name}, 0) AS {name}" for name in (*_COUNTED, *_SHOWN))},
        coalesce(sales - returns, 0) AS net, coalesce(sales_sum - returns_sum, 0) AS net_sum
    FROM counted FULL JOIN shown USING (nm_id, currency, day)
)
SELECT cells.nm_id, currency, card.title, card.vendor_code, day >= CAST(:first AS date) AS is_now,
    {", ".join(map(_sum, (*_COUNTED, *_SHOWN)))},
    {", ".join(f"coalesce(sum(round({sql}, 2)), 0)" for sql in _ESTIMATED.values())},
    bool_and(commission_percent + logistics + tax + cost IS NOT NULL)
FROM cells LEFT JOIN units USING (nm_id, currency)
LEFT JOIN products AS card ON card.cabinet_id = :cabinet_id AND card.nm_id = cells.nm_id
GROUP BY cells.nm_id, currency, is_now, card.title, card.vendor_code
ORDER BY currency, cells.nm_id
""")
_RUNNING_OUT = text(f"""
SELECT figures.nm_id, card.title, card.vendor_code, size.*, count(*) OVER () AS of_all
FROM item_figures AS figures
CROSS JOIN LATERAL (
    SELECT CAST(each ->> 'chrt_id' AS bigint) AS chrt_id, each ->> 'tech_size' AS tech_size,
        CAST(each ->> 'days_left' AS numeric) AS days_left, CAST(each ->> 'runs_out_on' AS date) AS runs_out_on
    FROM jsonb_array_elements(
        CASE WHEN body -> 'sizes' = '[]' THEN jsonb_build_array(body -> 'total') ELSE body -> 'sizes' END
    ) AS each
    WHERE coalesce(CAST(each ->> 'wb' AS numeric), 0) + coalesce(CAST(each ->> 'own' AS numeric), 0) > 0
) AS size
LEFT JOIN products AS card ON card.cabinet_id = figures.cabinet_id AND card.nm_id = figures.nm_id
WHERE figures.cabinet_id = :cabinet_id AND section = '{Section.STOCK}' AND figures.nm_id <> {WHOLE_CABINET}
    AND days_left < {RUNS_OUT_WITHIN_DAYS}
ORDER BY days_left, figures.nm_id, chrt_id LIMIT {MAX_RUNNING_OUT}
""")
_COUNTED_REVIEWS = f"""
SELECT count(*) FILTER (WHERE created_at >= CAST(:first_moment AS timestamptz)) AS count,
    count(*) FILTER (WHERE created_at >= CAST(:first_moment AS timestamptz) AND valuation <= {BAD_STARS}) AS bad,
    count(*) FILTER (WHERE created_at < CAST(:first_moment AS timestamptz) AND valuation <= {BAD_STARS})
        AS previous_bad
FROM feedbacks
WHERE cabinet_id = :cabinet_id AND parent_id IS NULL AND valuation BETWEEN 1 AND 5
    AND created_at >= CAST(:since_moment AS timestamptz) AND created_at < CAST(:until_moment AS timestamptz)
"""
_REVIEWS = text(f"""
SELECT told.*, CAST(body ->> 'unanswered' AS integer) AS unanswered,
    CAST(body ->> 'unanswered_questions' AS integer) AS unanswered_questions
FROM ({_COUNTED_REVIEWS}) AS told
LEFT JOIN item_figures ON cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET} AND section = '{Section.REVIEWS}'
""")
_MADE_OF = text(f"""
SELECT md5(concat_ws(
    '|',
    (SELECT string_agg(concat_ws(',', day, currency, {", ".join(_COUNTED)}), ';' ORDER BY day, currency)
     FROM day_totals
     WHERE cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET}
        AND day BETWEEN CAST(:since AS date) AND CAST(:until AS date)),
    (SELECT string_agg(CAST(spent AS text), ';' ORDER BY day, currency) FROM (
        SELECT day, currency, ROW(sum(views), sum(clicks), sum(spent), sum(orders), sum(order_sum)) AS spent
        FROM ({ADVERT_STATS}) AS stats
        WHERE cabinet_id = :cabinet_id AND nm_id <> {WHOLE_CABINET}
            AND day BETWEEN CAST(:since AS date) AND CAST(:until AS date)
        GROUP BY day, currency
    ) AS by_day),
    (SELECT CAST(reviews AS text) FROM ({_COUNTED_REVIEWS}) AS reviews)
))
""")
_DIFFERENCES = text("""
SELECT currency, against, class AS reason, sum(pieces) AS pieces, sum(amount) AS amount FROM reconciliation
WHERE cabinet_id = :cabinet_id AND day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
GROUP BY currency, against, class HAVING sum(pieces) <> 0 OR sum(amount) <> 0
ORDER BY currency, against, class
""")
_SOURCES = text("""
SELECT resource, as_of, CASE WHEN delayed_since >= coalesce(recovered_at, '-infinity') THEN delayed_since END
    AS delayed_since
FROM sources WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) ORDER BY resource
""")


@dataclass(frozen=True)
class Totals:
    """What an item came to in a period. The fields come in the order of the statement's columns."""

    orders: int = 0
    orders_sum: Decimal = Decimal(0)
    cancelled: int = 0
    cancelled_sum: Decimal = Decimal(0)
    sales: int = 0
    sales_sum: Decimal = Decimal(0)
    returns: int = 0
    returns_sum: Decimal = Decimal(0)
    views: int = 0
    clicks: int = 0
    spent: Decimal = Decimal(0)
    advert_orders: int = 0
    advert_orders_sum: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)
    """Bought less given back, at the seller's prices."""
    commission: Decimal = Decimal(0)
    logistics: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    is_known: bool = False
    """Whether everything is known that a profit needs; if not, some of its costs are 0 above."""

    @property
    def profit(self) -> Decimal:
        """What is left of the revenue."""
        return self.revenue - self.commission - self.logistics - self.tax - self.cost - self.other - self.spent

    @property
    def has_sold(self) -> bool:
        """Whether anything was bought or given back."""
        return bool(self.sales or self.returns)


@dataclass(frozen=True)
class Item:
    """An item in one currency, in the period and in the one before."""

    nm_id: int
    currency: str
    title: str | None = None
    vendor_code: str | None = None
    now: Totals = Totals()
    before: Totals = Totals()


async def made_of(connection: AsyncConnection, cabinet_id: UUID, period: Period) -> str:
    """A hash of what the cabinet's period and the one before came to: another one where late data came.

    Estimates, and what is true only now, have no part in it: they move by themselves.
    """
    days = {"since": period.before.first, "until": period.now.last, **_moments(period)}
    return str(await connection.scalar(_MADE_OF, {"cabinet_id": cabinet_id, **days}))


async def items(connection: AsyncConnection, cabinet_id: UUID, period: Period) -> list[Item]:
    """Every item that something happened to in either period, by currency and number."""
    days = {"since": period.before.first, "first": period.now.first, "until": period.now.last}
    rows = (await connection.execute(_ITEMS, {"cabinet_id": cabinet_id, **days})).all()
    # Thousands of rows: in a thread, so that the events of others are handled meanwhile.
    return await asyncio.to_thread(_items, rows)


def _items(rows: "Sequence[Row[Any]]") -> list[Item]:
    found: dict[tuple[str, int], Item] = {}
    for row in rows:
        key, totals = (row.currency, row.nm_id), Totals(*row[5:])
        known = found.get(key) or Item(row.nm_id, row.currency, row.title, row.vendor_code)
        found[key] = replace(known, now=totals) if row.is_now else replace(known, before=totals)
    return list(found.values())


async def days_in_stock(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], period: Period
) -> dict[int, tuple[int | None, int | None]]:
    """On how many days each item was in stock, in the period before and in the period; none: not known of all days."""
    now = bits(0, len(period.now) - 1)
    before = bits(len(period.now), len(period.now) + len(period.before) - 1)
    found: dict[int, tuple[int | None, int | None]] = {}
    for start in range(0, len(nm_ids), CHUNK_ITEMS):
        cards = await read_cards(connection, cabinet_id, nm_ids[start : start + CHUNK_ITEMS])
        for nm_id, stock in (await stock_days.read(connection, cabinet_id, cards, period.now.last)).items():
            days = stock.days()
            found[nm_id] = _days(days, before), _days(days, now)
    return found


def _days(days: StockDays, asked: int) -> int | None:
    return (days.in_stock & asked).bit_count() if days.known & asked == asked else None


async def plans(connection: AsyncConnection, cabinet_id: UUID, period: Period) -> dict[str, Plan]:
    """The cabinet's plan of the month of the period's last day, as that day ended, by currency."""
    last = period.now.last
    today = last + timedelta(days=1)
    found = await plan.of_month(connection, cabinet_id, [WHOLE_CABINET], last.replace(day=1), today, last=last)
    return {currency: of_currency for (_, currency), of_currency in found.items()}


async def differences(
    connection: AsyncConnection, cabinet_id: UUID, period: Period
) -> dict[str, tuple[Difference, ...]]:
    """By how much the API and other reports differ in the period, by currency and reason."""
    days = {"first": period.now.first, "last": period.now.last}
    found: dict[str, list[Difference]] = defaultdict(list)
    for row in (await connection.execute(_DIFFERENCES, {"cabinet_id": cabinet_id, **days})).mappings():
        found[row["currency"]].append(Difference.model_validate(dict(row)))
    return {currency: tuple(of_currency) for currency, of_currency in found.items()}


async def running_out(connection: AsyncConnection, cabinet_id: UUID) -> tuple[tuple[RunningOut, ...], int]:
    """What lasts for less than a week from now, the soonest first; and how much that is in all."""
    rows = (await connection.execute(_RUNNING_OUT, {"cabinet_id": cabinet_id})).mappings().all()
    return tuple(RunningOut.model_validate(dict(row)) for row in rows), rows[0]["of_all"] if rows else 0


async def reviews(connection: AsyncConnection, cabinet_id: UUID, period: Period) -> ReviewsOfPeriod:
    """Feedbacks of the period, and what waits for an answer."""
    row = (await connection.execute(_REVIEWS, {"cabinet_id": cabinet_id, **_moments(period)})).mappings().one()
    return ReviewsOfPeriod.model_validate(dict(row))


async def freshness(connection: AsyncConnection, cabinet_id: UUID) -> tuple[SourceAge, ...]:
    """How old the data of each source are."""
    values = {"cabinet_id": cabinet_id, "resources": list(get_args(ResourceName))}
    rows = (await connection.execute(_SOURCES, values)).mappings()
    return tuple(SourceAge.model_validate(dict(row)) for row in rows)


def _moments(period: Period) -> dict[str, datetime]:
    return {
        "since_moment": _midnight(period.before.first),
        "first_moment": _midnight(period.now.first),
        "until_moment": _midnight(period.now.last + timedelta(days=1)),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MOSCOW)
