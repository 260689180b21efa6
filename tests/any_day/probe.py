"""`python -m any_day.probe SECONDS TOLERANCE`: whether every clock of this environment stands near that moment.

Starts the servers as tests do and asks them.
"""

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime

import asyncpg
import redis
from local import rabbitmq, servers
from local.finding import binaries_of
from support.servers import own_servers


def main(expected: float, tolerance: float) -> int:
    """Print each clock that was asked; 1 if one is further from the moment than allowed."""
    began = time.monotonic()
    with own_servers("any-day") as found:
        clocks = {
            "Python": time.time(),
            "programs": float(subprocess.run(["date", "+%s"], capture_output=True, text=True, check=True).stdout),
            "PostgreSQL": asyncio.run(_of_postgres(found.database_url)),
            "Redis": _of_redis(found.redis_url),
            "RabbitMQ": _of_rabbitmq(found),
        }
    expected += time.monotonic() - began
    for clock, says in clocks.items():
        print(f"{clock:10} {datetime.fromtimestamp(says, UTC):%Y-%m-%d %H:%M:%S} UTC")
    return 0 if all(abs(says - expected) < tolerance for says in clocks.values()) else 1


async def _of_postgres(url: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        return float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())"))
    finally:
        await connection.close()


def _of_redis(url: str) -> float:
    with redis.Redis.from_url(url) as client:
        return float(client.time()[0])


def _of_rabbitmq(found: servers.Servers) -> float:
    binaries = binaries_of(rabbitmq.RABBITMQ, found.instance)
    assert binaries is not None
    return float(rabbitmq.control(binaries, found.instance, "eval", "os:system_time(second)."))


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:3])))
