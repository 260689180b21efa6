"""Which of the due deliveries go now: one for each receiver in turn, a few slots each, a probe where one fails."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from notifier.deliveries.model import Delivery
from notifier.deliveries.schedule import is_probed
from notifier.deliveries.throttle import Throttle

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
    is_short_of_turns: bool = False
    """There is more to send as soon as the channel's limit allows."""


class Slots:
    """What one sender has on its way, and what may go beside it."""

    def __init__(self, total: int, throttle: Throttle | None, lease_seconds: float) -> None:
        self.per_receiver = _share(total, SLOTS_PER_RECEIVER)
        self._per_host = _share(total, SLOTS_PER_HOST)
        self._total = total
        self._throttle = throttle
        self._lease_seconds = lease_seconds

    async def plan(self, line: Sequence[InLine], held: Collection[Delivery]) -> Plan:
        """Give one slot to each receiver in line, then a second one to each, while there are any; and to each delivery
        its turn. Where turns are short critical deliveries take theirs first, of whatever receiver."""
        plan = self.slots(line, held)
        return await _in_turn(plan, self._throttle) if self._throttle and plan.go else plan

    def slots(self, line: Sequence[InLine], held: Collection[Delivery]) -> Plan:
        """What would go if each had its turn at once."""
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
                    again[recipient] = self._lease_seconds if due and is_probed(due[0].receiver) else None
                elif host and by_host[host] >= self._per_host:
                    again[recipient] = AGAIN_SECONDS
                elif len(go) < room:
                    go.append(due.pop(0))
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
        return 1 if is_probed(delivery.receiver) else self.per_receiver


async def _in_turn(plan: Plan, throttle: Throttle) -> Plan:
    """The plan without those whose turn is far; their receivers stand in line again when it comes, or keep their place
    if it is not their own limit that they wait for."""
    wanted = sorted(plan.go, key=lambda delivery: not delivery.is_critical)
    turns = await throttle.take([delivery.recipient for delivery in wanted])
    pairs = zip(wanted, turns, strict=True)
    go = [replace(delivery, send_at=send_at) for delivery, send_at in pairs if send_at is not None]
    again = dict(plan.again_seconds)
    served = {delivery.recipient for delivery in go}
    is_short = False
    for recipient in {delivery.recipient for delivery in wanted}:
        wait_seconds = throttle.wait_seconds(recipient)
        if recipient in served:
            # None: its next delivery decides when, but not before its turn.
            again[recipient] = max(again.get(recipient) or 0.0, wait_seconds) or None
        elif wait_seconds > 0:
            again[recipient] = wait_seconds
        else:
            again.pop(recipient, None)
            is_short = True
    return replace(plan, go=go, again_seconds=again, is_short_of_turns=is_short)


def _share(total: int, most: int) -> int:
    return max(1, min(most, total // 4))
