"""Stock events."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Count, Model, Moment, NmId


class ChangedStock(Model):
    """Units of one size at one warehouse.

    Source: `POST /api/analytics/v1/stocks-report/wb-warehouses`. WB hides its warehouses since 2026-08-15:
    `warehouse_id` is then -999999.
    """

    nm_id: NmId
    chrt_id: int
    warehouse_id: int
    warehouse_name: str | None = None
    region_name: str | None = None
    quantity: Count = Field(description="units that can be sold now")
    in_way_to_client: Count | None = None
    in_way_from_client: Count | None = None
    revision: int = Field(ge=1)
    observed_at: Moment
    change: Literal["new", "changed", "gone"] = Field(description="gone: WB stopped listing it; quantity is 0")
    previous: dict[str, Any] = Field(default_factory=dict)


class StocksUpdatedV1(EventData):
    """Stock rows of one cabinet that changed."""

    TYPE: ClassVar[str] = "stocks.updated.v1"
    stocks: tuple[ChangedStock, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedSellerStock(Model):
    """Units of one size at one warehouse of the seller's own.

    Source: `POST /api/analytics/v1/stocks-report/seller-warehouses`.
    """

    nm_id: NmId
    chrt_id: int
    warehouse_id: int
    warehouse_name: str | None = None
    region_name: str | None = None
    quantity: Count = Field(description="units that can be sold now")
    revision: int = Field(ge=1)
    observed_at: Moment
    change: Literal["new", "changed", "gone"] = Field(description="gone: WB stopped listing it; quantity is 0")
    previous: dict[str, Any] = Field(default_factory=dict)


class SellerStocksUpdatedV1(EventData):
    """Stock rows of one cabinet's own warehouses that changed."""

    TYPE: ClassVar[str] = "seller_stocks.updated.v1"
    stocks: tuple[ChangedSellerStock, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedStockRemain(Model):
    """Units of one barcode at one of WB's warehouses, or on their way, by the report of remains.

    Source: `GET /api/v1/warehouse_remains`. Rows of other kinds than `warehouse` are no stock at a warehouse:
    `total` is the sum of those of kind `warehouse`.
    """

    nm_id: NmId
    barcode: str = Field(description="empty: WB gave none")
    tech_size: str = Field(description="empty: WB gave none")
    warehouse_name: str
    kind: Literal["warehouse", "to_client", "from_client", "total"]
    vendor_code: str | None = None
    quantity: Count
    revision: int = Field(ge=1)
    observed_at: Moment
    change: Literal["new", "changed", "gone"] = Field(description="gone: WB stopped listing it; quantity is 0")
    previous: dict[str, Any] = Field(default_factory=dict)


class StockRemainsUpdatedV1(EventData):
    """Remains of one cabinet at WB's warehouses that changed."""

    TYPE: ClassVar[str] = "stock_remains.updated.v1"
    stocks: tuple[ChangedStockRemain, ...] = Field(min_length=1, max_length=MAX_BATCH)
