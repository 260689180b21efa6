"""The report of one order: everything a seller wants to know beside it, by sections, and the same as a text.

Unknown is null, never 0. Formulas: docs/metrics.md.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.currency import Currency
from contracts.items import AdvertPeriod, Percent, Rate, Share, UnitMoney, WarehouseUnits
from contracts.model import Count, Figure, Model, Moment, NmId
from contracts.orders import OrderState, SourceAge, TodayAndYesterday

MAX_TEXT_UNITS = 4096
"""UTF-16 units of a message of Telegram, in which the text fits with its tags."""


class ReportedItself(Model):
    """The order itself, and how far it has come."""

    order_id: UUID
    cabinet_id: UUID
    srid: str
    g_number: str | None
    basket_size: Count | None = Field(description="orders of the same checkout, this one included; null: not known")
    state: OrderState
    ordered_at: Moment
    last_change_at: Moment
    stored_at: Moment = Field(description="when Pulse stored what it knows last")
    cancelled_at: Moment | None
    bought_at: Moment | None
    returned_at: Moment | None
    nm_id: NmId
    title: str | None
    supplier_article: str | None
    barcode: str | None
    tech_size: str | None
    brand: str | None
    subject: str | None
    category: str | None
    photo: str | None


class ReportedMoney(Model):
    """Money of one piece, in `currency`."""

    currency: Currency
    total_price: Figure | None = Field(description="before discounts")
    discount_percent: int | None
    estimate: UnitMoney = Field(description="as of now")
    missing: tuple[str, ...] = Field(description="what the estimate lacks: dimensions, tariff, cost, tax, price")
    fact: UnitMoney | None = Field(description="of this order, once finance has settled it")
    fact_units: Count = Field(description="1; 0 of an order that was cancelled or given back, and cost its ways")
    profit_difference: Figure | None = Field(description="fact − estimate")
    for_pay: Figure | None = Field(description="of this order, to be paid to the seller; preliminary")
    return_for_pay: Figure | None = Field(description="taken back from the seller; negative")


class ReportedRoute(Model):
    """From where to where it goes."""

    warehouse_name: str | None
    warehouse_type: str | None
    is_own_warehouse: bool | None = Field(description="the seller's own")
    country_name: str | None
    oblast_okrug_name: str | None
    region_name: str | None
    city: str | None
    district: str | None
    local_share: Share | None = Field(description="of the item's orders of 30 days, sent from the buyer's own okrug")


class SalesBefore(Model):
    """Pieces and money of the period of equal length before."""

    orders: Count
    orders_sum: Figure
    cancelled: Count
    sales: Count
    sales_sum: Figure


class SalesPeriod(Model):
    """Pieces and money of a period: orders by their day, sales and returns by their own."""

    period_days: int
    currency: Currency
    orders: Count
    orders_sum: Figure
    cancelled: Count = Field(description="of these orders")
    cancelled_sum: Figure
    sales: Count
    sales_sum: Figure
    returns: Count
    returns_sum: Figure = Field(description="positive")
    previous: SalesBefore
    orders_change: Percent | None = Field(description="of the pieces, to the period before; null: it had none")
    sales_change: Percent | None


class ReportedBuyout(Model):
    """What became of the orders of a period."""

    period_days: int
    value: Share | None = Field(description="bought of the finished; null: none is")
    bought: Count
    finished: Count = Field(description="orders that have ended, or are older than orders usually are on their way")
    in_transit: Count = Field(description="orders that are open")
    open_share: Share | None = Field(description="the open ones, of all")
    cohort: Share | None = Field(description="bought of all orders of the period, open ones included")
    mature: bool = Field(description="at least half of the orders are finished: the value will not change much")


class PeriodSpeed(Model):
    """Pieces a day."""

    period_days: int
    orders: Rate | None
    sales: Rate | None
    days: Count | None = Field(description="that it was divided by; null: unknown")


class ReportedVelocity(Model):
    """Of all days, and of the days on which there was stock."""

    raw: tuple[PeriodSpeed, ...]
    oos_corrected: tuple[PeriodSpeed, ...]


class ReportedToday(Model):
    """Today against yesterday, in the currency of the order."""

    product: TodayAndYesterday
    shop: TodayAndYesterday


class ReportedStock(Model):
    """Pieces of a size, and how long they last; first of all sizes together (`size` null)."""

    size: str | None
    chrt_id: int | None
    wb: Count | None
    own: Count | None
    days: Figure | None = Field(description="null: unknown, or endless")
    endless: bool
    runs_out_on: date | None
    out_since: date | None
    restock: Count | None = Field(description="pieces to send now")
    to_client: Count | None = None
    from_client: Count | None = None
    incoming: Count = 0
    warehouses: tuple[WarehouseUnits, ...] = Field(default=(), description="of all sizes together only")
    target_days: Count | None = Field(default=None, description="how long what is to be sent lasts")


class ReportedAds(Model):
    """Advertising of 30 days."""

    currency: Currency
    period: AdvertPeriod
    campaigns: Count
    budget_left: Figure | None


class ReportedProduct(Model):
    """What is known of the item."""

    rating: Figure | None
    rating_week_ago: Figure | None
    reviews: Count | None
    stars: tuple[Count, Count, Count, Count, Count] | None = Field(description="how many with 1, 2, 3, 4, 5 stars")
    unanswered: Count | None
    abc: Literal["A", "B", "C"] | None = Field(description="by revenue")
    abc_profit: Literal["A", "B", "C"] | None
    revenue_share: Share | None
    xyz: Literal["X", "Y", "Z"] | None
    ads: ReportedAds | None


class OrderReport(Model):
    """The whole report; `text` and `text_en` are HTML as Telegram reads it."""

    order: ReportedItself
    money: ReportedMoney
    route: ReportedRoute
    sales_periods: tuple[SalesPeriod, ...] = Field(description="of 7, 14, 30, 60 and 90 days, in the order's currency")
    buyout_periods: tuple[ReportedBuyout, ...]
    velocity: ReportedVelocity
    today_vs_yesterday: ReportedToday
    stocks: tuple[ReportedStock, ...]
    product: ReportedProduct
    freshness: tuple[SourceAge, ...]
    text: str = Field(max_length=MAX_TEXT_UNITS, description="in Russian")
    text_en: str = Field(max_length=MAX_TEXT_UNITS, description="the same in English")
    schema_version: Literal[1] = 1
    trace_id: str | None = Field(description="of the request that had it computed")
