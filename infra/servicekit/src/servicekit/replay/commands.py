"""`python -m servicekit replay`: begin, dry-run, look at, stop and resume replays of the service at hand."""

import getpass
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, NoReturn, TypeVar
from uuid import UUID

import typer
from aio_pika.exceptions import AMQPError
from contracts.audit import Values
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from servicekit import clock, commands, database_clock, db
from servicekit.db import Database
from servicekit.operators import record_command
from servicekit.replay import replayer, table
from servicekit.replay.administration import SILENT_SECONDS
from servicekit.replay.plan import Plan, make_plan
from servicekit.replay.selection import CannotReplay, Selection, select
from servicekit.replay.table import Replay, State
from servicekit.settings import ServiceSettings

cli = typer.Typer(no_args_is_help=True, help=__doc__)

T = TypeVar("T")

Consumer = Annotated[str, typer.Argument(help="The service that is given the events again, such as reporter.")]
ReplayId = Annotated[UUID, typer.Argument(help="As `replay list` shows it.")]
DatabaseUrl = Annotated[str, typer.Option(envvar="DATABASE_URL", show_envvar=True, show_default=False)]
RabbitUrl = Annotated[str, typer.Option(envvar="RABBITMQ_URL", show_envvar=True, show_default=False)]
Types = Annotated[list[str] | None, typer.Option("--type", help="Only this event type; again for more. Else all.")]
Cabinets = Annotated[list[UUID] | None, typer.Option("--cabinet", help="Only this cabinet; again for more. Else all.")]
Since = Annotated[str | None, typer.Option(help="Events from then on: 2026-11-20, or 2026-11-20T12:30+03:00; UTC.")]
Until = Annotated[str | None, typer.Option(help="Events before then, as --since; else up to now.")]
Rate = Annotated[float | None, typer.Option(min=0.1, help="Events a second at most; else as fast as they are taken.")]
By = Annotated[str | None, typer.Option(help="Who asks for it; else the user of this machine.", show_default=False)]

stdout = Console()


@cli.command()
def start(
    consumer: Consumer,
    database_url: DatabaseUrl,
    rabbitmq_url: RabbitUrl,
    types: Types = None,
    cabinets: Cabinets = None,
    since: Since = None,
    until: Until = None,
    rate: Rate = None,
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and say what would be sent; send nothing.")] = False,
) -> None:
    """Give a consumer the events of the log again, on its own queues; nobody else gets any."""
    with _refusals():
        selection = select(
            consumer, types=types or (), cabinet_ids=cabinets or (), since=_moment(since), until=_moment(until)
        )

    async def work(database: Database) -> None:
        await _is_of(database, consumer)
        await database_clock.follow(database)
        now = clock.now()
        ending = Selection(**{**vars(selection), "until": min(selection.until or now, now)})
        plan = await make_plan(database, ending)
        _show_plan(plan, rate, await _speed(database))
        if dry_run or not plan.events:
            return
        replay_id = UUID(int=uuid7().int)
        async with database.transaction() as connection:
            await table.add(
                connection,
                replay_id,
                ending,
                requested_by=by or _whoever(),
                events=plan.events,
                events_per_second=rate,
            )
            after: Values = {"events": plan.events, "until": str(ending.until)}
            await record_command(
                connection, consumer, "servicekit replay start", targets={"replay_id": replay_id}, after=after
            )
        await _send(database, rabbitmq_url, replay_id)

    _run(database_url, work)


@cli.command()
def resume(replay_id: ReplayId, database_url: DatabaseUrl, rabbitmq_url: RabbitUrl) -> None:
    """Go on with a replay that was stopped or whose process died, where it ended."""

    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            turned = await _turn(connection, replay_id, State.RUNNING, "servicekit replay resume")
        if not turned:
            _fail(f"{replay_id} is no replay, or is done")
        await _send(database, rabbitmq_url, replay_id)

    _run(database_url, work)


@cli.command()
def stop(replay_id: ReplayId, database_url: DatabaseUrl) -> None:
    """Stop a replay after the page that it is sending; it can be resumed."""

    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            turned = await _turn(connection, replay_id, State.STOPPED, "servicekit replay stop")
        if not turned:
            _fail(f"{replay_id} is no replay, or is done")
        print("stopped")

    _run(database_url, work)


@cli.command("list")
def list_replays(
    database_url: DatabaseUrl, limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20
) -> None:
    """The newest replays: who asked for what, and how far they are."""

    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            replays = await table.newest(connection, limit=limit)
        columns = ("replay", "state", "sent", "of", "asked for by", "at", "types", "cabinets", "since", "until")
        shown = Table(*columns, box=None)
        for each in replays:
            selection = each.selection
            shown.add_row(
                str(each.replay_id),
                _state(each),
                str(each.sent),
                str(each.events),
                each.requested_by,
                _time(each.requested_at),
                " ".join(selection.types),
                "all" if selection.cabinet_ids is None else " ".join(map(str, selection.cabinet_ids)),
                _time(selection.since),
                _time(selection.until),
            )
        Console(width=max(stdout.width, 240)).print(shown)

    _run(database_url, work)


@cli.command()
def show(replay_id: ReplayId, database_url: DatabaseUrl) -> None:
    """One replay, as JSON."""

    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            found = await table.find(connection, replay_id)
        if found is None:
            _fail(f"there is no replay {replay_id}")
        told = {**vars(found), "state": _state(found), "selection": vars(found.selection)}
        told["place"] = None if found.place is None else vars(found.place)
        print(json.dumps(told, default=str, indent=2))

    _run(database_url, work)


async def _turn(connection: AsyncConnection, replay_id: UUID, state: State, action: str) -> bool:
    """Set the state, which is recorded for the audit; False if there is no such replay, or it is done."""
    turned = await table.turn(connection, replay_id, state)
    if turned and (found := await table.find(connection, replay_id)) is not None:
        await record_command(connection, found.selection.consumer, action, targets={"replay_id": replay_id})
    return turned


async def _send(database: Database, rabbitmq_url: str, replay_id: UUID) -> None:
    print(f"replay {replay_id}; elsewhere: replay show {replay_id}, replay stop {replay_id}")
    with _progress() as told:
        try:
            replay = await replayer.run(database, rabbitmq_url, replay_id, told)
        except (AMQPError, OSError) as error:
            _fail(f"RabbitMQ refused or did not answer: {type(error).__name__}: {error}; replay resume {replay_id}")
    print(f"{replay.state}: {replay.sent} events sent")


@contextmanager
def _progress() -> Iterator[Callable[[Replay], None]]:
    """Draws a bar on a terminal; elsewhere its last state is a line."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stdout) as bar:
        task = bar.add_task("sending", total=None)
        yield lambda replay: bar.update(task, completed=replay.sent, total=max(replay.events, replay.sent))


def _show_plan(plan: Plan, rate: float | None, speed: float | None) -> None:
    shown = Table("type", "day (UTC)", "events", box=None)
    for (event_type, day), events in sorted(plan.by_type_and_day.items()):
        shown.add_row(event_type, day.isoformat(), str(events))
    stdout.print(shown)
    print(f"{plan.events} events of {plan.cabinets} cabinets, {plan.bytes / 1e6:.1f} MB")
    if rate is not None:
        print(f"at {rate:g} events a second: {plan.events / rate:.0f} s")
    elif speed is not None:
        print(f"as fast as the last replay, {speed:.0f} events a second: {plan.events / speed:.0f} s")


async def _speed(database: Database) -> float | None:
    async with database.transaction() as connection:
        return await table.last_speed(connection)


async def _is_of(database: Database, consumer: str) -> None:
    async with database.transaction() as connection:
        schema = await connection.scalar(text("SELECT current_schema()"))
    if schema != consumer:
        _fail(f"this is the database of {schema}; a replay is recorded in that of its consumer, {consumer}")


def _state(replay: Replay) -> str:
    silent = replay.state is State.RUNNING and replay.quiet_seconds > SILENT_SECONDS
    return f"silent for {replay.quiet_seconds:.0f} s" if silent else replay.state.value


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise CannotReplay(f"{said!r} is no time such as 2026-11-20 or 2026-11-20T12:30+03:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whoever() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "?"
    return f"{user}@{socket.gethostname()}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except CannotReplay as error:
        _fail(str(error))


def _run(database_url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    unused = SecretStr("unused://")

    async def connected() -> T:
        database = db.connect(
            ServiceSettings(database_url=SecretStr(database_url), redis_url=unused, rabbitmq_url=unused)
        )
        try:
            return await work(database)
        finally:
            await database.close()

    return commands.run(connected())


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
