"""A door in front of a server that can be slammed, shut or made narrow: for what a lost or slow connection does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import make_url


@dataclass
class Proxy:
    """Forwards `url` to the server.

    `cut()` resets every connection, `is_open` False refuses new ones, and what comes takes `delay_seconds` longer.
    """

    url: str = ""
    is_open: bool = True
    delay_seconds: float = 0.0
    refused: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> int:
        """Reset the connections there are; how many."""
        cut = list(self.writers)
        for writer in cut:
            writer.transport.abort()
        self.writers.clear()
        return len(cut) // 2


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of the server that `url` names."""
    target = make_url(url)
    proxy = Proxy()
    pumps: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not proxy.is_open:
                raise ConnectionRefusedError
            server_reader, server_writer = await asyncio.open_connection(target.host, target.port)
        except OSError:
            proxy.refused += 1
            writer.transport.abort()
            return
        proxy.writers |= {writer, server_writer}
        for source, sink in ((reader, server_writer), (server_reader, writer)):
            pump = asyncio.create_task(_pump(proxy, source, sink))
            pumps.add(pump)
            pump.add_done_callback(pumps.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    proxy.url = target.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1]).render_as_string(False)
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(proxy: Proxy, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            if proxy.delay_seconds:
                await asyncio.sleep(proxy.delay_seconds)
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        return  # slammed
    finally:
        sink.transport.abort()
        proxy.writers.discard(sink)
