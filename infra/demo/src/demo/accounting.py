"""Comparing what changed at Wildberries with what arrived in Telegram."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

KINDS = {"Новый заказ": "new", "Отмена заказа": "cancel", "Заказ изменился": "price"}
"""How a message's title names the kind of change."""

_SRID = re.compile(r"<code>([^<]+)</code>")


@dataclass(frozen=True)
class Change:
    """One version of an order that a reader of WB could see; times are Unix seconds."""

    srid: str
    kind: str
    answered_at: float | None
    """When WB first answered with it; none: not yet."""


@dataclass(frozen=True)
class Message:
    """One message as Telegram received it."""

    srid: str
    kind: str
    received_at: float


@dataclass(frozen=True)
class Account:
    """What came of the changes."""

    changes: int
    delivered: int
    lost: list[Change] = field(default_factory=list)
    duplicates: list[Message] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)


def read_message(html: str, received_at: float) -> Message | None:
    """The change a message tells of, or none if it is another kind of message."""
    srid = _SRID.search(html)
    kind = next((kind for title, kind in KINDS.items() if title in html.split("\n", 1)[0]), None)
    return Message(srid.group(1), kind, received_at) if srid and kind else None


def account(changes: Iterable[Change], messages: Iterable[Message]) -> Account:
    """Each change wants exactly one message of its order and kind; the first takes it, others are duplicates."""
    waiting: dict[tuple[str, str], list[Message]] = defaultdict(list)
    delivered = 0
    for message in sorted(messages, key=lambda m: m.received_at):
        waiting[message.srid, message.kind].append(message)
        delivered += 1
    lost, latencies, count = [], [], 0
    for change in changes:
        count += 1
        arrived = waiting[change.srid, change.kind]
        if not arrived:
            lost.append(change)
        else:
            message = arrived.pop(0)
            if change.answered_at is not None:
                latencies.append((message.received_at - change.answered_at) * 1000)
    duplicates = [message for left in waiting.values() for message in left]
    return Account(count, delivered, lost, duplicates, latencies)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all values do not exceed (nearest rank); none of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
