"""What can go wrong with a whole Pulse. A fault is struck, and has struck when its cause is over."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from demo.installation import wait_until
from local import processes
from local.environments import SERVICES
from local.servers import KINDS

from chaos.clocks import FIVE_MINUTES
from chaos.fleet import Member
from chaos.letters import dead_count, fill_queue, poison
from chaos.world import World

Strike = Callable[[World], None]

SHUT_SECONDS = 4.0
NARROW_SECONDS = 6.0
DELAY_SECONDS = 0.15
FULL_SECONDS = 8.0
LEFT_BYTES = {"postgres": 64 * 1024, "rabbitmq": 40 * 2**20}
"""On a full disk. RabbitMQ takes nothing more from less than 100 MB on, and stays alive."""

REPEATS = 2_000
DEAD_SECONDS = 60


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and with what. Of those that are `planned` nobody at the gateway may notice anything."""

    kind: str
    target: str
    strike: Strike
    is_planned: bool = False

    @property
    def name(self) -> str:
        """`kill -9 reporter`."""
        return f"{self.kind} {self.target}"


def catalogue() -> list[Fault]:
    """Every fault with everything that it can strike."""
    faults = []
    for service in SERVICES:
        faults += [
            Fault("kill -9", service, _with(service, _kill)),
            Fault("SIGTERM", service, _with(service, _stop)),
            Fault("upgrade", service, _with(service, _upgrade), is_planned=True),
            Fault("wrong clock", service, _with(service, _move_clock)),
        ]
    for server in (kind.name for kind in KINDS):
        faults += [
            Fault("kill -9", server, _at(server, _kill_server)),
            Fault("restart", server, _at(server, restart_server)),
            Fault("cut", server, _at(server, _cut)),
            Fault("shut", server, _at(server, _shut)),
            Fault("slow", server, _at(server, _narrow)),
        ]
    faults += [Fault("full disk", server, _at(server, _fill_disk)) for server in LEFT_BYTES]
    faults += [Fault("poison", queue, _at(queue, _poison)) for queue in ("reporter.orders", "notifier.orders")]
    return [*faults, Fault("full queue", "reporter.orders", _at("reporter.orders", _fill_queue))]


def drawn(count: int, rng: Random) -> list[Fault]:
    """So many: each kind, then each service and server, and what chance adds; in an order that chance gives."""
    left = catalogue()
    rng.shuffle(left)
    chosen: list[Fault] = []
    for name in ("kind", "target", "name"):
        for fault in list(left):
            if len(chosen) < count and getattr(fault, name) not in {getattr(each, name) for each in chosen}:
                chosen.append(fault)
                left.remove(fault)
    while len(chosen) < count:
        chosen.append(rng.choice(catalogue()))
    rng.shuffle(chosen)
    return chosen


def named(names: Sequence[str]) -> list[Fault]:
    """Those with these names, in this order."""
    of = {fault.name: fault for fault in catalogue()}
    return [of[name] for name in names]


def is_possible(fault: Fault, world: World) -> bool:
    """Whether this machine lets it happen."""
    if fault.kind == "full disk":
        return fault.target in world.disks
    return not (fault.is_planned and fault.target == "gateway" and world.entrance is None)


def _with(service: str, strike: Callable[[World, Member], None]) -> Strike:
    return lambda world: strike(world, world.rng.choice(world.fleet.members[service]))


def _at(target: str, strike: Callable[[World, str], None]) -> Strike:
    return lambda world: strike(world, target)


def _kill(world: World, member: Member) -> None:
    world.fleet.kill(member)
    world.fleet.start(member)


def _stop(world: World, member: Member) -> None:
    world.fleet.stop(member)
    world.fleet.start(member)


def _upgrade(world: World, member: Member) -> None:
    """Another one is up before this one stops."""
    other = world.fleet.add(member.service)
    if member.service == "gateway" and world.entrance is not None:
        world.entrance.wait_for(other.port)
    world.fleet.remove(member)


def _move_clock(world: World, member: Member) -> None:
    """From now on its machine's clock is wrong, whatever happens to it."""
    world.fleet.ahead[member.name] = world.rng.choice((-FIVE_MINUTES, FIVE_MINUTES))
    _stop(world, member)


def _kill_server(world: World, server: str) -> None:
    processes.kill(world.instance.folder / server / "process.json")
    world.start_server(server)


def restart_server(world: World, server: str) -> None:
    """Stop it as an operator does, and start it; returns when it answers."""
    world.server(server).stop(world.instance)
    world.start_server(server)


def _cut(world: World, server: str) -> None:
    world.doors.cut(server)


def _shut(world: World, server: str) -> None:
    world.doors.shut(server, SHUT_SECONDS)


def _narrow(world: World, server: str) -> None:
    world.doors.narrow(server, NARROW_SECONDS, delay_seconds=DELAY_SECONDS)


def _fill_disk(world: World, server: str) -> None:
    disk = world.disks[server]
    disk.fill(left_bytes=LEFT_BYTES[server])
    try:
        time.sleep(FULL_SECONDS)
    finally:
        disk.free()
    # It may have ended by itself, as a server does that cannot write what it promised.
    world.start_server(server)


def _poison(world: World, queue: str) -> None:
    """Messages that no handler can read are dead at once, and what comes behind them is handled."""
    world.poisoned[queue] += poison(world.pulse.rabbitmq_url, queue)
    wait_until(
        "poison is dead", lambda: dead_count(world.pulse.rabbitmq_url, queue) >= world.poisoned[queue], DEAD_SECONDS
    )


def _fill_queue(world: World, queue: str) -> None:
    """Thousands of events that were handled before stand in front of the next."""
    world.repeated += fill_queue(world.pulse.rabbitmq_url, world.pulse.admin_database_url, queue, REPEATS)
