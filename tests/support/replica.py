"""A streaming replica of this session's PostgreSQL, which a test holds back, lets go on and ends."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from local import postgres
from local.ports import HOST, free_port

from support.eventually import eventually


@dataclass
class Replica:
    """A running replica."""

    port: int
    admin_url: str
    process: asyncio.subprocess.Process

    def url(self, primary_url: str) -> str:
        """The same role and database as `primary_url`, here."""
        parts = urlsplit(primary_url)
        return parts._replace(netloc=f"{parts.username}:{parts.password}@{HOST}:{self.port}").geturl()

    async def hold(self) -> None:
        """Replay nothing more for now."""
        await self._execute("SELECT pg_wal_replay_pause()")
        await eventually(lambda: self._fetch("SELECT pg_get_wal_replay_pause_state() = 'paused'"))

    async def go_on(self) -> None:
        await self._execute("SELECT pg_wal_replay_resume()")

    async def cut(self, pid: int) -> None:
        """End a session."""
        await self._execute(f"SELECT pg_terminate_backend({pid}, 5000)")

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.wait()

    async def _execute(self, statement: str) -> None:
        await self._fetch(statement)

    async def _fetch(self, statement: str) -> object:
        connection = await asyncpg.connect(self.admin_url, timeout=10)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def replica_of(admin_url: str, folder: Path) -> AsyncIterator[Replica]:
    """A replica of the server of that URL (an administrator's), in `folder`; ended afterwards."""
    binaries = postgres.find(Path("/"))
    assert binaries is not None, "PostgreSQL's programs are missing"
    data, port, parts = folder / "replica", free_port(), urlsplit(admin_url)
    env = {**os.environ, **binaries.env, "PGPASSWORD": str(parts.password)}
    await asyncio.to_thread(_copy, binaries.folder / "pg_basebackup", data, parts.port, str(parts.username), env)
    options = postgres.SETTINGS | {"port": str(port)}
    command: list[str | Path] = [
        binaries.folder / "postgres",
        "-D",
        data,
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    process = await asyncio.create_subprocess_exec(
        *postgres.unprivileged(command), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    replica = Replica(port, parts._replace(netloc=f"{parts.username}:{parts.password}@{HOST}:{port}").geturl(), process)

    async def is_there() -> bool:
        assert process.returncode is None, "the replica ended by itself"
        try:
            return bool(await replica._fetch("SELECT pg_is_in_recovery()"))
        except (OSError, asyncpg.PostgresError):
            return False  # it is not ready yet

    try:
        await eventually(is_there)
        yield replica
    finally:
        await replica.end()
        await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)


def _copy(program: Path, data: Path, port: int | None, user: str, env: dict[str, str]) -> None:
    data.mkdir(mode=0o700)
    postgres.give_away(data)
    command: list[str | Path] = [program, "-D", data, "-h", HOST, "-p", str(port), "-U", user]
    command += ["--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync"]
    subprocess.run(postgres.unprivileged(command), check=True, capture_output=True, text=True, env=env, timeout=120)
