"""Order events: what changed at WB, and the same orders reported with their context."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field
from uuid_utils import NAMESPACE_URL, uuid5

from contracts.changed import Previous, RowChange
from contracts.currency import ROUBLE, Currency
from contracts.envelope import EventData
from contracts.items import BuyoutPeriod, Speed, UnitMoney
from contracts.model import MAX_BATCH, Count, Figure, Model, Moment, Money, NmId
from contracts.products import ProductCard

OrderChange = Literal["new", "changed", "cancelled"]
OrderStep = Literal["ordered", "changed", "cancelled", "bought", "returned", "priced"]
"""What happened to an order, whichever source told it; priced: an amount that was unknown came, or was corrected."""
OrderState = Literal["open", "cancelled", "bought", "returned"]
OrderRevision = Annotated[int, Field(ge=1, description="counts the order's changes; a smaller one never overwrites")]


def order_id(cabinet_id: UUID, srid: str) -> UUID:
    """The id of a cabinet's order: the same for the same `srid`, in every run and every rebuild."""
    return UUID(order_ids_of(cabinet_id)(srid))


def order_ids_of(cabinet_id: UUID) -> Callable[[str], str]:
    """`order_id` for many orders of one cabinet: UUIDv5 of `pulse:order:<cabinet>:<srid>` among URLs, as text."""
    prefix = f"pulse:order:{cabinet_id}:"
    return lambda srid: str(uuid5(NAMESPACE_URL, prefix + srid))


class OrderSnapshot(Model):
    """One order (one unit of one item) as WB last described it. Unknown is null, never 0.

    Source: `GET /api/v1/supplier/orders`; money per unit in `currency`, times in Moscow time there.
    """

    order_id: UUID
    revision: OrderRevision
    srid: str = Field(description="WB's id of the order")
    g_number: str | None = Field(default=None, description="basket: shared by the items of one checkout")
    ordered_at: Moment
    last_change_at: Moment
    nm_id: NmId
    supplier_article: str | None = None
    barcode: str | None = None
    tech_size: str | None = None
    brand: str | None = None
    subject: str | None = None
    category: str | None = None
    warehouse_name: str | None = None
    warehouse_type: str | None = None
    country_name: str | None = None
    oblast_okrug_name: str | None = None
    region_name: str | None = None
    total_price: Money | None = Field(default=None, description="before discounts")
    discount_percent: int | None = Field(default=None, description="the seller's discount, %")
    spp: Money | None = Field(default=None, description="WB's discount, %")
    price_with_disc: Money | None = Field(default=None, description="the seller's price")
    finished_price: Money | None = Field(default=None, description="what the buyer pays, without WB Wallet")
    is_cancel: bool = False
    cancelled_at: Moment | None = None
    currency: Currency | None = Field(
        default=None, description="of all amounts: as stated, else the seller's; null: nobody has stated one yet"
    )


class ChangedOrder(RowChange, OrderSnapshot):
    """An order with what happened to it since the revision before.

    `POST /api/analytics/v1/order-feed` gives the fields from `status` to `destination_district`; an order that only it
    knows lacks what only `supplier/orders` gives, but for `price_with_disc`: until that states one it is the feed's
    `seller_price`. Where both know it, it is cancelled once one of them says so.
    """

    LAST: ClassVar[tuple[str, ...]] = ("completes", "change", "previous")

    revision: OrderRevision
    status: str | None = Field(default=None, description="created, buyout, cancel, return, returnDefective, or new")
    cancel_type: str | None = Field(default=None, description="app, receipt, expire, other, or new")
    status_at: Moment | None = None
    chrt_id: int | None = Field(default=None, description="WB's id of the size")
    is_mp: bool | None = Field(default=None, description="from the seller's own warehouse")
    is_b2b: bool | None = None
    seller_price: Money | None = Field(default=None, description="with the seller's discount, without WB Club's")
    destination_city: str | None = None
    destination_district: str | None = None
    completes: bool = Field(
        default=False, description="the other source had told all that is news in it: nobody is told of it again"
    )
    change: OrderChange
    previous: Previous = Field(default_factory=dict)


class OrdersUpdatedV1(EventData, type="orders.updated.v1", publisher="ingestor"):
    """Orders of one cabinet that are new at WB or changed there."""

    orders: tuple[ChangedOrder, ...] = Field(min_length=1, max_length=MAX_BATCH)


class DayFigures(Model):
    """Orders in one currency whose `ordered_at` falls on one Moscow day; cancelled ones stay counted (as at WB)."""

    day: date
    orders: Count
    orders_sum: Figure = Field(description="sum of price_with_disc; orders whose price is unknown add nothing")
    cancelled: Count
    currency: Currency = ROUBLE


class TodayAndYesterday(Model):
    """The orders of today beside those of yesterday, in one currency. By the moment of the order, in Moscow days."""

    minute: Moment = Field(description="its orders included, today and yesterday")
    today: DayFigures
    yesterday_to_minute: DayFigures = Field(description="of yesterday until the end of the same minute")
    yesterday: DayFigures


class OrderLife(Model):
    """How far an order has come, by all sources together. What has not happened, or is not known, is null."""

    state: OrderState
    ordered_at: Moment
    cancelled_at: Moment | None = None
    bought_at: Moment | None = None
    bought_price: Money | None = Field(default=None, description="the seller's price of the purchase")
    for_pay: Money | None = Field(default=None, description="to be paid to the seller, preliminary")
    returned_at: Moment | None = None
    return_for_pay: Money | None = Field(default=None, description="taken back from the seller; negative")


class StepSale(Model):
    """The amounts of a purchase or a return, which are negative; null until Wildberries states them (24 h at most)."""

    sale_id: str
    is_return: bool
    sold_at: Moment
    price_with_disc: Money | None = None
    finished_price: Money | None = None
    for_pay: Money | None = None
    currency: Currency | None = None
    previous: Previous = Field(default_factory=dict)


class StockLeft(Model):
    """Pieces left, and how long they last. As `contracts.items.Units`."""

    wb: Count | None
    own: Count | None
    days_left: Figure | None
    endless: bool = False
    runs_out_on: date | None = None
    out_since: date | None = Field(default=None, description="it ran out, and this was its first day without any")
    replenish: Count | None = None


class SizeLeft(StockLeft):
    """The same of one size."""

    chrt_id: int
    tech_size: str | None = None


class SourceAge(Model):
    """How old what we know is: by resource, the names of `sync.completed`."""

    source: str
    as_of: Moment | None = Field(description="when it was read last, or told last; null: never")
    delayed_since: Moment | None = Field(default=None, description="it does not come since then")


class OrderFigures(Model):
    """What the short card of an order shows beside it. Unknown is null."""

    buyout: BuyoutPeriod | None = Field(default=None, description="of 30 days")
    speeds: tuple[Speed, ...] = Field(default=(), description="of 7 and 30 days")
    stock: StockLeft | None = None
    sizes: tuple[SizeLeft, ...] = Field(default=(), description="in the order of the card, those that ran out as well")
    stock_at: Moment | None = Field(default=None, description="when the stock was seen last")
    money: UnitMoney | None = Field(default=None, description="of this order, an estimate, in its currency")
    money_missing: tuple[str, ...] = Field(default=(), description="what the estimate lacks")
    product: TodayAndYesterday
    shop: TodayAndYesterday
    sources: tuple[SourceAge, ...] = ()


class ReportedOrder(Model):
    """A step of an order with what a seller wants to see beside it, as known when it was reported."""

    order: ChangedOrder
    product: ProductCard | None = Field(default=None, description="none: the card is not known yet")
    shop_today: DayFigures = Field(
        description="the whole cabinet in the order's currency, on the Moscow day of the report"
    )
    product_today: DayFigures
    stock_left: Count | None = Field(default=None, description="units at WB's warehouses; none: unknown")
    stock_at: Moment | None = None
    step: OrderStep | None = Field(
        default=None, description="null in events of before there were steps: `order.change`"
    )
    step_at: Moment | None = Field(default=None, description="when the step happened, by Wildberries")
    sale: StepSale | None = Field(default=None, description="of steps that a sale or a return tells")
    is_first: bool | None = Field(
        default=None,
        description="of `ordered`: whether no other order of the item was known then; null: another step, or not told",
    )
    life: OrderLife | None = None
    figures: OrderFigures | None = None


class OrdersReportedV1(EventData, type="orders.reported.v1", publisher="reporter"):
    """Steps of orders stored and counted, ready to be told to people.

    Each step of an order's life is told once. A revision of an order is told as what changed in it (ordered, changed,
    cancelled); if it is a purchase, a return, or brings an amount as well, that follows as a step of its own.
    """

    orders: tuple[ReportedOrder, ...] = Field(min_length=1, max_length=MAX_BATCH)
