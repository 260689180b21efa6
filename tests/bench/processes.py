"""Services as processes of their own, ready to be measured."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import httpx
import psutil
from local.ports import free_port
from support.eventually import eventually

Process = asyncio.subprocess.Process

READY_SECONDS = 180.0


@asynccontextmanager
async def running_service(
    service: str | Sequence[str], env: Mapping[str, str], *, port: int | None = None
) -> AsyncIterator[Process]:
    """`python -m <service> serve` in that environment, ready; ended afterwards. Without a port it has any."""
    words = [service] if isinstance(service, str) else service
    port = port or free_port()
    settings = {"PORT": str(port), "REPORTS_PORT": str(free_port()), "LOG_LEVEL": "warning"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, "serve", env={**os.environ, **settings, **env}
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await eventually(lambda: _is_ready(process, client), seconds=READY_SECONDS)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _is_ready(process: Process, client: httpx.AsyncClient) -> bool:
    assert process.returncode is None, "it ended by itself"
    try:
        return (await client.get("/health/ready")).status_code == 200
    except httpx.TransportError:
        return False  # it has not opened its port yet


def cpu_seconds(process: Process) -> float:
    """The processor time that it has used."""
    return sum(psutil.Process(process.pid).cpu_times()[:2])


def server_cpu_seconds(backend_pid: int) -> float | None:
    """What a PostgreSQL has used, given one of its backends; none where it runs on another machine."""
    try:
        server = psutil.Process(backend_pid).parent()
    except psutil.NoSuchProcess:
        return None
    if server is None or "postgres" not in server.name():
        return None
    used = sum(server.cpu_times()[:4])  # with children that have ended
    for backend in server.children():
        with suppress(psutil.NoSuchProcess):
            used += sum(backend.cpu_times()[:2])
    return used


def memory_mb(process: Process) -> float:
    """What it holds now; 0 where it has ended."""
    return _status_mb(process, "VmRSS")


def peak_mb(process: Process) -> float:
    """The most that it ever held; 0 where it has ended."""
    return _status_mb(process, "VmHWM")


def _status_mb(process: Process, name: str) -> float:
    try:
        with open(f"/proc/{process.pid}/status") as status:
            return sum(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith(name))
    except FileNotFoundError:
        return 0.0
