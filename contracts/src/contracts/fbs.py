"""Events of FBS tasks: orders that a seller assembles and brings to WB."""

from pydantic import Field

from contracts.changed import ChangedRow
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Moment, Money, NmId


class ChangedFbsOrder(ChangedRow):
    """One FBS task (one unit of one item). Unknown is null.

    Sources: `GET /api/v3/orders`; `GET /api/v3/orders/new` for `sale_price` to `required_meta`;
    `POST /api/v3/orders/status` for `supplier_status` to `is_transferable`. Money in whole units of a currency:
    the `converted_` prices in the seller's, the others in the one the item is sold in.
    """

    fbs_order_id: int = Field(description="WB's id of the task")
    srid: str | None = Field(default=None, description="WB's id of the order; here WB calls it `rid`")
    order_uid: str | None = Field(default=None, description="shared by the tasks of one checkout")
    created_at: Moment
    nm_id: NmId
    chrt_id: int | None = Field(default=None, description="WB's id of the size")
    article: str | None = Field(default=None, description="the seller's article")
    skus: tuple[str, ...] = Field(default=(), description="barcodes")
    warehouse_id: int | None = Field(default=None, description="the seller's warehouse")
    office_id: int | None = Field(default=None, description="WB's office that this warehouse is linked to")
    offices: tuple[str, ...] = Field(default=(), description="where to bring it")
    delivery_type: str | None = None
    cargo_type: int | None = Field(default=None, description="1 small, 2 oversized, 3 large")
    cross_border_type: int | None = Field(default=None, description="0 within a country, 1 across a border")
    price: Money | None = Field(default=None, description="with all discounts but WB Wallet's")
    converted_price: Money | None = None
    currency_code: int | None = Field(default=None, description="ISO 4217, numeric")
    converted_currency_code: int | None = Field(default=None, description="ISO 4217, numeric")
    is_zero_order: bool | None = Field(default=None, description="of an item without stock: may be cancelled freely")
    is_b2b: bool | None = None
    supply_id: str | None = Field(default=None, description="the supply it was put into")
    scan_price: Money | None = Field(default=None, description="price at acceptance")
    sale_price: Money | None = Field(default=None, description="with the seller's discount, without WB Club's")
    final_price: Money | None = Field(default=None, description="what the buyer pays")
    converted_final_price: Money | None = None
    required_meta: tuple[str, ...] | None = Field(default=None, description="kinds of marking it cannot go without")
    supplier_status: str | None = Field(default=None, description="new, confirm, complete, cancel, or a new one")
    wb_status: str | None = Field(default=None, description="waiting, sorted, sold, canceled, …, or a new one")
    is_cancellable: bool | None = None
    is_transferable: bool | None = None


class FbsOrdersUpdatedV1(EventData, type="fbs_orders.updated.v1", publisher="ingestor"):
    """FBS tasks of one cabinet that are new or changed."""

    fbs_orders: tuple[ChangedFbsOrder, ...] = Field(min_length=1, max_length=MAX_BATCH)
