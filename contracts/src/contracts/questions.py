"""Question events."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Model, Moment, NmId


class ChangedQuestion(Model):
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
    revision: int = Field(ge=1)
    change: Literal["new", "changed"]
    previous: dict[str, Any] = Field(default_factory=dict, description="earlier values of the fields that changed")


class QuestionsUpdatedV1(EventData):
    """Questions of one cabinet that are new at WB or changed there."""

    TYPE: ClassVar[str] = "questions.updated.v1"
    questions: tuple[ChangedQuestion, ...] = Field(min_length=1, max_length=MAX_BATCH)
