"""A private Redis: password, loopback only, no socket file."""

import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

from local import debian, processes
from local.errors import LocalError
from local.instance import Instance
from local.kind import Binaries, Image, Kind, is_up
from local.ports import HOST

NAME = "redis"


def find(prefix: Path) -> Binaries | None:
    """`redis-server` installed on this machine, or unpacked below `prefix`."""
    found = shutil.which("redis-server", path=None if prefix == Path("/") else str(prefix / "usr/bin"))
    return Binaries(Path(found).parent, debian.environment(prefix)) if found else None


def url(password: str, port: int) -> str:
    """The URL of database 0 on this machine."""
    return f"redis://:{password}@{HOST}:{port}/0"


def probe(redis_url: str) -> None:
    """Returns when Redis answers at the URL; raises OSError or LocalError otherwise."""
    parts = urlsplit(redis_url)
    with socket.create_connection((parts.hostname or HOST, parts.port or 6379), timeout=5) as connection:
        if parts.scheme == "rediss":
            return
        connection.sendall(b"PING\r\n")
        answer = connection.recv(64)
    if not answer.startswith((b"+PONG", b"-NOAUTH")):
        raise LocalError(f"what listens on port {parts.port} is not a Redis ready for commands")


def start(binaries: Binaries, instance: Instance) -> str:
    """Starts the private Redis unless it runs; returns its URL once it answers."""
    folder, record, log = instance.server_folder(NAME), _record(instance), instance.log(NAME)
    if processes.running(record) is None:
        port = instance.port(NAME)
        config = folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("\n".join(_settings(instance, port)) + "\n")
        env = os.environ | binaries.env
        # Started in its folder: paths in its configuration file need no quoting then.
        processes.spawn([binaries.folder / "redis-server", "redis.conf"], record=record, log=log, env=env, cwd=folder)
    address = url(instance.secret(NAME), instance.last_port(NAME))
    processes.wait_ready("Redis", record, log, lambda: is_up(probe, address), timeout_seconds=20)
    return address


def stop(instance: Instance) -> None:
    """Stops the private Redis if it runs; its data stay."""
    processes.stop(_record(instance))


def _settings(instance: Instance, port: int) -> list[str]:
    durable = ["appendonly yes", "appendfsync everysec"] if not instance.ephemeral else ["appendonly no"]
    return [
        f"bind {HOST}",
        f"port {port}",
        f"requirepass {instance.secret(NAME)}",
        "dir .",
        "daemonize no",
        'save ""',
        *durable,
        f"maxmemory {os.environ.get('REDIS_MAX_MEMORY') or '256mb'}",
        "maxmemory-policy allkeys-lru",
    ]


def _record(instance: Instance) -> Path:
    return instance.folder / NAME / "process.json"


REDIS = Kind(
    name=NAME,
    title="Redis",
    variable="REDIS_URL",
    package="redis-server",
    image=Image(
        "redis:7.4.6-alpine", 6379, env=lambda _: {}, command=lambda password: f"redis-server --requirepass {password}"
    ),
    find=find,
    url=url,
    probe=probe,
    start=start,
    stop=stop,
)
