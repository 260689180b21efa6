"""HAProxy before any number of gateways, as containers have it, with the servers named one by one."""

import csv
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.installation import wait_until
from local import debian, processes
from local.instance import Instance
from local.kind import Binaries, Progress
from local.platform import record_of
from local.ports import HOST, answers, free_port

NAME = "entrance"
CONFIGURATION = Path("infra/docker/haproxy.cfg")
SEEN_SECONDS = 60


@dataclass(frozen=True)
class Entrance:
    """HAProxy at `url`; every gateway has its place there from the start, whether it runs or not."""

    url: str
    control: Path

    def wait_for(self, port: int) -> None:
        """Wait until a gateway is asked."""
        wait_until(f"the entrance knows the gateway at {port}", lambda: port in self._up(), SEEN_SECONDS)

    def _up(self) -> set[int]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.control))
            connection.sendall(b"show stat\n")
            told = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        rows = csv.DictReader(told.removeprefix("# ").splitlines())
        return {int(row["svname"].removeprefix("at-")) for row in rows if _is_up(row)}


@contextmanager
def running_entrance(instance: Instance, ports: Sequence[int], progress: Progress) -> Iterator[Entrance]:
    """An entrance before gateways at these ports; should this process be killed, it ends with the instance's services.

    Raises:
        LocalError: HAProxy is not installed and cannot be fetched, or does not start.
    """
    binaries = _binaries(instance, progress)
    # Not below the instance: a socket's path may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pulse-entrance-"))
    port, control, configuration = free_port(), folder / "control", folder / "haproxy.cfg"
    configuration.write_text(_configuration(instance.root / CONFIGURATION, port, control, ports))
    record, log = record_of(instance, NAME), instance.log(NAME)
    command: list[str | Path] = [binaries.folder / "haproxy", "-db", "-f", configuration]
    try:
        processes.spawn(command, record=record, log=log, env=os.environ | binaries.env)
        processes.wait_ready("HAProxy", record, log, lambda: answers(port), 30)
        yield Entrance(f"http://{HOST}:{port}", control)
    finally:
        processes.stop(record)
        shutil.rmtree(folder)


def _configuration(path: Path, port: int, control: Path, ports: Sequence[int]) -> str:
    """What containers run with; but addresses are given here, where they are found by name there."""
    text = re.sub(r"(?m)^resolvers .*\n(?:    .*\n)*", "", path.read_text())
    text = text.replace("bind :8080", f"bind {HOST}:{port}")
    text = re.sub(r"(?m)^global$", f"global\n    stats socket {control} mode 600 level user", text)
    servers = "\n".join(f"    server at-{each} {HOST}:{each}" for each in ports)
    return re.sub(r"(?m)^    server-template .*$", servers, text)


def _binaries(instance: Instance, progress: Progress) -> Binaries:
    search = os.pathsep.join(filter(None, [os.environ.get("PATH"), "/usr/sbin"]))
    if found := shutil.which("haproxy", path=search):
        return Binaries(Path(found).parent)
    unpacked = debian.fetch("haproxy", instance.root / ".local" / "debian", progress)
    return Binaries(unpacked / "usr/sbin", debian.environment(unpacked))


def _is_up(row: dict[str, str]) -> bool:
    return row["svname"].startswith("at-") and row["status"].startswith("UP")
