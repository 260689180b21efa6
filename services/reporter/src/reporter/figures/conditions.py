"""What money of items depends on besides their prices: rates, volume, buyout, adverts, and what the seller entered."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from contracts.currency import ROUBLE
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.advert_stats import ADVERT_STATS
from reporter.figures.delivery import OWN_BULKY_WAREHOUSE, OWN_WAREHOUSE, BoxTariff, Tariffs, Ways, litres
from reporter.figures.unit_money import Conditions, Rates, Tax

DAYS = 30
"""The period of the buyout share, of adverts per order, and of a fact."""

BULKY = 2
"""WB's cargo type of a seller's warehouse."""

IS_OWN = "coalesce(is_mp, warehouse_type = 'Склад продавца')"
"""Of an order: whether the goods were at the seller's own warehouse; null: no source has said."""

_SHARE = f"jsonb_path_query_first(body, '$.periods[*] ? (@.period_days == {DAYS}).mature_share') #>> '{{}}'"
CONDITIONS = f"""
SELECT asked.nm_id, asked.currency, asked.day, card.length, card.width, card.height,
    rate.paid_storage_kgvp, rate.kgvp_marketplace, rate.kgvp,
    item.share AS item_share, round(shop.share) AS shop_share, charged.there, charged.back,
    CASE WHEN ordered.orders > 0 THEN advert.spent / ordered.orders END AS adverts_per_order,
    tax.percent AS tax_percent, tax.base AS tax_base,
    CASE WHEN cost.currency = asked.currency THEN cost.cost END AS cost,
    CASE WHEN other.currency = asked.currency THEN other.amount END AS other
FROM asked
LEFT JOIN products AS card ON card.cabinet_id = :cabinet_id AND card.nm_id = asked.nm_id
LEFT JOIN tariffs_commission AS rate
    ON rate.cabinet_id = :cabinet_id AND rate.subject_id = card.subject_id AND NOT rate.gone
LEFT JOIN LATERAL (
    SELECT CAST({_SHARE} AS numeric) AS share FROM item_figures
    WHERE cabinet_id = :cabinet_id AND item_figures.nm_id = asked.nm_id AND section = 'buyout'
) AS item ON true
LEFT JOIN (
    SELECT CAST({_SHARE} AS numeric) AS share FROM item_figures
    WHERE cabinet_id = :cabinet_id AND nm_id = 0 AND section = 'buyout'
) AS shop ON true
LEFT JOIN LATERAL (
    SELECT CAST(body #>> '{{fact,delivery}}' AS numeric) AS there,
        CAST(body #>> '{{fact,delivery_back}}' AS numeric) AS back
    FROM item_figures
    WHERE cabinet_id = :cabinet_id AND item_figures.nm_id = asked.nm_id AND section = 'money'
        AND item_figures.currency = asked.currency
) AS charged ON true
LEFT JOIN analytics_cache AS ordered
    ON ordered.cabinet_id = :cabinet_id AND ordered.nm_id = asked.nm_id AND ordered.currency = asked.currency
        AND ordered.period_days = {DAYS}
CROSS JOIN LATERAL (
    SELECT sum(spent) AS spent FROM ({ADVERT_STATS}) AS stats
    WHERE stats.cabinet_id = :cabinet_id AND stats.nm_id = asked.nm_id AND stats.currency = asked.currency
        AND stats.day > CAST(:today AS date) - {DAYS} AND stats.day <= CAST(:today AS date)
) AS advert
LEFT JOIN LATERAL (
    SELECT percent, base FROM tax
    WHERE cabinet_id = :cabinet_id AND valid_from <= asked.day AND NOT gone ORDER BY valid_from DESC LIMIT 1
) AS tax ON true
LEFT JOIN LATERAL (
    SELECT cost, currency FROM costs
    WHERE cabinet_id = :cabinet_id AND costs.nm_id = asked.nm_id AND valid_from <= asked.day AND NOT gone
    ORDER BY valid_from DESC LIMIT 1
) AS cost ON true
LEFT JOIN LATERAL (
    -- The item's own, else what was entered for all.
    SELECT amount, currency FROM other_costs
    WHERE cabinet_id = :cabinet_id AND other_costs.nm_id IN (asked.nm_id, 0) AND valid_from <= asked.day AND NOT gone
    ORDER BY other_costs.nm_id DESC, valid_from DESC LIMIT 1
) AS other ON true
"""
"""A query over `asked` (nm_id, currency, day), of rows that `conditions_of` reads; it binds `:cabinet_id`, `:today`."""
_READ = text(f"""
WITH asked AS (
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:currencies AS text[]), CAST(:days AS date[]))
        AS asked (nm_id, currency, day)
) {CONDITIONS}
""")
_SHOP_SHARE = text(f"""
SELECT round(CAST({_SHARE} AS numeric)) FROM item_figures
WHERE cabinet_id = :cabinet_id AND nm_id = 0 AND section = 'buyout'
""")
_BY_SHOP_SHARE = text(f"""
SELECT nm_id FROM item_figures AS money
WHERE cabinet_id = :cabinet_id AND nm_id <> 0 AND section = 'money' AND NOT EXISTS (
    SELECT FROM item_figures
    WHERE cabinet_id = :cabinet_id AND item_figures.nm_id = money.nm_id AND section = 'buyout'
        AND {_SHARE} IS NOT NULL
)
""")
# A warehouse of the seller's own for bulky goods has the tariff of all such, unless it has a row by its own name.
_TARIFFS = f"""
WITH listed AS (
    SELECT warehouse_name, geo_name, coalesce(currency, '{ROUBLE}') AS currency,
        box_delivery_base AS base, box_delivery_liter AS liter, box_delivery_coef_expr AS coefficient,
        box_delivery_marketplace_base AS own_base, box_delivery_marketplace_liter AS own_liter,
        box_delivery_marketplace_coef_expr AS own_coefficient
    FROM tariffs_box
    WHERE cabinet_id = :cabinet_id AND NOT gone {{of_warehouses}}
), bulky AS (
    SELECT name FROM warehouses WHERE cabinet_id = :cabinet_id GROUP BY name HAVING bool_and(cargo_type = {BULKY})
)
SELECT * FROM listed
UNION ALL
SELECT bulky.name, geo_name, currency, NULL, NULL, NULL, own_base, own_liter, own_coefficient
FROM listed CROSS JOIN bulky
WHERE warehouse_name = '{OWN_BULKY_WAREHOUSE}' AND bulky.name NOT IN (SELECT warehouse_name FROM listed)
ORDER BY warehouse_name, geo_name
"""
_ALL_TARIFFS = text(_TARIFFS.format(of_warehouses=""))
TARIFFS_OF_ORDERS = _TARIFFS.format(
    of_warehouses=f"""AND (
        warehouse_name IN (SELECT warehouse_name FROM orders)
        OR warehouse_name IN ('{OWN_WAREHOUSE}', '{OWN_BULKY_WAREHOUSE}')
    )"""
)
"""A query of the tariffs that `orders` (warehouse_name) go by, of rows that `tariffs_of` reads; binds `:cabinet_id`."""


class Asked(NamedTuple):
    """An item in a currency on a day."""

    nm_id: int
    currency: str
    day: date


async def read_conditions(
    connection: AsyncConnection, cabinet_id: UUID, asked: Collection[Asked], today: date
) -> dict[Asked, Conditions]:
    """What holds for each, in one statement.

    Entered values are those valid on the day asked for. Rates, volume, buyout and adverts (30 days to `today`) are
    those known now: of the past Wildberries tells no tariffs.
    """
    wanted = sorted(set(asked))
    rows = await connection.execute(
        _READ,
        {
            "cabinet_id": cabinet_id,
            "nm_ids": [each.nm_id for each in wanted],
            "currencies": [each.currency for each in wanted],
            "days": [each.day for each in wanted],
            "today": today,
        },
    )
    return {Asked(row.nm_id, row.currency, row.day): conditions_of(row) for row in rows}


async def shop_share(connection: AsyncConnection, cabinet_id: UUID) -> Decimal | None:
    """The buyout share of the whole cabinet, in whole percent, which items without their own go by."""
    share: Decimal | None = await connection.scalar(_SHOP_SHARE, {"cabinet_id": cabinet_id})
    return share


async def items_by_shop_share(connection: AsyncConnection, cabinet_id: UUID) -> set[int]:
    """The items that go by it."""
    return set((await connection.execute(_BY_SHOP_SHARE, {"cabinet_id": cabinet_id})).scalars())


async def read_tariffs(connection: AsyncConnection, cabinet_id: UUID) -> Mapping[str, Tariffs]:
    """Delivery from every warehouse by currency, in one statement."""
    return tariffs_of(await connection.execute(_ALL_TARIFFS, {"cabinet_id": cabinet_id}))


def tariffs_of(rows: Iterable[Any]) -> dict[str, Tariffs]:
    """Delivery by currency; a name that several countries share with different figures has none."""
    found: dict[str, tuple[dict[str, BoxTariff | None], dict[str, BoxTariff | None]]] = {}
    for row in rows:
        wb, own = found.setdefault(row.currency, ({}, {}))
        _add(wb, row.warehouse_name, row.base, row.liter, row.coefficient)
        _add(own, row.warehouse_name, row.own_base, row.own_liter, row.own_coefficient)
    return {currency: Tariffs(_known(wb), _known(own)) for currency, (wb, own) in found.items()}


def _add(
    tariffs: dict[str, BoxTariff | None],
    name: str,
    base: Decimal | None,
    liter: Decimal | None,
    coefficient: Decimal | None,
) -> None:
    tariff = None if base is None or liter is None else BoxTariff(base, liter, coefficient)
    tariffs[name] = tariff if tariffs.setdefault(name, tariff) == tariff else None


def _known(tariffs: Mapping[str, BoxTariff | None]) -> dict[str, BoxTariff]:
    return {name: tariff for name, tariff in tariffs.items() if tariff is not None}


def conditions_of(row: Any) -> Conditions:
    """What a row of `CONDITIONS` says."""
    return Conditions(
        rates=Rates(row.paid_storage_kgvp, row.kgvp_marketplace, row.kgvp),
        litres=litres(row.length, row.width, row.height),
        item_share=row.item_share,
        shop_share=row.shop_share,
        adverts_per_order=row.adverts_per_order,
        tax=None if row.tax_percent is None else Tax(row.tax_percent, row.tax_base),
        cost=row.cost,
        other=row.other,
        charged=Ways(row.there, row.back),
    )
