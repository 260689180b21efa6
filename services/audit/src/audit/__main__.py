"""The audit's commands."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from contracts.audit import chain_of, users_chain
from servicekit import commands, db
from servicekit.secret_files import Commands
from servicekit.starting import importing

from audit.settings import Settings

cli = typer.Typer(
    cls=Commands,
    help="Keeps what was done, by whom, so that nobody can change it unseen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Tenant = Annotated[UUID | None, typer.Option(help="a cabinet's id, or a chain's; without it, all")]
OfUser = Annotated[int | None, typer.Option(help="instead: what this user did where there was no cabinet")]


@cli.command()
def serve() -> None:
    """Take records, sign and anchor heads, and answer health checks until SIGTERM."""
    with importing():
        from servicekit.listening import serve as run
        from servicekit.serving import make_platform

        from audit.app import build

    settings = Settings.from_environment()
    run(build(make_platform("audit", settings), settings), settings)


@cli.command()
def migrate(database_url: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True)]) -> None:
    """Bring the audit's schema to the newest revision."""
    from servicekit.migrations import upgrade

    upgrade(Path(__file__).parent / "migrations", database_url)


@cli.command()
def keygen() -> None:
    """Print a new key pair for heads, as JSON: `private_key` signs, `public_key` verifies."""
    from audit.signing import new_key

    private, public = new_key()
    print(json.dumps({"public_key": public, "private_key": private}))


@cli.command()
def verify(
    tenant: Tenant = None,
    telegram_id: OfUser = None,
    heads: Annotated[Path | None, typer.Option(help="the heads as they were anchored; else those kept here")] = None,
    public_key: Annotated[str | None, typer.Option(help="that verifies heads; else that of HEAD_SIGNING_KEY")] = None,
    at_once: Annotated[int, typer.Option(min=1, max=8, help="statements at a time")] = 2,
) -> None:
    """Look whether anything was changed, taken away, added or put elsewhere. Each finding is a line of JSON.

    Exit code 0: nothing was; 1: something was; 2: it could not be looked at.
    """
    from audit.progress import bar
    from audit.signing import signing_key, verify_key
    from audit.verifying.verify import verify as look

    settings = Settings.from_environment()
    try:
        own = signing_key(settings.head_signing_key.get_secret_value()).verify_key
        key = own if public_key is None else verify_key(public_key)
        lines = None if heads is None else heads.read_bytes().splitlines()
    except ValueError as error:
        raise typer.BadParameter(f"--public-key: {error}") from error
    except OSError as error:
        raise typer.BadParameter(f"--heads: {error.strerror}: {heads}") from error

    async def run() -> bool:
        database = db.connect(settings)
        try:
            only, progress = _only(tenant, telegram_id), bar(sys.stderr)
            found = await look(database, key=key, lines=lines, only=only, at_once=at_once, progress=progress)
        finally:
            await database.close()
        for each in found.findings:
            _print({**asdict(each), "kind": each.kind.value})
        _print(
            {
                "chains": found.chains,
                "records": found.records,
                "heads": found.heads,
                "findings": len(found.findings),
            }
        )
        return not found.findings

    if not commands.run(run()):
        raise typer.Exit(1)


@cli.command()
def export(
    tenant: Tenant = None,
    telegram_id: OfUser = None,
    since: Annotated[str | None, typer.Option(help="when it was done: a date or a time, UTC unless it says")] = None,
    until: Annotated[str | None, typer.Option(help="before that")] = None,
) -> None:
    """Write records to standard output, a line of JSON each."""
    from audit.export import exported

    only, begin, end = _only(tenant, telegram_id), _moment(since), _moment(until)

    async def run() -> None:
        database = db.connect(Settings.from_environment())
        try:
            async for line in exported(database, only=only, since=begin, until=end):
                print(line)
        finally:
            await database.close()

    commands.run(run())


@cli.command()
def erase(telegram_id: Annotated[int, typer.Option(min=1, help="of the person who asked for it")]) -> None:
    """Erase what the audit knows of a person. It cannot be undone; the chains stay whole."""
    from audit.erasing import erase as forget

    async def run() -> int:
        database = db.connect(Settings.from_environment())
        try:
            return await forget(database, telegram_id)
        finally:
            await database.close()

    _print({"erased": commands.run(run())})


def _only(tenant: UUID | None, telegram_id: int | None) -> UUID | None:
    if telegram_id is not None:
        return users_chain(telegram_id)
    return None if tenant is None else chain_of(tenant)


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise typer.BadParameter(f"{said!r} is no date and no time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print(fields: dict[str, object]) -> None:
    print(json.dumps(fields, default=str, ensure_ascii=False))


if __name__ == "__main__":
    cli()
