"""Each service's role, asked on the real schemas of all: what is not its own, and not shown to it, is refused."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from contracts.envelope import SERVICES
from servicekit.bootstrap import ADMINISTRATION
from servicekit.db import Database
from support.databases import Databases

TABLES = """
SELECT nspname AS schema, quote_ident(relname) AS name FROM pg_class JOIN pg_namespace s ON s.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname = ANY ($1) ORDER BY 1, 2
"""
FUNCTIONS = """
SELECT nspname AS schema, p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_namespace s ON s.oid = pronamespace
WHERE nspname = ANY ($1) AND prosecdef
"""
SCHEMAS = [f"{service}{kind}" for service in SERVICES for kind in ("", "_published", "_admin", "_shadow")]


@pytest.fixture
async def admin(
    databases: Databases,
    gateway_db: Database,
    ingestor_db: Database,
    reporter_db: Database,
    notifier_db: Database,
    audit_db: Database,
) -> AsyncIterator[asyncpg.Connection]:
    """The administrator, where every service's schema is migrated."""
    connection = await asyncpg.connect(databases.admin_url)
    yield connection
    await connection.close()


async def is_refused(connection: asyncpg.Connection, statement: str) -> bool:
    try:
        await connection.execute(f"BEGIN; {statement}")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectNotInPrerequisiteStateError):  # the latter: a view
        return True
    finally:
        await connection.execute("ROLLBACK")
    return False


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_not_its_own_is_refused(databases: Databases, admin: asyncpg.Connection, service: str) -> None:
    own = {schema for schema in SCHEMAS if schema == service or schema.startswith(f"{service}_")}
    shown = {f"{other}_published" for other in SERVICES}
    if service == ADMINISTRATION:
        shown |= {f"{other}_admin" for other in SERVICES}
    tables = [row for row in await admin.fetch(TABLES, SCHEMAS) if row["schema"] not in own]
    assert {row["schema"] for row in tables} >= {*SERVICES} - {service}
    role = await asyncpg.connect(databases.urls[service])
    try:
        for row in tables:
            table, is_shown = f"{row['schema']}.{row['name']}", row["schema"] in shown
            assert await is_refused(role, f"SELECT FROM {table} LIMIT 0") is not is_shown, table
            assert await is_refused(role, f"DELETE FROM {table} WHERE false"), table
            assert is_shown or await is_refused(role, f"TRUNCATE {table}"), table
        for schema in ({*SCHEMAS} - own) | {"public", "pg_catalog"}:
            assert await is_refused(role, f"CREATE TABLE {schema}.n ()"), schema
        for row in await admin.fetch(FUNCTIONS, SCHEMAS):
            if row["schema"] not in own | shown:
                may = "SELECT has_schema_privilege($1, 'USAGE')"
                assert not await role.fetchval(may, row["schema"]), row["name"]
    finally:
        await role.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_it_is_nobody_on_the_server(databases: Databases, admin: asyncpg.Connection, service: str) -> None:
    role = await asyncpg.connect(databases.urls[service])
    try:
        rights = "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
        assert await role.fetchval(f"{rights} WHERE rolname = current_user") is False
        others = "SELECT count(*) FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = $1)"
        assert await admin.fetchval(others, await role.fetchval("SELECT current_user")) == 0
        for statement in (
            "CREATE ROLE n",
            "CREATE SCHEMA n",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "COPY (SELECT 1) TO '/tmp/n'",
            "SELECT pg_read_file('PG_VERSION')",
            "ALTER SYSTEM SET work_mem = '1MB'",
            *(f'SET ROLE "{databases.admin_url.split("/")[-1]}_{other}"' for other in SERVICES if other != service),
        ):
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ActiveSQLTransactionError)):
                await role.execute(statement)
    finally:
        await role.close()
