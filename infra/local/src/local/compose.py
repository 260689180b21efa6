"""The platform under Docker Compose: its .env and its commands."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.commands import run_module
from local.environments import PROCESSES, SERVICES, caller_environment, tool_environment
from local.errors import LocalError
from local.prepare import new_gateway_key

SECRETS = (
    *("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", *(f"{service.upper()}_DB_PASSWORD" for service in SERVICES)),
    "ACCESS_TOKEN_SECRETS",
)
# Settings that `up` carries from the caller's environment into .env, where Compose finds them later too.
CARRIED = (
    *("TELEGRAM_BOT_TOKEN", "TELEGRAM_API_BASE_URL", "WB_API_BASE_URL", "GATEWAY_PORT"),
    *("BOT_WEBHOOK_URL", "BOT_WEBHOOK_SECRET"),
)
READY_SECONDS = 180
POLL_SECONDS = 1.0


def available() -> bool:
    """Whether a Docker engine answers and has the Compose plugin."""
    probes = (["docker", "info"], ["docker", "compose", "version"])
    try:
        return all(
            subprocess.run(probe, capture_output=True, check=False, timeout=20).returncode == 0 for probe in probes
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def run(root: Path, *words: str) -> int:
    """`docker compose …` in the workspace, on this terminal; returns its exit code."""
    return subprocess.run(["docker", "compose", *words], cwd=root, check=False).returncode


def up(root: Path) -> str:
    """Completes .env, builds and starts everything, waits for health; returns the gateway's URL.

    Raises LocalError when a value only the user knows is missing or Compose fails.
    """
    settings = write_env(root, caller_environment())
    # Not `--wait`: in several versions of Compose it hangs or fails on one-shot services that ended well.
    if code := run(root, "up", "-d", "--build"):
        raise LocalError(f"docker compose up ended with code {code}; `docker compose logs` says more")
    _wait_healthy(root)
    return f"http://127.0.0.1:{settings.get('GATEWAY_PORT', '8080')}"


def down(root: Path, *options: str) -> None:
    """`docker compose down` with `options`; nothing where `up` was never called. Raises LocalError when it fails."""
    if (root / ".env").exists() and (code := run(root, "down", *options)):
        raise LocalError(f"docker compose down ended with code {code}")


def _wait_healthy(root: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while waiting := [service for service in PROCESSES if _health(root, service) != "healthy"]:
        if time.monotonic() > deadline:
            raise LocalError(f"{', '.join(waiting)} not healthy in {READY_SECONDS} s; `docker compose logs` says more")
        time.sleep(POLL_SECONDS)


def _health(root: Path, service: str) -> str:
    container = _ask(root, "compose", "ps", "--quiet", service)
    return _ask(root, "inspect", "--format", "{{.State.Health.Status}}", container) if container else "not there"


def _ask(root: Path, *words: str) -> str:
    answer = subprocess.run(["docker", *words], cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    return answer.stdout.strip()


def write_env(root: Path, caller: Mapping[str, str]) -> dict[str, str]:
    """Adds to .env what is missing: secrets, key pairs, and what the caller's environment sets; returns all."""
    path = root / ".env"
    settings = read_env(path)
    settings |= {name: caller[name] for name in CARRIED if caller.get(name)}
    if not settings.get("TELEGRAM_BOT_TOKEN"):
        raise LocalError("TELEGRAM_BOT_TOKEN is not set: make a bot with @BotFather and export its token")
    settings = {name: secrets.token_urlsafe(24) for name in SECRETS} | {"BOT_API_KEY": new_gateway_key()} | settings
    for receiver in ("INGESTOR", "NOTIFIER"):
        if f"{receiver}_PUBLIC_KEY" not in settings:
            pair = json.loads(run_module("servicekit", "keygen", env=tool_environment(caller, {}), cwd=root))
            older = settings.get(f"{receiver}_PRIVATE_KEYS")
            settings[f"{receiver}_PRIVATE_KEYS"] = ",".join(filter(None, (pair["private_key"], older)))
            settings[f"{receiver}_PUBLIC_KEY"] = pair["public_key"]
    draft = path.with_name(".env.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}='{value}'\n" for name, value in sorted(settings.items()))
    draft.replace(path)
    return settings


def read_env(path: Path) -> dict[str, str]:
    """The settings in a .env file of plain `NAME=value` lines; empty when there is no file."""
    lines: Sequence[str] = path.read_text().splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}
