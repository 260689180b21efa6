"""The relay in a process of its own, so that its memory can be told; prints the most it ever held, in MB.

`python -m bench.relay_worker DATABASE_URL RABBITMQ_URL`: publishes everything that waits in the outbox, then ends.
"""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr
from servicekit import db
from servicekit.broker import connected, event_publisher, make_broker
from servicekit.outbox import Relay
from servicekit.settings import ServiceSettings


async def main(database_url: str, rabbitmq_url: str) -> None:
    unused = SecretStr("unused://")
    settings = ServiceSettings(database_url=SecretStr(database_url), redis_url=unused, rabbitmq_url=unused)
    database, broker = db.connect(settings), make_broker(rabbitmq_url, "bench")
    async with connected(broker):
        relay = Relay(database, event_publisher(broker))
        while await relay.relay_batch():
            pass
    await database.close()


def peak_mb() -> int:
    """The most memory of this process; what getrusage tells begins with what the parent held."""
    [peak] = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
    return round(int(peak) / 1024)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
    print(peak_mb())
