"""Somebody answers a feedback."""

from contracts.envelope import Event
from contracts.wb_commands import ReviewAnswerRequestedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.commands import journal


async def review_answer_requested(connection: AsyncConnection, event: Event[ReviewAnswerRequestedV1]) -> None:
    """Put the answer, or its edit, into the journal, to be sent now."""
    data = event.data
    await journal.request(
        connection,
        event,
        command_id=data.command_id,
        kind="review_answer_edit" if data.edits else "review_answer",
        subject=data.review_id,
        words=data.text,
        by=data.requested_by,
    )
