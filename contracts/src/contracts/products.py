"""Product card events."""

from typing import Any, ClassVar, Literal

from pydantic import Field

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


class ChangedProduct(ProductCard):
    """A card with its revision. Source: `POST /content/v2/get/cards/list`."""

    revision: int = Field(ge=1)
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
    change: Literal["new", "changed"]
    previous: dict[str, Any] = Field(default_factory=dict)


class ProductsUpdatedV1(EventData):
    """Cards of one cabinet that are new at WB or changed there."""

    TYPE: ClassVar[str] = "products.updated.v1"
    products: tuple[ChangedProduct, ...] = Field(min_length=1, max_length=MAX_BATCH)
