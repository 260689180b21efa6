"""PostgreSQL asked from outside: its client programs, and single statements."""

import asyncio
import os
import subprocess
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from local.errors import LocalError
from local.finding import binaries_of
from local.instance import Instance
from local.kind import Binaries, Progress
from local.postgres import POSTGRES

LAST_WORDS = 8


def programs(instance: Instance) -> Binaries:
    """PostgreSQL's programs on this machine. Raises LocalError when there are none."""
    found = binaries_of(POSTGRES, instance)
    if found is None:
        raise LocalError("PostgreSQL's programs are missing here: install postgresql-client of the server's version")
    return found


def connection(url: str) -> tuple[str, dict[str, str]]:
    """A URL without its password for a command line that everybody sees, and the environment that holds it."""
    parts = urlsplit(url.replace("+asyncpg", "", 1))
    user, at, host = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=user.split(":")[0] + at + host).geturl()
    return bare, {"PGPASSWORD": unquote(parts.password)} if parts.password else {}


def run(binaries: Binaries, program: str, *arguments: str | Path, env: dict[str, str], progress: Progress) -> None:
    """Runs a program to its end, each line that it says given to `progress`; raises LocalError with its last words."""
    said: deque[str] = deque(maxlen=LAST_WORDS)
    with subprocess.Popen(
        [str(binaries.folder / program), *map(str, arguments)],
        env=os.environ | dict(binaries.env) | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,  # with which a line that is written over is a line too
    ) as process:
        for line in process.stderr or ():
            if line.strip():
                said.append(line.strip())
                progress(line.strip())
    if process.returncode != 0:
        raise LocalError(f"{program} ended with code {process.returncode}:\n" + "\n".join(said))


def ask(url: str, statement: str, *values: object) -> asyncpg.Record | None:
    """The first row of what the server answers. Raises LocalError when it does not. Not for a thread with a loop."""

    async def fetch() -> asyncpg.Record | None:
        asked = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=10)
        try:
            row: asyncpg.Record | None = await asked.fetchrow(statement, *values)
            return row
        finally:
            await asked.close()

    try:
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            return runner.run(fetch())
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise LocalError(f"PostgreSQL does not do that: {type(error).__name__}: {error}") from error


def value(url: str, statement: str, *values: object) -> Any:
    """The first value of what the server answers, None for no row."""
    row = ask(url, statement, *values)
    return None if row is None else row[0]
