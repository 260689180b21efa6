"""What `python -m reporter rebuild` and `as-of` do."""

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import NoReturn, TypeVar
from uuid import UUID

import typer
from contracts.audit import Outcome, Values
from servicekit import clock, commands, database_clock, db, event_log
from servicekit.cache import Cache, connect_redis
from servicekit.db import Database
from servicekit.operators import record_command

from reporter.figures import tags
from reporter.rebuild import differences
from reporter.rebuild.as_of import NotInTheLog, build_as_of, figures
from reporter.rebuild.building import Built, CannotCount, build
from reporter.rebuild.comparing import compared
from reporter.rebuild.shadow import ShadowInUse, a_shadow, empty
from reporter.rebuild.swapping import CannotSwap, swap
from reporter.reports.order_report import order_report
from reporter.settings import Settings
from reporter.subscribers import row_handlers

T = TypeVar("T")


def rebuild(cabinets: Sequence[UUID] | None, *, swapped: bool) -> None:
    """Rebuild these cabinets (none: all that the log knows), and say what differs.

    Raises:
        typer.Exit: 1 if something differs and is not swapped in; 2 if it cannot be done, with a line that says why.
    """
    _run(lambda live, settings: _rebuild(live, settings, cabinets, swapped=swapped))


def as_of(cabinet: UUID, at: str, nm_id: int, order_id: UUID | None) -> None:
    """Print the figures of an item (0: of the cabinet), or the report of an order, as they were.

    Raises:
        typer.Exit: 2 if it cannot be done, with a line that says why.
    """
    moment = _moment(at)
    _run(lambda live, settings: _as_of(live, settings, cabinet, nm_id, order_id, moment))


async def _rebuild(live: Database, settings: Settings, chosen: Sequence[UUID] | None, *, swapped: bool) -> None:
    differing = 0
    async with a_shadow(live, settings) as shadow:
        for cabinet_id in chosen or await _cabinets(live):
            now = clock.now()
            print(f"cabinet {cabinet_id}")
            built = await build(shadow, cabinet_id, now)
            comparison = await compared(live, shadow, built, now)
            _tell(built)
            for line in differences.lines(comparison.differences):
                print(f"  {line}")
            if not comparison.all_counted:
                print("  some of the figures in use are yet to be counted")
            differing += comparison.total
            if swapped:
                await _record(live, cabinet_id, "begun", {"differing": comparison.total})
                written = await swap(live, shadow, built, now)
                await _record(live, cabinet_id, "done", {"rows": dict(written.rows)})
                await _invalidate(settings, tags.of_everything(cabinet_id, written.nm_ids))
                said = ", ".join(f"{rows} of {name}" for name, rows in written.rows.items())
                print(f"  swapped: {said or 'nothing'}")
            await empty(shadow)
    if differing and not swapped:
        raise typer.Exit(1)


async def _as_of(
    live: Database, settings: Settings, cabinet_id: UUID, nm_id: int, order_id: UUID | None, at: datetime
) -> None:
    async with a_shadow(live, settings) as shadow:
        built = await build_as_of(shadow, cabinet_id, at)
        async with shadow.transaction() as connection:
            if order_id is None:
                found = {"nm_id": nm_id, **await figures(connection, cabinet_id, nm_id)}
            elif report := await order_report(connection, cabinet_id, order_id, at):
                found = {"report": report.model_dump(mode="json")}
            else:
                _fail(f"cabinet {cabinet_id} had no order {order_id}")
    told = {"at": at, "cabinet_id": cabinet_id, "log_begins_at": built.log_begins_at, **found, "kept": built.kept}
    print(json.dumps(told, default=str, ensure_ascii=False, indent=2))


async def _record(live: Database, cabinet_id: UUID, outcome: Outcome, after: Values) -> None:
    async with live.transaction() as connection:
        await record_command(
            connection, "reporter", "reporter rebuild --swap", outcome=outcome, cabinet_id=cabinet_id, after=after
        )


async def _cabinets(live: Database) -> list[UUID]:
    publishers = {each.PUBLISHER for each in row_handlers(clock.now)}
    async with live.transaction() as connection:
        return await event_log.cabinets(connection, sorted(publishers))


async def _invalidate(settings: Settings, stale: Collection[str]) -> None:
    redis = connect_redis(settings.redis_url.get_secret_value())
    try:
        await Cache(redis, prefix=settings.redis_key_prefix).invalidate(sorted(stale))
    finally:
        await redis.aclose()


def _tell(built: Built) -> None:
    begins = built.log_begins_at
    print(f"  {built.events} events, from {'no time' if begins is None else begins.isoformat(timespec='seconds')} on")
    for count, what in (
        (built.unreadable, "events that cannot be read"),
        (built.unhandled, "events that the reporter has yet to handle: left to it"),
    ):
        if count:
            print(f"  {count} {what}")
    for name, rows in built.kept.items():
        print(f"  {name}: {rows} rows that the log has not, or has older: kept")


def _run(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    settings = Settings.from_environment()

    async def connected() -> T:
        live = db.connect(settings)
        try:
            await database_clock.follow(live)
            return await work(live, settings)
        finally:
            await live.close()

    try:
        return commands.run(connected())
    except (ShadowInUse, CannotSwap, CannotCount, NotInTheLog) as error:
        return _fail(str(error))


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return _fail(f"{said!r} is no time such as 2026-11-20T12:30+03:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
