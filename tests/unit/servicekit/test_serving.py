"""How a service is served."""

import asyncio
import gc
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr
from servicekit.background import running
from servicekit.http_server import Bounds
from servicekit.listening import serve, serve_beside
from servicekit.settings import ServiceSettings
from starlette.applications import Starlette
from support.eventually import eventually


def test_what_was_there_at_the_start_is_never_looked_through_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []

    def run(*_: Any, **__: Any) -> None:
        frozen.append(gc.get_freeze_count())

    monkeypatch.setattr(uvicorn, "run", run)
    unused = SecretStr("unused://")
    try:
        serve(Starlette(), ServiceSettings(database_url=unused, redis_url=unused, rabbitmq_url=unused))
    finally:
        gc.unfreeze()
    assert frozen[0] > 10_000


async def test_a_second_app_may_be_bounded_too(unused_tcp_port: int) -> None:
    bounds = Bounds(receive_seconds=0.05)
    async with running({"second": lambda: serve_beside(Starlette(), "127.0.0.1", unused_tcp_port, bounds)}):

        async def connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
            try:
                return await asyncio.open_connection("127.0.0.1", unused_tcp_port)
            except OSError:
                return None

        reader, silent = await eventually(connected)
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        silent.close()
