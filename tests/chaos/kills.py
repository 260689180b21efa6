"""Killing services with -9 under load, and counting afterwards what was lost and what was doubled."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from bench.command import say as progress
from demo.accounting import account, percentile
from demo.database import differences, stored
from demo.installation import Installation, NotReady, installation, wait_until
from local.environments import SERVICES

from chaos.effects import Effects, effects

CHANGES = 2_000
RATE = 20.0
KILLS_PER_SERVICE = 3

MIN_AGE_SECONDS = 45.0
"""An order is changed again only long after every kill that could have hidden its earlier version has healed."""

SETTLE_SECONDS = 90

Say = Callable[[str], None]


@dataclass(frozen=True)
class Kill:
    """One service killed, and how long until the first change made after it had arrived."""

    service: str
    at: float
    recovery_seconds: float


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    changes: int
    messages: int
    lost: list[str]
    kills: list[Kill]
    effects: Effects
    syncs_accepted: int
    syncs_unfinished: int
    duplicates: list[str]
    """Srids of orders that were told in a second message."""
    recoveries: list[float] = field(default_factory=list)

    def as_dict(self) -> dict[str, int | float | None]:
        """For JSON."""
        return {
            "changes": self.changes,
            "faults": len(self.kills),
            "lost": len(self.lost) + self.syncs_unfinished,
            "duplicate_effects": self.effects.doubled,
            "duplicate_messages": len(self.duplicates),
            "duplicate_messages_untraced": len(self.untraced),
            "recovery_p99_s": percentile(self.recoveries, 0.99),
        }

    @property
    def untraced(self) -> list[str]:
        """Repeated messages that did not come from the window between Telegram's answer and our record."""
        return self.effects.untraced(self.duplicates)

    @property
    def is_clean(self) -> bool:
        """Nothing lost, no effect doubled, and every repeated message traced to an attempt that never ended."""
        return (
            self.changes > 0
            and not self.lost
            and not self.syncs_unfinished
            and not self.effects.doubled
            and not self.untraced
        )


def show_kills(seed: int) -> tuple[dict[str, int | float | None], bool]:
    """The whole of it with a table for who watches: what is counted, and whether nothing is wrong.

    Nothing of it is drawn by a `seed`: kills are spread evenly.
    """
    outcome = run_kills("chaos", changes=CHANGES, rate=RATE, kills_per_service=KILLS_PER_SERVICE, say=progress)
    lines = [f"{'killed':<10} first change told again after"]
    lines += [f"{kill.service:<10} {kill.recovery_seconds:6.2f} s" for kill in outcome.kills]
    lines += [f"{outcome.changes} changes, {outcome.messages} messages, {outcome.syncs_accepted} syncs accepted"]
    lines += [f"{name:<40} {count:>5}" for name, count in outcome.effects.by_kind.items()]
    lines += [f"{'attempts begun and never ended':<40} {len(outcome.effects.unfinished_attempts):>5}"]
    for srid in outcome.duplicates:
        traced = "untraced" if srid in outcome.untraced else "its first attempt never ended"
        lines.append(f"told twice: {srid}: {traced}")
    lines += [f"! lost: {problem}" for problem in outcome.lost[:20]]
    print("\n".join(lines), file=sys.stderr)
    return outcome.as_dict(), outcome.is_clean


def run_kills(prefix: str, *, changes: int, rate: float, kills_per_service: int, say: Say) -> Outcome:
    """Make `changes` order changes at `rate` a second while every service is killed that often, spread evenly."""
    with installation(prefix, history_orders=200, progress=say, lasting=True) as pulse:
        cabinet_id = pulse.connect_cabinet(say)
        killed: list[tuple[str, float]] = []
        with _asking_for_syncs(pulse, cabinet_id) as accepted:
            pulse.wildberries.life(rate, cancel_share=0.2, buyout_share=0, min_age_seconds=MIN_AGE_SECONDS)
            pause = changes / rate / (kills_per_service * len(SERVICES) + 1)
            for _ in range(kills_per_service):
                for service in SERVICES:
                    time.sleep(pause)
                    pulse.platform.kill(service)
                    killed.append((service, time.time()))
                    pulse.platform.start_service(service)
                    say(f"{len(pulse.wildberries.changes()):>5} changes: {service} killed and started again")
            wait_until("the changes are made", lambda: len(pulse.wildberries.changes()) >= changes, changes / rate + 60)
            pulse.wildberries.life(0)
        for service in SERVICES:
            pulse.platform.wait_ready(service)
        return _count(pulse, cabinet_id, killed, accepted, say)


@contextmanager
def _asking_for_syncs(pulse: Installation, cabinet_id: str) -> Iterator[set[str]]:
    """Ask the gateway for a sync each second, whether it lives or not; yields the ids it accepted."""
    accepted: set[str] = set()
    done = threading.Event()

    def ask() -> None:
        while not done.wait(1.0):
            try:
                answer = pulse.api.post("/api/v1/sync/start", json={"cabinet_id": cabinet_id, "resources": ["orders"]})
            except httpx.TransportError:
                continue  # killed: it accepted nothing
            if answer.status_code == 202:
                accepted.add(answer.json()["sync_id"])

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield accepted
    finally:
        done.set()
        thread.join()


def _count(
    pulse: Installation, cabinet_id: str, killed: list[tuple[str, float]], accepted: set[str], say: Say
) -> Outcome:
    try:
        wait_until("all messages arrive", lambda: not _missing(pulse), SETTLE_SECONDS)
        pulse.sync_now(cabinet_id, SETTLE_SECONDS)
    except NotReady as error:
        say(str(error))
    unfinished = _unfinished(pulse, accepted)
    result = account(pulse.wildberries.changes(), pulse.telegram.messages())
    held = stored(pulse.admin_database_url)
    truth = pulse.wildberries.truth()
    found = effects(pulse.admin_database_url)
    lost = [*map(str, result.lost), *differences(truth, held.orders), *differences(truth, held.facts)]
    kills = [Kill(service, at, _recovery(pulse, at)) for service, at in killed]
    return Outcome(
        changes=result.changes,
        messages=result.messages + result.edits,
        lost=lost,
        kills=kills,
        effects=found,
        syncs_accepted=len(accepted),
        syncs_unfinished=unfinished,
        duplicates=[message.srid for message in result.duplicates],
        recoveries=[kill.recovery_seconds for kill in kills],
    )


def _missing(pulse: Installation) -> int:
    return len(account(pulse.wildberries.changes(), pulse.telegram.messages()).lost)


def _unfinished(pulse: Installation, accepted: set[str]) -> int:
    def left() -> int:
        answers = (pulse.api.get("/api/v1/sync/status", params={"sync_id": sync_id}) for sync_id in accepted)
        return sum(answer.raise_for_status().json()["data"]["runs"][0]["status"] != "completed" for answer in answers)

    try:
        wait_until("accepted syncs end", lambda: left() == 0, SETTLE_SECONDS)
    except NotReady:
        return left()
    return 0


def _recovery(pulse: Installation, killed_at: float) -> float:
    """Seconds from the kill to the first message about a change that WB answered with after it."""
    told = sorted(pulse.telegram.messages(), key=lambda message: message.received_at, reverse=True)
    messages = {(message.srid, message.kind): message.received_at for message in told}
    after = (
        messages[change.srid, change.kind]
        for change in pulse.wildberries.changes()
        if (change.answered_at or 0) > killed_at and (change.srid, change.kind) in messages
    )
    return round(min(after, default=float("inf")) - killed_at, 3)
