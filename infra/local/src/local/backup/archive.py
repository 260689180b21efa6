"""The archive of changes: `pg_receivewal` streams them into the line's folder as they are written.

It is a client like any other, so it works for a server that was given too, and asks nothing of its settings. The slot
on the server keeps what was not received yet, up to the server's `max_slot_wal_keep_size`.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from local import processes
from local.backup import folders
from local.backup.folders import Line
from local.backup.postgres_client import ask, connection, programs, value
from local.errors import LocalError
from local.instance import Instance, read_json, write_private_json

NAME = "wal-archive"
RECEIVED_SECONDS = 60
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class State:
    """How the archive of a line stands: whether somebody receives it, and how far it is behind the server."""

    line: Line
    is_received: bool
    behind_bytes: int


def of_server(folder: Path, url: str) -> Line | None:
    """The line in `folder` that goes on with this server; None when it has none, or its line has a gap."""
    for line in reversed(folders.lines(folder)):
        row = ask(url, "SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1", line.slot)
        if row is not None and row["wal_status"] != "lost":
            return line
    return None


def begin(folder: Path, url: str) -> Line:
    """A new line for the server, its slot made: from now on the server keeps what is not archived."""
    line = folders.new_line(folder)
    ask(url, "SELECT pg_create_physical_replication_slot($1, true)", line.slot)
    return line


def receive(instance: Instance, line: Line, url: str) -> None:
    """Start receiving unless somebody does; remembered, so that `make up` goes on with it."""
    write_private_json(_remembered(instance), {"line": str(line.folder)})
    if processes.running(_record(instance)) is not None:
        if read_json(_record(instance)).get("line") == str(line.folder):
            return
        stop(instance)
    if (state_of(line, url)).is_received:
        return  # by another machine, or another workspace
    bare, secret = connection(url)
    command: list[str | Path] = [programs(instance).folder / "pg_receivewal", "--directory", line.wal, "--dbname", bare]
    command += ["--slot", line.slot, "--synchronous", "--no-password", "--status-interval", "1"]
    env = os.environ | dict(programs(instance).env) | secret
    processes.spawn(command, record=_record(instance), log=instance.log(NAME), env=env)
    record = read_json(_record(instance))
    write_private_json(_record(instance), record | {"line": str(line.folder)})


def remembered(instance: Instance) -> Line | None:
    """The line that is received whenever this set of servers runs; None if there is none."""
    kept = read_json(_remembered(instance)).get("line")
    line = Line(Path(kept)) if kept else None
    return line if line and line.wal.exists() else None


def resume(instance: Instance, url: str) -> Line | None:
    """Go on receiving what was received when this set of servers ran last; None if nothing was."""
    line = remembered(instance)
    if line is None or of_server(line.folder.parent, url) != line:
        return None
    receive(instance, line, url)
    return line


def stop(instance: Instance) -> None:
    """Stop receiving; what is written meanwhile is received later."""
    processes.stop(_record(instance))


def state_of(line: Line, url: str) -> State:
    """How the archive stands. Raises LocalError when the server does not know the line."""
    row = ask(
        url,
        "SELECT active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS behind "
        "FROM pg_replication_slots WHERE slot_name = $1",
        line.slot,
    )
    if row is None:
        raise LocalError(f"the server has no slot {line.slot}: {line.folder} is of another life of it")
    return State(line, row["active"], row["behind"] or 0)


def wait_until_received(instance: Instance, line: Line, url: str) -> None:
    """Wait until the archive has all that is written by now. Raises LocalError when it does not get it."""
    written = value(url, "SELECT pg_current_wal_flush_lsn()::text")
    deadline = time.monotonic() + RECEIVED_SECONDS
    has_it = "SELECT restart_lsn >= $2::text::pg_lsn FROM pg_replication_slots WHERE slot_name = $1"
    while not value(url, has_it, line.slot, written):
        if time.monotonic() > deadline:
            words = processes.tail(instance.log(NAME))
            raise LocalError(f"the archive did not get {written} in {RECEIVED_SECONDS} s; its last words:\n{words}")
        time.sleep(POLL_SECONDS)


def _record(instance: Instance) -> Path:
    return instance.folder / f"{NAME}.json"


def _remembered(instance: Instance) -> Path:
    return instance.folder / "backup.json"
