"""A month's plan against what has come, each day weighing as its weekday usually does. Formulas: docs/metrics.md."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from contracts.items import Plan, Section
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.exact import hundredths

SECTION = Section.PLAN

PROFILE_DAYS = 56
"""Eight whole weeks before today: each weekday eight times."""
FEWEST_WEEKS = 2
FEWEST_ORDERS = 56
"""Of fewer, one a day for eight weeks, weekdays differ by chance."""

_PLANS = text("""
SELECT nm_id, currency, orders, orders_sum FROM plans
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids) AND month = CAST(:month AS date) AND NOT gone
""")
# Items are looked up one by one: without statistics the planner would read the whole cabinet.
_DAYS = text("""
SELECT asked.nm_id, ordered.*
FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
CROSS JOIN LATERAL (
    SELECT currency, array_agg(day) AS days, array_agg(orders) AS orders, array_agg(orders_sum) AS sums
    FROM day_totals
    WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = asked.nm_id
        AND day >= CAST(:since AS date) AND day <= CAST(:last AS date)
    GROUP BY currency
) AS ordered
""")


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Plan]:
    """The section of each item that has a plan for the month of `today`; two statements."""
    return await of_month(connection, cabinet_id, nm_ids, today.replace(day=1), today, last=today)


async def of_month(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], month: date, today: date, *, last: date
) -> dict[tuple[int, str], Plan]:
    """Plans of a month as they stand when `today` has begun, with what was ordered until the `last` day, included."""
    values = {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids)}
    plans = (await connection.execute(_PLANS, {**values, "month": month})).all()
    since = min(month, today - timedelta(PROFILE_DAYS))
    asked = {**values, "nm_ids": [row.nm_id for row in plans], "since": since, "last": last}
    days: dict[tuple[int, str], Days] = defaultdict(dict)
    for row in await connection.execute(_DAYS, asked):
        ordered = zip(row.days, map(Ordered, row.orders, row.sums), strict=True)
        days[row.nm_id, row.currency] = dict(ordered)
    return {
        (row.nm_id, row.currency): plan(row.orders, row.orders_sum, days[row.nm_id, row.currency], today, month)
        for row in plans
    }


@dataclass(frozen=True)
class Ordered:
    """What was ordered on a day."""

    orders: int
    orders_sum: Decimal


Days = Mapping[date, Ordered]


def plan(plan_orders: int | None, plan_sum: Decimal | None, days: Days, today: date, month: date | None = None) -> Plan:
    """The section of a month, without one of today's; `days` reach back eight weeks, and to the first of the month."""
    month = month or today.replace(day=1)
    of_month = {day: ordered for day, ordered in days.items() if day >= month}
    orders = sum(each.orders for each in of_month.values())
    orders_sum = sum((each.orders_sum for each in of_month.values()), Decimal(0))
    before_today = orders_sum - (of_month[today].orders_sum if today in of_month else 0)
    expected = passed(profile({day: each.orders for day, each in days.items()}, today), today, month)
    return Plan(
        month=month,
        plan_orders=plan_orders,
        plan_sum=plan_sum,
        orders=orders,
        orders_sum=orders_sum,
        expected_share=hundredths(expected * 100),
        done_orders=_percent(Decimal(orders), plan_orders),
        done_sum=_percent(orders_sum, plan_sum),
        on_course_sum=_percent(before_today, expected * Fraction(plan_sum or 0)),
    )


def _percent(part: Decimal, whole: Decimal | Fraction | int | None) -> Decimal | None:
    return hundredths(Fraction(part) * 100 / Fraction(whole)) if whole else None


def profile(orders: Mapping[date, int], today: date) -> tuple[int, ...]:
    """What a Monday weighs, a Tuesday … a Sunday: its orders in the whole weeks, up to 8, that end with yesterday.

    All weigh the same where little was ordered, or for less than 2 weeks.
    """
    ago = {(today - day).days: count for day, count in orders.items() if count and day < today}
    weeks = min(max(ago, default=0), PROFILE_DAYS) // 7
    weights = [0] * 7
    for days, count in ago.items():
        if days <= weeks * 7:
            weights[(today - timedelta(days)).weekday()] += count
    return tuple(weights) if weeks >= FEWEST_WEEKS and sum(weights) >= FEWEST_ORDERS else (1,) * 7


def passed(weights: Sequence[int], today: date, month: date | None = None) -> Fraction:
    """How much of the month, without one of today's, lies before today, each day with the weight of its weekday."""
    month = month or today.replace(day=1)
    after = (month + timedelta(31)).replace(day=1)
    days = [month + timedelta(n) for n in range((after - month).days)]
    before = sum(weights[day.weekday()] for day in days if day < today)
    return Fraction(before, sum(weights[day.weekday()] for day in days))
