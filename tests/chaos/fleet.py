"""Any number of each service as processes: killed, stopped, replaced while others serve, started on wrong clocks."""

import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local import processes
from local.commands import module_command
from local.platform import STOP_SECONDS, Platform, is_ready, record_of
from local.ports import free_port

import chaos
from chaos.moved_service import AHEAD

READY_SECONDS = 120
"""On a machine that does much else."""

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
    _named: defaultdict[str, int] = field(default_factory=lambda: defaultdict(lambda: 1))

    def __post_init__(self) -> None:
        environments = self.platform.environments
        self.members = {service: [Member(service, service, env)] for service, env in environments.items()}

    def start(self, member: Member) -> None:
        """Start it, without waiting."""
        command, environment = module_command(member.service, "serve"), dict(member.environment)
        if ahead := self.ahead.get(member.name):
            command = [sys.executable, "-m", "chaos.moved_service", member.service]
            paths = filter(None, [str(_TESTS), os.environ.get("PYTHONPATH")])
            environment |= {AHEAD: str(ahead), "PYTHONPATH": os.pathsep.join(paths)}
        instance = self.platform.instance
        processes.spawn(
            command,
            record=record_of(instance, member.name),
            log=self.platform.log(member.name),
            env=environment,
            cwd=instance.folder,
        )

    def wait_ready(self, member: Member) -> None:
        """Wait until it says that it is ready; raises LocalError with the end of its log otherwise."""
        record, log = record_of(self.platform.instance, member.name), self.platform.log(member.name)
        processes.wait_ready(member.name, record, log, lambda: is_ready(member.port), READY_SECONDS)

    def kill(self, member: Member) -> None:
        """SIGKILL, and gone when this returns."""
        processes.kill(record_of(self.platform.instance, member.name))

    def stop(self, member: Member) -> float:
        """SIGTERM, and gone when this returns; how many seconds it took. It is killed when its grace is over."""
        began = time.monotonic()
        processes.stop(record_of(self.platform.instance, member.name), signal.SIGTERM, STOP_SECONDS)
        return time.monotonic() - began

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
        self.wait_ready(member)
        self.members[service].append(member)
        return member

    def remove(self, member: Member) -> float:
        """Stop it for good; how many seconds it took."""
        self.members[member.service].remove(member)
        seconds = self.stop(member)
        if member.service in self.spare_ports:
            self.spare_ports[member.service].append(member.port)
        return seconds
