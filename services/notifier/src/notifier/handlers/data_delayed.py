"""Data of Wildberries stopped coming."""

from contracts.envelope import Event
from contracts.freshness import DataDelayedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import troubles
from notifier.deliveries.enqueue import Notice, enqueue


async def data_delayed(connection: AsyncConnection, event: Event[DataDelayedV1]) -> None:
    """Tell everyone of the cabinet of those data that they do not know to be late."""
    begun = await troubles.begin(connection, event, "delayed", [each.resource for each in event.data.resources], "late")
    if news := tuple(each for each in event.data.resources if each.resource in begun):
        payload = DataDelayedV1(resources=news).model_dump_json()
        await enqueue(connection, event, [Notice("data_delayed", f"data_delayed/{event.id}", payload)])
