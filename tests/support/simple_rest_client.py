"""`ra-data-simple-rest`, unmodified, in a Node process: what pages made with react-admin call."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from support.npm import installed, program

SOURCE = Path(__file__).parent / "simple_rest"
FILES = ("package.json", "package-lock.json", "drive.mjs")

MAX_ANSWER_BYTES = 16 * 2**20


class SimpleRest:
    """A data provider at work."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def call(self, method: str, resource: str, **params: Any) -> Any:
        """What the provider's method answers; `{"refused": {"status", "body"}}` where it fails."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([method, resource, params]).encode() + b"\n")
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        assert line, "the Node process has ended"
        return json.loads(line)


@asynccontextmanager
async def simple_rest(url: str, key: str) -> AsyncIterator[SimpleRest]:
    """A provider that calls the API at `url` with a key."""
    folder = await asyncio.to_thread(installed, SOURCE, FILES)
    process = await asyncio.create_subprocess_exec(
        program("node"),
        "drive.mjs",
        cwd=folder,
        env={**os.environ, "API_URL": url, "API_KEY": key},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=MAX_ANSWER_BYTES,
    )
    try:
        yield SimpleRest(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
