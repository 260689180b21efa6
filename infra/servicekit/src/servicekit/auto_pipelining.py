"""Commands that are given to Redis in the same turn of the loop go there together, in one round trip.

Many requests that arrive at once then cost one connection, one write and one read between them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any

import redis.asyncio
from redis.client import NEVER_DECODE

Command = tuple[str | int, ...]

MOST_TOGETHER = 16
"""Calls in a round trip: more would have everybody wait for the last of them."""


class AutoPipelining:
    """Gives commands to `client`; what was given by one call fails alone, unless Redis does not answer."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client
        self._waiting: list[tuple[Sequence[Command], asyncio.Future[list[Any]]]] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def execute(self, *commands: Command) -> list[Any]:
        """What Redis answers to each, as bytes; between them others may have theirs executed.

        Raises:
            RedisError: it refused one of them, or did not answer.
            OSError: it cannot be reached.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._send)
        answer: asyncio.Future[list[Any]] = loop.create_future()
        self._waiting.append((commands, answer))
        return await answer

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), MOST_TOGETHER):
            task = asyncio.create_task(self._round_trip(waiting[start : start + MOST_TOGETHER]))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _round_trip(self, calls: list[tuple[Sequence[Command], asyncio.Future[list[Any]]]]) -> None:
        asked = [command for commands, _ in calls for command in commands]
        found: Iterator[Any]
        try:
            found = iter(await self._ask(asked))
        except Exception as away:  # whoever asked is told
            found = repeat(away)
        for commands, answer in calls:
            each = list(islice(found, len(commands)))
            if answer.done():
                continue  # whoever asked has given up
            error = next((one for one in each if isinstance(one, Exception)), None)
            if error is None:
                answer.set_result(each)
            else:
                answer.set_exception(error)

    async def _ask(self, commands: list[Command]) -> list[Any]:
        if len(commands) == 1:
            run: Callable[..., Awaitable[Any]] = self._client.execute_command
            return [await run(*commands[0], **{NEVER_DECODE: True})]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command, **{NEVER_DECODE: True})
        return await pipeline.execute(raise_on_error=False)
