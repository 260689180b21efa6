"""Running the ingestor and looking into it."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

cli = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)


@cli.command()
def serve() -> None:
    """Check cabinets, sync their resources and publish what changed, until SIGTERM."""
    from servicekit.serving import make_platform
    from servicekit.serving import serve as serve_app

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
def quarantine(
    cabinet: Annotated[UUID | None, typer.Option(help="Rows of this cabinet only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 100,
) -> None:
    """Print rows of WB that could not be read, a JSON line each, oldest first."""
    from servicekit import commands, db

    from ingestor.settings import IngestorSettings
    from ingestor.sync.quarantine import listed

    async def print_rows() -> None:
        database = db.connect(IngestorSettings.from_environment())
        try:
            async for row in listed(database, cabinet_id=cabinet, limit=limit):
                print(json.dumps(row, ensure_ascii=False))
        finally:
            await database.close()

    commands.run(print_rows())


if __name__ == "__main__":
    cli()
