"""The notifier's commands."""

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import typer
from servicekit.secret_files import Commands
from servicekit.starting import importing

with importing():
    from servicekit import commands, db
    from servicekit.sealed_commands import commands_of
    from sqlalchemy.ext.asyncio import AsyncConnection

    from notifier import failed, sealed, webhooks
    from notifier.bounces import end_by, read_bounce
    from notifier.settings import Settings

T = TypeVar("T")

MAX_BOUNCE_BYTES = 10_000_000

cli = typer.Typer(
    cls=Commands,
    help="Turns reported orders into messages and delivers them to Telegram and webhooks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
webhook = typer.Typer(help="Webhooks that users subscribed through the gateway.", no_args_is_help=True)
deliveries = typer.Typer(help="Deliveries that were given up.", no_args_is_help=True)
cli.add_typer(webhook, name="webhook")
cli.add_typer(deliveries, name="deliveries")
cli.add_typer(
    commands_of("notifier", "sealed", sealed.load, title="Secrets of webhooks and addresses, sealed to us."),
    name="sealed",
)


@cli.command()
def serve() -> None:
    """Consume, send and answer health checks until SIGTERM."""
    with importing():
        from servicekit.listening import serve as run
        from servicekit.serving import make_platform

        from notifier.app import build

    settings = Settings.from_environment()
    run(build(make_platform("notifier", settings), settings), settings)


@cli.command()
def migrate(database_url: Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True)]) -> None:
    """Bring the notifier's schema to the newest revision."""
    from servicekit.migrations import upgrade

    upgrade(Path(__file__).parent / "migrations", database_url)


@cli.command()
def messages(
    write: Annotated[Path | None, typer.Option(help="Write the page there.")] = None,
    check: Annotated[Path | None, typer.Option(help="Fail if this is not the page.")] = None,
) -> None:
    """The page of all messages, as docs/messages.md."""
    from notifier.previews import document

    page = document()
    if write is not None:
        write.write_text(page)
    elif check is None:
        print(page, end="")
    elif not check.is_file() or check.read_text() != page:
        raise SystemExit(f"{check}: not what the code says; run make contracts")


@cli.command()
def preview(
    chat: Annotated[int, typer.Option(help="Telegram id of the chat that gets them.")],
    kind: Annotated[list[str] | None, typer.Option(help="One kind; may be repeated. Without it, all.")] = None,
    language: Annotated[Literal["ru", "en"], typer.Option(help="In which language.")] = "ru",
) -> None:
    """Send invented messages of each kind to a chat: how they look."""
    with importing():
        from notifier.kinds import KINDS
        from notifier.send_previews import send_previews

    if unknown := [name for name in kind or () if name not in KINDS]:
        raise typer.BadParameter(f"no such kind: {', '.join(unknown)}; there are {', '.join(KINDS)}")

    async def run() -> bool:
        is_well = True
        async for name, refusal in send_previews(Settings.from_environment(), chat, kind or list(KINDS), language):
            _print({"kind": name, "refused": refusal})
            is_well = is_well and refusal is None
        return is_well

    if not commands.run(run()):
        raise typer.Exit(1)


@webhook.command("list")
def webhook_list() -> None:
    """Every webhook, one JSON object a line, without secrets."""
    for each in _run(Settings.from_environment(), webhooks.all_webhooks):
        _print(asdict(each))


@cli.command()
def bounces() -> None:
    """Read a mail that came back from standard input; what it ended is printed, or why it ended nothing."""
    found = read_bounce(sys.stdin.buffer.read(MAX_BOUNCE_BYTES))
    if found is None:
        _print({"ended": None, "reason": "no report of a failure (RFC 3464)"})
        return

    ended = _run(Settings.from_environment(), lambda connection: end_by(connection, found))
    _print({"ended": ended, "status": found.status})


@deliveries.command("failed")
def deliveries_failed(limit: Annotated[int, typer.Option(min=1)] = 100) -> None:
    """Deliveries that were given up, newest first, one JSON object a line."""
    for each in _run(Settings.from_environment(), lambda connection: failed.failed_deliveries(connection, limit=limit)):
        _print(asdict(each))


@deliveries.command("retry")
def deliveries_retry(
    delivery_id: Annotated[UUID | None, typer.Argument(help="one delivery; without it, every failed one")] = None,
) -> None:
    """Try failed deliveries again, from the beginning of the schedule."""
    count = _run(Settings.from_environment(), lambda connection: failed.retry_failed(connection, delivery_id))
    _print({"retried": count})


def _run(settings: Settings, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async def run() -> T:
        database = db.connect(settings)
        try:
            async with database.transaction() as connection:
                return await work(connection)
        finally:
            await database.close()

    return commands.run(run())


def _print(fields: dict[str, Any]) -> None:
    print(json.dumps(fields, default=str, ensure_ascii=False))


if __name__ == "__main__":
    cli()
