"""Commands that prepare and mend what the services run on."""

# Each command imports what it needs: five of them are run for an installation before its services start, and all that
# they need together takes a second of processor time.

import asyncio
import json
import os
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

import typer
from contracts.envelope import SERVICES
from contracts.topics import QUEUES, Queue

from servicekit import secret_files
from servicekit.secret_files import Commands, DeferredCommands
from servicekit.traces.commands import trace

if TYPE_CHECKING:
    from contracts.audit import Outcome

    from servicekit.broker_users import Login


class _Replays(DeferredCommands):
    SOURCE = "servicekit.replay.commands"


cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)
cli.add_typer(
    typer.Typer(
        cls=_Replays, no_args_is_help=True, help="Begin, dry-run, look at, stop and resume replays of a service."
    ),
    name="replay",
)
cli.command()(trace)

T = TypeVar("T")

RabbitUrl = Annotated[str, typer.Option(envvar="RABBITMQ_URL", show_envvar=True, show_default=False)]
AdminUrl = Annotated[str, typer.Option(envvar="ADMIN_DATABASE_URL", show_envvar=True, show_default=False)]
DatabaseUrl = Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, show_default=False)]
QueueName = Annotated[str, typer.Argument(help="One of: " + ", ".join(queue.name for queue in QUEUES))]
Patience = Annotated[float, typer.Option(min=0, help="Seconds to try again while the server does not answer.")]
Limit = Annotated[int, typer.Option(min=1, help="At most this many.")]


@cli.command()
def bootstrap(admin_database_url: AdminUrl, patience: Patience = 0) -> None:
    """Make the services' database roles and schemas (GATEWAY_DATABASE_URL, INGESTOR_…, as the administrator)."""
    from servicekit.bootstrap import CannotBootstrap
    from servicekit.bootstrap import bootstrap as make_roles

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
    from servicekit.topology import declare_topology

    _ask_broker(declare_topology(rabbitmq_url, patience_seconds=patience))


@cli.command("broker-users")
def give_broker_users(
    rabbitmq_url: RabbitUrl,
    management_url: Annotated[str, typer.Option(envvar="RABBITMQ_MANAGEMENT_URL", show_envvar=True)],
    patience: Patience = 0,
) -> None:
    """Make or renew the users of the broker, each with its own permissions, over the management API.

    As `definitions` prints them.
    """
    from servicekit import broker_users

    logins, vhost = _logins({**os.environ, "RABBITMQ_URL": rabbitmq_url, "RABBITMQ_URL_FILE": ""})
    made = broker_users.definitions(logins, vhost=vhost)
    try:
        asyncio.run(broker_users.give(management_url, logins[broker_users.ADMIN], made, patience_seconds=patience))
    except broker_users.NotTaken as error:
        _fail(str(error))


@cli.command()
def definitions(
    write: Annotated[Path | None, typer.Option(help="Into this file, without passwords.")] = None,
    check: Annotated[Path | None, typer.Option(help="Fail unless this file is what --write would write.")] = None,
) -> None:
    """Print the broker's users with permissions, limits and policies, as RabbitMQ imports them.

    Names, passwords and the vhost are those of the URLs GATEWAY_RABBITMQ_URL, INGESTOR_…, of each service,
    RABBITMQ_URL, the administrator's, and SCALER_RABBITMQ_URL, if there is one.
    """
    from servicekit import broker_users

    if path := write or check:
        made = _as_json(broker_users.definitions(broker_users.NAMED))
        if write:
            path.write_text(made)
        elif not path.is_file() or path.read_text() != made:
            _fail(f"{path} is not what the contracts say: make contracts")
        return
    logins, vhost = _logins(os.environ)
    typer.echo(_as_json(broker_users.definitions(logins, vhost=vhost)), nl=False)


def _logins(environment: Mapping[str, str]) -> "tuple[dict[str, Login], str]":
    """Who each user is by its URL, and the vhost that all URLs name."""
    from servicekit import broker_users

    variables = {each: f"{each.upper()}_RABBITMQ_URL" for each in broker_users.USERS}
    variables[broker_users.ADMIN] = "RABBITMQ_URL"
    urls = {name: secret_files.value_of(variable, environment) for name, variable in variables.items()}
    if missing := [variables[name] for name, url in urls.items() if not url and name != broker_users.SCALER]:
        _fail(f"Set {', '.join(missing)}: amqp://user:password@host:port/vhost")
    given = {name: url for name, url in urls.items() if url}
    try:
        logins = {name: broker_users.Login.of(url) for name, url in given.items()}
    except ValueError as error:
        _fail(str(error))
    vhosts = {unquote(urlsplit(url).path[1:]) or "/" for url in given.values()}
    if len(vhosts) > 1:
        _fail(f"The URLs name several vhosts: {', '.join(sorted(vhosts))}")
    return logins, vhosts.pop()


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


@cli.command()
def keygen() -> None:
    """Print a new key pair for sealed secrets, as JSON."""
    from servicekit import crypto

    public, private = crypto.generate_keys()
    print(json.dumps({"public_key": public, "private_key": private}))


@cli.command()
def dead(queue: QueueName, rabbitmq_url: RabbitUrl, limit: Limit = 20) -> None:
    """Show the dead letters of a queue, a JSON line each; they stay where they are."""
    from servicekit import dead_letters

    for letter in _ask_broker(dead_letters.list_dead(rabbitmq_url, _queue(queue), limit=limit)):
        print(json.dumps({**vars(letter), "body": letter.body.decode(errors="replace")}, ensure_ascii=False))


@cli.command()
def redrive(queue: QueueName, rabbitmq_url: RabbitUrl, database_url: DatabaseUrl, limit: Limit = 1000) -> None:
    """Put the dead letters of a queue back to be handled again; recorded in that database, before and after."""
    from servicekit import commands, dead_letters

    chosen = _queue(queue)
    # What the broker did stays done: that it was begun is recorded before.
    commands.run(_record_redrive(database_url, chosen, "begun"))
    put_back = _ask_broker(dead_letters.redrive(rabbitmq_url, chosen, limit=limit))
    commands.run(_record_redrive(database_url, chosen, "done" if put_back else "unchanged", put_back=put_back))
    print(put_back, "put back")


async def _record_redrive(database_url: str, queue: Queue, outcome: "Outcome", **after: int) -> None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    from servicekit import operators

    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": 10})
    async with engine.begin() as connection:
        service = await operators.recording_service(connection)
        if service is None:
            _fail("DATABASE_URL is of no service that keeps records for the audit: run it as the gateway")
        targets = {"queue": queue.name}
        await operators.record_command(
            connection, service, "servicekit redrive", outcome=outcome, targets=targets, after={**after}
        )


@cli.command()
def republish(
    admin_database_url: AdminUrl,
    since: Annotated[str | None, typer.Option(help="Events from then on: 2026-11-20, UTC; else of 7 days.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """After a lost broker: have published again what some consumer has not noted. Safe to repeat."""
    import asyncpg
    from sqlalchemy.exc import DBAPIError

    from servicekit.republish import republish as publish_again

    try:
        moment = datetime.fromisoformat(since) if since else None
        moment = moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
        told = asyncio.run(publish_again(admin_database_url, since=moment, dry_run=dry_run))
    except (OSError, asyncpg.PostgresError, DBAPIError, ValueError) as error:
        error = error.orig if isinstance(error, DBAPIError) and error.orig else error
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
    from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

    try:
        return asyncio.run(work)
    except (OSError, AMQPError, ChannelInvalidStateError) as error:
        return _fail(f"RabbitMQ refused or did not answer: {type(error).__name__}: {error}")


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    cli()
