"""`/reviews/{id}/answer`, `/questions/{id}/answer` and `/reject`: what is written to buyers."""

from typing import Annotated, Any

from contracts.wb_commands import LONGEST_ANSWER, SHORTEST_ANSWER
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts import cache_keys
from gateway import cabinets, review_answers
from gateway.api.auth import Caller, Writer
from gateway.api.examples import answer_like
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import documented
from gateway.api.reviews import Id
from gateway.wb_commands import EXAMPLE, CommandKind, WbCommand

router = APIRouter(tags=["reviews"])

_WORDS = r"^[^\x00-\x08\x0b-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x08\x0b-\x1f\x7f]*$"


class AnswerText(BaseModel):
    """What is written to the buyer."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"text": EXAMPLE["text"]}]})

    text: Annotated[str, StringConstraints(min_length=SHORTEST_ANSWER, max_length=LONGEST_ANSWER, pattern=_WORDS)] = (
        Field(description="as the buyer reads it, once Wildberries has looked at it; not only white space")
    )


_TAKEN: dict[str, Any] = {
    "status_code": 202,
    "responses": {
        202: {"headers": {"Location": {"schema": {"type": "string"}}}, **answer_like(EXAMPLE)},
        **documented(404, 409, 413),
    },
}


@router.post("/reviews/{review_id}/answer", **_TAKEN)
async def answer_review(
    caller: Writer, parts: UsedParts, review_id: Id, body: AnswerText, response: Response
) -> WbCommand:
    """Answer a feedback; for managers and the owner. What is answered here is a command: ask for it to see how far it
    is, or look at the feedback's `last_command`.

    Of several at once one is taken, the others are refused with 409 `answer_under_way`. 409 too: `review_answered`,
    `cabinet_not_verified`, `token_cannot_answer`.
    """
    return await _answer(caller, parts, "review_answer", review_id, body, response)


@router.patch("/reviews/{review_id}/answer", **_TAKEN)
async def edit_review_answer(
    caller: Writer, parts: UsedParts, review_id: Id, body: AnswerText, response: Response
) -> WbCommand:
    """Edit the answer to a feedback, which Wildberries lets be done once, within 60 days; for managers and the owner.

    409 `review_unanswered`, `answer_not_editable`, and as where it is answered.
    """
    return await _answer(caller, parts, "review_answer_edit", review_id, body, response)


@router.post("/questions/{question_id}/answer", **_TAKEN)
async def answer_question(
    caller: Writer, parts: UsedParts, question_id: Id, body: AnswerText, response: Response
) -> WbCommand:
    """Answer a question; for managers and the owner. 409 `question_answered`, `question_rejected`, and as where a
    feedback is answered."""
    return await _answer(caller, parts, "question_answer", question_id, body, response)


@router.post("/questions/{question_id}/reject", **_TAKEN)
async def reject_question(
    caller: Writer, parts: UsedParts, question_id: Id, body: AnswerText, response: Response
) -> WbCommand:
    """Reject a question: no buyer sees it, nor the text, which Wildberries wants to have all the same. For managers and
    the owner. 409 as where it is answered."""
    return await _answer(caller, parts, "question_reject", question_id, body, response)


async def _answer(
    caller: Caller, parts: Parts, kind: CommandKind, subject: str, body: AnswerText, response: Response
) -> WbCommand:
    user = caller.telegram_id
    async with parts.database.transaction() as connection:
        mine = await cabinets.ids_of(connection, user)
        asked = await review_answers.answer(connection, mine, user=user, kind=kind, subject=subject, words=body.text)
    tags = (cache_keys.cabinet_reviews_tag, cache_keys.cabinet_questions_tag)
    await parts.cache.invalidate([tag(asked.cabinet_id) for tag in tags])
    response.headers["Location"] = f"/api/v1/commands/{asked.command_id}"
    return asked
