"""What PostgreSQL and Redis say of themselves, for a Prometheus on this machine: an exporter beside each."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local import processes, programs
from local.errors import LocalError
from local.instance import Instance
from local.kind import Progress
from local.ports import HOST, is_well
from local.servers import Servers

READY_SECONDS = 20


@dataclass(frozen=True)
class Exporter:
    """One of Debian's; `environment` tells it where its server is."""

    name: str
    package: str
    environment: Callable[[Servers], Mapping[str, str]]


def _redis(servers: Servers) -> dict[str, str]:
    parts = urlsplit(servers.redis_url)
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2], path="", query="").geturl()
    return {"REDIS_ADDR": address, "REDIS_USER": parts.username or "", "REDIS_PASSWORD": parts.password or ""}


def _postgres(servers: Servers) -> dict[str, str]:
    parts = urlsplit(servers.database_url)
    # Unlike libpq it insists on TLS unless it is told otherwise.
    query = parts.query if "sslmode=" in parts.query else "&".join(filter(None, [parts.query, "sslmode=disable"]))
    return {"DATA_SOURCE_NAME": parts._replace(query=query).geturl()}


EXPORTERS = (
    Exporter("postgres", "prometheus-postgres-exporter", _postgres),
    Exporter("redis", "prometheus-redis-exporter", _redis),
)


def start(servers: Servers, progress: Progress) -> dict[str, str]:
    """Start each that can be had; the URLs of their metrics by the names of their servers."""

    def started(exporter: Exporter) -> str | None:
        try:
            return _start(exporter, servers, progress)
        except LocalError as error:
            progress(f"no metrics of {exporter.name}: {error}")
            return None

    with ThreadPoolExecutor(len(EXPORTERS)) as pool:
        addresses = list(pool.map(started, EXPORTERS))
    return {exporter.name: address for exporter, address in zip(EXPORTERS, addresses, strict=True) if address}


def stop(instance: Instance) -> None:
    """Stop those that run."""
    for exporter in EXPORTERS:
        processes.stop(instance.folder / exporter.package / "process.json")


def _start(exporter: Exporter, servers: Servers, progress: Progress) -> str | None:
    instance = servers.instance
    binaries = programs.find_or_fetch(exporter.package, instance.root, progress)
    if binaries is None:
        return None
    folder, log = instance.server_folder(exporter.package), instance.log(exporter.package)
    record = folder / "process.json"
    processes.stop(record)
    port = instance.port(exporter.package)
    command: list[str | Path] = [binaries.folder / exporter.package, f"--web.listen-address={HOST}:{port}"]
    env = {**os.environ, **binaries.env, **exporter.environment(servers)}
    processes.spawn(command, record=record, log=log, env=env, cwd=folder)
    processes.wait_ready(exporter.package, record, log, lambda: is_well(port, "/metrics"), READY_SECONDS)
    return f"http://{HOST}:{port}/metrics"
