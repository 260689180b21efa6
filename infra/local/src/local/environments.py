"""What each service finds in its environment: its own secrets and nobody else's."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

SERVICES = ("gateway", "ingestor", "reporter", "notifier", "audit")
CLIENTS = ("bot",)
"""Services without a database or a queue: what they know is the gateway's."""
PROCESSES = (*SERVICES, *CLIENTS)

# Never handed on from the caller: every service gets its own.
_REPLACED = (
    "DATABASE_URL",
    "REDIS_URL",
    "RABBITMQ_URL",
    "PORT",
    "METRICS_PORT",
    "REPORTS_PORT",
    "REPORTER_URL",
    "GATEWAY_URL",
)
# By how the name begins; of several, the longest counts.
_OWNERS = {
    "WB_": ("ingestor",),
    "SYNC_": ("ingestor",),
    "SYNC_KEEP_": ("gateway",),
    "ACCESS_TOKEN_": ("gateway",),
    "DATABASE_REPLICA_": ("gateway",),
    "PROMETHEUS": ("gateway",),
    "ALERT_": (),
    "TELEGRAM_": ("notifier",),
    "TELEGRAM_API_": ("notifier", "bot"),
    "TELEGRAM_BOT_TOKEN": ("gateway", "notifier", "bot"),
    **dict.fromkeys(("SMTP_", "VAPID_", "FIREBASE_"), ("notifier",)),
    "HEAD": ("audit",),
    "BOT_": ("bot",),
    "GATEWAY_API_": ("bot",),
}


def service_environment(service: str, caller: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """`own` over the caller's environment without the keys, URLs and tokens that are not for this service."""
    return {key: value for key, value in caller.items() if _may_see(service, key)} | dict(own)


def tool_environment(caller: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command that prepares the platform: no service's secrets beside `own`."""
    return service_environment("", caller, own)


def _may_see(service: str, key: str) -> bool:
    if key in _REPLACED or key.endswith(("_DATABASE_URL", "_RABBITMQ_URL")) or key.startswith("SEAL_"):
        return False
    prefix = max((prefix for prefix in _OWNERS if key.startswith(prefix)), key=len, default=None)
    return prefix is None or service in _OWNERS[prefix]


def role_url(admin_url: str, database: str, service: str, password: str) -> str:
    """The database URL of a service's own role, on the server and with the options of `admin_url`."""
    return user_url(database_url(admin_url, database), f"{database}_{service}", password)


def user_url(url: str, user: str, password: str) -> str:
    """The URL of the same place for another user."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{server}").geturl()


def database_url(admin_url: str, database: str) -> str:
    """The administrator's URL of another database on the same server."""
    return urlsplit(admin_url)._replace(path=f"/{database}").geturl()


def caller_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with `extra` over it."""
    return dict(os.environ) | dict(extra or {})


def trace_environment(root: Path, name: str, caller: Mapping[str, str]) -> dict[str, str]:
    """Where an installation of that name writes its spans for `make trace`; nothing where they go elsewhere already."""
    if caller.get("OTEL_EXPORTER_OTLP_ENDPOINT") or caller.get("TRACE_STORE"):
        return {}
    return {"TRACE_STORE": str(root / ".local" / "traces" / name)}
