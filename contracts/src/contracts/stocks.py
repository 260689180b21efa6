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
