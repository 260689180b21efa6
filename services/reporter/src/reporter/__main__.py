"""The reporter: folds what changed at Wildberries into facts and figures, and reports it."""

import importlib.resources
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from servicekit.secret_files import Commands
from servicekit.starting import CERTIFICATES, COLOURS, importing

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)


@cli.command()
def serve() -> None:
    """Consume, report and answer health checks until SIGTERM."""
    with importing(without=(*COLOURS, *CERTIFICATES)):
        from servicekit.listening import serve as run
        from servicekit.serving import make_platform

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


@cli.command()
def rebuild(
    cabinets: Annotated[list[UUID] | None, typer.Option("--cabinet", help="Only this one; again for more.")] = None,
    swap: Annotated[bool, typer.Option("--swap", help="Put what differs in the place of what is in use.")] = False,
) -> None:
    """Make every table anew from the log alone, with the code at hand, and say what differs; 1 if something does.

    With another formula in the code at hand this tells what it changes, before anybody sees it. Facts that the log has
    not kept are kept.
    """
    with importing():
        from reporter.rebuild import commands

    commands.rebuild(cabinets, swapped=swap)


@cli.command("as-of")
def as_of(
    cabinet: Annotated[UUID, typer.Option(help="Whose figures.")],
    at: Annotated[str, typer.Option(help="2026-11-20T12:30+03:00; UTC unless it says its zone.")],
    nm_id: Annotated[int, typer.Option(help="Of which item; 0: of the whole cabinet.")] = 0,
    order_id: Annotated[UUID | None, typer.Option(help="The report of this order instead.", show_default=False)] = None,
) -> None:
    """Figures of an item or of a cabinet, or the report of an order, as they were at a time, as JSON."""
    with importing():
        from reporter.rebuild import commands

    commands.as_of(cabinet, at, nm_id, order_id)


if __name__ == "__main__":
    cli()
