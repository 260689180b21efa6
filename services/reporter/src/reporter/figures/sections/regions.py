"""Where orders of 30 days go, and how many are sent from the buyer's own federal district."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Region, Regions, Section
from contracts.model import MOSCOW
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.ratios import cents, percent

SECTION: Final = Section.REGIONS
DAYS = 30
NAMED = 20
"""Regions that are told by name; the rest are one."""


def _okrug(column: str) -> str:
    """A federal district by the name that all sources share: of `Приволжский федеральный округ` the first word."""
    return f"nullif(regexp_replace(trim({column}), ' федеральный округ$', ''), '')"


def _orders(nm_id: str, condition: str) -> str:
    # What `supplier/orders` says goes before the order feed; abroad the country stands for the district.
    return f"""
    SELECT {nm_id}, currency, warehouse_name, price_with_disc,
        coalesce(
            {_okrug("oblast_okrug_name")}, {_okrug("destination_district")}, nullif(trim(country_name), 'Россия')
        ) AS okrug,
        nullif(trim(region_name), '') AS region
    FROM order_facts WHERE cabinet_id = :cabinet_id AND {condition}
    """


_ITEMS = f"""nm_id = ANY(CAST(:nm_ids AS bigint[]))
    AND day > CAST(:today AS date) - {DAYS} AND day <= CAST(:today AS date)"""
_CABINET = f"""{WHOLE_CABINET} = ANY(CAST(:nm_ids AS bigint[]))
    AND ordered_at >= CAST(:begins AS timestamptz) AND ordered_at < CAST(:ends AS timestamptz)"""
_READ = text(f"""
WITH places AS MATERIALIZED (
    -- Where a warehouse is, by its name; where sources differ, it is not known.
    SELECT name, min(okrug) AS okrug FROM (
        SELECT warehouse.name, {_okrug("office.federal_district")} AS okrug
        FROM warehouses AS warehouse JOIN offices AS office
            ON office.cabinet_id = warehouse.cabinet_id AND office.office_id = warehouse.office_id
        WHERE warehouse.cabinet_id = :cabinet_id
        UNION
        SELECT name, {_okrug("federal_district")} FROM offices WHERE cabinet_id = :cabinet_id
        UNION
        SELECT warehouse_name, {_okrug("geo_name")} FROM tariffs_box
        WHERE cabinet_id = :cabinet_id AND geo_name LIKE '% федеральный округ'
    ) AS told
    WHERE okrug IS NOT NULL GROUP BY name HAVING count(*) = 1
), ordered AS (
    {_orders("nm_id", _ITEMS)}
    UNION ALL
    {_orders(f"CAST({WHOLE_CABINET} AS bigint)", _CABINET)}
)
SELECT nm_id, currency, ordered.okrug, region, count(*) AS orders, coalesce(sum(price_with_disc), 0) AS orders_sum,
    count(*) FILTER (WHERE places.okrug IS NOT NULL AND ordered.okrug IS NOT NULL) AS placed,
    count(*) FILTER (WHERE places.okrug = ordered.okrug) AS local
FROM ordered LEFT JOIN places ON places.name = ordered.warehouse_name
GROUP BY nm_id, currency, ordered.okrug, region
ORDER BY nm_id, currency
""")


class Destination(NamedTuple):
    """Orders into one region: of `placed` both ends are known, `local` of these stay in one federal district."""

    okrug: str | None
    region: str | None
    orders: int
    orders_sum: Decimal
    placed: int
    local: int


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Regions]:
    """Regions of the items (0: of the whole cabinet) that were ordered in 30 days, in one statement."""
    values = {
        "cabinet_id": cabinet_id,
        "nm_ids": list(nm_ids),
        "today": today,
        "begins": datetime.combine(today - timedelta(days=DAYS - 1), time(), MOSCOW),
        "ends": datetime.combine(today + timedelta(days=1), time(), MOSCOW),
    }
    rows = await connection.execute(_READ, values)
    return {
        key: regions(Destination(*row[2:]) for row in found)
        for key, found in groupby(rows, key=lambda row: (row.nm_id, row.currency))
    }


def regions(destinations: Iterable[Destination]) -> Regions:
    """The section from orders by region, in whatever order they come."""
    ranked = sorted(destinations, key=_rank)
    named = [each for each in ranked if each.okrug or each.region][:NAMED]
    rest = [each for each in ranked if each not in named]
    orders = sum(each.orders for each in ranked)
    told = [(each.okrug, each.region, each.orders, each.orders_sum) for each in named]
    if rest:
        told.append(
            (None, None, sum(each.orders for each in rest), sum((each.orders_sum for each in rest), Decimal(0)))
        )
    return Regions(
        regions=tuple(
            Region(okrug=okrug, region=region, orders=count, orders_sum=cents(total), share=percent(count, orders))
            for okrug, region, count, total in told
        ),
        local_share=percent(sum(each.local for each in ranked), sum(each.placed for each in ranked)),
    )


def _rank(destination: Destination) -> tuple[int, Decimal, str, str]:
    return -destination.orders, -destination.orders_sum, destination.okrug or "", destination.region or ""
