"""Running the ingestor, and looking at WB and into what is kept of it."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from servicekit.sealed_commands import commands_of
from servicekit.secret_files import Commands
from servicekit.starting import CERTIFICATES, COLOURS, importing

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)
quarantine_cli = typer.Typer(no_args_is_help=True, help="Rows of WB that could not be read.")
cli.add_typer(quarantine_cli, name="quarantine")


def _sealed() -> Any:
    from ingestor.sealed_tokens import load

    return load()


cli.add_typer(commands_of("ingestor", "tokens", _sealed, title="Tokens of WB, sealed to us."), name="tokens")

Cabinet = Annotated[UUID | None, typer.Option(help="Rows of this cabinet only.")]
OfResource = Annotated[str | None, typer.Option("--resource", help="Rows of this resource only.")]
Limit = Annotated[int, typer.Option(min=1, help="At most this many.")]


@cli.command()
def serve() -> None:
    """Check cabinets, sync their resources and publish what changed, until SIGTERM."""
    with importing(without=(*COLOURS, *CERTIFICATES)):
        from servicekit.listening import serve as serve_app
        from servicekit.serving import make_platform

        from ingestor.app import build
        from ingestor.settings import IngestorSettings

    settings = IngestorSettings.from_environment()
    serve_app(build(make_platform("ingestor", settings)), settings)


@cli.command()
def migrate(
    database_url: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, show_default=False)],
) -> None:
    """Bring the ingestor's schema to the newest revision."""
    from servicekit.migrations import upgrade

    upgrade(Path(__file__).parent / "migrations", database_url)


@cli.command()
def fetch(
    resource: Annotated[str, typer.Argument(help="One of those that `resources` lists.")],
    token: Annotated[
        str | None,
        typer.Option(
            envvar="WB_TOKEN",
            show_envvar=True,
            show_default=False,
            help="A WB token; as an option it is seen in the list of processes.",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Begin at this date or time; of Moscow, unless it has an offset.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many rows.")] = None,
    ids: Annotated[
        str | None, typer.Option(help="Of what, with commas between; for resources that are asked for by ids.")
    ] = None,
    progress: Annotated[
        bool | None, typer.Option(help="Tell of pages and waits; by default, if stderr is a terminal.")
    ] = None,
) -> None:
    """Read a resource straight from WB, as a sync would, and print its rows as JSON lines; nothing is stored.

    It needs no server, and of the environment at most WB_API_BASE_URL, WB_<HOST>_URL, WB_API_TIMEOUT, WB_RATE_LIMIT.
    Rows that cannot be read go to stderr.
    """
    from ingestor.fetch import command

    is_told = sys.stderr.isatty() if progress is None else progress
    raise SystemExit(command(resource, token=token, since=since, ids=ids, limit=limit, progress=is_told))


@cli.command()
def backfill(
    resource: Annotated[str, typer.Argument(help="One that has ranges, see docs/resources.md.")],
    since: Annotated[str, typer.Option(help="From this date or time on; of Moscow, unless it has an offset.")],
    until: Annotated[str | None, typer.Option(help="To the end of this date, or to this time; default: now.")] = None,
    cabinet: Annotated[UUID | None, typer.Option(help="Of this cabinet; default: the only one.")] = None,
) -> None:
    """Have the running service read a stretch of time again, after what is new; only what differs is published.

    Ctrl-C ends the watching, not the reading.
    """
    from servicekit import clock, commands, db

    from ingestor import backfill as asking
    from ingestor.settings import IngestorSettings
    from ingestor.sync.ranges import NoRange

    async def ask_and_watch() -> asking.Seen:
        database = db.connect(IngestorSettings.from_environment())
        try:
            with typer.progressbar(length=100, label=resource, file=sys.stderr) as bar:
                return await asking.backfill(
                    database,
                    resource,
                    cabinet_id=cabinet,
                    since=asking.day_or_moment(since),
                    until=clock.now() if until is None else asking.day_or_moment(until),
                    watch=lambda seen: bar.update(seen.percent - bar.pos),
                )
        finally:
            await database.close()

    try:
        seen = commands.run(ask_and_watch())
    except NoRange as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    print(seen)
    if seen.state == "failed":
        raise typer.Exit(1)


@cli.command()
def resources(
    check: Annotated[Path | None, typer.Option(help="Fail if this page does not have the table.")] = None,
    write: Annotated[Path | None, typer.Option(help="Put the table into this page.")] = None,
) -> None:
    """Print the table of all resources, or keep the committed one true."""
    from ingestor import catalogue
    from ingestor.resources import RESOURCES

    try:
        if write:
            catalogue.write(write)
        elif check is None:
            print(catalogue.table(RESOURCES.values()), end="")
        elif not catalogue.is_current(check):
            typer.echo(
                f"{check} is not what the code does; run: python -m ingestor resources --write {check}", err=True
            )
            raise typer.Exit(1)
    except (OSError, catalogue.NoPlace) as error:
        typer.echo(f"{write or check}: {error}", err=True)
        raise typer.Exit(1) from None


@cli.command()
def drift(
    accept: Annotated[bool, typer.Option("--accept", help="What is printed is known from now on.")] = False,
) -> None:
    """Print what has changed about WB, a JSON line each: names nobody knew, methods that stopped or will end."""
    from servicekit import commands, db

    from ingestor import wb_changes
    from ingestor.settings import IngestorSettings

    async def print_changes() -> None:
        database = db.connect(IngestorSettings.from_environment())
        try:
            for change in await wb_changes.listed(database, accept=accept):
                print(json.dumps(change, ensure_ascii=False, default=str))
        finally:
            await database.close()

    commands.run(print_changes())


@quarantine_cli.command("list")
def list_quarantine(cabinet: Cabinet = None, resource: OfResource = None, limit: Limit = 100) -> None:
    """Print them, a JSON line each, oldest first."""
    from servicekit import commands, db

    from ingestor.settings import IngestorSettings
    from ingestor.sync.quarantine import listed

    async def print_rows() -> None:
        database = db.connect(IngestorSettings.from_environment())
        try:
            async for row in listed(database, cabinet_id=cabinet, resource=resource, limit=limit):
                print(json.dumps(row, ensure_ascii=False))
        finally:
            await database.close()

    commands.run(print_rows())


@quarantine_cli.command("retry")
def retry_quarantine(cabinet: Cabinet = None, resource: OfResource = None, limit: Limit = 100_000) -> None:
    """Read them again as the code reads today; those that can be read now are stored and published."""
    from servicekit import commands, db

    from ingestor.settings import IngestorSettings
    from ingestor.sync.retry import retry_as_operator

    async def print_verdicts() -> None:
        database = db.connect(IngestorSettings.from_environment())
        try:
            verdicts = await retry_as_operator(database, cabinet_id=cabinet, resource=resource, limit=limit)
        finally:
            await database.close()
        for name, verdict in verdicts.items():
            print(f"{name}: {verdict}")
        if not verdicts:
            print("nothing is in quarantine")

    commands.run(print_verdicts())


@quarantine_cli.command("drop")
def drop_quarantine(
    resource: Annotated[str, typer.Option(help="Of this resource.")], cabinet: Cabinet = None, limit: Limit = 1_000
) -> None:
    """Forget them and print what they were, a JSON line each: those that Wildberries has mended since, for instance."""
    from servicekit import commands, db

    from ingestor.settings import IngestorSettings
    from ingestor.sync.quarantine import drop_as_operator

    async def drop_rows() -> None:
        database = db.connect(IngestorSettings.from_environment())
        try:
            async for row in drop_as_operator(database, cabinet_id=cabinet, resource=resource, limit=limit):
                print(json.dumps(row, ensure_ascii=False))
        finally:
            await database.close()

    commands.run(drop_rows())


if __name__ == "__main__":
    cli()
