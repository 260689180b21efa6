"""Events of buyers' claims for a return."""

from pydantic import Field

from contracts.changed import ChangedRow, Previous
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Moment, Money, NmId


class ChangedClaim(ChangedRow):
    """A buyer's claim to return one ordered unit.

    Source: `GET /api/v1/claims`, which lists 14 days: an older one stays as it was.
    """

    id: str
    claim_type: int | None = Field(default=None, description="1 the buyers' portal, 3 the chat")
    status: int | None = Field(default=None, description="0 under consideration, 1 refused, 2 approved")
    status_ex: int | None = Field(
        default=None,
        description="what becomes of the unit: 0 not decided, 1 stays with the buyer (refused), 2 scrapped at WB, "
        "5 stays with the buyer (approved), 8 sold again after WB's check, 10 goes back to the seller",
    )
    claimed_at: Moment
    updated_at: Moment = Field(description="when it was decided; until then, when it was made")
    srid: str | None = Field(default=None, description="the order")
    nm_id: NmId | None = None
    product_name: str | None = None
    ordered_at: Moment | None = None
    delivered_at: Moment | None = None
    price: Money | None = Field(default=None, description="what the buyer paid")
    currency_code: str | None = Field(default=None, description="numeric ISO code of the price")
    user_comment: str | None = None
    wb_comment: str | None = Field(default=None, description="what the buyer was answered")
    photos: tuple[str, ...] = Field(default=(), description="URLs, as WB writes them: without a scheme")
    videos: tuple[str, ...] = Field(default=(), description="URLs, as WB writes them: without a scheme")
    actions: tuple[str, ...] = Field(default=(), description="answers that WB allows now; none: nothing can be done")
    previous: Previous = Field(default_factory=dict)


class ClaimsUpdatedV1(EventData, type="claims.updated.v1", publisher="ingestor"):
    """Claims of one cabinet that are new at WB or changed there."""

    claims: tuple[ChangedClaim, ...] = Field(min_length=1, max_length=MAX_BATCH)
