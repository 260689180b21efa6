"""Price events."""

from pydantic import Field

from contracts.changed import ListedRow, OrGone
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Money, NmId


class ChangedPrice(ListedRow):
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
    change: OrGone = Field(description="gone: WB stopped listing it; its last price is told")


class PricesUpdatedV1(EventData, type="prices.updated.v1", publisher="ingestor"):
    """Prices of one cabinet that changed."""

    prices: tuple[ChangedPrice, ...] = Field(min_length=1, max_length=MAX_BATCH)
