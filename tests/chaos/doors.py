"""A door before each server, which every service goes through: shut, slammed and narrowed from outside."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace

from local.servers import KINDS, Servers
from support.tcp_proxy import Proxy, proxied


@dataclass
class Doors:
    """By name: `postgres`, `redis`, `rabbitmq`. They live in a thread of their own."""

    of: dict[str, Proxy] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _end: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def before(self, servers: Servers) -> Iterator[Servers]:
        """The servers as they are reached through their doors."""
        urls = dict(zip(("postgres", "redis", "rabbitmq"), servers.env.values(), strict=True))
        are_there = threading.Event()
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._stand(urls, are_there.set),))
        thread.start()
        are_there.wait()
        try:
            yield replace(
                servers,
                database_url=self.of["postgres"].url,
                redis_url=self.of["redis"].url,
                rabbitmq_url=self.of["rabbitmq"].url,
            )
        finally:
            self._loop.call_soon_threadsafe(self._end.set)
            thread.join()
            self._loop.close()

    def cut(self, server: str) -> None:
        """Reset every connection there is."""
        self._loop.call_soon_threadsafe(self.of[server].cut)

    def shut(self, server: str, seconds: float) -> None:
        """Reset every connection, and let nobody in for so long."""
        self.of[server].is_open = False
        self.cut(server)
        time.sleep(seconds)
        self.of[server].is_open = True

    def narrow(self, server: str, seconds: float, *, delay_seconds: float) -> None:
        """Let everything take so much longer, for so long."""
        self.of[server].delay_seconds = delay_seconds
        time.sleep(seconds)
        self.of[server].delay_seconds = 0.0

    async def _stand(self, urls: dict[str, str], are_there: Callable[[], None]) -> None:
        async with AsyncExitStack() as stack:
            for kind in KINDS:
                self.of[kind.name] = await stack.enter_async_context(proxied(urls[kind.name]))
            are_there()
            await self._end.wait()
