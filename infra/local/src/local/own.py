"""Servers for one process alone: named after it, and found again when it has died without deleting them."""

import os
from pathlib import Path

import psutil

from local import platform, servers
from local.instance import Instance
from local.workspace import find_root


def own_name(prefix: str) -> str:
    """`<prefix>-<pid>`, a name for this process alone."""
    return f"{prefix}-{os.getpid()}"


def destroy_abandoned(prefix: str, *, root: Path | None = None) -> list[str]:
    """Stops and deletes what processes that no longer live had started under their `own_name`; the names."""
    root = root or find_root()
    names = sorted(folder.name for folder in (root / ".local").glob(f"{prefix}-*"))
    abandoned = [name for name in names if _is_dead(name.removeprefix(f"{prefix}-"))]
    for name in abandoned:
        platform.stop(Instance(name, root))
        servers.destroy(name, root=root)
    return abandoned


def _is_dead(pid: str) -> bool:
    return pid.isdigit() and not psutil.pid_exists(int(pid))
