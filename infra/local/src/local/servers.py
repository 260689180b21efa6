"""Postgres, Redis and RabbitMQ under one name: started together, stopped, deleted."""

import json
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local import finding, management, processes, rabbitmq
from local.errors import LocalError
from local.finding import CONTAINER, binaries_of
from local.instance import Instance, read_json, write_private_json
from local.kind import Binaries, Kind, Progress
from local.postgres import POSTGRES
from local.rabbitmq import RABBITMQ
from local.redis import REDIS
from local.workspace import find_root, locked

if TYPE_CHECKING:
    from local.containers import Containers

GIVEN, PRIVATE = finding.GIVEN, finding.PRIVATE
KINDS = (POSTGRES, REDIS, RABBITMQ)


@dataclass(frozen=True)
class Servers:
    """URLs of three servers that answer.

    `database_url` is of an administrator who may create roles and databases. `sources` says for
    "postgres", "redis" and "rabbitmq" whether it was "given", is "private" or a "container".
    """

    database_url: str
    redis_url: str
    rabbitmq_url: str
    instance: Instance
    sources: Mapping[str, str]

    @property
    def env(self) -> dict[str, str]:
        """The three URLs under the names services read them from."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url, "RABBITMQ_URL": self.rabbitmq_url}


def silent(_: str) -> None:
    """Progress that nobody watches."""


def start(
    name: str,
    *,
    root: Path | None = None,
    ephemeral: bool = False,
    progress: Progress = silent,
    containers: "Containers | None" = None,
) -> Servers:
    """Finds or starts the three servers under `name`, at the same time; those that run already are used again.

    `ephemeral` servers trade durability for speed. A server given by its URL is checked and never changed.
    Raises MissingServerError when one cannot be had, LocalError when one does not start.
    """
    instance = Instance(name, root or find_root(), ephemeral)
    engine = containers or docker()

    def obtain(kind: Kind) -> tuple[str, str]:
        began = time.monotonic()
        source, url = finding.obtain(kind, instance, engine, progress)
        progress(f"{kind.title} is ready ({source}, {time.monotonic() - began:.1f} s)")
        return source, url

    with locked(instance.folder / "lock"):
        with ThreadPoolExecutor(len(KINDS)) as pool:
            futures = {kind.name: pool.submit(obtain, kind) for kind in KINDS}
        obtained = {name: future.result() for name, future in futures.items() if not future.exception()}
        sources = {name: source for name, (source, _) in obtained.items()}
        write_private_json(instance.folder / "sources.json", sources)
    if len(obtained) < len(KINDS):
        _stop(instance, engine, remove=False)  # one without the others is of no use to anybody
    urls = {name: future.result()[1] for name, future in futures.items()}
    return Servers(urls["postgres"], urls["redis"], urls["rabbitmq"], instance, sources)


def stop(name: str, *, root: Path | None = None, containers: "Containers | None" = None) -> None:
    """Stops what `start` started under `name`; data stay. Servers that were given are not touched."""
    _stop(Instance(name, root or find_root()), containers or docker(), remove=False)


def destroy(name: str, *, root: Path | None = None, containers: "Containers | None" = None) -> None:
    """Stops what `start` started under `name` and deletes its data, passwords and logs."""
    instance = Instance(name, root or find_root())
    _stop(instance, containers or docker(), remove=True)
    if instance.folder.exists():
        shutil.rmtree(instance.folder)


def add_vhost(servers: Servers, vhost: str) -> str:
    """Creates a vhost and returns its URL; on a container of our own, its default vhost serves.

    Raises LocalError when a RabbitMQ that was given does not let us make one: its other vhosts are not ours to use.
    """
    source = servers.sources["rabbitmq"]
    if source == GIVEN:
        return management.add_vhost(servers.rabbitmq_url, vhost)
    if source == CONTAINER:
        return servers.rabbitmq_url
    binaries = _programs(servers)
    rabbitmq.control(binaries, servers.instance, "add_vhost", vhost)
    rabbitmq.control(binaries, servers.instance, "set_permissions", "-p", vhost, rabbitmq.USER, ".*", ".*", ".*")
    return servers.rabbitmq_url + vhost


def delete_vhost(servers: Servers, vhost: str) -> None:
    """Deletes a vhost made by `add_vhost` with everything in it."""
    source = servers.sources["rabbitmq"]
    if source == GIVEN:
        management.delete_vhost(servers.rabbitmq_url, vhost)
    elif source == PRIVATE and (binaries := binaries_of(RABBITMQ, servers.instance)):
        rabbitmq.control(binaries, servers.instance, "delete_vhost", vhost)


def import_definitions(servers: Servers, made: Mapping[str, object]) -> None:
    """Lets a RabbitMQ of our own import definitions (users, permissions, policies); raises LocalError if it refuses."""
    if servers.sources["rabbitmq"] == CONTAINER:
        command = ["sh", "-c", 'printf %s "$DEFINITIONS" | rabbitmqctl -q import_definitions']
        docker().run(RABBITMQ, servers.instance, command, {"DEFINITIONS": json.dumps(made)})
    else:
        rabbitmq.import_definitions(_programs(servers), servers.instance, made)


def _programs(servers: Servers) -> Binaries:
    binaries = binaries_of(RABBITMQ, servers.instance)
    if binaries is None:
        raise LocalError("the programs of RabbitMQ have disappeared")
    return binaries


def docker() -> "Containers":
    """The Docker engine of this machine, if it has one."""
    from local.containers import DockerContainers

    return DockerContainers()


def _stop(instance: Instance, engine: "Containers", *, remove: bool) -> None:
    if not instance.folder.exists():
        return
    sources = read_json(instance.folder / "sources.json")

    def stop_one(kind: Kind) -> None:
        kind.stop(instance)
        if sources.get(kind.name) == CONTAINER:
            engine.stop(kind, instance, remove=remove)

    with locked(instance.folder / "lock"), ThreadPoolExecutor(len(KINDS)) as pool:
        list(pool.map(stop_one, KINDS))


def status(instance: Instance) -> dict[str, str]:
    """For each server by name: "given", "container", "running (pid n)" or "stopped"."""
    sources = read_json(instance.folder / "sources.json")
    states = {}
    for kind in KINDS:
        pid = processes.running(instance.folder / kind.name / "process.json")
        source = sources.get(kind.name)
        states[kind.name] = (
            str(source) if source in (GIVEN, CONTAINER) else f"running (pid {pid})" if pid else "stopped"
        )
    return states
