"""Which of the due deliveries go now: one for each receiver in turn, a few slots each, a probe where one fails."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from notifier.deliveries.model import Delivery
from notifier.deliveries.schedule import is_failing
from notifier.deliveries.throttle import HORIZON_SECONDS, Throttle

SLOTS_PER_RECEIVER = 4
SLOTS_PER_HOST = 16
"""At most, and never more than a quarter: one seller's endpoint, or a host of many, may be as slow as it likes."""

AGAIN_SECONDS = 1.0
"""What cannot go now for a reason that ends by itself stands in line again after it."""


@dataclass(frozen=True)
class InLine:
    """A receiver whose turn it is, and its first due deliveries (none: they were sent or taken meanwhile)."""

    recipient: str
    due: Sequence[Delivery]


@dataclass(frozen=True)
class Plan:
    """What goes now, and in how many seconds each receiver stands in line again (None: when its next delivery is due).
    A receiver that is not named keeps its place."""

    go: Sequence[Delivery]
    again_seconds: Mapping[str, float | None]
    is_short_of_slots: bool = False
    """There may be more to send as soon as something that is on its way has ended."""


class Slots:
    """What one sender has on its way, and what may go beside it."""

    def __init__(self, total: int, throttle: Throttle | None, lease_seconds: float) -> None:
        self.per_receiver = _share(total, SLOTS_PER_RECEIVER)
        self._per_host = _share(total, SLOTS_PER_HOST)
        self._total = total
        self._throttle = throttle
        self._lease_seconds = lease_seconds

    def plan(self, line: Sequence[InLine], held: Collection[Delivery]) -> Plan:
        """Give one slot to each receiver in line, then a second one to each, while there are any."""
        room = self._total - len(held)
        held_ids = {delivery.key for delivery in held}
        by_receiver = Counter(delivery.recipient for delivery in held)
        by_host = Counter(delivery.webhook.host for delivery in held if delivery.webhook)
        go: list[Delivery] = []
        again: dict[str, float | None] = {each.recipient: None for each in line if not each.due}
        waiting = {each.recipient: [d for d in each.due if d.key not in held_ids] for each in line if each.due}
        while waiting and len(go) < room:
            for recipient, due in list(waiting.items()):
                host = due[0].webhook.host if due and due[0].webhook else None
                if not due or by_receiver[recipient] >= self._allowed(due[0]):
                    # Served: to the end of the line. Where a probe is on its way, its answer decides about the rest.
                    again[recipient] = self._lease_seconds if due and is_failing(due[0].receiver.failures) else None
                elif host and by_host[host] >= self._per_host:
                    again[recipient] = AGAIN_SECONDS
                elif self._throttle and (seconds := self._throttle.wait_seconds(recipient)) > HORIZON_SECONDS:
                    # Early enough that the turn itself is not missed.
                    again[recipient] = seconds - HORIZON_SECONDS / 2
                elif len(go) < room:
                    send_at = self._throttle.take(recipient) if self._throttle else 0.0
                    go.append(replace(due.pop(0), send_at=send_at))
                    by_receiver[recipient] += 1
                    by_host.update([host] if host else [])
                    continue
                else:
                    break
                del waiting[recipient]
        # Who was served and has more goes to the end as well; who was not keeps its place.
        served = {delivery.recipient for delivery in go}
        has_full = any(each.due and by_receiver[each.recipient] >= self._allowed(each.due[0]) for each in line)
        return Plan(
            go,
            again | {recipient: None for recipient in waiting if recipient in served},
            is_short_of_slots=has_full or len(go) >= room or max(by_host.values(), default=0) >= self._per_host,
        )

    def _allowed(self, delivery: Delivery) -> int:
        return 1 if is_failing(delivery.receiver.failures) else self.per_receiver


def _share(total: int, most: int) -> int:
    return max(1, min(most, total // 4))
