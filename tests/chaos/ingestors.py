"""Ingestors as processes that can be killed, each with settings and a clock of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from local.ports import free_port
from support.hinting import SECRET

import chaos

_TESTS = Path(next(iter(chaos.__path__))).parent


class Ingestor:
    """One process, or the next after it was killed."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.settings = env
        self.webhook_port = free_port()
        paths = filter(None, [str(_TESTS), os.environ.get("PYTHONPATH")])
        self._env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "PORT": "0",
            "LOG_LEVEL": "error",
            "WB_WEBHOOK_PORT": str(self.webhook_port),
            "WB_WEBHOOK_SECRETS": SECRET,
            "SYNC_LEASE_SECONDS": "3",
            "WB_API_TIMEOUT": "5",
            **env,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is ready when it is."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chaos.moved_service", "ingestor", env=self._env, stdout=sys.stderr.fileno()
        )

    async def kill(self) -> None:
        """SIGKILL, and gone when this returns."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, and gone when this returns; killed if it takes long."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 30)
        except TimeoutError:
            await self.kill()


@asynccontextmanager
async def running_ingestors(settings: Sequence[Mapping[str, str]]) -> AsyncIterator[list[Ingestor]]:
    """One for each of these settings, stopped afterwards."""
    ingestors = [Ingestor(env) for env in settings]
    try:
        for ingestor in ingestors:
            await ingestor.start()
        yield ingestors
    finally:
        await asyncio.gather(*(ingestor.stop() for ingestor in ingestors))
