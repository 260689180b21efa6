"""Any number of each service as processes: killed, stopped, replaced while others serve, started on wrong clocks.

Whoever ends by himself, as a service does that cannot start while its broker is away, is started again, as Compose and
Kubernetes do.
"""

import os
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from demo.installation import wait_until
from local import processes
from local.commands import module_command
from local.platform import STOP_SECONDS, Platform, is_ready, record_of
from local.ports import free_port

import chaos
from chaos.moved_service import AHEAD

READY_SECONDS = 120
"""On a machine that does much else."""

LOOK_SECONDS = 0.5

_TESTS = Path(next(iter(chaos.__path__))).parent


@dataclass(frozen=True)
class Member:
    """A place for a process of a service, which may be another one after each start."""

    service: str
    name: str
    environment: Mapping[str, str]

    @property
    def port(self) -> int:
        """Where it answers."""
        return int(self.environment["PORT"])


@dataclass
class Fleet:
    """All processes of a platform that was started with one of each service."""

    platform: Platform
    members: dict[str, list[Member]] = field(init=False)
    ahead: dict[str, float] = field(default_factory=dict)
    """By name of a member: how many seconds its clock is ahead, from its next start on."""
    spare_ports: dict[str, list[int]] = field(default_factory=dict)
    """Where more of a service are to answer; others take any port."""
    ended_by_themselves: Counter[str] = field(default_factory=Counter)
    """How often processes of a service were started again."""
    _meant_to_run: set[str] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _named: defaultdict[str, int] = field(default_factory=lambda: defaultdict(lambda: 1))

    def __post_init__(self) -> None:
        environments = self.platform.environments
        self.members = {service: [Member(service, service, env)] for service, env in environments.items()}
        self._meant_to_run |= set(environments)

    @contextmanager
    def supervised(self) -> Iterator[None]:
        """Meanwhile start again who ended by himself."""
        done = threading.Event()

        def look() -> None:
            while not done.wait(LOOK_SECONDS):
                for member in [each for members in list(self.members.values()) for each in list(members)]:
                    with self._lock:
                        if member.name in self._meant_to_run and self._pid(member) is None:
                            self.ended_by_themselves[member.service] += 1
                            self.start(member)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def start(self, member: Member) -> None:
        """Start it, without waiting."""
        command, environment = module_command(member.service, "serve"), dict(member.environment)
        if ahead := self.ahead.get(member.name):
            command = [sys.executable, "-m", "chaos.moved_service", member.service]
            paths = filter(None, [str(_TESTS), os.environ.get("PYTHONPATH")])
            environment |= {AHEAD: str(ahead), "PYTHONPATH": os.pathsep.join(paths)}
        instance = self.platform.instance
        with self._lock:
            self._meant_to_run.add(member.name)
            processes.spawn(
                command,
                record=record_of(instance, member.name),
                log=self.platform.log(member.name),
                env=environment,
                cwd=instance.folder,
            )

    def wait_ready(self, member: Member) -> None:
        """Wait until it says that it is ready.

        Raises:
            NotReady: it does not, however often it was started again.
        """
        wait_until(f"{member.name} is ready", lambda: is_ready(member.port), READY_SECONDS)

    def kill(self, member: Member) -> None:
        """SIGKILL, and gone when this returns."""
        with self._lock:
            self._meant_to_run.discard(member.name)
            processes.kill(record_of(self.platform.instance, member.name))

    def stop(self, member: Member) -> float:
        """SIGTERM, and gone when this returns; how many seconds it took. It is killed when its grace is over."""
        began = time.monotonic()
        with self._lock:
            self._meant_to_run.discard(member.name)
            processes.stop(record_of(self.platform.instance, member.name), signal.SIGTERM, STOP_SECONDS)
        return time.monotonic() - began

    def _pid(self, member: Member) -> int | None:
        return processes.running(record_of(self.platform.instance, member.name))

    def add(self, service: str) -> Member:
        """One more process of a service; returns when it is ready."""
        first = self.platform.environments[service]
        self._named[service] += 1
        # Each port that a service listens at is named like this.
        ports = {name: str(free_port()) for name in first if name == "PORT" or name.endswith("_PORT")}
        if spare := self.spare_ports.get(service):
            ports["PORT"] = str(spare.pop(0))
        member = Member(service, f"{service}-{self._named[service]}", {**first, **ports})
        self.start(member)
        self.members[service].append(member)
        self.wait_ready(member)
        return member

    def remove(self, member: Member) -> float:
        """Stop it for good; how many seconds it took."""
        self.members[member.service].remove(member)
        seconds = self.stop(member)
        if member.service in self.spare_ports:
            self.spare_ports[member.service].append(member.port)
        return seconds
