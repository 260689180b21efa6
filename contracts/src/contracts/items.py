"""Figures of one item (nm_id 0: of the whole cabinet), in sections that are counted apart. Formulas: docs/metrics.md.

Unknown is null, never 0. Units are pieces, shares are percent with two decimals, money is per unit unless it is called
a sum, and stands in the currency of the section. A section without money has no currency.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from contracts.model import Count, Figure, Model, Moment

Share = Annotated[Figure, Field(ge=0, le=100, description="%, two decimals")]
Percent = Annotated[Figure, Field(description="%, two decimals; may be negative or above 100")]
Rate = Annotated[Figure, Field(ge=0, description="pieces a day, four decimals")]


class Section(StrEnum):
    """What is counted together, and again when something that it is made of changes."""

    BUYOUT = "buyout"
    VELOCITY = "velocity"
    STOCK = "stock"
    RANK = "rank"
    REVIEWS = "reviews"
    ADVERTS = "adverts"
    MONEY = "money"
    REGIONS = "regions"
    PLAN = "plan"


class BuyoutPeriod(Model):
    """What became of the orders of a period: of each exactly one of bought, returned, cancelled, open."""

    period_days: int
    ordered: Count
    bought: Count = Field(description="and not given back since")
    returned: Count = Field(description="bought, and given back")
    cancelled: Count
    open: Count = Field(description="still on their way")
    share: Share | None = Field(description="bought of all ordered; null: nothing was ordered")
    open_share: Share | None = Field(description="still open, of all ordered")
    mature_ordered: Count = Field(description="orders that have ended, or are older than `mature_after_days`")
    mature_bought: Count
    mature_share: Share | None = Field(description="bought of the mature; null: none is mature")


class Buyout(Model):
    """Of the orders of each period, how many were bought. No currency."""

    mature_after_days: Count | None = Field(
        description="95th percentile of the item's days from order to purchase; else 14. null: each item's own"
    )
    periods: tuple[BuyoutPeriod, ...]


class Speed(Model):
    """Pieces a day over a period, of all days and of the days on which there was stock."""

    period_days: int
    orders: Rate
    sales: Rate
    days_in_stock: Count | None = Field(description="null: nothing is known of the stock in the period")
    orders_in_stock: Rate | None = Field(description="null: unknown, or no day in stock")
    sales_in_stock: Rate | None = None


class SizeSpeed(Speed):
    """The same of one size."""

    chrt_id: int


class Velocity(Model):
    """How fast it is ordered and bought. No currency."""

    periods: tuple[Speed, ...]
    sizes: tuple[SizeSpeed, ...] = Field(default=(), description="of 14 and 30 days; empty for the cabinet")
    weeks: Count = Field(default=0, description="of the last 12 whole weeks, those in stock throughout")
    weekly_variation: Percent | None = Field(
        default=None, description="deviation of their orders of the mean; null: fewer than 4, or no order"
    )


class Units(Model):
    """Pieces of an item or a size, and how long they last."""

    wb: Count | None = Field(description="that can be sold, at WB's warehouses; null: unknown")
    own: Count | None = Field(description="at the seller's own warehouses; null: unknown")
    to_client: Count | None = None
    from_client: Count | None = None
    incoming: Count = Field(default=0, description="on the way to a warehouse, as the seller entered")
    orders_per_day: Rate | None = Field(description="what the forecast goes by")
    days_left: Figure | None = Field(description="of `wb` + `own`; null: unknown, or endless")
    endless: bool = Field(default=False, description="there is stock, and nobody orders it")
    runs_out_on: date | None = None
    runs_out_earliest: date | None = Field(default=None, description="95 % of the time it is not earlier")
    runs_out_latest: date | None = None
    out_since: date | None = Field(
        default=None,
        description="the day on which the last piece went; null: there is some, unknown, or not within 90 days",
    )
    reorder_point: Count | None = Field(default=None, description="order again at so many pieces")
    replenish: Count | None = Field(default=None, description="pieces to send now for `target_days`")


class SizeUnits(Units):
    """The same of one size."""

    chrt_id: int
    tech_size: str | None = None


class WarehouseUnits(Model):
    """Pieces at one warehouse."""

    name: str
    is_own: bool
    quantity: Count


class Stock(Model):
    """What there is, how long it lasts, what to send. No currency."""

    total: Units
    sizes: tuple[SizeUnits, ...] = Field(default=(), description="in the order of the card; empty for the cabinet")
    warehouses: tuple[WarehouseUnits, ...] = Field(default=(), description="the fullest first")
    method: str = Field(description="of the forecast, in words")
    past_error_days: Figure | None = Field(default=None, description="mean error of its earlier forecasts, days")
    lead_days: Count = Field(description="from sending to being sold; the seller's, else 14")
    target_days: Count = Field(description="what to send lasts so long; the seller's, else 30")
    as_of: Moment | None = Field(description="when the stock was seen last; null: never")


class Rank(Model):
    """Where an item stands in its cabinet, by 30 days (ABC) and by whole weeks (XYZ)."""

    abc_revenue: Literal["A", "B", "C"] | None = None
    abc_profit: Literal["A", "B", "C"] | None = Field(
        default=None, description="null: no cost was entered, or no revenue"
    )
    revenue_share: Share | None = None
    xyz: Literal["X", "Y", "Z"] | None = Field(default=None, description="null: fewer than 4 weeks in stock")
    weekly_variation: Percent | None = Field(default=None, description="deviation of weekly orders of their mean")
    weeks: Count = 0


class Reviews(Model):
    """Feedbacks and questions. No currency."""

    rating: Figure | None = Field(description="mean of all stars, two decimals; null: none")
    count: Count
    stars: tuple[Count, Count, Count, Count, Count] = Field(description="how many with 1, 2, 3, 4, 5 stars")
    rating_week_ago: Figure | None = None
    bad_week: Count = Field(description="with 3 stars or fewer, in 7 days")
    count_week: Count = Field(description="in 7 days")
    unanswered: Count = Field(description="feedbacks with text that have no answer")
    unanswered_questions: Count
    oldest_unanswered_at: Moment | None = None


class AdvertPeriod(Model):
    """Advertising of a period; Wildberries attributes an order to a campaign by its own window."""

    period_days: int
    views: Count
    clicks: Count
    spent: Figure
    orders: Count = Field(description="that WB attributes to campaigns")
    orders_sum: Figure
    drr: Percent | None = Field(description="spent of the sum of all orders; null: none")
    drr_adverts: Percent | None = Field(description="spent of the sum of orders from adverts")
    cpo: Figure | None = Field(description="spent per order from adverts")
    ctr: Percent | None = Field(description="clicks of views")
    cpc: Figure | None = Field(description="spent per click")


class Adverts(Model):
    """What was spent on adverts and what it brought."""

    periods: tuple[AdvertPeriod, ...]
    campaigns: Count = Field(description="that run now and show the item")
    budget_left: Figure | None = None


class UnitMoney(Model):
    """Money of one bought piece; costs are positive. A null is unknown and makes `profit` null, unless it says so."""

    price: Figure | None = Field(description="the seller's, with the discount")
    buyer_price: Figure | None = Field(default=None, description="after SPP, without WB Wallet")
    spp: Percent | None = None
    commission_percent: Percent | None = None
    commission: Figure | None = None
    delivery: Figure | None = Field(default=None, description="one way to the buyer")
    delivery_back: Figure | None = Field(default=None, description="one way back")
    logistics: Figure | None = Field(default=None, description="of one bought piece, with the ways of those not bought")
    storage: Figure | None = Field(default=None, description="null counts as 0")
    acceptance: Figure | None = Field(default=None, description="null counts as 0")
    penalties: Figure | None = Field(default=None, description="fines and deductions; null counts as 0")
    adverts: Figure | None = Field(default=None, description="null counts as 0")
    tax: Figure | None = None
    cost: Figure | None = Field(default=None, description="of the goods, entered by the seller")
    other: Figure | None = Field(default=None, description="entered by the seller; null counts as 0")
    payout: Figure | None = Field(default=None, description="what WB pays for it")
    profit: Figure | None = None
    margin: Percent | None = Field(default=None, description="profit of price")
    roi: Percent | None = Field(default=None, description="profit of cost")


class UnitEconomics(Model):
    """What a piece earns: as estimated at the time of the order, and as finance reports it.

    The whole cabinet has no estimate, only a fact.
    """

    estimate: UnitMoney
    missing: tuple[str, ...] = Field(
        default=(), description="what the estimate lacks: price, commission, dimensions, tariff, buyout, tax, cost"
    )
    fact: UnitMoney | None = Field(
        default=None, description="of the last 30 reported days; null: finance tells of none"
    )
    fact_units: Count = Field(default=0, description="bought pieces that `fact` is the mean of")
    fact_from: date | None = None
    fact_to: date | None = None
    profit_difference: Figure | None = Field(default=None, description="fact − estimate")


class Region(Model):
    """Orders of 30 days into one region."""

    okrug: str | None
    region: str | None
    orders: Count
    orders_sum: Figure
    share: Share


class Regions(Model):
    """Where orders of 30 days go, most first; at most 20, the rest in one without names."""

    regions: tuple[Region, ...]
    local_share: Share | None = Field(description="orders sent from the buyer's own okrug; null: not known of any")


class Plan(Model):
    """A month's plan against what has come, by the item's own week."""

    month: date = Field(description="its first day")
    plan_orders: Count | None
    plan_sum: Figure | None
    orders: Count
    orders_sum: Figure
    expected_share: Share = Field(
        description="of the month that has passed, each day weighing as its weekday usually does"
    )
    done_orders: Percent | None = None
    done_sum: Percent | None = None
    on_course_sum: Percent | None = Field(
        default=None, description="what the whole month comes to at this pace, of the plan"
    )


SECTIONS: dict[Section, type[Model]] = {
    Section.BUYOUT: Buyout,
    Section.VELOCITY: Velocity,
    Section.STOCK: Stock,
    Section.RANK: Rank,
    Section.REVIEWS: Reviews,
    Section.ADVERTS: Adverts,
    Section.MONEY: UnitEconomics,
    Section.REGIONS: Regions,
    Section.PLAN: Plan,
}
"""The body of each section."""
