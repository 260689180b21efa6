"""Dead letters of every service's queues, as RabbitMQ has them, without what they say."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aio_pika.exceptions import AMQPError
from contracts.topics import QUEUES, Queue
from servicekit import dead_letters
from servicekit.dead_letters import DeadLetter

from gateway.admin.listing import ID, ID_SEPARATOR, Asked, QueryRefused

QUEUE_BY_NAME = {queue.name: queue for queue in QUEUES}

MAX_DEPTH = 1000
"""No more are looked at, of all queues or of one: others are when these have been put back."""

MAX_REASON = 1000
MAX_ATTRIBUTE = 100

PATIENCE_SECONDS = 20.0


class BrokerAway(Exception):
    """RabbitMQ refused or did not answer."""


@dataclass(frozen=True)
class Letter:
    """What administrators see of a dead letter; attributes are those of its event, None for what is none."""

    queue: str
    event_id: str
    type: str
    attempts: int
    reason: str
    bytes: int
    cabinet_id: str | None
    time: str | None
    origin: str | None

    @property
    def id(self) -> str:
        return f"{self.queue}{ID_SEPARATOR}{self.event_id}"


@dataclass(frozen=True)
class Letters:
    """A page of dead letters, and how many there are."""

    letters: Sequence[Letter]
    total: int


class DeadLetters:
    """Looks at one thing at a time: while letters are looked at, nobody else sees them."""

    def __init__(self, broker_url: str) -> None:
        self._url = broker_url
        self._looking = asyncio.Lock()

    async def page(self, asked: Asked) -> Letters:
        """The page that was asked for.

        Raises:
            QueryRefused: the list has no such filter or order, or does not go so deep.
            BrokerAway: as said there.
        """
        name, is_descending = asked.sort or (ID, False)
        if name != ID:
            raise QueryRefused("sort_unknown", "Dead letters are sorted by id.")
        if asked.last >= MAX_DEPTH:
            raise QueryRefused("range_refused", f"Only the first {MAX_DEPTH} dead letters can be looked at.")
        if ID in asked.filters:
            return await self._by_ids(asked.filters)
        queues = _queues(asked.filters)
        letters: list[Letter] = []
        async with self._alone():
            counts = await dead_letters.count_dead(self._url)
            for queue in queues:
                if queue in counts and len(letters) < MAX_DEPTH:
                    # All of them, whatever page is asked for: the broker turns the order of those it puts back.
                    letters += await self._look(queue, limit=MAX_DEPTH - len(letters))
        letters.sort(key=lambda letter: letter.id, reverse=is_descending)
        total = sum(count for queue, count in counts.items() if queue in queues)
        return Letters(letters[asked.first : asked.last + 1], max(total, len(letters)))

    async def find(self, letter_id: str) -> Letter | None:
        """The dead letter with this id.

        Raises:
            BrokerAway: as said there.
        """
        found = await self._by_ids({ID: letter_id})
        return found.letters[0] if found.letters else None

    async def redrive(self, queue: Queue, *, limit: int, event_id: str | None) -> int:
        """Put dead letters back into their queue, or only those of an event; how many.

        Raises:
            BrokerAway: as said there.
        """
        async with self._alone():
            return await dead_letters.redrive(self._url, queue, limit=limit, event_id=event_id)

    async def _by_ids(self, filters: Mapping[str, object]) -> Letters:
        if len(filters) > 1:
            raise QueryRefused("filter_unknown", "The filter `id` stands alone.")
        ids = filters[ID]
        wanted = ids if isinstance(ids, list) else [ids]
        places = {place for each in wanted if isinstance(each, str) and (place := split_id(each)) is not None}
        letters: list[Letter] = []
        async with self._alone():
            for queue in QUEUES:
                events = {event_id for of_queue, event_id in places if of_queue == queue}
                if events:
                    letters += await self._look(queue, limit=MAX_DEPTH, events=events)
        return Letters(letters, len(letters))

    async def _look(self, queue: Queue, *, limit: int, events: Collection[str] | None = None) -> list[Letter]:
        """So many letters of a queue, or of them those of these events."""
        found = dead_letters.each_dead(self._url, queue, limit=limit)
        return [_shown(letter) async for letter in found if events is None or letter.event_id in events]

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._looking:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    yield
            except (AMQPError, OSError) as error:
                # An error's text has the broker's address in it; TimeoutError is an OSError too.
                raise BrokerAway(type(error).__name__) from error


def split_id(letter_id: str) -> tuple[Queue, str] | None:
    """The queue and the event of a letter's id."""
    name, _, event_id = letter_id.partition(ID_SEPARATOR)
    queue = QUEUE_BY_NAME.get(name)
    return None if queue is None else (queue, event_id)


def _shown(letter: DeadLetter) -> Letter:
    event = _attributes(letter.body)
    return Letter(
        queue=letter.queue,
        event_id=letter.event_id,
        type=letter.type,
        attempts=letter.attempts,
        reason=letter.reason[:MAX_REASON],
        bytes=len(letter.body),
        cabinet_id=event.get("cabinetid"),
        time=event.get("time"),
        origin=event.get("origin"),
    )


def _attributes(body: bytes) -> dict[str, str]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    attributes = event.items() if isinstance(event, dict) else ()
    return {name: value for name, value in attributes if isinstance(value, str) and len(value) <= MAX_ATTRIBUTE}


def _queues(filters: Mapping[str, object]) -> Sequence[Queue]:
    if set(filters) - {"queue"}:
        raise QueryRefused("filter_unknown", "Dead letters are filtered by queue or id.")
    if not filters:
        return QUEUES
    queue = QUEUE_BY_NAME.get(filters["queue"]) if isinstance(filters["queue"], str) else None
    if queue is None:
        raise QueryRefused("filter_malformed", f"There is no such queue; there are {', '.join(QUEUE_BY_NAME)}.")
    return (queue,)
