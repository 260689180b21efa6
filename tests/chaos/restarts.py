"""How long it takes until all is consumed again: after the broker was restarted, and after a service was killed.

A whole Pulse with one process of each service, so that nobody else stands in. When a service consumes is read from
its inbox, by the database's clock: the first event that it handled.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import asyncpg
from bench.command import say as progress
from contracts.topics import QUEUES
from demo.accounting import percentile
from demo.database import look
from demo.installation import wait_until
from local.environments import SERVICES
from local.kind import Progress

from chaos.asking import asking
from chaos.catalogue import restart_server
from chaos.reckoning import Reckoning, reckon
from chaos.whole import MIN_AGE_SECONDS, Counts
from chaos.world import Sizes as WorldSizes
from chaos.world import World, world

CONSUMERS = tuple(service for service in SERVICES if any(queue.service == service for queue in QUEUES))
AGAIN_SECONDS = 120
STEADY_SECONDS = 2.0
"""Between two, so that each finds all at work."""

_FIRST = "SELECT extract(epoch FROM min(received_at)) FROM {service}.inbox WHERE received_at > to_timestamp($1)"

GOALS = {"broker_restart_p99_s": 5.0, "kill_p99_s": 3.0, "start_p99_s": 3.0}
"""On two cores that little else is done on."""


@dataclass(frozen=True)
class Sizes:
    """How often, and how many changes are made a second meanwhile."""

    broker_restarts: int = 20
    kills: int = 5
    """Of each service."""
    stops: int = 2
    """Of each service."""
    rate: float = 20.0


@dataclass
class Outcome:
    """Seconds, by service."""

    reckoning: Reckoning | None = None
    broker: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From the broker's first greeting until the service handled an event."""
    killed: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From SIGKILL, which a start follows at once, until the service handled an event."""
    ready: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From the start until it said that it was ready."""
    stopped: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From SIGTERM until it was gone."""

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing doubled; how fast it was is not asked here."""
        found = self.reckoning
        return found is not None and not (found.lost or found.doubled or found.effects.doubled or found.untraced)

    def as_dict(self) -> Counts:
        """For JSON."""
        found = self.reckoning
        all_broker, all_killed, all_ready, all_stopped = (
            [each for service in of.values() for each in service]
            for of in (self.broker, self.killed, self.ready, self.stopped)
        )
        return {
            "changes": found.account.changes if found else 0,
            "faults": len(all_broker) // max(1, len(self.broker)) + len(all_killed) + len(all_stopped),
            "lost": len(found.lost) if found else None,
            "duplicate_effects": found.effects.doubled + len(found.doubled) if found else None,
            "duplicate_messages": len(found.duplicates) if found else None,
            "duplicate_messages_untraced": len(found.untraced) if found else None,
            "broker_restart_p50_s": percentile(all_broker, 0.5),
            "broker_restart_p99_s": percentile(all_broker, 0.99),
            "kill_p50_s": percentile(all_killed, 0.5),
            "kill_p99_s": percentile(all_killed, 0.99),
            "start_p50_s": percentile(all_ready, 0.5),
            "start_p99_s": percentile(all_ready, 0.99),
            "stop_max_s": max(all_stopped, default=None),
        }


def show_restarts(seed: int) -> tuple[Counts, bool]:
    """The whole of it with a table for who watches: what is counted, and whether nothing is lost and goals are met."""
    outcome = run_restarts("restarts", Sizes(), Random(seed), progress)
    counts = outcome.as_dict()
    print("\n".join(table(outcome)), file=sys.stderr)
    missed = [name for name, goal in GOALS.items() if (counts[name] or 0) > goal]
    print("\n".join(f"! {name}: {counts[name]} of {GOALS[name]}" for name in missed), file=sys.stderr)
    return counts, outcome.is_clean and not missed


def run_restarts(prefix: str, sizes: Sizes, rng: Random, say: Progress) -> Outcome:
    """Restart the broker, kill and stop each service, while shops change."""
    outcome = Outcome()
    with world(prefix, WorldSizes(sellers=2, replicas=1, has_disks=False), rng, say) as its:
        with asking(its) as asked:
            its.live(sizes.rate, min_age_seconds=MIN_AGE_SECONDS)
            time.sleep(STEADY_SECONDS)
            for _ in range(sizes.broker_restarts):
                restart_server(its, "rabbitmq")
                again = _consumed_again(its, CONSUMERS, time.time())
                for service, seconds in again.items():
                    outcome.broker[service].append(seconds)
                say(f"the broker was restarted: {again}")
                time.sleep(STEADY_SECONDS)
            for service in SERVICES:
                for _ in range(sizes.kills):
                    _kill(its, service, outcome)
                say(f"{service} was killed: {outcome.killed[service]}, ready after {outcome.ready[service]}")
                for _ in range(sizes.stops):
                    _stop(its, service, outcome)
                say(f"{service} was stopped: {outcome.stopped[service]}")
            its.live(0, min_age_seconds=MIN_AGE_SECONDS)
        outcome.reckoning = reckon(its, asked.accepted)
    return outcome


def _kill(its: World, service: str, outcome: Outcome) -> None:
    [member] = its.fleet.members[service]
    killed_at = time.time()
    its.fleet.kill(member)
    started = time.monotonic()
    its.fleet.start(member)
    its.fleet.wait_ready(member)
    outcome.ready[service].append(round(time.monotonic() - started, 2))
    if service in CONSUMERS:
        outcome.killed[service].append(_consumed_again(its, [service], killed_at)[service])
    time.sleep(STEADY_SECONDS)


def _stop(its: World, service: str, outcome: Outcome) -> None:
    [member] = its.fleet.members[service]
    outcome.stopped[service].append(round(its.fleet.stop(member), 2))
    its.fleet.start(member)
    its.fleet.wait_ready(member)
    time.sleep(STEADY_SECONDS)


def _consumed_again(its: World, services: Sequence[str], since: float) -> dict[str, float]:
    """Seconds from then until each handled its first event."""
    found: dict[str, float] = {}

    async def look_for(connection: asyncpg.Connection) -> None:
        for service in services:
            at = await connection.fetchval(_FIRST.format(service=service), since)
            if at is not None:
                found.setdefault(service, round(float(at) - since, 2))

    def all_found() -> bool:
        look(its.pulse.admin_database_url, look_for)
        return len(found) == len(services)

    wait_until(f"{', '.join(services)} consume again", all_found, AGAIN_SECONDS)
    return found


def table(outcome: Outcome) -> list[str]:
    """Lines for who watches."""
    what = {
        "consumes after a restart of the broker": outcome.broker,
        "consumes after kill -9": outcome.killed,
        "is ready after its start": outcome.ready,
        "is gone after SIGTERM": outcome.stopped,
    }
    lines = [f"{'seconds until it':<56} {'n':>4} {'p50':>7} {'p99':>7}"]
    for name, of in what.items():
        for service, seconds in of.items():
            p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
            lines.append(f"{name + ': ' + service:<56} {len(seconds):>4} {p50:>7} {p99:>7}")
    if found := outcome.reckoning:
        lines += [f"{name:<40} {count!s:>8}" for name, count in outcome.as_dict().items()]
        lines += [f"! lost: {problem}" for problem in found.lost[:20]]
        lines += [f"! doubled: {problem}" for problem in found.doubled[:20]]
    return lines
