"""Order events: what changed at WB, and the same orders reported with their context."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field
from uuid_utils import NAMESPACE_URL, uuid5

from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Count, Model, Moment, Money, NmId
from contracts.products import ProductCard

OrderChange = Literal["new", "changed", "cancelled"]


def order_id(cabinet_id: UUID, srid: str) -> UUID:
    """The id of a cabinet's order: the same for the same `srid`, in every run and every rebuild."""
    return UUID(order_ids_of(cabinet_id)(srid))


def order_ids_of(cabinet_id: UUID) -> Callable[[str], str]:
    """`order_id` for many orders of one cabinet: UUIDv5 of `pulse:order:<cabinet>:<srid>` among URLs, as text."""
    prefix = f"pulse:order:{cabinet_id}:"
    return lambda srid: str(uuid5(NAMESPACE_URL, prefix + srid))


class OrderSnapshot(Model):
    """One order (one unit of one item) as WB last described it. Unknown is null, never 0.

    Source: `GET /api/v1/supplier/orders`; money in roubles per unit, times in Moscow time there.
    """

    order_id: UUID
    revision: int = Field(ge=1, description="counts the order's changes; a smaller one never overwrites")
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


class ChangedOrder(OrderSnapshot):
    """An order with what happened to it since the revision before.

    `POST /api/analytics/v1/order-feed` gives the fields from `status` to `destination_district`; an order that only it
    knows lacks what only `supplier/orders` gives.
    """

    status: str | None = Field(default=None, description="created, buyout, cancel, return, returnDefective, or new")
    cancel_type: str | None = Field(default=None, description="app, receipt, expire, other, or new")
    status_at: Moment | None = None
    chrt_id: int | None = Field(default=None, description="WB's id of the size")
    is_mp: bool | None = Field(default=None, description="from the seller's own warehouse")
    is_b2b: bool | None = None
    seller_price: Money | None = Field(default=None, description="with the seller's discount, without WB Club's")
    destination_city: str | None = None
    destination_district: str | None = None
    change: OrderChange
    previous: dict[str, Any] = Field(default_factory=dict, description="earlier values of the fields that changed")


class OrdersUpdatedV1(EventData):
    """Orders of one cabinet that are new at WB or changed there."""

    TYPE: ClassVar[str] = "orders.updated.v1"
    orders: tuple[ChangedOrder, ...] = Field(min_length=1, max_length=MAX_BATCH)


class DayFigures(Model):
    """Orders whose `ordered_at` falls on one Moscow day; cancelled ones stay counted (as in the WB cabinet)."""

    day: date
    orders: Count
    orders_sum: Money = Field(description="sum of price_with_disc; orders whose price is unknown add nothing")
    cancelled: Count


class ReportedOrder(Model):
    """An order with what a seller wants to see beside it, as known when it was reported."""

    order: ChangedOrder
    product: ProductCard | None = Field(default=None, description="none: the card is not known yet")
    shop_today: DayFigures = Field(description="the whole cabinet, on the Moscow day of the report")
    product_today: DayFigures
    stock_left: Count | None = Field(default=None, description="units at WB's warehouses; none: unknown")
    stock_at: Moment | None = None


class OrdersReportedV1(EventData):
    """Orders stored and counted, ready to be told to people."""

    TYPE: ClassVar[str] = "orders.reported.v1"
    orders: tuple[ReportedOrder, ...] = Field(min_length=1, max_length=MAX_BATCH)
