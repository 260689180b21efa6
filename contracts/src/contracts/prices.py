"""Price events."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Model, Money, NmId


class ChangedPrice(Model):
    """The price of one size of a card, in the shop's currency per unit. Unknown is null, never 0.

    Source: `GET /api/v2/list/goods/filter`.
    """

    nm_id: NmId
    size_id: int = Field(description="the card's `chrtID`")
    vendor_code: str | None = None
    tech_size_name: str | None = None
    price: Money | None = Field(default=None, description="before discounts")
    discounted_price: Money | None = Field(default=None, description="with the seller's discount")
    club_discounted_price: Money | None = Field(default=None, description="with that of WB Club on top")
    discount: int | None = Field(default=None, description="the seller's discount, %")
    club_discount: int | None = Field(default=None, description="discount of WB Club, %")
    currency: str | None = Field(default=None, description="ISO 4217 code of three letters")
    editable_size_price: bool | None = Field(default=None, description="whether sizes may have prices of their own")
    revision: int = Field(ge=1)
    change: Literal["new", "changed", "gone"] = Field(description="gone: WB stopped listing it; its last price is told")
    previous: dict[str, Any] = Field(default_factory=dict)


class PricesUpdatedV1(EventData):
    """Prices of one cabinet that changed."""

    TYPE: ClassVar[str] = "prices.updated.v1"
    prices: tuple[ChangedPrice, ...] = Field(min_length=1, max_length=MAX_BATCH)
