"""Orders and sales of a period beside the one before: in all, and by day, item, brand, subject or region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.currency import Currency
from contracts.items import Section, Share
from contracts.model import MOSCOW, Count, Figure, Model
from pydantic import ConfigDict, Field
from servicekit import clock

from gateway import freshness
from gateway.freshness import Freshness
from gateway.performance import Change, change
from gateway.periods import ComparedDays
from gateway.reading import Row, Shown
from gateway.replica import Reads

SOURCES = ("orders", "sales")
REGION_DAYS = 30
"""Regions are counted of so many days."""
MAX_GROUPS = 500

_SHOWN = ConfigDict(json_schema_serialization_defaults_required=True)


class GroupBy(StrEnum):
    """What figures are taken apart by."""

    DAY = "day"
    ITEM = "item"
    BRAND = "brand"
    SUBJECT = "subject"
    REGION = "region"


class SalesFigures(Model):
    """What a period came to.. Null: not counted of this group."""

    orders: Count
    orders_sum: Figure
    cancelled: Count | None
    cancelled_sum: Figure | None
    bought: Count | None = Field(description="of these orders, and not given back since")
    returned: Count | None = Field(description="of these orders")
    open: Count | None = Field(description="of these orders, still on their way")
    sales: Count | None = Field(description="on these days, whenever they were ordered")
    sales_sum: Figure | None
    for_pay: Figure | None = Field(description="to be paid for the sales, preliminary")
    returns: Count | None = Field(description="on these days, whenever they were ordered")
    returns_sum: Figure | None = Field(description="positive")


class BeforeFigures(Model):
    """What as many days before came to."""

    orders: Count
    orders_sum: Figure
    cancelled: Count
    sales: Count
    sales_sum: Figure


class SalesTotal(Model):
    """One currency of a period."""

    model_config = _SHOWN

    currency: Currency
    figures: SalesFigures
    before: BeforeFigures | None = Field(description="null: not counted of this group")
    change: Change | None


class SalesGroup(SalesTotal):
    """A day, item, brand, subject or region, in one currency. Only that which it is grouped by is told."""

    day: date | None = None
    cabinet_id: UUID | None = None
    nm_id: int | None = None
    title: str | None = None
    brand: str | None = Field(default=None, description="null beside other brands: the card is not known, or has none")
    subject: str | None = None
    okrug: str | None = Field(default=None, description="federal district, or abroad the country")
    region: str | None = Field(default=None, description="null, as the district: regions that are not named")
    share: Share | None = Field(default=None, description="of orders; only of regions")


class SalesReport(Model):
    """Orders and sales of a period."""

    model_config = _SHOWN

    period: ComparedDays
    group_by: GroupBy
    totals: tuple[SalesTotal, ...] = Field(description="by currency; empty: nothing was ever ordered")
    groups: tuple[SalesGroup, ...] = Field(
        max_length=MAX_GROUPS, description="days: the newest first; all others: the largest sum of orders first"
    )
    groups_total: Count = Field(description="how many groups there are; 0 beyond the last")


@dataclass(frozen=True)
class SalesQuery:
    """Which figures of which cabinets."""

    cabinets: Sequence[UUID]
    period: int
    group_by: GroupBy = GroupBy.DAY
    nm_id: int | None = None
    currency: str | None = None
    limit: int = 100
    offset: int = 0


_FIGURES = tuple(SalesFigures.model_fields)
_BEFORE = tuple(f"previous_{name}" for name in BeforeFigures.model_fields)
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in (*_FIGURES, *_BEFORE))
_OF_PERIOD = """
reporter_published.analytics AS period
WHERE period.cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND period_days = :period
    AND (CAST(:currency AS text) IS NULL OR period.currency = :currency)
"""
_TOTALS = f"""
SELECT currency, {_SUMS}, max(period_end) AS period_end FROM {_OF_PERIOD} AND nm_id = :nm_id
GROUP BY currency ORDER BY currency
"""
_PAGE = "LIMIT :limit OFFSET :offset"
_ITEMS = f"""
SELECT page.*, title FROM (
    SELECT cabinet_id, nm_id, currency, {", ".join((*_FIGURES, *_BEFORE))}, count(*) OVER () AS of_all
    FROM {_OF_PERIOD} AND nm_id <> {WHOLE_CABINET} AND CAST(:nm_id AS bigint) IN ({WHOLE_CABINET}, nm_id)
    ORDER BY orders_sum DESC, nm_id, currency, cabinet_id {_PAGE}
) AS page LEFT JOIN reporter_published.products AS card USING (cabinet_id, nm_id)
ORDER BY orders_sum DESC, nm_id, currency, cabinet_id
"""
_BY_NAME = """
SELECT card.{column}, period.currency, {sums}, count(*) OVER () AS of_all
FROM (
    SELECT * FROM {of_period} AND nm_id <> {whole} AND CAST(:nm_id AS bigint) IN ({whole}, nm_id)
) AS period LEFT JOIN reporter_published.products AS card USING (cabinet_id, nm_id)
GROUP BY card.{column}, period.currency ORDER BY orders_sum DESC, card.{column}, period.currency {page}
"""
_DAYS = f"""
WITH days AS (
    SELECT day, currency, {", ".join(f"sum({name}) AS {name}" for name in _FIGURES)}
    FROM unnest(CAST(:cabinets AS uuid[])) AS wanted (id)
    JOIN reporter_published.day_totals AS of_day ON of_day.cabinet_id = wanted.id AND nm_id = :nm_id
        AND day BETWEEN CAST(:previous_first_day AS date) AND CAST(:last_day AS date)
    WHERE CAST(:currency AS text) IS NULL OR currency = :currency
    GROUP BY day, currency
)
SELECT days.*, {", ".join(f"coalesce(before.{name}, 0) AS previous_{name}" for name in BeforeFigures.model_fields)},
    count(*) OVER () AS of_all
FROM days LEFT JOIN days AS before
    ON before.currency = days.currency AND before.day = days.day - CAST(:period AS integer)
WHERE days.day >= CAST(:first_day AS date)
ORDER BY days.day DESC, days.currency {_PAGE}
"""
# Of each cabinet the regions are shares of its own orders: added up they are told anew.
_REGIONS = f"""
SELECT region ->> 'okrug' AS okrug, region ->> 'region' AS region, currency,
    sum(CAST(region ->> 'orders' AS bigint)) AS orders, sum(CAST(region ->> 'orders_sum' AS numeric)) AS orders_sum,
    sum(sum(CAST(region ->> 'orders' AS bigint))) OVER (PARTITION BY currency) AS of_currency,
    count(*) OVER () AS of_all
FROM reporter_published.item_figures AS figures CROSS JOIN LATERAL jsonb_array_elements(body -> 'regions') AS region
WHERE figures.cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND nm_id = :nm_id AND section = '{Section.REGIONS}'
    AND (CAST(:currency AS text) IS NULL OR currency = :currency)
GROUP BY okrug, region, currency ORDER BY orders_sum DESC, okrug, region, currency {_PAGE}
"""
_GROUPS = {
    GroupBy.DAY: _DAYS,
    GroupBy.ITEM: _ITEMS,
    GroupBy.REGION: _REGIONS,
    **{
        name: _BY_NAME.format(column=name.value, sums=_SUMS, of_period=_OF_PERIOD, whole=WHOLE_CABINET, page=_PAGE)
        for name in (GroupBy.BRAND, GroupBy.SUBJECT)
    },
}


async def read(reads: Reads, query: SalesQuery) -> tuple[SalesReport, Freshness]:
    """What the period came to, and its groups from the query's offset on, `limit` at most."""
    async with reads.showing(query.cabinets) as shown:
        values = {
            "cabinets": list(query.cabinets),
            "period": query.period,
            "nm_id": query.nm_id or WHOLE_CABINET,
            "currency": query.currency,
        }
        totals = await shown.rows(_TOTALS, values)
        last_day = max((row["period_end"] for row in totals), default=clock.now().astimezone(MOSCOW).date())
        period = ComparedDays.up_to(last_day, query.period)
        groups = await _groups(shown, query, values, period)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    report = SalesReport(
        period=period,
        group_by=query.group_by,
        totals=tuple(SalesTotal.model_validate(_told(row)) for row in totals),
        groups=tuple(SalesGroup.model_validate({**row, **_told(row), "share": _share(row)}) for row in groups),
        groups_total=groups[0]["of_all"] if groups else 0,
    )
    return report, age


async def _groups(shown: Shown, query: SalesQuery, values: Mapping[str, Any], period: ComparedDays) -> Sequence[Row]:
    of_days = period.model_dump(include={"first_day", "last_day", "previous_first_day"})
    given = {**values, "limit": query.limit, "offset": query.offset, **of_days}
    return await shown.rows(_GROUPS[query.group_by], given)


def _told(row: Row) -> dict[str, Any]:
    figures = {name: row.get(name) for name in SalesFigures.model_fields}
    told = {"currency": row["currency"], "figures": figures, "before": None, "change": None}
    if "previous_orders" in row:
        before = {name: row[f"previous_{name}"] for name in BeforeFigures.model_fields}
        told["before"] = before
        told["change"] = {name: change(row[name], before[name]) for name in Change.model_fields}
    return told


def _share(row: Row) -> Decimal | None:
    of_currency = row.get("of_currency")
    if not of_currency:
        return None
    return (Decimal(row["orders"]) * 100 / Decimal(of_currency)).quantize(Decimal("0.01"))
