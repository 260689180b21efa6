"""What adverts of an item cost and bring, in the currency of their campaigns."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from contracts.analytics import PERIODS_DAYS, WHOLE_CABINET
from contracts.currency import ROUBLE
from contracts.items import AdvertPeriod, Adverts, Section
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.advert_stats import ADVERT_STATS
from reporter.figures.ratios import cents, cents_if_known, per, percent

SECTION: Final = Section.ADVERTS
RUNNING = 9
"""WB's status of a campaign that is shown now."""

_LONGEST = max(PERIODS_DAYS)
_FIGURES = "currency, day, views, clicks, orders, spent, order_sum"
_WITHIN = f"day > CAST(:today AS date) - {_LONGEST} AND day <= CAST(:today AS date)"
# Items are looked up one by one: without statistics the planner would read the whole cabinet.
_READ = text(f"""
WITH stats AS (
    SELECT nm_id, of_item.*
    FROM unnest(CAST(:nm_ids AS bigint[])) AS items (nm_id)
    CROSS JOIN LATERAL (
        SELECT {_FIGURES} FROM ({ADVERT_STATS}) AS stats
        WHERE cabinet_id = :cabinet_id AND stats.nm_id = items.nm_id AND {_WITHIN} OFFSET 0
    ) AS of_item
    UNION ALL
    SELECT {WHOLE_CABINET}, {_FIGURES} FROM ({ADVERT_STATS}) AS stats
    WHERE cabinet_id = :cabinet_id AND nm_id <> {WHOLE_CABINET} AND {WHOLE_CABINET} = ANY(CAST(:nm_ids AS bigint[]))
        AND {_WITHIN}
), shown AS (
    SELECT campaign.advert_id, campaign.nm_ids, coalesce(campaign.currency, '{ROUBLE}') AS currency, budget.total
    FROM campaigns AS campaign
    LEFT JOIN campaign_budgets AS budget
        ON budget.cabinet_id = campaign.cabinet_id AND budget.advert_id = campaign.advert_id AND NOT budget.gone
    WHERE campaign.cabinet_id = :cabinet_id AND campaign.status = {RUNNING} AND NOT campaign.gone
), running AS (
    SELECT nm_id, currency, count(*) AS campaigns, sum(total) AS budget_left
    FROM (
        SELECT CAST(nm_id AS bigint) AS nm_id, currency, total
        FROM shown CROSS JOIN jsonb_array_elements_text(nm_ids) AS nm_id
        UNION ALL
        SELECT {WHOLE_CABINET}, currency, total FROM shown
    ) AS shown
    WHERE nm_id = ANY(CAST(:nm_ids AS bigint[]))
    GROUP BY nm_id, currency
), asked AS (
    SELECT nm_id, currency FROM stats UNION SELECT nm_id, currency FROM running
), advertised AS (
    SELECT nm_id, currency, period_days, sum(views) AS views, sum(clicks) AS clicks, sum(orders) AS orders,
        sum(spent) AS spent, sum(order_sum) AS orders_sum
    FROM stats
    JOIN unnest(CAST(:periods_days AS integer[])) AS periods (period_days)
        ON day > CAST(:today AS date) - period_days
    GROUP BY nm_id, currency, period_days
)
SELECT nm_id, currency, period_days, coalesce(views, 0) AS views, coalesce(clicks, 0) AS clicks,
    coalesce(advertised.orders, 0) AS orders, coalesce(spent, 0) AS spent,
    coalesce(advertised.orders_sum, 0) AS orders_sum, ordered.orders_sum AS all_orders_sum,
    coalesce(campaigns, 0) AS campaigns, budget_left
FROM asked
CROSS JOIN unnest(CAST(:periods_days AS integer[])) AS periods (period_days)
LEFT JOIN advertised USING (nm_id, currency, period_days)
LEFT JOIN (
    SELECT nm_id, currency, period_days, orders_sum FROM analytics_cache
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY(CAST(:nm_ids AS bigint[]))
) AS ordered USING (nm_id, currency, period_days)
LEFT JOIN running USING (nm_id, currency)
ORDER BY nm_id, currency, period_days
""")


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Adverts]:
    """Adverts of the items (0: of the whole cabinet) that were or are advertised, in one statement."""
    values = {
        "cabinet_id": cabinet_id,
        "nm_ids": list(nm_ids),
        "today": today,
        "periods_days": sorted(PERIODS_DAYS),
    }
    rows = (await connection.execute(_READ, values)).all()
    return {
        key: Adverts(
            periods=tuple(
                advert_period(
                    row.period_days,
                    views=row.views,
                    clicks=row.clicks,
                    orders=row.orders,
                    spent=row.spent,
                    orders_sum=row.orders_sum,
                    all_orders_sum=row.all_orders_sum,
                )
                for row in periods
            ),
            campaigns=periods[0].campaigns,
            budget_left=cents_if_known(periods[0].budget_left),
        )
        for key, periods in _by_key(rows)
    }


def _by_key(rows: Sequence[Row[Any]]) -> Iterator[tuple[tuple[int, str], list[Row[Any]]]]:
    for key, periods in groupby(rows, key=lambda row: (row.nm_id, row.currency)):
        yield key, list(periods)


def advert_period(
    period_days: int,
    *,
    views: int,
    clicks: int,
    orders: int,
    spent: Decimal,
    orders_sum: Decimal,
    all_orders_sum: Decimal | None,
) -> AdvertPeriod:
    """The figures of a period; `all_orders_sum` is that of all orders of the item, from adverts or not."""
    return AdvertPeriod(
        period_days=period_days,
        views=views,
        clicks=clicks,
        spent=cents(spent),
        orders=orders,
        orders_sum=cents(orders_sum),
        drr=percent(spent, all_orders_sum),
        drr_adverts=percent(spent, orders_sum),
        cpo=per(spent, orders),
        ctr=percent(clicks, views),
        cpc=per(spent, clicks),
    )
