"""Stock events."""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.changed import ListedRow, OrGone
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Count, Moment, NmId


class StockRow(ListedRow):
    """What ends every row of stock: its change, and when it was seen."""

    LAST: ClassVar[tuple[str, ...]] = ("revision", "observed_at", "change", "previous")

    observed_at: Moment
    change: OrGone = Field(description="gone: WB stopped listing it; quantity is 0")


class SizeAtWarehouse(StockRow):
    """Units of one size at one warehouse."""

    nm_id: NmId
    chrt_id: int
    warehouse_id: int
    warehouse_name: str | None = None
    region_name: str | None = None
    quantity: Count = Field(description="units that can be sold now")


class ChangedStock(SizeAtWarehouse):
    """Units of one size at one warehouse.

    Source: `POST /api/analytics/v1/stocks-report/wb-warehouses`. WB hides its warehouses since 2026-08-15:
    `warehouse_id` is then -999999.
    """

    in_way_to_client: Count | None = None
    in_way_from_client: Count | None = None


class StocksUpdatedV1(EventData, type="stocks.updated.v1", publisher="ingestor"):
    """Stock rows of one cabinet that changed."""

    stocks: tuple[ChangedStock, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedSellerStock(SizeAtWarehouse):
    """Units of one size at one warehouse of the seller's own.

    Source: `POST /api/analytics/v1/stocks-report/seller-warehouses`.
    """


class SellerStocksUpdatedV1(EventData, type="seller_stocks.updated.v1", publisher="ingestor"):
    """Stock rows of one cabinet's own warehouses that changed."""

    stocks: tuple[ChangedSellerStock, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedStockRemain(StockRow):
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


class StockRemainsUpdatedV1(EventData, type="stock_remains.updated.v1", publisher="ingestor"):
    """Remains of one cabinet at WB's warehouses that changed."""

    stocks: tuple[ChangedStockRemain, ...] = Field(min_length=1, max_length=MAX_BATCH)
