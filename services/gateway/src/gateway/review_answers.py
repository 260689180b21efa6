"""Answering what buyers wrote and asked: what there is to be answered, and who may."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.wb_token import Category
from servicekit.db import driver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import cabinets, roles, wb_commands
from gateway.published import show_only
from gateway.reading import Shown
from gateway.refusals import Refused
from gateway.roles import Act
from gateway.wb_commands import CommandKind, WbCommand

TURNED_DOWN = "rejected"
"""State of an answer that WB's moderation turned down: it may be answered again."""
REJECTED = "none"
"""State of a question that its seller rejected."""

_FIND = {
    "review": text("""
        SELECT cabinet_id, answer_text, answer_state, answer_editable, NULL AS state FROM reporter_published.feedbacks
        WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND id = CAST(:id AS text) ORDER BY cabinet_id LIMIT 1
    """),
    "question": text("""
        SELECT cabinet_id, answer_text, NULL AS answer_state, answer_editable, state FROM reporter_published.questions
        WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND id = CAST(:id AS text) ORDER BY cabinet_id LIMIT 1
    """),
}


@dataclass(frozen=True)
class Subject:
    """A feedback or question as Wildberries last told of it."""

    cabinet_id: UUID
    answer_text: str | None
    answer_state: str | None
    answer_editable: bool | None
    state: str | None


async def answer(
    connection: AsyncConnection, mine: Sequence[UUID], *, user: int, kind: CommandKind, subject: str, words: str
) -> WbCommand:
    """Have an answer, its edit or a rejection written, if the user may and there is nothing in the way.

    Raises:
        Refused: 404 of what none of the user's cabinets has, 403 to whose role is too little, 409 else.
    """
    about = kind.partition("_")[0]
    await show_only(connection, mine)
    row = (await connection.execute(_FIND[about], {"cabinets": list(mine), "id": subject})).mappings().first()
    if row is None:
        what = "feedback" if about == "review" else "question"
        raise Refused(404, f"{about}_not_found", f"You have no {what} with this id.")
    found = Subject(**row)
    await roles.require(connection, cabinet_id=found.cabinet_id, user=user, act=Act.ANSWER)
    await _check_token(connection, user, found.cabinet_id)
    _check_subject(kind, found)
    command_id = await wb_commands.request(
        connection, cabinet_id=found.cabinet_id, kind=kind, subject=subject, words=words, user=user
    )
    if command_id is None:
        raise Refused(409, "answer_under_way", "Somebody is answering it already: its `last_command` says how far.")
    asked = await wb_commands.find(Shown(await driver(connection)), [found.cabinet_id], command_id)
    if asked is None:
        raise LookupError("a command just stored is not there")
    return asked


async def _check_token(connection: AsyncConnection, user: int, cabinet_id: UUID) -> None:
    cabinet = await cabinets.find(connection, user, cabinet_id)
    if cabinet is None:
        raise roles.cabinet_not_found()
    if cabinet.status != "verified":
        detail = "Wildberries has not accepted the cabinet's token: nothing can be written with it."
        raise Refused(409, "cabinet_not_verified", detail)
    if cabinet.read_only or Category.FEEDBACKS not in cabinet.categories:
        detail = "The cabinet's token may only read, or lacks the category of feedbacks: give it another one."
        raise Refused(409, "token_cannot_answer", detail)


def _check_subject(kind: CommandKind, found: Subject) -> None:
    is_answered = found.answer_text is not None and found.answer_state != TURNED_DOWN
    match kind:
        case "review_answer" if is_answered:
            raise Refused(409, "review_answered", "It has an answer: PATCH edits it, once.")
        case "review_answer_edit" if found.answer_text is None:
            raise Refused(409, "review_unanswered", "It has no answer that could be edited.")
        case "review_answer_edit" if found.answer_editable is False:
            raise Refused(409, "answer_not_editable", "Wildberries lets an answer be edited once, within 60 days.")
        case "question_answer" | "question_reject" if found.state == REJECTED:
            raise Refused(409, "question_rejected", "The question was rejected.")
        case "question_answer" | "question_reject" if is_answered:
            raise Refused(409, "question_answered", "The question has an answer.")
