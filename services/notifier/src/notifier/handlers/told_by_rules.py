"""Whatever kinds of messages tell of an event by the event alone."""

from typing import Any

from contracts.envelope import Event, Origin
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.enqueue import enqueue
from notifier.kinds import RULES


async def told_by_rules(connection: AsyncConnection, event: Event[Any]) -> None:
    """Ask the rules of every kind; only live events tell anyone. Of one subject nobody is told twice.

    Raises:
        CabinetUnknown: nothing was stored; the event has to be handled again.
    """
    if event.origin is not Origin.LIVE:
        return
    notices = [notice for rule in RULES.get(type(event.data), ()) for notice in rule.notices(event)]
    if notices:
        await enqueue(connection, event, notices)
