"""Question events."""

from pydantic import Field

from contracts.changed import ChangedRow, Previous
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Moment, NmId


class ChangedQuestion(ChangedRow):
    """A buyer's question about a card, and its answer.

    Source: `GET /api/v1/questions`. `state` is WB's: suppliersPortalSynch (new), wbRu (answered and shown), none
    (rejected by the seller).
    """

    id: str
    created_at: Moment
    nm_id: NmId | None = None
    imt_id: int | None = None
    product_name: str | None = None
    supplier_article: str | None = None
    brand: str | None = None
    text: str | None = None
    state: str | None = None
    answer_text: str | None = None
    answered_at: Moment | None = None
    answer_editable: bool | None = Field(default=None, description="may move without an event")
    was_viewed: bool | None = Field(default=None, description="may move without an event")
    is_warned: bool | None = Field(default=None, description="WB finds it suspicious")
    previous: Previous = Field(default_factory=dict)


class QuestionsUpdatedV1(EventData, type="questions.updated.v1", publisher="ingestor"):
    """Questions of one cabinet that are new at WB or changed there."""

    questions: tuple[ChangedQuestion, ...] = Field(min_length=1, max_length=MAX_BATCH)
