"""`make up`, `down`, `logs`, `migrate` and `key`: the platform in the background, under Compose or on this machine."""

import os
import subprocess
from pathlib import Path

from local import compose, platform, servers
from local.commands import run_module
from local.environments import SERVICES, caller_environment
from local.errors import LocalError
from local.instance import Instance
from local.kind import Progress
from local.prepare import prepare

NAME = "up"
GATEWAY_PORT = 8080


def up(root: Path, progress: Progress) -> str:
    """Starts everything and returns the gateway's URL; raises LocalError with what to do when it cannot."""
    if compose.available():
        return compose.up(root)
    if not os.environ.get("TELEGRAM_BOT_TOKEN"):
        raise LocalError("TELEGRAM_BOT_TOKEN is not set: make a bot with @BotFather and export its token")
    running = servers.start(NAME, root=root, progress=progress)
    port = int(os.environ.get("GATEWAY_PORT", GATEWAY_PORT))
    return platform.start(running, gateway_port=port, progress=progress).url("gateway")


def down(root: Path) -> None:
    """Stops services and servers; data stay."""
    if compose.available():
        compose.run(root, "down")
    platform.stop(Instance(NAME, root))
    servers.stop(NAME, root=root)


def logs(root: Path) -> int:
    """Follows the services' logs until interrupted; returns the exit code of what followed them."""
    if compose.available():
        return compose.run(root, "logs", "--follow", "--tail=20", *SERVICES)
    instance = Instance(NAME, root)
    return subprocess.run(
        ["tail", "-n", "20", "-F", *(instance.log(each) for each in SERVICES)], check=False
    ).returncode


def migrate(root: Path, progress: Progress) -> None:
    """Brings roles, schemas and topology up to date without starting a service."""
    if compose.available():
        compose.write_env(root, caller_environment())
        for job in ("bootstrap", *(f"{service}-migrate" for service in SERVICES), "topology"):
            if code := compose.run(root, "run", "--build", "--rm", job):
                raise LocalError(f"{job} ended with code {code}")
        return
    running = servers.start(NAME, root=root, progress=progress)
    env = caller_environment()
    prepare(running, database="pulse", rabbitmq_url=running.rabbitmq_url, env=env, progress=progress)


def create_key(root: Path, telegram_id: int) -> str:
    """A new API key acting for a Telegram user; raises LocalError when the platform has not been started."""
    words = ["gateway", "keys", "create", "--telegram-id", str(telegram_id)]
    if compose.available():
        command = ["docker", "compose", "exec", "-T", "gateway", "python", "-m", *words]
        answer = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=False)
        if answer.returncode != 0:
            raise LocalError("the key could not be made: is the platform up? (make up)")
        return answer.stdout.strip()
    started = platform.load(Instance(NAME, root))
    if started is None:
        raise LocalError("the platform has not been started: make up")
    return run_module(*words, env=started.environments["gateway"], cwd=started.instance.folder).strip()


def clean(root: Path) -> None:
    """Stops every service and server ever started in this workspace and deletes their data."""
    for ports in sorted((root / ".local").glob("*/ports.json")):
        platform.stop(Instance(ports.parent.name, root))
        servers.destroy(ports.parent.name, root=root)
