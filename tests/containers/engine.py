"""A Docker engine of our own, from Debian's packages, not installed: in namespaces of its own, gone afterwards.

Its bridges and filters are in a network of its own, so nothing of the machine's changes, and no container reaches
anything but other containers.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import debian, processes

TOOLS = ("unshare", "nsenter", "ip", "mount", "tar")
START_SECONDS = 60
STOP_SECONDS = 120
COMPOSE = "from compose.cli.main import main; main()"


class CannotRun(Exception):
    """This machine cannot run it; the message says what is missing."""


@dataclass(frozen=True)
class Engine:
    """A running engine: its socket, its process, and the environment of programs that talk to it."""

    socket: Path
    pid: int
    environment: dict[str, str]
    compose_path: str

    def docker(self, *words: str, **options: Any) -> str:
        """What `docker …` prints; raises CalledProcessError with its words when it fails."""
        return run(["docker", *words], env=self.environment, **options)

    def compose(self, *words: str, cwd: Path) -> str:
        """What `docker-compose …` prints."""
        environment = self.environment | {"PYTHONPATH": self.compose_path}
        return run(["/usr/bin/python3", "-c", COMPOSE, *words], env=environment, cwd=cwd)

    def inside(self, code: str, *arguments: str) -> str:
        """What Python code prints that runs where the engine's published ports are."""
        return run(["nsenter", f"--net=/proc/{self.pid}/ns/net", sys.executable, "-c", code, *arguments])

    def inspect(self, container: str) -> dict[str, Any]:
        """What the engine knows of a container."""
        [found] = json.loads(self.docker("inspect", container))
        return dict(found)


def check() -> None:
    """Returns if an engine can be started here; raises CannotRun with all that is missing otherwise."""
    missing = [f"the program {tool}" for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0:
        missing.append("root: namespaces, bridges and mounts are made")
    if not debian.available():
        missing.append("apt-get and dpkg-deb: the engine comes from Debian's packages")
    if "overlay" not in Path("/proc/filesystems").read_text().split():
        missing.append("a kernel with overlayfs")
    if missing:
        raise CannotRun("; ".join(missing))


@contextmanager
def running(folder: Path, packages: Path) -> Iterator[Engine]:
    """An engine with its data below `folder`; stopped with its containers at the end, the images stay."""
    engine_root = debian.fetch("docker.io", packages, say)
    compose_root = debian.fetch("docker-compose", packages, say)
    folder.mkdir(parents=True, exist_ok=True)
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("iptables", "ip6tables"):
        # Debian chooses one of two when the package is installed; this one needs no other.
        link = programs / name
        link.unlink(missing_ok=True)
        link.symlink_to(engine_root / f"usr/sbin/{name}-legacy")
    environment = {**os.environ, **debian.environment(engine_root)}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    environment["XTABLES_LIBDIR"] = str(next(engine_root.glob("usr/lib/*/xtables"), Path("/usr/lib/xtables")))
    socket, record = folder / "engine.sock", folder / "engine.json"
    environment["DOCKER_HOST"] = f"unix://{socket}"
    processes.stop(record, timeout_seconds=STOP_SECONDS)
    options = ["--data-root", folder / "data", "--exec-root", folder / "run", "--pidfile", folder / "engine.pid"]
    daemon = ["dockerd", "--host", f"unix://{socket}", "--ip6tables=false", *map(str, options)]
    spaces = ["unshare", "--net", "--mount", "--propagation", "private"]
    script = 'ip link set lo up && exec "$@"'
    log = folder / "engine.log"
    processes.spawn([*spaces, "sh", "-c", script, "sh", *daemon], record=record, log=log, env=environment)

    def answers() -> bool:
        asked = subprocess.run(["docker", "version"], env=environment, capture_output=True, check=False)
        return asked.returncode == 0

    processes.wait_ready("the engine", record, log, answers, START_SECONDS)
    pid = processes.running(record)
    assert pid is not None
    try:
        dist = compose_root / "usr/lib/python3/dist-packages"
        yield Engine(socket, pid, environment, str(dist))
    finally:
        processes.stop(record, timeout_seconds=STOP_SECONDS)


def run(words: Sequence[str | Path], **options: Any) -> str:
    answer = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **options)
    if answer.returncode != 0:
        said = "\n".join((answer.stdout + answer.stderr).strip().splitlines()[-30:])
        raise RuntimeError(f"{' '.join(map(str, words))} ended with code {answer.returncode}:\n{said}")
    return str(answer.stdout)


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)
