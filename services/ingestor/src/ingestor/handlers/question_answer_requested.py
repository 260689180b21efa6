"""Somebody answers a question, or rejects it."""

from contracts.envelope import Event
from contracts.wb_commands import QuestionAnswerRequestedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.commands import journal


async def question_answer_requested(connection: AsyncConnection, event: Event[QuestionAnswerRequestedV1]) -> None:
    """Put the answer, or the rejection, into the journal, to be sent now."""
    data = event.data
    await journal.request(
        connection,
        event,
        command_id=data.command_id,
        kind="question_reject" if data.rejects else "question_answer",
        subject=data.question_id,
        words=data.text,
        by=data.requested_by,
    )
