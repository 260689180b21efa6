"""What a bought piece earns: estimated as if it were ordered today, and as finance reports its last 30 days.

An item's last 30 reported days end with its newest line. The cabinet (nm_id 0) has no estimate; its fact has also the
lines that name no item, as those of storage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section, UnitEconomics, UnitMoney
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import finance_lines
from reporter.figures.advert_stats import ADVERT_STATS
from reporter.figures.conditions import DAYS, IS_OWN, Asked, read_conditions, read_tariffs
from reporter.figures.delivery import NO_WAYS, Origin, Tariffs, Ways
from reporter.figures.unit_money import Estimate, Offer, economics, estimate, fact

SECTION: Final = Section.MONEY
NO_ESTIMATE: Final = Estimate(UnitMoney(price=None), ())
NEWEST_DAYS = 90
"""How far back an order may be from which the price, WB's discount and the sale model are taken."""

Key = tuple[int, str]
"""(nm_id, currency)"""

_NEWEST = f"""
    FROM order_facts AS orders
    WHERE orders.cabinet_id = :cabinet_id AND orders.nm_id = asked.nm_id AND orders.currency = asked.currency
        AND day > CAST(:today AS date) - {NEWEST_DAYS} AND day <= CAST(:today AS date)
"""
_OFFERS = text(f"""
WITH held AS (
    SELECT nm_id, currency, discounted_price AS price FROM prices
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY(CAST(:nm_ids AS bigint[])) AND NOT gone AND discounted_price > 0
    UNION ALL
    SELECT nm_id, currency, NULL FROM analytics_cache
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY(CAST(:nm_ids AS bigint[])) AND nm_id <> {WHOLE_CABINET}
        AND period_days = {NEWEST_DAYS} AND orders > 0
), asked AS (
    SELECT nm_id, currency, min(price) AS price FROM held GROUP BY nm_id, currency
)
SELECT asked.nm_id, asked.currency, coalesce(asked.price, priced.price_with_disc) AS price, priced.spp, newest.is_own
FROM asked
LEFT JOIN LATERAL (
    SELECT price_with_disc, spp {_NEWEST} AND price_with_disc > 0
    ORDER BY day DESC, ordered_at DESC, order_id DESC LIMIT 1
) AS priced ON true
LEFT JOIN LATERAL (
    SELECT {IS_OWN} AS is_own {_NEWEST} ORDER BY day DESC, ordered_at DESC, order_id DESC LIMIT 1
) AS newest ON true
""")
_ORIGINS = text(f"""
SELECT nm_id, currency, warehouse_name, {IS_OWN} AS is_own, count(*) AS pieces FROM order_facts
WHERE cabinet_id = :cabinet_id AND nm_id = ANY(CAST(:nm_ids AS bigint[]))
    AND day > CAST(:today AS date) - {DAYS} AND day <= CAST(:today AS date)
GROUP BY nm_id, currency, warehouse_name, is_own
ORDER BY nm_id, currency, warehouse_name, is_own
""")


def _days(condition: str) -> str:
    """Lines summed by the day that decides what a piece costs; of many lines few are left to be looked up."""
    return f"""
    SELECT asked.nm_id AS counted_for, asked.last AS ends, line.nm_id, line.currency, {finance_lines.SUMS}
    FROM asked JOIN finance_rows AS line
        ON line.cabinet_id = :cabinet_id AND line.rr_date > asked.last - {DAYS} AND line.rr_date <= asked.last
    WHERE {condition}
    GROUP BY asked.nm_id, asked.last, line.nm_id, line.currency, line.rr_date
    """


_REPORTED = text(f"""
WITH asked AS (
    SELECT nm_id, CASE nm_id
        WHEN {WHOLE_CABINET} THEN (SELECT max(rr_date) FROM finance_rows
            WHERE cabinet_id = :cabinet_id AND rr_date <= CAST(:today AS date))
        ELSE (SELECT max(rr_date) FROM finance_rows AS line
            WHERE line.cabinet_id = :cabinet_id AND line.nm_id = asked.nm_id AND rr_date <= CAST(:today AS date))
        END AS last
    FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
), days AS (
    {_days(f"asked.nm_id <> {WHOLE_CABINET} AND line.nm_id = asked.nm_id")}
    UNION ALL
    {_days(f"asked.nm_id = {WHOLE_CABINET}")}
), cost AS (
    SELECT nm_id, currency, cost, valid_from, lead(valid_from) OVER (PARTITION BY nm_id ORDER BY valid_from) AS until
    FROM costs WHERE cabinet_id = :cabinet_id AND NOT gone
), other AS (
    SELECT nm_id, currency, amount, valid_from,
        lead(valid_from) OVER (PARTITION BY nm_id ORDER BY valid_from) AS until
    FROM other_costs WHERE cabinet_id = :cabinet_id AND NOT gone
), sums AS (
    SELECT counted_for, days.currency, ends, {finance_lines.SUMS_OF_SUMS},
        CASE WHEN bool_and(cost.cost IS NOT NULL OR pieces = 0) THEN sum(pieces * coalesce(cost.cost, 0)) END AS cost,
        sum(
            pieces * CASE coalesce(own.currency, common.currency)
                WHEN days.currency THEN coalesce(own.amount, common.amount)
            END
        ) AS other
    FROM days
    LEFT JOIN cost ON cost.nm_id = days.nm_id AND cost.currency = days.currency
        AND cost.valid_from <= days.first AND (cost.until IS NULL OR days.first < cost.until)
    LEFT JOIN other AS own ON own.nm_id = days.nm_id
        AND own.valid_from <= days.first AND (own.until IS NULL OR days.first < own.until)
    LEFT JOIN other AS common ON common.nm_id = {WHOLE_CABINET}
        AND common.valid_from <= days.first AND (common.until IS NULL OR days.first < common.until)
    GROUP BY counted_for, days.currency, ends
)
SELECT sums.*, advert.spent
FROM sums
CROSS JOIN LATERAL (
    SELECT sum(spent) AS spent FROM (
        SELECT * FROM ({ADVERT_STATS}) AS stats
        WHERE stats.cabinet_id = :cabinet_id AND stats.nm_id = sums.counted_for
        UNION ALL
        SELECT * FROM ({ADVERT_STATS}) AS stats
        WHERE stats.cabinet_id = :cabinet_id AND stats.nm_id <> 0 AND sums.counted_for = {WHOLE_CABINET}
    ) AS stats
    WHERE stats.currency = sums.currency AND stats.day > sums.ends - {DAYS} AND stats.day <= sums.ends
) AS advert
""")


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[Key, UnitEconomics]:
    """Money of the items (0: of the whole cabinet) in each currency in which they are sold or reported."""
    values = {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids), "today": today}
    offers = await _offers(connection, values)
    reported = {
        (row.counted_for, row.currency): finance_lines.reported(row, cost=row.cost, other=row.other, spent=row.spent)
        for row in await connection.execute(_REPORTED, values)
    }
    asked = [Asked(nm_id, currency, today) for nm_id, currency in offers]
    asked += [Asked(nm_id, currency, sums.last) for (nm_id, currency), sums in reported.items()]
    conditions = await read_conditions(connection, cabinet_id, asked, today)
    tariffs = await read_tariffs(connection, cabinet_id)
    counted = {}
    for key in sorted(offers.keys() | reported.keys()):
        nm_id, currency = key
        expected, told, sums = NO_ESTIMATE, None, reported.get(key)
        if sums and sums.pieces > 0:
            told = fact(sums, conditions[Asked(nm_id, currency, sums.last)].tax, pieces=sums.pieces)
        if offer := offers.get(key):
            # What stands in `item_figures` may be older than the facts: the ways are those counted here.
            charged = Ways(told.delivery, told.delivery_back) if told else NO_WAYS
            now = replace(conditions[Asked(nm_id, currency, today)], charged=charged)
            expected = estimate(offer, now, tariffs.get(currency, Tariffs()))
        if offer or told:
            counted[key] = economics(expected, sums, told)
    return counted


async def _offers(connection: AsyncConnection, values: Mapping[str, Any]) -> dict[Key, Offer]:
    origins: dict[Key, list[Origin]] = {}
    for row in await connection.execute(_ORIGINS, values):
        origins.setdefault((row.nm_id, row.currency), []).append(Origin(row.warehouse_name, row.is_own, row.pieces))
    return {
        (row.nm_id, row.currency): Offer(
            price=row.price,
            spp=row.spp,
            is_own=row.is_own,
            # Only where the goods lie from which it is sold now.
            origins=tuple(
                origin for origin in origins.get((row.nm_id, row.currency), ()) if origin.is_own == row.is_own
            ),
        )
        for row in await connection.execute(_OFFERS, values)
    }
