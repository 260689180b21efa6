"""A simulator without a port, its clock in the test's hand, and real pictures."""

import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tgsim.app import create_app
from tgsim.config import Config

TOKEN = "123456:" + "a" * 35


@pytest.fixture
def clock() -> SimpleNamespace:
    return SimpleNamespace(now=1000.0)


@pytest.fixture
async def start(clock: SimpleNamespace) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Build a simulator from Config's fields; the client's base is the bot's address."""
    async with AsyncExitStack() as clients:

        def build(*, client_host: str = "127.0.0.1", **config: Any) -> httpx.AsyncClient:
            fields = {"tokens": (TOKEN,), "limits": None, "clock": lambda: clock.now, **config}
            transport = httpx.ASGITransport(create_app(Config(**fields)), client=(client_host, 1))
            client = httpx.AsyncClient(transport=transport, base_url=f"http://tgsim/bot{TOKEN}")
            clients.push_async_callback(client.aclose)
            return client

        yield build


@pytest.fixture
def api(start: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    return start()


@pytest.fixture
def png() -> Callable[..., bytes]:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def build(width: int = 3, height: int = 4) -> bytes:
        header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        pixels = zlib.compress((b"\0" + b"\0" * width) * min(height, 16))
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")

    return build
