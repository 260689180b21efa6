"""Items as they are shown: cards, prices, stock, what buyers say, and what is counted of each."""

from datetime import date
from uuid import UUID

from contracts.analytics import PeriodFigures
from contracts.currency import Currency
from contracts.items import Adverts, Buyout, Plan, Rank, Regions, Reviews, Stock, UnitEconomics, Velocity
from contracts.model import Count, Figure, Model, Moment, Money
from contracts.products import ProductCard
from pydantic import ConfigDict, Field

_SHOWN = ConfigDict(json_schema_serialization_defaults_required=True)


class PriceRange(Model):
    """The prices of an item's sizes in one currency. Unknown is null."""

    currency: Currency
    price_from: Money | None = Field(description="the lowest before discounts")
    price_to: Money | None
    discounted_from: Money | None = Field(description="the lowest with the seller's discount")
    discounted_to: Money | None


class Left(Model):
    """What there is of an item, and how long it lasts. Unknown is null."""

    wb: Count | None = Field(description="pieces at WB's warehouses")
    own: Count | None = Field(description="pieces at the seller's own warehouses")
    days_left: Figure | None = Field(description="of both; null: unknown, or endless")
    endless: bool = Field(description="there is stock, and nobody orders it")
    runs_out_on: date | None
    replenish: Count | None = Field(description="pieces to send now")


class Rating(Model):
    """What buyers think of an item."""

    rating: Figure | None = Field(description="mean of all stars; null: none")
    count: Count = Field(description="feedbacks with stars")
    unanswered: Count


class ListedProduct(ProductCard):
    """An item in a list: its card, prices, stock and rating. What is not known yet is null or empty."""

    model_config = _SHOWN

    cabinet_id: UUID
    updated_at: Moment = Field(description="when the card was changed at WB")
    created_at: Moment | None
    is_listed: bool = Field(description="false: in WB's trash, or deleted")
    prices: tuple[PriceRange, ...]
    stock: Left | None
    reviews: Rating | None


class SizePrice(Model):
    """The price of one size, per unit."""

    size_id: int = Field(description="the card's `chrt_id`")
    tech_size_name: str | None
    currency: Currency
    price: Money | None = Field(description="before discounts")
    discounted_price: Money | None = Field(description="with the seller's discount")
    club_discounted_price: Money | None = Field(description="with that of WB Club on top")
    discount: int | None = Field(description="the seller's, %")
    club_discount: int | None = Field(description="of WB Club, %")


class FiguresInCurrency(Model):
    """Figures with money, in one currency; null: not counted, there is nothing to count."""

    currency: Currency
    money: UnitEconomics | None = None
    rank: Rank | None = None
    adverts: Adverts | None = None
    regions: Regions | None = None
    plan: Plan | None = None


class ProductFigures(Model):
    """What is counted of an item; null: not counted, there is nothing to count.."""

    as_of: date | None = Field(description="the Moscow day of the oldest of them; null: nothing is counted")
    periods: tuple[PeriodFigures, ...] = Field(description="7, 14, 30, 60, 90 days up to today, each currency apart")
    buyout: Buyout | None = None
    velocity: Velocity | None = None
    currencies: tuple[FiguresInCurrency, ...] = ()


class Product(ProductCard):
    """One item: its card, prices, figures, stock and rating."""

    model_config = _SHOWN

    cabinet_id: UUID
    imt_id: int | None
    subject_id: int | None
    updated_at: Moment = Field(description="when the card was changed at WB")
    created_at: Moment | None
    length: Money | None = Field(description="of the packed item, cm")
    width: Money | None = Field(description="of the packed item, cm")
    height: Money | None = Field(description="of the packed item, cm")
    weight_brutto: Money | None = Field(description="of the packed item, kg")
    dimensions_valid: bool | None = Field(description="false: unlike those of its subject, says WB")
    need_kiz: bool | None = Field(description="whether it must bear a mark of Chestny ZNAK")
    is_listed: bool = Field(description="false: in WB's trash, or deleted")
    prices: tuple[SizePrice, ...] = Field(description="by size")
    stock: Stock | None = Field(description="null: nothing is known of it")
    reviews: Reviews | None = Field(description="null: there are none")
    figures: ProductFigures
