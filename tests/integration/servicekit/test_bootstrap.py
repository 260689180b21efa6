"""Roles see their own schema and what others publish, and nothing else."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from servicekit.bootstrap import CannotBootstrap, bootstrap
from sqlalchemy.engine import make_url
from support.databases import Databases
from support.eventually import eventually
from support.tcp_proxy import proxied


@dataclass
class Two:
    """Two services, `a` and `b`, in a database of their own."""

    admin_url: str
    urls: dict[str, str]

    async def execute(self, service: str, sql: str) -> object:
        connection = await asyncpg.connect(self.urls[service])
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()


@pytest.fixture
async def two(databases: Databases) -> AsyncIterator[Two]:
    name = f"kit_boot_{os.getpid()}_{os.urandom(3).hex()}"
    admin = await asyncpg.connect(databases.admin_url)
    await admin.execute(f'CREATE DATABASE "{name}"')
    base = make_url(databases.admin_url).set(database=name)
    # A name and a password that need quoting.
    urls = {s: base.set(username=f"{name}-{s}", password="o'p\"a s").render_as_string(False) for s in "ab"}
    await bootstrap(base.render_as_string(False), urls)
    yield Two(base.render_as_string(False), urls)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    for service in "ab":
        await admin.execute(f'DROP ROLE "{name}-{service}"')
    await admin.close()


async def test_unqualified_names_are_the_services_own(two: Two) -> None:
    await two.execute("a", "CREATE TABLE t (x int)")
    await two.execute("a", "INSERT INTO a.t VALUES (1)")
    assert await two.execute("a", "SELECT x FROM t") == [(1,)]


async def test_what_is_published_can_be_read_and_not_written(two: Two) -> None:
    await two.execute("a", "CREATE TABLE t (x int)")
    await two.execute("a", "INSERT INTO t VALUES (1)")
    await two.execute("a", "CREATE VIEW a_published.v AS SELECT x FROM t")
    assert await two.execute("b", "SELECT x FROM a_published.v") == [(1,)]
    for statement in (
        "INSERT INTO a_published.v VALUES (2)",
        "DROP VIEW a_published.v",
        "CREATE TABLE a_published.n ()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await two.execute("b", statement)


async def test_a_service_may_build_its_tables_anew_beside_its_own(two: Two) -> None:
    await two.execute("a", "CREATE TABLE t (x int)")
    await two.execute("a", "CREATE TABLE a_shadow.t (LIKE t)")
    await two.execute("a", "DROP TABLE a_shadow.t")


async def test_what_administrators_see_is_seen_by_the_gateway_alone(two: Two) -> None:
    role = f"{make_url(two.urls['a']).username}g"
    urls = {**two.urls, "gateway": make_url(two.urls["a"]).set(username=role).render_as_string(False)}
    await two.execute("a", "CREATE TABLE t (x int)")
    await two.execute("a", "CREATE VIEW a_admin.before AS SELECT x FROM t")
    await bootstrap(two.admin_url, urls)
    two.urls = urls
    await two.execute("a", "CREATE VIEW a_admin.after AS SELECT x FROM t")
    await two.execute(
        "a",
        "CREATE FUNCTION a_admin.add(x int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = a, pg_temp "
        "AS 'INSERT INTO t VALUES ($1)'",
    )
    await two.execute("gateway", "SELECT a_admin.add(1)")
    for view in ("before", "after"):
        assert await two.execute("gateway", f"SELECT x FROM a_admin.{view}") == [(1,)]
    for service, statement in (
        ("gateway", "INSERT INTO a_admin.after VALUES (2)"),
        ("gateway", "SELECT x FROM a.t"),
        ("b", "SELECT x FROM a_admin.after"),
        ("b", "SELECT a_admin.add(2)"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await two.execute(service, statement)
    admin = await asyncpg.connect(two.admin_url)
    await admin.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await admin.close()


async def test_what_is_private_stays_so(two: Two) -> None:
    await two.execute("a", "CREATE TABLE t (x int)")
    for statement in (
        "SELECT * FROM a.t",
        "CREATE TABLE a_shadow.n ()",
        "INSERT INTO a.t VALUES (1)",
        "CREATE TABLE a.n ()",
        "CREATE TABLE public.n ()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await two.execute("b", statement)


async def test_again_it_changes_nothing_but_the_passwords(two: Two) -> None:
    await two.execute("a", "CREATE TABLE t (x int)")
    await two.execute("a", "CREATE VIEW a_published.v AS SELECT x FROM t")
    renewed = {s: make_url(url).set(password="new").render_as_string(False) for s, url in two.urls.items()}
    await bootstrap(two.admin_url, renewed)
    two.urls = renewed
    assert await two.execute("a", "SELECT x FROM t") == []
    assert await two.execute("b", "SELECT x FROM a_published.v") == []


async def test_a_service_added_later_reads_what_was_published_before(two: Two) -> None:
    await two.execute("a", "CREATE VIEW a_published.v AS SELECT 1 AS x")
    role = f"{make_url(two.urls['a']).username}c"
    third = make_url(two.urls["a"]).set(username=role).render_as_string(False)
    await bootstrap(two.admin_url, {**two.urls, "c": third})
    two.urls["c"] = third
    assert await two.execute("c", "SELECT x FROM a_published.v") == [(1,)]
    admin = await asyncpg.connect(two.admin_url)
    await admin.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await admin.close()


async def test_an_admin_without_the_rights_is_told_which(two: Two) -> None:
    with pytest.raises(CannotBootstrap, match="needs CREATEROLE"):
        await bootstrap(two.urls["a"], {"c": make_url(two.urls["a"]).set(username="x").render_as_string(False)})


async def test_an_admin_that_is_no_superuser_but_may_create_is_enough(two: Two) -> None:
    admin = await asyncpg.connect(two.admin_url)
    base = make_url(two.admin_url)
    name = f"{base.database}_admin"
    await admin.execute(f"CREATE ROLE \"{name}\" LOGIN CREATEROLE PASSWORD 'x'")
    await admin.execute(f'GRANT CREATE ON DATABASE "{base.database}" TO "{name}"')
    admin_url = base.set(username=name, password="x").render_as_string(False)
    urls = {"d": base.set(username=f"{name}_d", password="y").render_as_string(False)}
    try:
        for _ in range(2):
            await bootstrap(admin_url, urls)
        two.urls |= urls
        await two.execute("d", "CREATE TABLE t (x int)")
    finally:
        for role in (f"{name}_d", name):
            await admin.execute(f'DROP OWNED BY "{role}" CASCADE; DROP ROLE "{role}"')
        await admin.close()


@pytest.mark.parametrize("service_url", ["postgresql://h/db", "postgresql://role@h/db"])
async def test_a_url_without_a_role_or_password_is_refused(two: Two, service_url: str) -> None:
    with pytest.raises(CannotBootstrap, match="needs a user name and a password"):
        await bootstrap(two.admin_url, {"c": service_url})


async def test_a_database_that_does_not_answer_is_named_as_such() -> None:
    with pytest.raises(CannotBootstrap, match="cannot connect"):
        await bootstrap("postgresql://a:secret@127.0.0.1:1/db", {})


async def test_a_server_that_ends_after_its_first_start_is_waited_for(two: Two) -> None:
    """As a new server's container does: it answers, ends under whoever came, is away, and starts for good."""
    lock = "hashtextextended('pulse.bootstrap', 0)"
    admin = await asyncpg.connect(two.admin_url)
    await admin.execute(f"SELECT pg_advisory_lock({lock})")
    async with proxied(two.admin_url) as proxy:
        working = asyncio.create_task(bootstrap(proxy.url, two.urls, patience_seconds=600))
        waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        pid = await eventually(lambda: admin.fetchval(waiting))
        proxy.is_open = False
        assert await admin.fetchval("SELECT pg_terminate_backend($1)", pid)
        await eventually(lambda: proxy.refused)
        assert not working.done()
        await admin.execute(f"SELECT pg_advisory_unlock({lock})")
        proxy.is_open = True
        await working
    await admin.close()


async def test_patience_is_not_for_a_wrong_password(two: Two) -> None:
    wrong = make_url(two.admin_url).set(password="wrong").render_as_string(False)
    with pytest.raises(CannotBootstrap, match="cannot connect as the admin: InvalidPasswordError"):
        await bootstrap(wrong, two.urls, patience_seconds=600)


async def test_a_database_that_cannot_hold_every_text_is_refused_and_left_as_it_was(two: Two) -> None:
    admin = await asyncpg.connect(two.admin_url)
    base = make_url(two.admin_url)
    name = f"{base.database}_latin"
    await admin.execute(f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        latin = base.set(database=name)
        urls = {"e": latin.set(username=f"{name}_e", password="x").render_as_string(False)}
        with pytest.raises(CannotBootstrap, match="encoding is LATIN1, and texts need UTF8: make it anew with CREATE"):
            await bootstrap(latin.render_as_string(False), urls, patience_seconds=600)
        assert not await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", f"{name}_e")
    finally:
        await admin.execute(f'DROP DATABASE "{name}"')
        await admin.close()
