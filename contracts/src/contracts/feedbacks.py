"""Feedback events."""

from pydantic import Field

from contracts.changed import ChangedRow, Previous
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Model, Moment, NmId


class FeedbackPhoto(Model):
    """URLs of one photo."""

    full_size: str | None = None
    mini_size: str | None = None


class FeedbackVideo(Model):
    """URLs of a video (HLS) and of its cover."""

    link: str | None = None
    preview_image: str | None = None
    duration_seconds: int | None = None


class ChangedFeedback(ChangedRow):
    """A feedback on one item, without who left it.

    Source: `GET /api/v1/feedbacks` and `GET /api/v1/feedbacks/archive`. WB's words are kept as they are:
    `state` none (new) or wbRu (processed), `answer_state` none, wbRu (shown), reviewRequired or rejected,
    `order_status` buyout, rejected, returned or notSpecified, `matching_size` ok, smaller or bigger.
    """

    id: str
    created_at: Moment
    nm_id: NmId | None = None
    imt_id: int | None = None
    product_name: str | None = None
    supplier_article: str | None = None
    brand: str | None = None
    size: str | None = Field(default=None, description="techSize of the card")
    color: str | None = None
    subject_id: int | None = None
    subject: str | None = None
    valuation: int | None = Field(default=None, description="stars, 1 to 5")
    text: str | None = None
    pros: str | None = None
    cons: str | None = None
    bables: tuple[str, ...] = Field(default=(), description="tags that the buyer chose")
    photos: tuple[FeedbackPhoto, ...] = ()
    video: FeedbackVideo | None = None
    matching_size: str | None = None
    order_status: str | None = None
    bought_at: Moment | None = None
    shk_id: int | None = Field(default=None, description="the unit that was bought")
    state: str | None = None
    answer_text: str | None = None
    answer_state: str | None = None
    answer_editable: bool | None = Field(default=None, description="may move without an event")
    was_viewed: bool | None = Field(default=None, description="may move without an event")
    parent_id: str | None = Field(default=None, description="the feedback that this one adds to")
    child_id: str | None = Field(default=None, description="the feedback that adds to this one")
    previous: Previous = Field(default_factory=dict)


class FeedbacksUpdatedV1(EventData, type="feedbacks.updated.v1", publisher="ingestor"):
    """Feedbacks of one cabinet that are new at WB or changed there: answered, or completed by the buyer."""

    feedbacks: tuple[ChangedFeedback, ...] = Field(min_length=1, max_length=MAX_BATCH)
