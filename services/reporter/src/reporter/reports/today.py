"""Today against yesterday: to the same minute, and yesterday whole. By the moment of the order, in Moscow days.

Today's figures are those of `day_totals`; yesterday's are counted from the orders, at most one day of the cabinet's.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.model import MOSCOW
from contracts.orders import DayFigures, TodayAndYesterday
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.moscow import day_of

DAY = timedelta(days=1)

Asked = tuple[int, str]
"""nm_id (0: the whole cabinet), and the currency."""

_SUMS = """
count(*) AS orders, coalesce(sum(price_with_disc), 0) AS orders_sum, count(*) FILTER (WHERE is_cancel) AS cancelled,
count(*) FILTER (WHERE ordered_at < :until) AS orders_until,
coalesce(sum(price_with_disc) FILTER (WHERE ordered_at < :until), 0) AS orders_sum_until,
count(*) FILTER (WHERE is_cancel AND ordered_at < :until) AS cancelled_until
"""
# The cabinet by moments alone: by the day as well, many items would seem fewer to look through than a day's orders.
_OF_YESTERDAY = "ordered_at >= :since AND ordered_at < :midnight"
DAYS = f"""
WITH items AS (
    SELECT asked.nm_id, asked.currency, total.* FROM asked CROSS JOIN LATERAL (
        SELECT {_SUMS} FROM order_facts
        WHERE cabinet_id = :cabinet_id AND order_facts.nm_id = asked.nm_id
            AND order_facts.currency = asked.currency AND day = :yesterday AND {_OF_YESTERDAY}
    ) AS total WHERE asked.nm_id <> {WHOLE_CABINET}
), cabinet AS (
    SELECT CAST({WHOLE_CABINET} AS bigint) AS nm_id, currency, {_SUMS} FROM order_facts
    WHERE cabinet_id = :cabinet_id AND {_OF_YESTERDAY}
        AND EXISTS (SELECT FROM asked WHERE nm_id = {WHOLE_CABINET})
    GROUP BY currency
)
SELECT asked.nm_id, asked.currency,
    coalesce(today.orders, 0) AS orders_today, coalesce(today.orders_sum, 0) AS orders_sum_today,
    coalesce(today.cancelled, 0) AS cancelled_today,
    coalesce(before.orders, 0) AS orders, coalesce(before.orders_sum, 0) AS orders_sum,
    coalesce(before.cancelled, 0) AS cancelled, coalesce(before.orders_until, 0) AS orders_until,
    coalesce(before.orders_sum_until, 0) AS orders_sum_until, coalesce(before.cancelled_until, 0) AS cancelled_until
FROM asked
LEFT JOIN day_totals AS today
    ON today.cabinet_id = :cabinet_id AND today.nm_id = asked.nm_id AND today.day = :today
        AND today.currency = asked.currency
LEFT JOIN (SELECT * FROM items UNION ALL SELECT * FROM cabinet) AS before
    ON before.nm_id = asked.nm_id AND before.currency = asked.currency
"""
"""The query, over `asked` (nm_id, currency); it binds `:cabinet_id` and `days_values`."""
_READ = text(f"""
WITH asked AS (
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:currencies AS text[])) AS asked (nm_id, currency)
)
{DAYS.replace("WITH items", ", items", 1)}
""")


async def today_and_yesterday(
    connection: AsyncConnection, cabinet_id: UUID, asked: Collection[Asked], now: datetime
) -> Mapping[Asked, TodayAndYesterday]:
    """Of each asked, in one statement; the minute of `now` is included, today and yesterday."""
    nm_ids, currencies = map(list, zip(*asked, strict=True))
    values = {"cabinet_id": cabinet_id, "nm_ids": nm_ids, "currencies": currencies, **days_values(now)}
    rows = await connection.execute(_READ, values)
    return {(row["nm_id"], row["currency"]): both_days(dict(row), now) for row in rows.mappings()}


def days_values(now: datetime) -> dict[str, object]:
    """What the query binds beside the cabinet."""
    minute = minute_of(now)
    midnight = minute.replace(hour=0, minute=0)
    return {
        "today": day_of(midnight),
        "yesterday": day_of(midnight - DAY),
        "since": midnight - DAY,
        "midnight": midnight,
        "until": minute + timedelta(minutes=1) - DAY,
    }


def both_days(row: Mapping[str, Any], now: datetime) -> TodayAndYesterday:
    """A row of the query."""
    today = day_of(now)
    return TodayAndYesterday(
        minute=minute_of(now),
        today=_figures(row, "_today", today),
        yesterday_to_minute=_figures(row, "_until", today - DAY),
        yesterday=_figures(row, "", today - DAY),
    )


def minute_of(now: datetime) -> datetime:
    """The minute that counts as the last one, in Moscow time."""
    return now.astimezone(MOSCOW).replace(second=0, microsecond=0)


def _figures(row: Mapping[str, Any], of: str, day: date) -> DayFigures:
    values = {name: row[name + of] for name in ("orders", "orders_sum", "cancelled")}
    return DayFigures(day=day, currency=row["currency"], **values)
