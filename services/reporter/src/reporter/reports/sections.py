"""The sections of the report, from the figures of its item and the facts of its order. Formulas: docs/metrics.md."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from contracts.items import (
    Adverts,
    Buyout,
    BuyoutPeriod,
    Rank,
    Regions,
    Reviews,
    Section,
    Speed,
    Stock,
    UnitEconomics,
    Units,
    Velocity,
)
from contracts.order_report import (
    PeriodSpeed,
    ReportedAds,
    ReportedBuyout,
    ReportedItself,
    ReportedMoney,
    ReportedProduct,
    ReportedRoute,
    ReportedStock,
    ReportedVelocity,
    SalesBefore,
    SalesPeriod,
)
from contracts.products import ProductCard

from reporter.figures.exact import rounded

Bodies = Mapping[Section, Any]
"""Section → its model; what was never counted is not there."""

ADVERT_DAYS = 30


def itself(order: Mapping[str, Any], card: ProductCard | None) -> ReportedItself:
    """An order that only the order feed knows has its size by number alone: the card names it."""
    size = next((each for each in card.sizes if each.chrt_id == order["chrt_id"]), None) if card else None
    known = {
        "title": card.title if card else None,
        "photo": card.photo if card else None,
        "supplier_article": order["supplier_article"] or (card and card.vendor_code),
        "brand": order["brand"] or (card and card.brand),
        "subject": order["subject"] or (card and card.subject),
        "tech_size": order["tech_size"] or (size and size.tech_size),
        "barcode": order["barcode"] or (size.skus[0] if size and len(size.skus) == 1 else None),
        "stored_at": order["updated_at"],
    }
    return ReportedItself.model_validate({**order, **known})


def money(order: Mapping[str, Any], economics: UnitEconomics) -> ReportedMoney:
    return ReportedMoney.model_validate({**order, **dict(economics)})


def route(order: Mapping[str, Any], bodies: Bodies) -> ReportedRoute:
    regions: Regions | None = bodies.get(Section.REGIONS)
    known = {
        "is_own_warehouse": order["is_mp"],
        "city": order["destination_city"],
        "district": order["destination_district"],
        "local_share": regions.local_share if regions else None,
    }
    return ReportedRoute.model_validate({**order, **known})


def sales_period(row: Mapping[str, Any]) -> SalesPeriod:
    """From a row of `analytics_cache`."""
    before = {name: row[f"previous_{name}"] for name in SalesBefore.model_fields}
    changes = {f"{name}_change": change(row[name], before[name]) for name in ("orders", "sales")}
    return SalesPeriod.model_validate({**row, "previous": before, **changes})


def change(now: int, before: int) -> Decimal | None:
    """In percent of what was before; none: there was nothing."""
    if before == 0:
        return None
    return rounded(Decimal(100 * (now - before)) / before, Decimal("0.01"), ROUND_HALF_EVEN)


def buyout(bodies: Bodies) -> tuple[ReportedBuyout, ...]:
    counted: Buyout | None = bodies.get(Section.BUYOUT)
    return tuple(_buyout(period) for period in counted.periods) if counted else ()


def _buyout(period: BuyoutPeriod) -> ReportedBuyout:
    return ReportedBuyout(
        period_days=period.period_days,
        value=period.mature_share,
        bought=period.mature_bought,
        finished=period.mature_ordered,
        in_transit=period.open,
        open_share=period.open_share,
        cohort=period.share,
        mature=2 * period.mature_ordered >= period.ordered,
    )


def velocity(bodies: Bodies) -> ReportedVelocity:
    counted: Velocity | None = bodies.get(Section.VELOCITY)
    periods: Sequence[Speed] = counted.periods if counted else ()
    return ReportedVelocity(
        raw=tuple(
            PeriodSpeed(period_days=each.period_days, orders=each.orders, sales=each.sales, days=each.period_days)
            for each in periods
        ),
        oos_corrected=tuple(
            PeriodSpeed(
                period_days=each.period_days,
                orders=each.orders_in_stock,
                sales=each.sales_in_stock,
                days=each.days_in_stock,
            )
            for each in periods
        ),
    )


def stocks(bodies: Bodies) -> tuple[ReportedStock, ...]:
    counted: Stock | None = bodies.get(Section.STOCK)
    if counted is None:
        return ()
    total = _stock(counted.total, warehouses=counted.warehouses, target_days=counted.target_days)
    return (total, *(_stock(size, size=size.tech_size, chrt_id=size.chrt_id) for size in counted.sizes))


def _stock(units: Units, *, size: str | None = None, chrt_id: int | None = None, **more: Any) -> ReportedStock:
    same = {name: getattr(units, name) for name in _SAME}
    return ReportedStock(size=size, chrt_id=chrt_id, days=units.days_left, restock=units.replenish, **{**same, **more})


_SAME = ("wb", "own", "endless", "runs_out_on", "out_since", "to_client", "from_client", "incoming")


def product(bodies: Bodies, currency: str) -> ReportedProduct:
    reviews: Reviews | None = bodies.get(Section.REVIEWS)
    rank: Rank | None = bodies.get(Section.RANK)
    return ReportedProduct(
        rating=reviews.rating if reviews else None,
        rating_week_ago=reviews.rating_week_ago if reviews else None,
        reviews=reviews.count if reviews else None,
        stars=reviews.stars if reviews else None,
        unanswered=reviews.unanswered if reviews else None,
        abc=rank.abc_revenue if rank else None,
        abc_profit=rank.abc_profit if rank else None,
        revenue_share=rank.revenue_share if rank else None,
        xyz=rank.xyz if rank else None,
        ads=_ads(bodies.get(Section.ADVERTS), currency),
    )


def _ads(counted: Adverts | None, currency: str) -> ReportedAds | None:
    for period in counted.periods if counted else ():
        if counted and period.period_days == ADVERT_DAYS:
            return ReportedAds(
                currency=currency, period=period, campaigns=counted.campaigns, budget_left=counted.budget_left
            )
    return None
