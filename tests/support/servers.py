"""Real servers for one test session: a private set under a name of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from local import servers
from local.workspace import find_root

NAME = "test"


@contextmanager
def session_servers() -> Iterator[servers.Servers]:
    """Servers of this process alone, deleted afterwards; those of runs that were killed are deleted first."""
    _destroy_abandoned()
    name = f"{NAME}-{os.getpid()}"
    try:
        yield servers.start(name, ephemeral=True)
    finally:
        servers.destroy(name)


def _destroy_abandoned() -> None:
    for folder in (find_root() / ".local").glob(f"{NAME}-*"):
        pid = folder.name.removeprefix(f"{NAME}-")
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            servers.destroy(folder.name)
