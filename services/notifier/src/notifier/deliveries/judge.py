"""What becomes of what is due: it goes, waits, is left out, or is told in the message of another one.

Each delivery of a person is decided by his settings of this moment (`notifier.deciding`). Of one thread the newest
speaks for all: its message tells what older ones would have told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from notifier.deciding import Asked, Decision, decide
from notifier.deliveries.model import Delivery
from notifier.deliveries.schedule import is_left_alone

GROUP_EVERY_SECONDS = 60.0
"""A chat in which much happens gets one message of many in this time."""

SUPERSEDED = "superseded"
"""A newer one of its thread is told already."""
NOTHING_TO_EDIT = "nothing_to_edit"
"""It completes a message that is not there, or is too old."""
CHAT_IS_GONE = "chat_is_gone"
"""Its chat said twice that it takes nothing: the bot was blocked or removed, or the chat is no more."""
NOT_TOLD = "not_told"
"""Its target is no more, is told of other cabinets, or its user left the cabinet."""
THREAD_IS_BUSY = "thread_is_busy"
"""One before it in its thread has not ended."""


@dataclass(frozen=True)
class PutOff:
    """A delivery that waits."""

    delivery: Delivery
    reason: str
    until: datetime | None = None
    seconds: float | None = None


@dataclass
class Judged:
    """What becomes of the due deliveries of one receiver, each in one of these."""

    go: list[Delivery] = field(default_factory=list)
    together: list[Delivery] = field(default_factory=list)
    """Those that go in one message with whatever else is due to the receiver."""
    put_off: list[PutOff] = field(default_factory=list)
    dropped: list[Delivery] = field(default_factory=list)
    """Each with its `reason`."""


def judge(due: Iterable[Delivery], now: datetime) -> Judged:
    """Decide about what is due to one receiver."""
    judged = Judged()
    threads: dict[tuple[object, ...], list[tuple[Delivery, Decision]]] = {}
    for delivery in due:
        if is_left_alone(delivery.receiver):
            judged.dropped.append(replace(delivery, reason=CHAT_IS_GONE))
        elif delivery.telegram_id is None:
            judged.go.append(delivery)
        elif delivery.target and not delivery.target.is_told:
            judged.dropped.append(replace(delivery, reason=NOT_TOLD))
        elif delivery.blocked_seconds is not None:
            judged.put_off.append(PutOff(delivery, THREAD_IS_BUSY, seconds=delivery.blocked_seconds))
        elif delivery.living and delivery.created_at < delivery.living.newest_at:
            judged.dropped.append(replace(delivery, reason=SUPERSEDED))
        else:
            _sort(judged, threads, delivery, now)
    for thread in threads.values():
        _merge(judged, sorted(thread, key=lambda each: each[0].created_at))
    judged.go.sort(key=lambda delivery: not delivery.is_critical)
    return judged


def together(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """One delivery whose message tells all of them: none of none, and a single one is itself."""
    if len(deliveries) < 2:
        return list(deliveries)
    first, *others = deliveries
    return [replace(first, grouped=tuple(others))]


def _sort(
    judged: Judged,
    threads: dict[tuple[object, ...], list[tuple[Delivery, Decision]]],
    delivery: Delivery,
    now: datetime,
) -> None:
    decision = decide(_asked(delivery), delivery.settings, now)
    if decision.action == "drop":
        judged.dropped.append(replace(delivery, reason=decision.reason))
    elif decision.action == "defer":
        judged.put_off.append(PutOff(delivery, decision.reason, until=decision.until))
    else:
        told = replace(delivery, kind=decision.kind, reason=decision.reason)
        key = (delivery.cabinet_id, delivery.thread) if delivery.thread is not None else (delivery.id,)
        threads.setdefault(key, []).append((told, decision))


def _merge(judged: Judged, thread: Sequence[tuple[Delivery, Decision]]) -> None:
    newest, _ = thread[-1]
    telling = [told for told, _ in thread if not told.only_edits]
    others = tuple(told for told, _ in thread[:-1])
    if not telling and newest.living is None:
        judged.dropped.extend(replace(told, reason=NOTHING_TO_EDIT) for told, _ in thread)
        return
    if telling and newest.only_edits:
        newest = replace(newest, kind=telling[-1].kind, only_edits=False, is_critical=telling[-1].is_critical)
    carrier = replace(newest, merged=others)
    # An edit makes no noise, and what is critical does not wait: they go by themselves, however much waits.
    is_alone = carrier.is_critical or carrier.living is not None
    is_together = not is_alone and any(each.action == "group" for _, each in thread)
    (judged.together if is_together else judged.go).append(carrier)


def _asked(delivery: Delivery) -> Asked:
    return Asked(
        kinds=(*delivery.also, delivery.kind),
        cabinet_id=delivery.cabinet_id,
        channel=delivery.channel,
        nm_id=delivery.nm_id,
        amount=delivery.amount,
        currency=delivery.currency,
        waiting=delivery.waiting,
        created_at=delivery.created_at,
        only_edits=delivery.only_edits,
    )
