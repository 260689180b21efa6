"""What a replay gives again, and to whom: only types that the consumer has a queue for which is not live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.envelope import SERVICES, Origin
from contracts.registry import EVENTS
from contracts.topics import QUEUES


class CannotReplay(Exception):
    """Asked for what cannot be replayed; the message says what can."""


@dataclass(frozen=True)
class Selection:
    """Which events: of these types and cabinets (none: all), from `since` on, before `until` (none: open)."""

    consumer: str
    types: tuple[str, ...]
    cabinet_ids: tuple[UUID, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


def queues_of(consumer: str) -> dict[str, str]:
    """Event type → the consumer's own queue for what is replayed."""
    return {
        event.TYPE: queue.name
        for queue in QUEUES
        if queue.service == consumer and Origin.REPLAY in queue.origins
        for event in queue.events
    }


def select(
    consumer: str,
    *,
    types: Sequence[str] = (),
    cabinet_ids: Sequence[UUID] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Selection:
    """What was asked for; no type stands for all that the consumer takes, no cabinet for all.

    Raises:
        CannotReplay: there is no such consumer or type, the consumer does not take it, or the time is empty.
    """
    taken = queues_of(consumer)
    if consumer not in SERVICES:
        raise CannotReplay(f"there is no service {consumer!r}; {_listed(_takers())} can be given a replay")
    if not taken:
        raise CannotReplay(f"{consumer} takes no replays; {_listed(_takers())} can be given one")
    for each in types:
        if each not in EVENTS:
            raise CannotReplay(f"there is no event type {each!r}; {consumer} takes {_listed(taken)}")
        if each not in taken:
            raise CannotReplay(f"{consumer} takes no replay of {each}; it takes {_listed(taken)}")
    if since is not None and until is not None and since >= until:
        raise CannotReplay(f"nothing lies between {since.isoformat()} and {until.isoformat()}")
    chosen = tuple(sorted(set(types) or set(taken)))
    return Selection(consumer, chosen, tuple(sorted(set(cabinet_ids))) or None, since, until)


def _takers() -> list[str]:
    return [service for service in SERVICES if queues_of(service)]


def _listed(names: "Sequence[str] | dict[str, str]") -> str:
    return ", ".join(sorted(names)) or "nobody"
