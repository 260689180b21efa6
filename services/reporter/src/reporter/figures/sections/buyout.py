"""Of what was ordered, how much was bought. Formulas: docs/metrics.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.analytics import PERIODS_DAYS, WHOLE_CABINET
from contracts.items import Buyout, BuyoutPeriod, Section
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.ratios import percent

SECTION = Section.BUYOUT

MATURE_AFTER_DAYS = 14
"""Where too little was bought to tell."""
FEWEST_PURCHASES = 20
"""Of fewer the 95th percentile is simply the slowest."""
PURCHASES = 100
"""The newest ones of an item tell how long it is on its way now."""

# Items and orders are looked up one by one: without statistics the planner would read the whole cabinet.
_DAYS = text("""
SELECT asked.nm_id, became.*
FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
CROSS JOIN LATERAL (
    SELECT array_agg(ago) AS ago, array_agg(ordered) AS ordered, array_agg(bought) AS bought,
        array_agg(returned) AS returned, array_agg(open) AS open
    FROM (
        -- Of all currencies together.
        SELECT CAST(:today AS date) - day AS ago, sum(orders) AS ordered, sum(bought) AS bought,
            sum(returned) AS returned, sum(open) AS open
        FROM day_totals
        WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = asked.nm_id
            AND day > CAST(:today AS date) - CAST(:days AS integer) AND day <= CAST(:today AS date)
        GROUP BY day
        HAVING sum(orders) > 0
    ) AS by_day
) AS became
WHERE ago IS NOT NULL
""")
_WAITS = text("""
SELECT asked.nm_id, array_agg(sold.day - ordered.day) AS waits
FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
CROSS JOIN LATERAL (
    SELECT order_id, day FROM sales
    WHERE cabinet_id = :cabinet_id AND sales.nm_id = asked.nm_id AND NOT is_return AND day <= CAST(:today AS date)
    ORDER BY day DESC, sale_id DESC LIMIT :purchases
) AS sold
CROSS JOIN LATERAL (
    SELECT nm_id, day FROM order_facts
    WHERE cabinet_id = :cabinet_id AND order_facts.order_id = sold.order_id OFFSET 0
) AS ordered
WHERE ordered.nm_id = asked.nm_id
GROUP BY asked.nm_id
""")
# The orders of an item are mature by its own days, so its cabinet's are the sum of them.
_WHOLE = text(f"""
SELECT CAST(period ->> 'period_days' AS integer) AS period_days,
    sum(CAST(period ->> 'ordered' AS integer)) AS ordered, sum(CAST(period ->> 'bought' AS integer)) AS bought,
    sum(CAST(period ->> 'returned' AS integer)) AS returned, sum(CAST(period ->> 'open' AS integer)) AS open,
    sum(CAST(period ->> 'mature_ordered' AS integer)) AS mature_ordered
FROM item_figures CROSS JOIN LATERAL jsonb_array_elements(body -> 'periods') AS period
WHERE cabinet_id = :cabinet_id AND section = '{SECTION}' AND nm_id <> {WHOLE_CABINET}
GROUP BY period_days
ORDER BY period_days
""")


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Buyout]:
    """The section of each item that was ordered within 90 days; two statements, and one for the cabinet."""
    values = {"cabinet_id": cabinet_id, "nm_ids": [nm_id for nm_id in nm_ids if nm_id != WHOLE_CABINET], "today": today}
    rows = await connection.execute(_DAYS, {**values, "days": max(PERIODS_DAYS)})
    days = {
        row.nm_id: dict(zip(row.ago, map(Became, row.ordered, row.bought, row.returned, row.open), strict=True))
        for row in rows
    }
    waits = {row.nm_id: row.waits for row in await connection.execute(_WAITS, {**values, "purchases": PURCHASES})}
    found = {
        (nm_id, ""): buyout(became, mature_after_days(waits.get(nm_id, ()))) for nm_id, became in sorted(days.items())
    }
    if WHOLE_CABINET in nm_ids:
        rows = await connection.execute(_WHOLE, {"cabinet_id": cabinet_id})
        if periods := tuple(
            period(row.period_days, Became(row.ordered, row.bought, row.returned, row.open), row.mature_ordered)
            for row in rows
        ):
            found[WHOLE_CABINET, ""] = Buyout(mature_after_days=None, periods=periods)
    return found


@dataclass(frozen=True)
class Became:
    """What became of some orders. The rest of them was cancelled."""

    ordered: int = 0
    bought: int = 0
    """And not given back."""
    returned: int = 0
    open: int = 0

    @classmethod
    def together(cls, parts: Iterable["Became"]) -> "Became":
        """Of all of them."""
        counts = [(each.ordered, each.bought, each.returned, each.open) for each in parts]
        return cls(*map(sum, zip(*counts, strict=True)))


def mature_after_days(waits: Sequence[int]) -> int:
    """The 95th percentile (nearest rank) of days from order to purchase; 14 if fewer than 20 are known."""
    if len(waits) < FEWEST_PURCHASES:
        return MATURE_AFTER_DAYS
    rank = -(-len(waits) * 95 // 100)
    return max(sorted(waits)[rank - 1], 0)


def buyout(days: Mapping[int, Became], mature_after_days: int) -> Buyout:
    """The section, from what became of the orders of each day (by how many days ago it was)."""
    periods = []
    for period_days in PERIODS_DAYS:
        within = {ago: became for ago, became in days.items() if ago < period_days}
        young = sum(became.open for ago, became in within.items() if ago <= mature_after_days)
        became = Became.together(within.values())
        periods.append(period(period_days, became, became.ordered - young))
    return Buyout(mature_after_days=mature_after_days, periods=tuple(periods))


def period(period_days: int, became: Became, mature_ordered: int) -> BuyoutPeriod:
    """The shares of a period; `mature_ordered` of its orders have ended, or should have by now."""
    return BuyoutPeriod(
        period_days=period_days,
        ordered=became.ordered,
        bought=became.bought,
        returned=became.returned,
        cancelled=became.ordered - became.bought - became.returned - became.open,
        open=became.open,
        share=percent(became.bought, became.ordered),
        open_share=percent(became.open, became.ordered),
        mature_ordered=mature_ordered,
        mature_bought=became.bought,
        mature_share=percent(became.bought, mature_ordered),
    )
