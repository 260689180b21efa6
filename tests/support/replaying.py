"""A log of three days to give to a consumer once more, and what came of it in the consumer's queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
from aio_pika.abc import AbstractChannel
from contracts.envelope import Event, Origin
from contracts.registry import parse_event
from contracts.topics import QUEUES
from servicekit.db import Database
from servicekit.replay import replayer, table
from servicekit.replay.plan import make_plan
from servicekit.replay.renewal import id_within
from servicekit.replay.selection import select
from servicekit.replay.table import Replay

from support.event_logs import log_events
from support.events import sync_requested
from support.reporting import a_stock, an_order, cabinet_disconnected, orders_updated, stocks_updated
from support.rows import all_rows

ORDERS, STOCKS = "orders.updated.v1", "stocks.updated.v1"
CABINETS = sorted(uuid4() for _ in range(3))
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


async def log_three_days(logs: Mapping[str, Database]) -> list[Event[Any]]:
    """Orders and stocks of three cabinets on three days, some in one transaction; and what no replay is of."""
    made: list[Event[Any]] = []
    for n, cabinet_id in enumerate(CABINETS):
        for day in range(3):
            batch: list[Event[Any]] = [
                orders_updated(cabinet_id, an_order(cabinet_id, f"{n}{day}{i}"), origin=origin)
                for i, origin in enumerate((Origin.LIVE, Origin.BACKFILL))
            ]
            batch.append(stocks_updated(cabinet_id, a_stock(day, revision=day + 1)))
            await log_events(logs, *batch, at=FIRST + timedelta(days=day))
            made += batch
        await log_events(logs, sync_requested(cabinet_id), cabinet_disconnected(cabinet_id))
    return made


@dataclass(frozen=True)
class Replays:
    """Replays to the reporter of the events that lie in the log."""

    database: Database
    broker_url: str
    channel: AbstractChannel
    events: Sequence[Event[Any]]

    async def begin(self, *, rate: float | None = None, **what: Any) -> UUID:
        """One that is noted, and nothing sent."""
        selection = select("reporter", **{"until": datetime(2026, 12, 31, tzinfo=UTC), **what})
        plan = await make_plan(self.database, selection)
        replay_id = uuid4()
        async with self.database.transaction() as connection:
            await table.add(
                connection, replay_id, selection, requested_by="me", events=plan.events, events_per_second=rate
            )
        return replay_id

    async def run(self, replay_id: UUID, told: replayer.Told = replayer.nobody) -> Replay:
        """Send what is left of it."""
        return await replayer.run(self.database, self.broker_url, replay_id, told)

    async def turn(self, replay_id: UUID, state: table.State) -> bool:
        """Whether it could be turned."""
        async with self.database.transaction() as connection:
            return await table.turn(connection, replay_id, state)

    async def row(self) -> dict[str, Any]:
        """The only one, as it is stored."""
        [found] = await all_rows(self.database, "replays")
        return found

    async def taken(self) -> dict[str, list[Event[Any]]]:
        """What lay in any queue of the platform."""
        found = {queue.name: await self._take(queue.name) for queue in QUEUES}
        return {name: events for name, events in found.items() if events}

    async def sent(self) -> list[Event[Any]]:
        """All of it, whatever the queue, by id."""
        return by_id([event for events in (await self.taken()).values() for event in events])

    def expected(self, replay_id: UUID, events: Sequence[Event[Any]] | None = None) -> list[Event[Any]]:
        """What is to come of these events (none: of all), by id."""
        renewed = {"origin": Origin.REPLAY, "replayid": replay_id}
        return by_id(
            [
                event.model_copy(update={"id": id_within(replay_id, event.id), **renewed})
                for event in (self.events if events is None else events)
            ]
        )

    async def _take(self, name: str) -> list[Event[Any]]:
        queue, found = await self.channel.get_queue(name, ensure=False), []
        while (message := await queue.get(fail=False)) is not None:
            event = parse_event(message.body)
            assert (message.message_id, message.type) == (str(event.id), event.type)
            assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
            found.append(event)
            await message.ack()
        return found


def by_id(events: Sequence[Event[Any]]) -> list[Event[Any]]:
    return sorted(events, key=lambda event: event.id)
