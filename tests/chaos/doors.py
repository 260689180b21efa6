"""A door before each server, which every service goes through: shut, slammed and narrowed from outside.

They stand in a process of their own (`python -m chaos.doors`), so that nothing that is counted here slows them
down. It says where they are, and does what it is told line by line until there is nobody left to tell it.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from local.servers import KINDS, Servers
from support.tcp_proxy import proxied

import chaos

_TESTS = Path(next(iter(chaos.__path__))).parent


@dataclass
class Doors:
    """By name: `postgres`, `redis`, `rabbitmq`."""

    _process: "subprocess.Popen[str] | None" = field(default=None)

    @contextmanager
    def before(self, servers: Servers) -> Iterator[Servers]:
        """The servers as they are reached through their doors."""
        urls = dict(zip(("postgres", "redis", "rabbitmq"), servers.env.values(), strict=True))
        paths = filter(None, [str(_TESTS), os.environ.get("PYTHONPATH")])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "chaos.doors"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # an interrupt is for who tells it
        )
        with self._process as process:
            self._tell(urls)  # not as arguments: there are passwords in them
            found = json.loads(process.stdout.readline() if process.stdout else "")
            yield replace(
                servers, database_url=found["postgres"], redis_url=found["redis"], rabbitmq_url=found["rabbitmq"]
            )

    def cut(self, server: str) -> None:
        """Reset every connection there is."""
        self._tell({"server": server})

    def shut(self, server: str, seconds: float) -> None:
        """Reset every connection, and let nobody in for so long."""
        self._tell({"server": server, "is_open": False})
        time.sleep(seconds)
        self._tell({"server": server, "is_cut": False})

    def narrow(self, server: str, seconds: float, *, delay_seconds: float) -> None:
        """Let everything take so much longer, for so long."""
        self._tell({"server": server, "delay_seconds": delay_seconds, "is_cut": False})
        time.sleep(seconds)
        self._tell({"server": server, "is_cut": False})

    def _tell(self, what: Mapping[str, object]) -> None:
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the doors stand only within `before`")
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()


async def _stand() -> None:
    told = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    urls = json.loads(await told.readline())
    async with AsyncExitStack() as stack:
        doors = {kind.name: await stack.enter_async_context(proxied(urls[kind.name])) for kind in KINDS}
        print(json.dumps({name: door.url for name, door in doors.items()}), flush=True)
        while line := await told.readline():
            what = json.loads(line)
            door = doors[what["server"]]
            door.is_open = what.get("is_open", True)
            door.delay_seconds = what.get("delay_seconds", 0.0)
            if what.get("is_cut", True):
                door.cut()


if __name__ == "__main__":
    asyncio.run(_stand())
