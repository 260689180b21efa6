"""How a service is served."""

import gc
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr
from servicekit.serving import serve
from servicekit.settings import ServiceSettings
from starlette.applications import Starlette


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
