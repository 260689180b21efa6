"""Commands that prepare and mend what the services run on."""

import asyncio
import json
import os
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError
from contracts.envelope import SERVICES
from contracts.topics import QUEUES, Queue

from servicekit import crypto, dead_letters, secret_files
from servicekit.bootstrap import CannotBootstrap
from servicekit.bootstrap import bootstrap as make_roles
from servicekit.replay.commands import cli as replay
from servicekit.republish import republish as publish_again
from servicekit.secret_files import Commands
from servicekit.topology import declare_topology
from servicekit.traces.commands import trace

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)
cli.add_typer(replay, name="replay")
cli.command()(trace)

T = TypeVar("T")

RabbitUrl = Annotated[str, typer.Option(envvar="RABBITMQ_URL", show_envvar=True, show_default=False)]
AdminUrl = Annotated[str, typer.Option(envvar="ADMIN_DATABASE_URL", show_envvar=True, show_default=False)]
QueueName = Annotated[str, typer.Argument(help="One of: " + ", ".join(queue.name for queue in QUEUES))]
Patience = Annotated[float, typer.Option(min=0, help="Seconds to try again while the server does not answer.")]
Limit = Annotated[int, typer.Option(min=1, help="At most this many.")]


@cli.command()
def bootstrap(admin_database_url: AdminUrl, patience: Patience = 0) -> None:
    """Make the services' database roles and schemas (GATEWAY_DATABASE_URL, INGESTOR_…, as the administrator)."""
    urls = {service: secret_files.value_of(f"{service.upper()}_DATABASE_URL", os.environ) for service in SERVICES}
    missing = [f"{service.upper()}_DATABASE_URL" for service, url in urls.items() if not url]
    if missing:
        _fail(f"Set {', '.join(missing)}: postgresql://role:password@host:port/database")
    given = {service: url for service, url in urls.items() if url}
    try:
        asyncio.run(make_roles(admin_database_url, given, patience_seconds=patience))
    except CannotBootstrap as error:
        _fail(str(error))


@cli.command()
def topology(rabbitmq_url: RabbitUrl, patience: Patience = 0) -> None:
    """Declare every exchange and queue at the broker."""
    _ask_broker(declare_topology(rabbitmq_url, patience_seconds=patience))


@cli.command()
def keygen() -> None:
    """Print a new key pair for sealed secrets, as JSON."""
    public, private = crypto.generate_keys()
    print(json.dumps({"public_key": public, "private_key": private}))


@cli.command()
def dead(queue: QueueName, rabbitmq_url: RabbitUrl, limit: Limit = 20) -> None:
    """Show the dead letters of a queue, a JSON line each; they stay where they are."""
    for letter in _ask_broker(dead_letters.list_dead(rabbitmq_url, _queue(queue), limit=limit)):
        print(json.dumps({**vars(letter), "body": letter.body.decode(errors="replace")}, ensure_ascii=False))


@cli.command()
def redrive(queue: QueueName, rabbitmq_url: RabbitUrl, limit: Limit = 1000) -> None:
    """Put the dead letters of a queue back to be handled again."""
    print(_ask_broker(dead_letters.redrive(rabbitmq_url, _queue(queue), limit=limit)), "put back")


@cli.command()
def republish(
    admin_database_url: AdminUrl,
    since: Annotated[str | None, typer.Option(help="Events from then on: 2026-11-20, UTC; else of 7 days.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """After a lost broker: have published again what some consumer has not noted. Safe to repeat."""
    try:
        moment = datetime.fromisoformat(since) if since else None
        moment = moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
        told = asyncio.run(publish_again(admin_database_url, since=moment, dry_run=dry_run))
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        _fail(f"nothing more is published again: {type(error).__name__}: {error}")
    for (queue, event_type), events in sorted(told.events.items()):
        print(f"{queue}  {event_type}  {events}")
    if told.older:
        print(
            f"{told.older} more from before that were never noted (dead letters, or a consumer that is newer): --since"
        )
    print(f"{told.events.total()} events {'would be' if dry_run else 'are'} published again")


def _queue(name: str) -> Queue:
    for queue in QUEUES:
        if queue.name == name:
            return queue
    return _fail(f"There is no queue {name!r}. Queues: {', '.join(queue.name for queue in QUEUES)}")


def _ask_broker(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (OSError, AMQPError, ChannelInvalidStateError) as error:
        return _fail(f"RabbitMQ refused or did not answer: {type(error).__name__}: {error}")


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    cli()
