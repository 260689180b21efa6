"""The platform under Docker Compose: its .env and its commands."""

import json
import os
import re
import secrets
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local import alertmanager, compose_secrets
from local.commands import run_module
from local.compose_secrets import write_file
from local.environments import PROCESSES, SERVICES, caller_environment, tool_environment
from local.errors import LocalError
from local.prepare import new_gateway_key, new_head_key

SECRETS = (
    *("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", *(f"{service.upper()}_DB_PASSWORD" for service in SERVICES)),
    *(f"{service.upper()}_RABBITMQ_PASSWORD" for service in SERVICES),
    "ACCESS_TOKEN_SECRETS",
)
FILE = "docker-compose.yml"
NAME, QUOTES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*"), ("'", '"')
REVISION = "REVISION"
"""Goes into the labels of images; it is this workspace's, and no setting."""
# What goes into .env from the caller's environment whether the file names it or not: most lies in files of secrets.
KEPT = (
    *("TELEGRAM_BOT_TOKEN", "BOT_WEBHOOK_SECRET", "WB_WEBHOOK_SECRETS", "DATABASE_REPLICA_URL"),
    *("SMTP_URL", "VAPID_PRIVATE_KEY", "FIREBASE_CREDENTIALS", "GRAFANA_DB_PASSWORD"),
    *("COMPOSE_PROFILES", "GATEWAY_PORT"),
    *alertmanager.SETTINGS,
)
SIMULATED = {
    "WB_API_BASE_URL": "http://wbsim:8080",
    "TELEGRAM_API_BASE_URL": "http://tgsim:8080",
    "ALLOW_PRIVATE_URLS": "true",
}
OBSERVED = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://jaeger:4318", "PROMETHEUS_URL": "http://prometheus:9090"}
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
    revision = {REVISION: _revision(root)}
    return subprocess.run(["docker", "compose", *words], cwd=root, check=False, env=os.environ | revision).returncode


def _revision(root: Path) -> str:
    try:
        said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return said.stdout.strip() or "unknown"


def up(root: Path) -> str:
    """Completes .env and the secrets, builds and starts everything, waits for health; returns the gateway's URL.

    Raises LocalError when a value only the user knows is missing or Compose fails.
    """
    settings = write_env(root, caller_environment())
    build(root)
    # Not `--wait`: in several versions of Compose it hangs or fails on one-shot services that ended well.
    if code := run(root, "up", "-d"):
        raise LocalError(f"docker compose up ended with code {code}; `docker compose logs` says more")
    _wait_healthy(root)
    return f"http://127.0.0.1:{settings.get('GATEWAY_PORT', '8080')}"


def build(root: Path) -> None:
    """Builds each image once, whatever number of services runs it. Raises LocalError when one fails."""
    if code := run(root, "build"):
        raise LocalError(f"docker compose build ended with code {code}")


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
    containers = _ask(root, "compose", "ps", "--quiet", service).split()
    states = {_ask(root, "inspect", "--format", "{{.State.Health.Status}}", each) for each in containers}
    return "healthy" if states == {"healthy"} else "not there yet"


def _ask(root: Path, *words: str) -> str:
    answer = subprocess.run(["docker", *words], cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    return answer.stdout.strip()


def write_env(root: Path, caller: Mapping[str, str]) -> dict[str, str]:
    """Adds to .env what is missing, and to `.secrets` a file for each; returns all that .env holds.

    What is missing are passwords, key pairs, and what the caller's environment sets of all that Compose's file names.
    """
    path = root / ".env"
    settings = read_env(path)
    settings |= {name: caller[name] for name in (*named(root), *KEPT) if caller.get(name)}
    _profiled(settings)
    if not settings.get("TELEGRAM_BOT_TOKEN"):
        raise LocalError("TELEGRAM_BOT_TOKEN is not set: make a bot with @BotFather and export its token")
    settings = {name: secrets.token_urlsafe(24) for name in SECRETS} | _made() | settings
    for receiver in ("INGESTOR", "NOTIFIER"):
        if f"{receiver}_PUBLIC_KEY" not in settings:
            pair = json.loads(run_module("servicekit", "keygen", env=tool_environment(caller, {}), cwd=root))
            older = settings.get(f"{receiver}_PRIVATE_KEYS")
            settings[f"{receiver}_PRIVATE_KEYS"] = ",".join(filter(None, (pair["private_key"], older)))
            settings[f"{receiver}_PUBLIC_KEY"] = pair["public_key"]
    write_file(path, "".join(f"{name}='{value}'\n" for name, value in sorted(settings.items())), mode=0o600)
    compose_secrets.write(root, settings)
    return settings


def _made() -> dict[str, str]:
    return {"BOT_API_KEY": new_gateway_key(), "HEAD_SIGNING_KEY": new_head_key()}


def named(root: Path) -> list[str]:
    """The variables that Compose's file takes from .env; of several names the order of the file."""
    file = root / FILE
    found = dict.fromkeys(re.findall(r"\$\{(\w+)", file.read_text())) if file.exists() else {}
    return [name for name in found if name != REVISION]


def _profiled(settings: dict[str, str]) -> None:
    """Completes the settings by what the profiles in use bring; traces and metrics are kept unless the
    profiles say otherwise."""
    profiles = settings.setdefault("COMPOSE_PROFILES", "observability").split(",")
    defaults = (OBSERVED if "observability" in profiles else {}) | (SIMULATED if "sim" in profiles else {})
    if "sim" in profiles and not settings.get("TELEGRAM_BOT_TOKEN"):
        defaults["TELEGRAM_BOT_TOKEN"] = f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}"
    settings |= {name: value for name, value in defaults.items() if name not in settings}


def read_env(path: Path) -> dict[str, str]:
    """The settings in a .env file of plain `NAME=value` lines; empty when there is no file.

    Raises LocalError, with the number of the line and without its value, for anything else: a setting that is dropped
    in silence is one that its owner believes to be in force.
    """
    lines: Sequence[str] = path.read_text().splitlines() if path.exists() else []
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip().removeprefix("export "), value.strip()
        if not equals or not NAME.fullmatch(name):
            raise LocalError(f"{path.name}:{number}: not NAME=value")
        if name in found:
            raise LocalError(f"{path.name}:{number}: {name} is there twice")
        if value[:1] in QUOTES and (len(value) < 2 or value[-1] != value[0]):
            raise LocalError(f"{path.name}:{number}: the value of {name} begins with a quote and does not end with it")
        found[name] = value.strip("'\"")
    return found
