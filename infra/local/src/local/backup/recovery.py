"""The whole way back: database, queues and keys, and what had not been consumed is published again."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local import broker_logins, servers
from local.backup.restoring import Restored, restore
from local.backup.taking import take
from local.commands import run_module
from local.environments import caller_environment, database_url, tool_environment
from local.instance import Instance
from local.kind import Progress
from local.prepare import prepare

DATABASE = "pulse"


@dataclass(frozen=True)
class Recovered:
    """What came back, what is published again, and how long it took."""

    restored: Restored
    republished: list[str]
    seconds: float


def recover(
    instance: Instance, source: Path, *, at: datetime | None = None, force: bool = False, progress: Progress
) -> Recovered:
    """Restore the database, make queues and roles anew, publish again what was not consumed, and back it up.

    The services can be started then. Raises LocalError as `restore` does.
    """
    began = time.monotonic()
    restored = restore(instance, source, at=at, force=force, progress=progress)
    _, republished = make_ready(instance, source, progress=progress)
    return Recovered(restored, republished, time.monotonic() - began)


def make_ready(
    instance: Instance, source: Path, *, database: str = DATABASE, progress: Progress
) -> tuple[servers.Servers, list[str]]:
    """Start broker and cache beside a restored database, and do what is left to do before the services are started.

    The servers, and what `republish` says.
    """
    running = servers.start(instance.name, root=instance.root, ephemeral=instance.ephemeral, progress=progress)
    prepare(
        running,
        database=database,
        rabbitmq_url=running.rabbitmq_url,
        env=caller_environment(),
        progress=progress,
        has_clients=True,
    )
    republished = republish(running, database=database)
    # A restored server has no slot: what it writes from now on is another line, which begins with a copy of its own.
    take(instance, _folder_of(source), progress=progress)
    return running, republished


def declare(running: servers.Servers, progress: Progress, *, database: str = DATABASE) -> None:
    """Every exchange and queue, and the services' users as they were, at a broker that may have lost them."""
    caller, url = caller_environment(), running.rabbitmq_url
    environment = tool_environment(caller, {"RABBITMQ_URL": url})
    run_module("servicekit", "topology", env=environment, cwd=running.instance.folder)
    broker_logins.give(running, database=database, rabbitmq_url=url, env=caller, progress=progress)


def republish(running: servers.Servers, *words: str, database: str = DATABASE) -> list[str]:
    """Have published again what no consumer has noted yet; the command's lines, the last one a summary."""
    admin = database_url(running.database_url, database)
    environment = tool_environment(caller_environment(), {"ADMIN_DATABASE_URL": admin})
    return run_module("servicekit", "republish", *words, env=environment, cwd=running.instance.folder).splitlines()


def _folder_of(source: Path) -> Path:
    return source if any(source.glob("line-*")) else source.parent.parent
