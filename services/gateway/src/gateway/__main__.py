"""The gateway's commands."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from servicekit.secret_files import Commands
from servicekit.starting import CERTIFICATES, COLOURS, importing

with importing(without=(*COLOURS, *CERTIFICATES)):
    from servicekit import clock, commands
    from servicekit.cache import Cache, connect_redis
    from servicekit.db import Database
    from sqlalchemy import NullPool
    from sqlalchemy.engine import make_url
    from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

    from gateway import keys, sealed
    from gateway.answers.remembered import YOUNG_SECONDS
    from gateway.recording.operators import record_command
    from gateway.telegram_ids import MAX_TELEGRAM_ID

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)
key_cli = typer.Typer(no_args_is_help=True, help="API keys: who may call, for whom, and for what.")
cli.add_typer(key_cli, name="keys")
sealed_cli = typer.Typer(no_args_is_help=True, help="What is kept here sealed to others, when their keys are rotated.")
cli.add_typer(sealed_cli, name="sealed")

DatabaseUrl = Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, show_default=False)]


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class Receiver(StrEnum):
    """Who opens what is sealed."""

    INGESTOR = "ingestor"
    NOTIFIER = "notifier"


OF_USERS = (Scope.READ, Scope.WRITE)


@cli.command()
def serve() -> None:
    """Serve until SIGTERM; settings come from the environment (README)."""
    with importing(without=(*COLOURS, *CERTIFICATES)):
        from servicekit.http_server import Bounds, networks_of
        from servicekit.listening import serve as run
        from servicekit.serving import make_platform

        from gateway.app import build
        from gateway.settings import Settings

    settings = Settings.from_environment()
    bounds = Bounds(connections=settings.max_connections, proxies=networks_of(settings.trusted_proxies))
    app = build(make_platform("gateway", settings), settings)
    run(app, settings, bounds, app.refuse)


@cli.command()
def migrate(database_url: DatabaseUrl) -> None:
    """Bring the gateway's schema to the newest revision."""
    from servicekit.migrations import upgrade

    upgrade(Path(__file__).parent / "migrations", database_url)


@cli.command()
def openapi(
    check: Annotated[Path | None, typer.Option(help="Fail if this file is not the document.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the document here.")] = None,
) -> None:
    """Print the OpenAPI document, or keep the committed one true."""
    from gateway.openapi import document, is_current

    if write:
        write.write_text(document())
    elif check is None:
        print(document(), end="")
    elif not is_current(check):
        typer.echo(f"{check} is not what the code does; run: python -m gateway openapi --write {check}", err=True)
        raise typer.Exit(1)


@key_cli.command("create")
def create_key(
    database_url: DatabaseUrl,
    telegram_id: Annotated[
        int | None, typer.Option(min=1, max=MAX_TELEGRAM_ID, help="The one Telegram user it acts for.")
    ] = None,
    any_user: Annotated[bool, typer.Option("--any-user", help="Acts for whom X-Telegram-User-Id names.")] = False,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    scopes: Annotated[list[Scope] | None, typer.Option(help="Repeat for several; read and write if left out.")] = None,
    expires_days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Never, if left out.")] = None,
) -> None:
    """Make a key and print it, alone on stdout; it cannot be shown again."""
    asked = scopes or list(OF_USERS)
    acts = any(scope in OF_USERS for scope in asked)
    if acts and (telegram_id is None) != any_user:
        raise typer.BadParameter("give --telegram-id or --any-user")
    if not acts and (any_user or telegram_id is not None):
        raise typer.BadParameter("a key with the scope admin alone acts for nobody: it takes no user")
    expires_at = clock.now() + timedelta(days=expires_days) if expires_days else None
    granted = [scope.value for scope in asked]

    async def run() -> tuple[UUID, str]:
        async with _transaction(database_url) as connection:
            made = await keys.create(
                connection, name=name, telegram_id=telegram_id, scopes=granted, expires_at=expires_at
            )
            after = {"name": name, "telegram_id": telegram_id, "scopes": granted, "expires_at": expires_at}
            await record_command(connection, "gateway keys create", targets={"key_id": made[0]}, after=after)
            return made

    key_id, key = commands.run(run())
    whom = "any user named in X-Telegram-User-Id" if any_user else f"Telegram user {telegram_id}"
    if not acts:
        whom = "nobody"
    until = f"until {expires_at:%Y-%m-%d}" if expires_at else "until revoked"
    typer.echo(f"Key {key_id} acts for {whom}, may {' and '.join(sorted(granted))}, {until}.", err=True)
    print(key)


@key_cli.command("keep")
def keep_key(
    database_url: DatabaseUrl,
    key: Annotated[str, typer.Option(envvar="GATEWAY_API_KEY", show_envvar=True, show_default=False)],
    name: Annotated[str, typer.Option(help="What it is for.")] = "bot",
) -> None:
    """Store a key made elsewhere (`pulse_` and 32 random characters at least), for any user; again: nothing."""

    async def run() -> bool:
        async with _transaction(database_url) as connection:
            is_new = await keys.keep(connection, key, name=name, scopes=list(OF_USERS))
            if is_new:
                after = {"name": name, "scopes": list(OF_USERS), "prefix": key[: keys.SHOWN_LENGTH]}
                await record_command(connection, "gateway keys keep", targets={}, after=after)
            return is_new

    try:
        is_new = commands.run(run())
    except ValueError as error:
        typer.echo(f"GATEWAY_API_KEY: {error}", err=True)
        sys.exit(2)
    typer.echo("The key is stored." if is_new else "The key is stored already.", err=True)


@key_cli.command("list")
def list_keys(database_url: DatabaseUrl) -> None:
    """List the keys; of each only its first characters are known."""

    async def run() -> list[keys.KeyDescription]:
        async with _transaction(database_url) as connection:
            return await keys.list_all(connection)

    for key in commands.run(run()):
        ended = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else _expiry(key.expires_at)
        used = f"used {key.last_used_at:%Y-%m-%d %H:00}" if key.last_used_at else "never used"
        whom = _whom(key)
        print(f"{key.key_id}  {key.prefix}…  {whom}  {'+'.join(key.scopes)}  {ended}  {used}  {key.name}".rstrip())


@key_cli.command("revoke")
def revoke_key(
    database_url: DatabaseUrl,
    key_id: Annotated[UUID, typer.Argument(help="From `keys list`.")],
    redis_url: Annotated[str | None, typer.Option(envvar="REDIS_URL", show_envvar=True, show_default=False)] = None,
    redis_key_prefix: Annotated[str, typer.Option(envvar="REDIS_KEY_PREFIX", show_envvar=True)] = "",
) -> None:
    """End a key at once; where Redis cannot be told, within a minute."""

    async def run() -> tuple[str | None, bool]:
        async with _transaction(database_url) as connection:
            tag = await keys.revoke(connection, key_id)
            if tag is not None:
                await record_command(connection, "gateway keys revoke", targets={"key_id": key_id})
        if tag is None or redis_url is None:
            return tag, False
        async with connect_redis(redis_url) as redis:
            return tag, await Cache(redis, prefix=redis_key_prefix).invalidate([tag])

    tag, was_told = commands.run(run())
    if tag is None:
        typer.echo(f"There is no key {key_id}; see `keys list`.", err=True)
        sys.exit(2)
    if not was_told:
        typer.echo(f"Redis could not be told: a gateway may take the key for {YOUNG_SECONDS:.0f} s more.", err=True)


@sealed_cli.command("list")
def list_sealed(
    database_url: DatabaseUrl,
    to: Annotated[Receiver, typer.Option(help="Who opens it.")],
    ingestor_key: Annotated[str, typer.Option(envvar="SEAL_PUBLIC_KEY", show_envvar=True, show_default=False)],
    notifier_key: Annotated[str, typer.Option(envvar="SEAL_WEBHOOKS_PUBLIC_KEY", show_envvar=True, show_default=False)],
) -> None:
    """Print what is sealed to older keys than the one of the settings, a JSON line each, for `reseal --pipe`."""
    from servicekit.crypto import key_id
    from servicekit.sealed_columns import listed

    newest = key_id(ingestor_key if to is Receiver.INGESTOR else notifier_key)

    async def run() -> None:
        async with _database(database_url) as database:
            async for line in listed(database, sealed.TO[to.value], newest):
                print(json.dumps(line))

    commands.run(run())


@sealed_cli.command("replace")
def replace_sealed(database_url: DatabaseUrl) -> None:
    """Put in place what `reseal --pipe` prints, from stdin; what was entered meanwhile stays. 1: some does not open."""
    from servicekit.sealed_columns import put_in_place
    from servicekit.sealed_commands import told

    async def run() -> bool:
        async with _database(database_url) as database:
            found = await put_in_place(database, sealed.COLUMNS, (json.loads(line) for line in sys.stdin))
            if any(each.resealed or each.changed or each.unreadable for each in found):
                async with database.transaction() as connection:
                    await record_command(connection, "gateway sealed replace", targets={}, after=told(found))
        for each in found:
            print(json.dumps(asdict(each), default=str))
        return not any(each.unreadable for each in found)

    if not commands.run(run()):
        raise typer.Exit(1)


def _whom(key: keys.KeyDescription) -> str:
    if set(key.scopes).isdisjoint(OF_USERS):
        return "nobody"
    return "any user" if key.telegram_id is None else f"user {key.telegram_id}"


def _expiry(expires_at: datetime | None) -> str:
    return f"until {expires_at:%Y-%m-%d}" if expires_at else "until revoked"


@asynccontextmanager
async def _transaction(database_url: str) -> AsyncIterator[AsyncConnection]:
    async with _database(database_url) as database, database.transaction() as connection:
        yield connection


@asynccontextmanager
async def _database(database_url: str) -> AsyncIterator[Database]:
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    database = Database(engine, database_url)
    try:
        yield database
    finally:
        await database.close()


if __name__ == "__main__":
    cli()
