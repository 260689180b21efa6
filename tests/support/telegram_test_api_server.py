"""`telegram-test-api` of npm, unmodified, in a Node process: a fake of the Bot API that others have written."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from support.npm import installed, program

SOURCE = Path(__file__).parent / "telegram_test_api"
FILES = ("package.json", "package-lock.json", "drive.mjs")


class TelegramTestApi:
    """The other fake at work, and its own client as a person."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url

    async def write(self, text: str) -> None:
        """The person writes; what begins with a slash is a command."""
        await self._act(
            ["makeCommand", "sendCommand"] if text.startswith("/") else ["makeMessage", "sendMessage"], text
        )

    async def press(self, data: str) -> None:
        """The person presses a button with this callback_data."""
        await self._act(["makeCallbackQuery", "sendCallback"], data)

    async def _act(self, methods: list[str], text: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps([*methods, text]).encode() + b"\n")
        await self._process.stdin.drain()
        answer = await self.read()
        assert answer["ok"], answer

    async def read(self) -> Any:
        """The next line of the process."""
        assert self._process.stdout
        line = await self._process.stdout.readline()
        assert line, "the Node process has ended"
        return json.loads(line)


@asynccontextmanager
async def telegram_test_api(token: str, person: dict[str, Any]) -> AsyncIterator[TelegramTestApi]:
    """The other fake on a free port; `person` is its client's `userId`, `chatId`, `firstName`, `userName`."""
    folder = await asyncio.to_thread(installed, SOURCE, FILES)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        program("node"),
        "drive.mjs",
        cwd=folder,
        env={**os.environ, "PORT": str(port), "TOKEN": token, "PERSON": json.dumps(person)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    server = TelegramTestApi(process, f"http://127.0.0.1:{port}")
    try:
        assert await server.read() == "started"
        yield server
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
