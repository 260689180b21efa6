"""`make up`, `down`, `logs`, `migrate` and `run`: the platform in the background, under Compose or on this machine."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from local import alertmanager, compose, platform, servers
from local.backup import archive
from local.commands import module_command
from local.environments import PROCESSES, SERVICES, caller_environment, trace_environment
from local.errors import LocalError
from local.instance import Instance
from local.kind import Progress
from local.prepare import prepare
from local.spaceless import forget

NAME = "up"
GATEWAY_PORT = 8080
PACKAGES_WITH_COMMANDS = (*PROCESSES, "servicekit")


def up(root: Path, progress: Progress) -> str:
    """Starts everything and returns the gateway's URL; raises LocalError with what to do when it cannot."""
    if compose.available():
        return compose.up(root)
    if not os.environ.get("TELEGRAM_BOT_TOKEN"):
        raise LocalError("TELEGRAM_BOT_TOKEN is not set: make a bot with @BotFather and export its token")
    port = _gateway_port()
    running = servers.start(NAME, root=root, progress=progress)
    if line := archive.resume(running.instance, running.database_url):
        progress(f"changes are archived in {line.wal}")
    env = trace_environment(root, NAME, caller_environment())
    started = platform.start(running, env=env, gateway_port=port, has_clients=True, is_observed=True, progress=progress)
    if not alertmanager.is_wanted(os.environ):
        progress(f"nobody is told of alerts: {alertmanager.CHAT} or {alertmanager.WEBHOOK} says whom (docs/runbook.md)")
    return started.url("gateway")


def down(root: Path) -> None:
    """Stops services and servers; data stay. Raises LocalError when Compose could not."""
    if compose.available():
        compose.down(root)
    platform.stop(Instance(NAME, root))
    servers.stop(NAME, root=root)
    archive.stop(Instance(NAME, root))


def logs(root: Path) -> int:
    """Follows the services' logs until interrupted; returns the exit code of what followed them."""
    if compose.available():
        return compose.run(root, "logs", "--follow", "--tail=20", *PROCESSES)
    instance = Instance(NAME, root)
    return subprocess.run(
        ["tail", "-n", "20", "-F", *(instance.log(each) for each in PROCESSES)], check=False
    ).returncode


def migrate(root: Path, progress: Progress) -> None:
    """Brings roles, schemas and topology up to date without starting a service."""
    if compose.available():
        compose.write_env(root, caller_environment())
        compose.build(root)
        migrations = (f"{service}-migrate" for service in SERVICES)
        for job in ("bootstrap", *migrations, "topology", "broker-users", "bot-key"):
            if code := compose.run(root, "run", "--rm", job):
                raise LocalError(f"{job} ended with code {code}")
        return
    running = servers.start(NAME, root=root, progress=progress)
    env = caller_environment()
    prepare(
        running,
        database="pulse",
        rabbitmq_url=running.rabbitmq_url,
        env=env,
        progress=progress,
        has_clients=True,
    )


def run(root: Path, words: Sequence[str], service: str | None = None) -> int:
    """Runs `python -m <words>` in the environment of the running platform, on this terminal; returns its exit code.

    The first word is a service, or `servicekit`; `service` is whose environment it has, unless it is its own. Raises
    LocalError for another one, and when the platform is not up.
    """
    package = words[0] if words else ""
    if package not in PACKAGES_WITH_COMMANDS:
        raise LocalError(f"{package!r} has no commands; one of {', '.join(PACKAGES_WITH_COMMANDS)} has")
    if service is not None and service not in PROCESSES:
        raise LocalError(f"there is no service {service!r}; there are {', '.join(PROCESSES)}")
    # Dead letters of all may be looked at and put back by the gateway's user, and by no other.
    service = service or (package if package in PROCESSES else "gateway")
    if compose.available():
        return compose.run(root, "exec", "-T", service, "python", "-m", *words)
    started = platform.load(Instance(NAME, root))
    if started is None or not any(started.pid(each) for each in started.environments):
        raise LocalError("the platform is not running: make up")
    return subprocess.run(module_command(*words), env=dict(started.environments[service]), check=False).returncode


def clean(root: Path) -> None:
    """Stops every service and server ever started in this workspace and deletes their data."""
    if compose.available():
        compose.down(root, "--volumes")
    for ports in sorted((root / ".local").glob("*/ports.json")):
        platform.stop(Instance(ports.parent.name, root))
        archive.stop(Instance(ports.parent.name, root))
        servers.destroy(ports.parent.name, root=root)
    for package in (root / ".local" / "debian").glob("*"):
        forget(package)


def _gateway_port() -> int:
    value = os.environ.get("GATEWAY_PORT") or str(GATEWAY_PORT)
    if not value.isascii() or not value.isdecimal() or int(value) > 65535:
        raise LocalError(f"GATEWAY_PORT is not a port: {value!r}")
    return int(value)
