"""`python -m servicekit …` within this process, without what the environment says of servers."""

import asyncio

from servicekit.__main__ import cli
from typer.testing import CliRunner, Result

SERVICES = ("GATEWAY", "INGESTOR", "REPORTER", "NOTIFIER", "AUDIT")


async def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    unset: dict[str, str | None] = {name: None for name in ("RABBITMQ_URL", "DATABASE_URL", "ADMIN_DATABASE_URL")}
    unset |= {f"{service}_{kind}_URL": None for service in SERVICES for kind in ("DATABASE", "RABBITMQ")}
    return await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), env={**unset, **(env or {})})
