"""Liveness and readiness over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PATH = "/health"
CHECK_TIMEOUT_SECONDS = 2.0

Check = Callable[[], Awaitable[bool]]


def health_routes(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> list[Route]:
    """`/health/live`: the process answers. `/health/ready`, `/health`: 200 if every required check holds, else 503."""

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> JSONResponse:
        checks = {**required, **(optional or {})}
        results = dict(zip(checks, await asyncio.gather(*map(holds, checks.values())), strict=True))
        is_ready = all(results[name] for name in required)
        status = "ok" if all(results.values()) else "degraded" if is_ready else "unavailable"
        return JSONResponse({"status": status, "checks": results}, status_code=200 if is_ready else 503)

    return [Route(f"{PATH}/live", live), Route(f"{PATH}/ready", ready), Route(PATH, ready)]


def is_probe(path: str) -> bool:
    """Whether whoever runs the process asks there how it is."""
    return path == PATH or path.startswith(f"{PATH}/")


async def holds(check: Check) -> bool:
    """Whether it does, within `CHECK_TIMEOUT_SECONDS`."""
    try:
        return await asyncio.wait_for(check(), CHECK_TIMEOUT_SECONDS)
    except Exception:
        # Whatever went wrong, the answer to "is it usable" is no; the service's own log has the cause.
        return False
