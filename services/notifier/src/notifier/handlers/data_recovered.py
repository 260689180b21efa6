"""Data of Wildberries come again."""

from contracts.envelope import Event
from contracts.freshness import DataRecoveredV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import troubles
from notifier.deliveries.enqueue import Notice, enqueue


async def data_recovered(connection: AsyncConnection, event: Event[DataRecoveredV1]) -> None:
    """Tell everyone of the cabinet of those data whose delay they were told."""
    ended = await troubles.end(connection, event, "delayed", [each.resource for each in event.data.resources])
    if over := tuple(each for each in event.data.resources if each.resource in ended):
        payload = DataRecoveredV1(resources=over).model_dump_json()
        await enqueue(connection, event, [Notice("data_recovered", f"data_recovered/{event.id}", payload)])
