"""Ready, degraded, unavailable."""

import asyncio

import httpx
import pytest
from servicekit import health
from servicekit.health import Check, health_routes
from starlette.applications import Starlette


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def broken() -> bool:
    raise ConnectionError


async def hanging() -> bool:
    await asyncio.Event().wait()
    return True


@pytest.mark.parametrize(
    ("required", "optional", "code", "status"),
    [
        (yes, yes, 200, "ok"),
        (yes, no, 200, "degraded"),
        (yes, broken, 200, "degraded"),
        (no, yes, 503, "unavailable"),
        (broken, yes, 503, "unavailable"),
        (hanging, yes, 503, "unavailable"),
    ],
)
async def test_ready_only_if_all_that_is_required_holds(
    required: Check, optional: Check, code: int, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_SECONDS", 0.05)
    app = Starlette(routes=health_routes({"needed": required}, {"nice": optional}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        for path in ("/health/ready", "/health"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["status"]) == (code, status)
        assert (await client.get("/health/live")).status_code == 200
