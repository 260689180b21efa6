"""Background processes that outlive us: started with a log and a record, found again by it, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from local.errors import LocalError
from local.instance import read_json, write_private_json

POLL_SECONDS = 0.03
# Ours to reap: a child that has ended stays a zombie until its Popen is polled.
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(
    command: Sequence[str | Path], *, record: Path, log: Path, env: Mapping[str, str], cwd: Path | None = None
) -> int:
    """Starts `command` in a session of its own, output appended to `log`; writes pid and start to `record`."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    _children[child.pid] = child
    write_private_json(record, {"pid": child.pid, "created": psutil.Process(child.pid).create_time()})
    return child.pid


def running(record: Path) -> int | None:
    """The pid in `record` if that very process still runs (a pid given to another process does not count)."""
    kept = read_json(record)
    if not kept:
        return None
    pid = int(kept["pid"])
    return pid if _alive(pid, float(kept["created"])) else None


def _alive(pid: int, created: float) -> bool:
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        _children.pop(pid, None)
        return False
    try:
        process = psutil.Process(pid)
        is_same = abs(process.create_time() - created) < 1
        # A child of ours that ended after the poll counts until the next one, which reaps it.
        return is_same and (child is not None or process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_ready(what: str, record: Path, log: Path, ready: Callable[[], bool], timeout_seconds: float) -> None:
    """Waits until `ready()`; raises LocalError with the end of the log when the process ends or time is up."""
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if running(record) is None:
            raise LocalError(f"{what} ended while starting; the end of {log}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise LocalError(f"{what} was not ready in {timeout_seconds:g} s; the end of {log}:\n{tail(log)}")
        time.sleep(POLL_SECONDS)


def stop(record: Path, sig: signal.Signals = signal.SIGTERM, timeout_seconds: float = 20) -> None:
    """Sends `sig` to the recorded process, waits for its end, kills what is left of its group; forgets it."""
    pid = running(record)
    if pid is not None:
        os.kill(pid, sig)
        deadline = time.monotonic() + timeout_seconds
        while running(record) is not None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        kill(record)
    record.unlink(missing_ok=True)


def kill(record: Path) -> None:
    """SIGKILL to the recorded process and its group, and waits until it is gone; nothing if it has ended."""
    pid = running(record)
    if pid is None:
        return
    os.killpg(pid, signal.SIGKILL)
    while running(record) is not None:
        time.sleep(POLL_SECONDS)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
