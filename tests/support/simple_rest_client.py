"""`ra-data-simple-rest`, unmodified, in a Node process: what pages made with react-admin call."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "simple_rest"
INSTALLED = Path(__file__).parents[2] / ".local/simple-rest"
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
    folder = await asyncio.to_thread(_installed)
    process = await asyncio.create_subprocess_exec(
        _program("node"),
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


def _installed() -> Path:
    """A folder with the locked packages, installed once for each lock."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    folder = INSTALLED / digest
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            folder.mkdir(exist_ok=True)
            for name in FILES:
                shutil.copy(SOURCE / name, folder / name)
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            command = [_program("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "installed").touch()
    return folder


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name)
