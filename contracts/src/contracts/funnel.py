"""Sales funnel events."""

from datetime import date

from pydantic import Field

from contracts.changed import ChangedRow, Previous
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Count, Money, NmId


class ChangedFunnelDay(ChangedRow):
    """What visitors of one card did on one Moscow day.

    Source: `POST /api/analytics/v3/sales-funnel/products/history`, every 2 hours. Buyouts are booked on the day of the
    order, so earlier days move as well; WB tells 7 days, and an older one stays as it was.
    """

    nm_id: NmId
    day: date
    open_count: Count | None = None
    cart_count: Count | None = Field(default=None, description="units put into baskets")
    order_count: Count | None = Field(default=None, description="units ordered")
    order_sum: Money | None = None
    buyout_count: Count | None = None
    buyout_sum: Money | None = None
    buyout_percent: Money | None = Field(default=None, description="%")
    add_to_cart_conversion: Money | None = Field(default=None, description="baskets per opened card, %")
    cart_to_order_conversion: Money | None = Field(default=None, description="orders per basket, %")
    add_to_wishlist_count: Count | None = None
    currency: str | None = Field(default=None, description="of the sums, as WB names it: RUB")
    previous: Previous = Field(default_factory=dict)


class FunnelUpdatedV1(EventData, type="funnel.updated.v1", publisher="ingestor"):
    """Days of cards of one cabinet whose figures are new at WB or moved there."""

    days: tuple[ChangedFunnelDay, ...] = Field(min_length=1, max_length=MAX_BATCH)
