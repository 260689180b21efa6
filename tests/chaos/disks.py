"""Disks that can be full: a file system in memory below a server, whose limit is moved down to what it holds."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from local.instance import Instance
from local.kind import Progress

SIZE = "3g"
"""Never reached: only what is written takes memory."""

PREFIX = "pulse-disk-"


class NoMount(Exception):
    """This user, or this machine, mounts nothing."""


@dataclass(frozen=True)
class Disk:
    """Where a server keeps what it has."""

    folder: Path

    def fill(self, *, left_bytes: int) -> None:
        """Nobody can write more than so much from now on."""
        usage = shutil.disk_usage(self.folder)
        _remount(self.folder, f"{(usage.used + left_bytes) // 1024}k")

    def free(self) -> None:
        """There is room again."""
        _remount(self.folder, SIZE)


@contextmanager
def own_disks(instance: Instance, servers: Sequence[str], say: Progress) -> Iterator[dict[str, Disk]]:
    """A disk for each server that is to be started under the instance; none, with words, where none can be mounted."""
    _forget_abandoned()
    disks: dict[str, Disk] = {}
    try:
        try:
            for server in servers:
                disks[server] = _mounted(instance, server)
        except NoMount as error:
            say(f"no disk will be full: {error}")
        yield disks
    finally:
        for disk in disks.values():
            _unmount(disk.folder)


def _mounted(instance: Instance, server: str) -> Disk:
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    # Who serves is not always who mounted.
    answer = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", PREFIX, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        folder.rmdir()
        raise NoMount(answer.stderr.strip() or "mount failed")
    folder.chmod(0o755)
    instance.folder.mkdir(parents=True, exist_ok=True)
    (instance.folder / server).symlink_to(folder, target_is_directory=True)
    return Disk(folder)


def _remount(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True, capture_output=True)


def _unmount(folder: Path) -> None:
    # Lazily: a server that is killed may hold it for a moment more.
    subprocess.run(["umount", "-l", folder], check=False, capture_output=True)
    with suppress(OSError):
        folder.rmdir()


def _forget_abandoned() -> None:
    """Those of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            _unmount(folder)
