"""An invented order, of which previews of messages tell."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.items import BuyoutPeriod, Speed, UnitMoney
from contracts.model import MOSCOW
from contracts.orders import (
    ChangedOrder,
    DayFigures,
    OrderFigures,
    OrderLife,
    OrderState,
    OrderStep,
    ReportedOrder,
    SizeLeft,
    SourceAge,
    StepSale,
    StockLeft,
    TodayAndYesterday,
)
from contracts.products import ProductCard

from notifier.messages.sample import NOW, SHOP

NM_ID = 214503977
ORDERED_AT = NOW - timedelta(minutes=3)
TODAY = NOW.date()

CARD = ProductCard(nm_id=NM_ID, vendor_code="HD-22/графит", title="Худи оверсайз с начёсом, графит")

_STATES: dict[OrderStep, OrderState] = {"cancelled": "cancelled", "bought": "bought", "returned": "returned"}


def sample_order(
    step: OrderStep = "ordered", *, for_pay: Decimal | None = Decimal(1128), **fields: Any
) -> ReportedOrder:
    """A step of the order; `fields` are its own."""
    at = {
        "cancelled": datetime(2026, 11, 20, 18, 40, tzinfo=MOSCOW),
        "bought": datetime(2026, 11, 24, 12, 15, tzinfo=MOSCOW),
        "priced": datetime(2026, 11, 24, 12, 15, tzinfo=MOSCOW),
        "returned": datetime(2026, 11, 30, 10, 20, tzinfo=MOSCOW),
    }
    happened_at = at.get(step, ORDERED_AT)
    is_sold = step in ("bought", "returned", "priced")
    order = ChangedOrder.model_validate(
        {
            "order_id": UUID(int=1),
            "revision": 1,
            "srid": "5f0c1be2d4a94c0e8f1c7a91.0.0",
            "ordered_at": ORDERED_AT,
            "last_change_at": happened_at,
            "nm_id": NM_ID,
            "supplier_article": "HD-22/графит",
            "tech_size": "M",
            "brand": SHOP,
            "subject": "Худи",
            "warehouse_name": "Коледино",
            "warehouse_type": "Склад WB",
            "region_name": "Республика Татарстан",
            "total_price": Decimal(2490),
            "discount_percent": 40,
            "spp": Decimal(24),
            "price_with_disc": Decimal(1494),
            "finished_price": Decimal(1135),
            "currency": "RUB",
            "is_cancel": step == "cancelled",
            "cancelled_at": happened_at if step == "cancelled" else None,
            "change": {"ordered": "new", "cancelled": "cancelled"}.get(step, "changed"),
            **fields,
        }
    )
    sold_at = happened_at if is_sold else None
    sale = StepSale(
        sale_id="R1" if step == "returned" else "S1",
        is_return=step == "returned",
        sold_at=happened_at,
        price_with_disc=order.price_with_disc,
        for_pay=-for_pay if for_pay and step == "returned" else for_pay,
        currency="RUB",
    )
    life = OrderLife(
        state=_STATES.get(step, "bought" if step == "priced" else "open"),
        ordered_at=ORDERED_AT,
        cancelled_at=order.cancelled_at,
        bought_at=at["bought"] if step == "returned" else sold_at,
        for_pay=for_pay if is_sold else None,
        returned_at=happened_at if step == "returned" else None,
    )
    shown = figures(order.price_with_disc or Decimal(0))
    return ReportedOrder(
        order=order,
        product=CARD,
        shop_today=shown.shop.today,
        product_today=shown.product.today,
        stock_left=34,
        stock_at=NOW - timedelta(minutes=12),
        step=step,
        step_at=happened_at,
        sale=sale if is_sold else None,
        life=life,
        figures=shown,
    )


def figures(price: Decimal) -> OrderFigures:
    """What is known beside it."""
    return OrderFigures(
        buyout=BuyoutPeriod(
            period_days=30,
            ordered=87,
            bought=50,
            returned=3,
            cancelled=16,
            open=18,
            share=Decimal("57.47"),
            open_share=Decimal("20.69"),
            mature_ordered=69,
            mature_bought=50,
            mature_share=Decimal("72.46"),
        ),
        speeds=(_speed(7, "3.4286"), _speed(30, "2.9")),
        stock=StockLeft(wb=34, own=12, days_left=Decimal("13.4"), runs_out_on=date(2026, 12, 3), replenish=38),
        sizes=(_size(1, "S", 0, None), _size(2, "M", 21, "9"), _size(3, "L", 18, "17"), _size(4, "XL", 7, "20")),
        stock_at=NOW - timedelta(minutes=12),
        money=UnitMoney(
            price=price,
            commission_percent=Decimal("24.5"),
            commission=(price * Decimal("0.245")).quantize(Decimal("0.01")),
            delivery=Decimal(56),
            delivery_back=Decimal(28),
            logistics=Decimal(89),
            tax=(price * Decimal("0.06")).quantize(Decimal("0.01")),
            cost=Decimal(520),
            profit=Decimal(319),
            margin=Decimal("21.35"),
        ),
        product=_days(("5976", 4), ("4482", 3), ("8964", 6)),
        shop=_days(("81430", 57), ("70900", 49), ("139700", 96)),
        sources=(SourceAge(source="orders", as_of=NOW - timedelta(minutes=8)),),
    )


def _speed(period_days: int, orders: str) -> Speed:
    return Speed(
        period_days=period_days, orders=Decimal(orders), sales=Decimal(2), days_in_stock=None, orders_in_stock=None
    )


def _size(chrt_id: int, tech_size: str, wb: int, days_left: str | None) -> SizeLeft:
    left = None if days_left is None else Decimal(days_left)
    return SizeLeft(chrt_id=chrt_id, tech_size=tech_size, wb=wb, own=0, days_left=left)


def _days(today: tuple[str, int], to_minute: tuple[str, int], yesterday: tuple[str, int]) -> TodayAndYesterday:
    def of(day: date, told: tuple[str, int]) -> DayFigures:
        return DayFigures(day=day, orders=told[1], orders_sum=Decimal(told[0]), cancelled=0)

    before = TODAY - timedelta(days=1)
    return TodayAndYesterday(
        minute=ORDERED_AT,
        today=of(TODAY, today),
        yesterday_to_minute=of(before, to_minute),
        yesterday=of(before, yesterday),
    )
