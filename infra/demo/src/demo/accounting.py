"""Comparing what changed at Wildberries with what arrived in Telegram."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

KINDS = {
    "Новый заказ": "new",
    "Первый заказ": "new",
    "Крупный заказ": "new",
    "Отмена": "cancel",
    "Заказ изменился": "price",
}
"""How a message's title names the kind of change."""

_SRID = re.compile(r"<code>([^<]+)</code>")


@dataclass(frozen=True)
class Change:
    """One version of an order that a reader of WB could see; times are Unix seconds."""

    srid: str
    kind: str
    answered_at: float | None
    """When WB first answered with it, by the method that has all orders; none: not yet."""
    made_at: float = 0.0


@dataclass(frozen=True)
class Message:
    """One version of a message as Telegram received it: an order has one message, which is edited."""

    srid: str
    kind: str
    received_at: float
    message_id: int = 0


@dataclass(frozen=True)
class Account:
    """What came of the changes."""

    changes: int
    messages: int
    """Messages, however often each was edited."""
    edits: int
    lost: list[Change] = field(default_factory=list)
    duplicates: list[Message] = field(default_factory=list)
    """First versions of messages of orders that had one."""
    latencies_ms: list[float] = field(default_factory=list)


def read_message(html: str, received_at: float, message_id: int = 0) -> Message | None:
    """The change a message tells of, or none if it is another kind of message."""
    srid = _SRID.search(html)
    kind = next((kind for title, kind in KINDS.items() if title in html.split("\n", 1)[0]), None)
    return Message(srid.group(1), kind, received_at, message_id) if srid and kind else None


def account(changes: Iterable[Change], messages: Iterable[Message]) -> Account:
    """Each change is to be seen in its order's message, or a later change of the order is; an order has one message.

    A change is told by the first version that came after it was made and says its kind or that of a later change of its
    order. A latency runs from WB's answer; what another source told before that answer has none.
    """
    versions: dict[str, list[Message]] = defaultdict(list)
    for message in sorted(messages, key=lambda m: m.received_at):
        versions[message.srid].append(message)
    of_order: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        of_order[change.srid].append(change)
    lost, latencies = [], []
    for srid, made in of_order.items():
        for at, change in enumerate(made):
            later = {each.kind for each in made[at:]}
            told = next((v for v in versions[srid] if v.kind in later and v.received_at >= change.made_at), None)
            if told is None:
                lost.append(change)
            elif change.answered_at is not None and told.received_at >= change.answered_at:
                latencies.append((told.received_at - change.answered_at) * 1000)
    firsts = [_firsts(found) for found in versions.values()]
    return Account(
        changes=sum(map(len, of_order.values())),
        messages=sum(map(len, firsts)),
        edits=sum(map(len, versions.values())) - sum(map(len, firsts)),
        lost=lost,
        duplicates=[message for found in firsts for message in found[1:]],
        latencies_ms=latencies,
    )


def _firsts(versions: Sequence[Message]) -> list[Message]:
    """The first version of each message."""
    firsts: dict[int, Message] = {}
    for version in versions:
        firsts.setdefault(version.message_id, version)
    return list(firsts.values())


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all values do not exceed (nearest rank); none of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
