"""The same servers as containers, where a Docker engine answers and nothing private could be found."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import docker
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.errors import DockerException, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from local.errors import LocalError
from local.instance import Instance
from local.kind import Kind
from local.ports import HOST


class Containers(Protocol):
    """Starts and stops one named container per server; `DockerContainers` is the real one."""

    def available(self) -> bool:
        """Whether a Docker engine answers."""

    def start(self, kind: Kind, instance: Instance) -> str:
        """Starts or resumes the server's container; returns its URL."""

    def run(self, kind: Kind, instance: Instance, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Runs a command in the server's container; raises LocalError with its words when it fails."""

    def stop(self, kind: Kind, instance: Instance, *, remove: bool) -> None:
        """Stops the server's container if there is one; `remove` deletes it with its data."""


class DockerContainers:
    """Containers of the engine that this machine's Docker settings point to."""

    def available(self) -> bool:
        # Without a socket there is nobody to ask, and Docker's client would leave its own half of one open.
        if not os.environ.get("DOCKER_HOST") and not Path(urlsplit(DEFAULT_UNIX_SOCKET).path).exists():
            return False
        try:
            docker.from_env(timeout=2).ping()
        except DockerException:
            return False
        return True

    def start(self, kind: Kind, instance: Instance) -> str:
        engine, name, password = docker.from_env(), container_name(kind, instance), instance.secret(kind.name)
        try:
            engine.containers.get(name).start()
            port = instance.last_port(kind.name)
        except NotFound:
            port = instance.port(kind.name)
            testcontainers_config.ryuk_disabled = True  # it would remove the container when we end
            container = DockerContainer(kind.image.name).with_name(name)
            container.with_kwargs(ports={f"{kind.image.port}/tcp": (HOST, port)})
            for key, value in kind.image.env(password).items():
                container.with_env(key, value)
            if command := kind.image.command(password):
                container.with_command(command)
            try:
                container.start()
            except DockerException as error:
                raise LocalError(f"the container of {kind.title} could not be started: {error}") from error
        return kind.url(password, port)

    def run(self, kind: Kind, instance: Instance, command: Sequence[str], env: Mapping[str, str]) -> None:
        try:
            container = docker.from_env().containers.get(container_name(kind, instance))
            code, said = container.exec_run(list(command), environment=dict(env))
        except DockerException as error:
            raise LocalError(f"nothing can be run in the container of {kind.title}: {error}") from error
        if code != 0:
            raise LocalError(f"the container of {kind.title}: {said.decode(errors='replace').strip()}")

    def stop(self, kind: Kind, instance: Instance, *, remove: bool) -> None:
        try:
            container = docker.from_env().containers.get(container_name(kind, instance))
        except NotFound:
            return
        container.stop()
        if remove:
            container.remove(v=True)


def container_name(kind: Kind, instance: Instance) -> str:
    """The container's name: one per server and named instance."""
    return f"pulse-{instance.name}-{kind.name}"
