"""Events of sellers' warehouses and of the WB offices they are linked to."""

from pydantic import Field

from contracts.changed import ListedRow, OrGone
from contracts.envelope import EventData
from contracts.model import MAX_BATCH


class ChangedWarehouse(ListedRow):
    """A warehouse of the seller's own. Source: `GET /api/v3/warehouses`."""

    warehouse_id: int
    name: str | None = None
    office_id: int | None = Field(default=None, description="WB's office it is linked to")
    cargo_type: int | None = Field(default=None, description="1 small, 2 oversized, 3 large")
    delivery_type: int | None = Field(default=None, description="1 FBS, 2 DBS, 3 DBW, 5 C&C, 6 EDBS")
    is_deleting: bool | None = None
    is_processing: bool | None = Field(default=None, description="WB is updating it: its stocks cannot be set now")
    change: OrGone = Field(description="gone: WB stopped listing it")


class WarehousesUpdatedV1(EventData, type="warehouses.updated.v1", publisher="ingestor"):
    """Warehouses of one cabinet that changed."""

    warehouses: tuple[ChangedWarehouse, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedOffice(ListedRow):
    """A WB office that a seller's warehouse can be linked to. Source: `GET /api/v3/offices`."""

    office_id: int
    name: str | None = None
    address: str | None = None
    city: str | None = None
    federal_district: str | None = Field(default=None, description="none: abroad, or not known")
    cargo_type: int | None = Field(default=None, description="1 small, 3 large")
    delivery_type: int | None = Field(default=None, description="1 FBS, 2 DBS, 3 DBW, 5 C&C, 6 EDBS")
    selected: bool | None = Field(default=None, description="the seller has a warehouse linked to it")
    change: OrGone = Field(description="gone: WB stopped listing it")


class OfficesUpdatedV1(EventData, type="offices.updated.v1", publisher="ingestor"):
    """WB offices, as one cabinet sees them, that changed."""

    offices: tuple[ChangedOffice, ...] = Field(min_length=1, max_length=MAX_BATCH)
