"""Sale events."""

from pydantic import Field

from contracts.changed import ChangedRow, Previous
from contracts.currency import Currency
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Moment, Money, NmId


class ChangedSale(ChangedRow):
    """One unit bought, or given back, as WB last described it. Unknown is null, never 0.

    Source: `GET /api/v1/supplier/sales`; money per unit in `currency`, negative in returns. Preliminary: exact amounts
    are in the finance report.
    """

    sale_id: str = Field(description="WB's `saleID`")
    srid: str | None = Field(default=None, description="WB's id of the order; a sale and its return share it")
    is_return: bool
    g_number: str | None = Field(default=None, description="basket: shared by the items of one checkout")
    sold_at: Moment = Field(description="when it was bought, or given back")
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
    payment_sale_amount: Money | None = Field(default=None, description="discount for paying with WB Wallet")
    price_with_disc: Money | None = Field(default=None, description="the seller's price, the base of for_pay")
    finished_price: Money | None = Field(default=None, description="what the buyer paid")
    for_pay: Money | None = Field(default=None, description="to be paid to the seller")
    currency: Currency | None = Field(default=None, description="the seller's, of all amounts; null: not known yet")
    revision: int = Field(ge=1, description="counts the row's changes; a smaller one never overwrites")
    previous: Previous = Field(default_factory=dict)


class SalesUpdatedV1(EventData, type="sales.updated.v1", publisher="ingestor"):
    """Sales and returns of one cabinet that are new at WB or changed there."""

    sales: tuple[ChangedSale, ...] = Field(min_length=1, max_length=MAX_BATCH)
