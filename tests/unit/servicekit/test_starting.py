"""What a service imports to run: each tenth of a second of it is a tenth more until a killed one is back."""

import asyncio
import gc
import subprocess
import sys

import pytest
from servicekit.starting import importing

PROGRAM = """
import sys
import gateway.__main__, ingestor.__main__, notifier.__main__, reporter.__main__
import gateway.app, ingestor.app, notifier.app, reporter.app, servicekit.serving
print(*sorted({"alembic", "opentelemetry.exporter"} & sys.modules.keys()))
"""


def test_a_service_imports_neither_the_migrations_tool_nor_an_exporter_that_it_may_not_need() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_garbage_is_looked_for_again_after_the_imports_but_not_in_what_they_made() -> None:
    before = gc.get_freeze_count()
    try:
        with importing():
            assert not gc.isenabled()
            kept: list[list[int]] = [[] for _ in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(kept)
    finally:
        gc.unfreeze()


async def test_a_cancellation_that_comes_together_with_the_result_is_heeded_by_whatever_waits_for_it() -> None:
    result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(asyncio.wait_for(result, 60))
    await asyncio.sleep(0)
    result.set_result("sent")
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_what_takes_too_long_is_a_timeout() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)


ALONE = """
import sys
import {service}.__main__
from {service}.__main__ import importing
with importing(without=("rich", "pygments", *{more})):
    import servicekit.serving, {service}.app
unneeded = {{"rich", "pygments", *{more}}} & sys.modules.keys()
import rich  # who wants it later has it
print(*sorted(unneeded))
"""


@pytest.mark.parametrize(
    ("service", "more"), [("gateway", ("cryptography",)), ("ingestor", ("cryptography",)), ("notifier", ())]
)
def test_a_service_brings_no_colours_for_a_terminal_and_no_certificates_that_nobody_asks_for(
    service: str, more: tuple[str, ...]
) -> None:
    program = ALONE.format(service=service, more=more)
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


MEMORY = """
import ctypes
import psutil
from servicekit.starting import importing

def resident():
    return psutil.Process().memory_info().rss  # in bytes

with importing():
    # Small enough to be of the heap, and something above them that stays.
    malloc = ctypes.CDLL(None).malloc
    malloc.restype = ctypes.c_void_p
    free = ctypes.CDLL(None).free
    free.argtypes = [ctypes.c_void_p]
    taken = [malloc(60_000) for _ in range(1_000)]
    for each in taken:
        ctypes.memset(each, 1, 60_000)
    above = malloc(60_000)
    full = resident()
    for each in taken:
        free(each)
    kept = resident()
print(full - kept, full - resident())
"""


def test_what_the_imports_freed_is_given_back_to_the_system() -> None:
    ran = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    freed, given_back = map(int, ran.stdout.split())
    assert freed < 10_000_000
    assert given_back > 50_000_000


COMMANDS = """
import sys
import servicekit.__main__
heavy = {"sqlalchemy", "asyncpg", "redis", "faststream", "aio_pika", "httpx", "rich", "opentelemetry"}
print(*sorted(heavy & sys.modules.keys()))
"""


def test_a_command_that_prepares_an_installation_imports_what_it_needs_and_no_more() -> None:
    result = subprocess.run([sys.executable, "-c", COMMANDS], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
