"""Roles and schemas: each service gets a role that owns its schemas, and may read what others publish."""

import asyncio
import time
from collections.abc import Mapping

import asyncpg

ADMINISTRATION = "gateway"
"""The service that shows administrators what every service has."""


RETRY_SECONDS = 1.0
ENCODING = "UTF8"


class CannotBootstrap(Exception):
    """The database refused or is not fit; the message says what the administrator can do."""


async def bootstrap(admin_url: str, service_urls: Mapping[str, str], *, patience_seconds: float = 0) -> None:
    """Make or renew, for every service, the role named in its URL and four schemas that it owns.

    A service's search_path is its own schema, `<service>`. Tables and views in `<service>_published` can be read by
    every service role, those in `<service>_admin` by the gateway's alone, which may also call the functions there;
    nothing else crosses. In `<service>_shadow` it may build its tables anew beside those in use.
    Running it again changes nothing but the passwords.

    A server that does not answer, or goes away meanwhile, is tried again for `patience_seconds`: new ones start twice.

    Raises:
        CannotBootstrap: the admin role may not create roles or schemas, the database does not answer, or it cannot
            hold every text.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return await _bootstrap(admin_url, service_urls)
        except CannotBootstrap as error:
            if not _may_pass(error.__cause__) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(RETRY_SECONDS)


def _may_pass(cause: BaseException | None) -> bool:
    from servicekit.faults import is_away

    if cause is None or isinstance(cause, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    return is_away(cause)


async def _bootstrap(admin_url: str, service_urls: Mapping[str, str]) -> None:
    try:
        connection = await asyncpg.connect(admin_url, timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        raise CannotBootstrap(f"cannot connect as the admin: {type(error).__name__}: {error}") from error
    try:
        await _check_encoding(connection)
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('pulse.bootstrap', 0))")
            roles = {service: await _role(connection, url) for service, url in service_urls.items()}
            for service, role in roles.items():
                await _schemas(connection, service, role, readers=[r for r in roles.values() if r != role])
            await _administered(connection, roles)
    except asyncpg.InsufficientPrivilegeError as error:
        raise CannotBootstrap(f"the admin role needs CREATEROLE and CREATE on the database: {error}") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CannotBootstrap(f"the database did not do that: {type(error).__name__}: {error}") from error
    finally:
        await connection.close()


async def _check_encoding(connection: asyncpg.Connection) -> None:
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != ENCODING:
        # In another one the services start, and fail at the first event with a letter that it lacks.
        raise CannotBootstrap(
            f"the database's encoding is {encoding}, and texts need {ENCODING}: make it anew with "
            f"CREATE DATABASE … ENCODING '{ENCODING}' TEMPLATE template0"
        )


async def _role(connection: asyncpg.Connection, url: str) -> str:
    from sqlalchemy.engine import make_url

    parsed = make_url(url)
    if not parsed.username or not parsed.password:
        raise CannotBootstrap("a service's database URL needs a user name and a password")
    role = await connection.fetchval("SELECT quote_ident($1)", parsed.username)
    secret = await connection.fetchval("SELECT quote_literal($1)", parsed.password)
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", parsed.username)
    await connection.execute(f"{'ALTER' if exists else 'CREATE'} ROLE {role} LOGIN PASSWORD {secret}")
    await connection.execute(f"GRANT {role} TO CURRENT_USER")
    return str(role)


async def _schemas(connection: asyncpg.Connection, service: str, role: str, readers: list[str]) -> None:
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    published = f"{service}_published"
    await connection.execute(f"""
        CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {role};
        CREATE SCHEMA IF NOT EXISTS {published} AUTHORIZATION {role};
        CREATE SCHEMA IF NOT EXISTS {service}_shadow AUTHORIZATION {role};
        ALTER ROLE {role} IN DATABASE {database} SET search_path = {service};
    """)
    if readers:
        names = ", ".join(readers)
        await connection.execute(f"""
            GRANT USAGE ON SCHEMA {published} TO {names};
            GRANT SELECT ON ALL TABLES IN SCHEMA {published} TO {names};
            ALTER DEFAULT PRIVILEGES FOR ROLE {role} IN SCHEMA {published} GRANT SELECT ON TABLES TO {names};
        """)


async def _administered(connection: asyncpg.Connection, roles: Mapping[str, str]) -> None:
    for service, role in roles.items():
        schema = f"{service}_admin"
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}")
        if service != ADMINISTRATION and (reader := roles.get(ADMINISTRATION)):
            # Whoever may call functions is told by the schema: in others' nobody can name them.
            await connection.execute(f"""
                GRANT USAGE ON SCHEMA {schema} TO {reader};
                GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader};
                ALTER DEFAULT PRIVILEGES FOR ROLE {role} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader};
            """)
