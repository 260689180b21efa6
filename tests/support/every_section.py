"""Figures of an item in every section."""

from decimal import Decimal
from typing import Any

from contracts.items import (
    AdvertPeriod,
    Adverts,
    Buyout,
    BuyoutPeriod,
    Rank,
    Regions,
    Reviews,
    Section,
    SizeUnits,
    Speed,
    Stock,
    Units,
    Velocity,
    WarehouseUnits,
)
from contracts.model import Model

from support.reporting import (
    NOON,
)

PERIOD = {"period_days": 30, "ordered": 87, "bought": 50, "returned": 3, "cancelled": 16, "open": 18}
ADVERTS = {"views": 100, "clicks": 10, "spent": "50", "orders": 2, "orders_sum": "300", "ctr": "10", "cpc": "5"}


def everything() -> dict[tuple[Section, str], Model]:
    speed = Speed(period_days=7, orders=Decimal(3), sales=Decimal(2), days_in_stock=6, orders_in_stock=Decimal("3.5"))
    units: dict[str, Any] = {"wb": 5, "own": 1, "orders_per_day": Decimal(1), "days_left": Decimal(6), "replenish": 9}
    size = SizeUnits(chrt_id=10, tech_size="M", **units)
    stock = Stock(
        total=Units(**units, to_client=2),
        sizes=(size,),
        warehouses=(WarehouseUnits(name="Тула", is_own=False, quantity=5),),
        method="среднее",
        lead_days=14,
        target_days=30,
        as_of=NOON,
    )
    week = AdvertPeriod.model_validate({**ADVERTS, "period_days": 7, "drr": "1", "drr_adverts": "1", "cpo": "1"})
    month = AdvertPeriod.model_validate({**ADVERTS, "period_days": 30, "drr": "2", "drr_adverts": "1", "cpo": "25"})
    buyout = BuyoutPeriod.model_validate(
        {
            **PERIOD,
            "share": "57.47",
            "open_share": "20.69",
            "mature_ordered": 69,
            "mature_bought": 50,
            "mature_share": "72.46",
        }
    )
    return {
        (Section.BUYOUT, ""): Buyout(mature_after_days=14, periods=(buyout,)),
        (Section.VELOCITY, ""): Velocity(periods=(speed,)),
        (Section.STOCK, ""): stock,
        (Section.REGIONS, "RUB"): Regions(regions=(), local_share=Decimal("63.1")),
        (Section.REVIEWS, ""): Reviews(
            rating=Decimal("4.6"),
            count=15,
            stars=(1, 2, 3, 4, 5),
            rating_week_ago=Decimal("4.7"),
            bad_week=0,
            count_week=1,
            unanswered=2,
            unanswered_questions=0,
        ),
        (Section.RANK, "RUB"): Rank(abc_revenue="A", abc_profit="B", revenue_share=Decimal(11), xyz="Y", weeks=5),
        (Section.ADVERTS, "KGS"): Adverts(periods=(week,), campaigns=3),
        (Section.ADVERTS, "RUB"): Adverts(periods=(week, month), campaigns=1),
    }
