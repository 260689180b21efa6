"""Everything the services need before they can start: database, roles, schemas, topology, keys."""

import asyncio
import base64
import json
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import asyncpg

from local import broker_logins
from local.commands import run_module
from local.environments import SERVICES, caller_environment, database_url, role_url, tool_environment
from local.instance import Instance
from local.kind import Progress
from local.servers import Servers

RECEIVERS = ("ingestor", "notifier")  # services that open what others seal
SEALED_TO = {"SEAL_PUBLIC_KEY": "ingestor", "SEAL_WEBHOOKS_PUBLIC_KEY": "notifier"}  # the gateway's settings


@dataclass(frozen=True)
class Prepared:
    """A database, broker and keys made ready; the services' own URLs and private keys by service name."""

    database_urls: Mapping[str, str]
    rabbitmq_urls: Mapping[str, str]
    public_keys: Mapping[str, str]
    private_keys: Mapping[str, str]
    head_key: str
    """What the audit signs heads with."""
    gateway_key: str
    """What clients call the gateway with; it is stored if it was asked for."""


def prepare(
    servers: Servers,
    *,
    database: str,
    rabbitmq_url: str,
    env: Mapping[str, str],
    progress: Progress,
    has_clients: bool = False,
) -> Prepared:
    """Makes the database with roles, schemas and migrations, topology and users at the broker, and keys; repeatable.

    `rabbitmq_url` is the administrator's. With `has_clients` the gateway takes their key. Raises LocalError with what
    the failing command said.
    """
    instance = servers.instance
    urls = {
        service: role_url(servers.database_url, database, service, instance.secret(f"{database}_{service}"))
        for service in SERVICES
    }

    gateway_key = instance.secret("gateway-key", new_gateway_key)

    def run(*words: str, **own: str) -> str:
        return run_module(*words, env=tool_environment(env, own), cwd=instance.folder)

    def migrated() -> None:
        asyncio.run(_create_database(servers.database_url, database))
        roles = {f"{service.upper()}_DATABASE_URL": url for service, url in urls.items()}
        run("servicekit", "bootstrap", ADMIN_DATABASE_URL=database_url(servers.database_url, database), **roles)
        migrations = [migrating.submit(run, service, "migrate", DATABASE_URL=url) for service, url in urls.items()]
        for migration in migrations:
            migration.result()
        if has_clients:
            run("gateway", "keys", "keep", DATABASE_URL=urls["gateway"], GATEWAY_API_KEY=gateway_key)
        progress(f"database {database} is ready")

    def declared() -> None:
        run("servicekit", "topology", RABBITMQ_URL=rabbitmq_url)
        progress("exchanges and queues are declared")

    def known() -> Mapping[str, str]:
        urls = broker_logins.give(servers, database=database, rabbitmq_url=rabbitmq_url, env=env, progress=progress)
        progress("the broker knows its users")
        return urls

    # A loop may run in this thread, so asyncio.run belongs in another one.
    with ThreadPoolExecutor(len(SERVICES)) as migrating, ThreadPoolExecutor(4) as pool:
        keys = pool.submit(_keys, instance, env)
        users = pool.submit(known)
        for step in (pool.submit(migrated), pool.submit(declared)):
            step.result()
        pairs, rabbitmq_urls = keys.result(), users.result()
    return Prepared(
        urls,
        rabbitmq_urls,
        public_keys={service: pair["public_key"] for service, pair in pairs.items()},
        private_keys={service: pair["private_key"] for service, pair in pairs.items()},
        head_key=instance.secret("audit-heads", new_head_key),
        gateway_key=gateway_key,
    )


def new_head_key() -> str:
    """A key in the form that the audit signs heads with."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def new_gateway_key() -> str:
    """A key in the form that the gateway takes."""
    return f"pulse_{secrets.token_urlsafe(32)}"


def drop(servers: Servers, database: str) -> None:
    """Drops a database that `prepare` made, with its roles; nothing if there is none."""
    # A loop that does not become the thread's current one: the caller may keep another.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_drop_database(servers.database_url, database))


async def _drop_database(admin_url: str, database: str) -> None:
    connection = await asyncpg.connect(admin_url.replace("+asyncpg", "", 1), timeout=10)
    try:
        for kind, name in [("DATABASE", database), *(("ROLE", f"{database}_{service}") for service in SERVICES)]:
            quoted = await connection.fetchval("SELECT quote_ident($1)", name)
            await connection.execute(f"DROP {kind} IF EXISTS {quoted}{' WITH (FORCE)' if kind == 'DATABASE' else ''}")
    finally:
        await connection.close()


async def _create_database(admin_url: str, database: str) -> None:
    connection = await asyncpg.connect(admin_url.replace("+asyncpg", "", 1), timeout=10)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            quoted = await connection.fetchval("SELECT quote_ident($1)", database)
            await connection.execute(f"CREATE DATABASE {quoted} ENCODING 'UTF8' TEMPLATE template0")
    finally:
        await connection.close()


def _keys(instance: Instance, env: Mapping[str, str]) -> dict[str, dict[str, str]]:
    def keygen() -> str:
        return new_pair(instance, env)

    return {service: json.loads(instance.secret(key_name(service), keygen)) for service in RECEIVERS}


def key_name(receiver: str) -> str:
    """Under which a receiver's keys are kept: a JSON object of `public_key`, and `private_key` with those that open."""
    return f"seal-{receiver}"


def new_pair(instance: Instance, env: Mapping[str, str] | None = None) -> str:
    """A new pair of keys, as `servicekit keygen` prints it."""
    given = tool_environment(caller_environment(env), {})
    return run_module("servicekit", "keygen", env=given, cwd=instance.folder)
