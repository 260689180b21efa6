"""Commands that are given to Redis in the same turn of the loop go there together, in one round trip.

Many requests that arrive at once then cost one connection, one write and one read between them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio
from redis.client import NEVER_DECODE

Command = tuple[str | int, ...]

MOST_TOGETHER = 64
"""A round trip takes no more, so that none is long."""


class AutoPipelining:
    """Gives commands to `client`; each fails alone, unless Redis does not answer."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client
        self._waiting: list[tuple[Command, asyncio.Future[Any]]] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def execute(self, *command: str | int) -> Any:
        """What Redis answers, as bytes.

        Raises:
            RedisError: it refused the command, or did not answer.
            OSError: it cannot be reached.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._send)
        answer = loop.create_future()
        self._waiting.append((command, answer))
        return await answer

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), MOST_TOGETHER):
            task = asyncio.create_task(self._round_trip(waiting[start : start + MOST_TOGETHER]))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _round_trip(self, commands: list[tuple[Command, asyncio.Future[Any]]]) -> None:
        found: list[Any]
        try:
            found = await self._ask([command for command, _ in commands])
        except Exception as error:  # whoever asked is told
            found = [error] * len(commands)
        for (_, answer), each in zip(commands, found, strict=True):
            if answer.done():
                continue  # whoever asked has given up
            if isinstance(each, Exception):
                answer.set_exception(each)
            else:
                answer.set_result(each)

    async def _ask(self, commands: list[Command]) -> list[Any]:
        if len(commands) == 1:
            run: Callable[..., Awaitable[Any]] = self._client.execute_command
            return [await run(*commands[0], **{NEVER_DECODE: True})]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command, **{NEVER_DECODE: True})
        return await pipeline.execute(raise_on_error=False)
