"""Product card events."""

from typing import ClassVar

from pydantic import Field

from contracts.changed import ChangedRow
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Model, Moment, Money, NmId


class ProductSize(Model):
    """One size of a card. `skus` are its barcodes."""

    chrt_id: int
    tech_size: str | None = None
    wb_size: str | None = None
    skus: tuple[str, ...] = ()


class ProductCard(Model):
    """A card as a reader of orders needs it."""

    nm_id: NmId
    vendor_code: str | None = None
    title: str | None = None
    brand: str | None = None
    subject: str | None = None
    photo: str | None = Field(default=None, description="URL of the main photo, 516x688")
    sizes: tuple[ProductSize, ...] = ()


class ChangedProduct(ChangedRow, ProductCard):
    """A card with its revision. Source: `POST /content/v2/get/cards/list`."""

    LAST: ClassVar[tuple[str, ...]] = ("change", "previous")

    imt_id: int | None = None
    subject_id: int | None = None
    updated_at: Moment
    created_at: Moment | None = None
    length: Money | None = Field(default=None, description="of the packed item, cm")
    width: Money | None = Field(default=None, description="of the packed item, cm")
    height: Money | None = Field(default=None, description="of the packed item, cm")
    weight_brutto: Money | None = Field(default=None, description="of the packed item, kg")
    dimensions_valid: bool | None = Field(default=None, description="false: unlike those of its subject, says WB")
    need_kiz: bool | None = Field(default=None, description="whether it must bear a mark of Chestny ZNAK")
    is_listed: bool = Field(default=True, description="false: the card is in WB's trash, or deleted")


class ProductsUpdatedV1(EventData, type="products.updated.v1", publisher="ingestor"):
    """Cards of one cabinet that are new at WB or changed there."""

    products: tuple[ChangedProduct, ...] = Field(min_length=1, max_length=MAX_BATCH)
