"""A whole Pulse in which anything may go wrong: several sellers and processes of each service, doors before servers."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from random import Random

import httpx
from demo.installation import TELEGRAM_ID, Installation, authorized, installation
from local.environments import SERVICES
from local.errors import LocalError
from local.finding import binaries_of
from local.instance import Instance
from local.kind import Kind, Progress
from local.own import own_name
from local.ports import free_port
from local.servers import KINDS
from local.workspace import find_root

from chaos.disks import Disk, own_disks
from chaos.doors import Doors
from chaos.entrance import Entrance, running_entrance
from chaos.fleet import Fleet

GATEWAYS = 6
"""Places for them at the entrance: those that serve, and those that come while others go."""

STEPPED = ("cards", "prices", "stocks", "seller_stocks", "feedbacks", "questions", "claims", "campaigns")
"""What changes beside orders. (Purchases would tell an order's past in other words.)"""

STEP_SECONDS = 0.5
STARTS = 3
NO_LIMITS = {f"RATE_LIMIT_{name}": "0" for name in ("KEY", "USER", "ADDRESS", "REFUSED")}


@dataclass(frozen=True)
class Sizes:
    """How many sellers and processes of each service, and how many orders each seller has when all begins."""

    sellers: int = 3
    replicas: int = 2
    history_orders: int = 200
    categories: tuple[str, ...] | None = None
    """What the tokens open; none: everything."""
    has_disks: bool = True
    """Some servers' disks may be full."""


@dataclass
class Seller:
    """A shop, its cabinet, and its owner at the gateway."""

    pulse: Installation
    telegram_id: int
    cabinet_id: str = ""


@dataclass
class World:
    """What things go wrong with."""

    pulse: Installation
    """Of the first seller; servers and fakes are everybody's."""
    instance: Instance
    fleet: Fleet
    doors: Doors
    disks: dict[str, Disk]
    entrance: Entrance | None
    sellers: Sequence[Seller]
    rng: Random
    say: Progress
    poisoned: Counter[str] = field(default_factory=Counter)
    """By queue: messages that nobody can handle."""
    repeated: int = 0
    """Events that were given to a queue once more."""

    def made(self) -> int:
        """Order changes so far."""
        return sum(seller.pulse.wildberries.made() for seller in self.sellers)

    def live(self, changes_per_second: float, *, min_age_seconds: float) -> None:
        """Let buyers make so many order changes, of all shops together; 0 stops them."""
        for seller in self.sellers:
            seller.pulse.wildberries.life(
                changes_per_second / len(self.sellers),
                cancel_share=0.2,
                buyout_share=0,
                min_age_seconds=min_age_seconds,
            )

    @contextmanager
    def stepping(self) -> Iterator[Counter[str]]:
        """Let something beside orders change all the time; yields how often it did."""
        done, made = threading.Event(), Counter[str]()

        def step() -> None:
            rng = Random(self.rng.random())  # a thread's own
            while not done.wait(STEP_SECONDS):
                section = rng.choice(STEPPED)
                rng.choice(self.sellers).pulse.wildberries.step(section)
                made[section] += 1

        thread = threading.Thread(target=step)
        thread.start()
        try:
            yield made
        finally:
            done.set()
            thread.join()

    def server(self, name: str) -> Kind:
        """PostgreSQL, Redis or RabbitMQ."""
        return next(kind for kind in KINDS if kind.name == name)

    def start_server(self, name: str) -> None:
        """Start it where it was; returns when it answers. One that is alive and does not answer yet is waited for."""
        kind = self.server(name)
        binaries = binaries_of(kind, self.instance)
        if binaries is None:
            raise LocalError(f"the programs of {kind.title} have disappeared")
        for left in reversed(range(STARTS)):
            try:
                kind.start(binaries, self.instance)
            except LocalError:
                # It may have been about to end when it was found alive.
                if not left:
                    raise
            else:
                return


@contextmanager
def world(prefix: str, sizes: Sizes, rng: Random, say: Progress) -> Iterator[World]:
    """Start everything, connect every seller's shop, and wait until its past is loaded; delete it afterwards."""
    instance = Instance(own_name(prefix), find_root())
    doors = Doors()
    with ExitStack() as stack:
        disks = stack.enter_context(own_disks(instance, ("postgres", "rabbitmq") if sizes.has_disks else (), say))
        pulse = stack.enter_context(
            installation(
                prefix,
                history_orders=sizes.history_orders,
                progress=say,
                env=NO_LIMITS,
                lasting=True,
                reached=doors.before,
            )
        )
        fleet = Fleet(pulse.platform)
        entrance = _entrance(stack, instance, fleet, say)
        for _ in range(sizes.replicas - 1):
            for service in SERVICES:
                fleet.add(service)
        sellers = [stack.enter_context(_seller(pulse, number, entrance, sizes)) for number in range(sizes.sellers)]
        for seller in sellers:
            seller.cabinet_id = seller.pulse.connect_cabinet(say)
        stack.enter_context(fleet.supervised())
        yield World(pulse, instance, fleet, doors, disks, entrance, sellers, rng, say)


def _entrance(stack: ExitStack, instance: Instance, fleet: Fleet, say: Progress) -> Entrance | None:
    [first] = fleet.members["gateway"]
    spare = _free_ports(GATEWAYS - 1)
    try:
        entrance = stack.enter_context(running_entrance(instance, [first.port, *spare], say))
    except LocalError as error:
        say(f"no upgrade of the gateway: {error}")
        return None
    fleet.spare_ports["gateway"] = spare
    entrance.wait_for(first.port)
    return entrance


def _free_ports(count: int) -> list[int]:
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return sorted(found)


@contextmanager
def _seller(pulse: Installation, number: int, entrance: Entrance | None, sizes: Sizes) -> Iterator[Seller]:
    wildberries = replace(pulse.wildberries, categories=sizes.categories)
    if number:
        wildberries = wildberries.another_seller(
            name=f"Shop {number}", products=10, history_orders=sizes.history_orders
        )
    telegram_id = TELEGRAM_ID + number
    url = entrance.url if entrance else pulse.platform.url("gateway")
    with httpx.Client(base_url=url, headers=authorized(pulse.platform, telegram_id), timeout=30) as api:
        yield Seller(replace(pulse, wildberries=wildberries, api=api), telegram_id)
