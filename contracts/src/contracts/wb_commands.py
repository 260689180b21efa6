"""What is to be written at Wildberries, and what became of it.

A command has an id of its own, by which it is carried out once. It ends as confirmed, refused or cancelled. While
nobody knows whether Wildberries has carried it out it is unknown, until a reading tells, or none could be made in a
week.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Moment

SHORTEST_ANSWER, LONGEST_ANSWER = 2, 5_000

AnswerText = Annotated[str, Field(min_length=SHORTEST_ANSWER, max_length=LONGEST_ANSWER)]
"""Characters that Wildberries takes as an answer."""

WbCommandState = Literal["requested", "sent", "unknown", "confirmed", "refused", "cancelled"]

ENDS: frozenset[WbCommandState] = frozenset({"confirmed", "refused", "cancelled"})
"""Nothing more becomes of it."""

UNRESOLVED = "unresolved"
"""The code of a command that ended as `sent` or `unknown`: Wildberries did not let it be read back."""


class ReviewAnswerRequestedV1(EventData, type="review.answer_requested.v1", publisher="gateway"):
    """Someone answers a feedback, or edits the answer, which Wildberries lets be done once."""

    command_id: UUID
    review_id: str = Field(description="WB's id of the feedback")
    text: AnswerText
    edits: bool = Field(description="an answer that is there takes this text; else it is the first one")
    requested_by: int = Field(description="Telegram user id")


class QuestionAnswerRequestedV1(EventData, type="question.answer_requested.v1", publisher="gateway"):
    """Someone answers a question, or rejects it: then no buyer sees it, nor the text."""

    command_id: UUID
    question_id: str = Field(description="WB's id of the question")
    text: AnswerText
    rejects: bool
    requested_by: int = Field(description="Telegram user id")


class WbCommandChangedV1(EventData, type="wb_command.changed.v1", publisher="ingestor"):
    """How far a command has come, or what it waits for."""

    command_id: UUID
    kind: str = Field(description="e.g. review_answer; there will be new ones")
    subject: str = Field(description="WB's id of what is written about")
    state: WbCommandState = Field(
        description="requested: not sent yet, or proved to have had no effect; sent: Wildberries accepted it, and it "
        "is to be read back; unknown: it was sent without an answer; confirmed: read back; refused: by Wildberries, or "
        "it came to nothing; cancelled: its cabinet was disconnected. Sent and unknown are ends where the code is "
        "unresolved: it could not be read back in a week"
    )
    revision: Annotated[int, Field(ge=1, description="counts the command's events; a smaller one never overwrites")]
    attempts: Count = Field(description="how often it was sent")
    code: str | None = Field(default=None, description="what it waits for or was refused for, e.g. moderation")
    reason: str | None = Field(default=None, description="the same in words, Wildberries' own where it gave some")
    next_try_at: Moment | None = Field(default=None, description="null: it has ended")
    changed_at: Moment

    @property
    def has_ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in ENDS or self.code == UNRESOLVED
