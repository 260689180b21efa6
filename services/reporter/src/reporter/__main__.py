"""The reporter: folds what changed at Wildberries into facts and figures, and reports it."""

import importlib.resources
from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)


@cli.command()
def serve() -> None:
    """Consume, report and answer health checks until SIGTERM."""
    from servicekit.serving import make_platform
    from servicekit.serving import serve as run

    from reporter.app import build
    from reporter.settings import Settings

    settings = Settings.from_environment()
    run(build(make_platform("reporter", settings), settings), settings)


@cli.command()
def migrate(
    database_url: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, show_default=False)],
) -> None:
    """Bring the reporter's schema to the newest revision."""
    from servicekit.migrations import upgrade

    upgrade(Path(str(importlib.resources.files("reporter"))) / "migrations", database_url)


if __name__ == "__main__":
    cli()
