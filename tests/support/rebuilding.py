"""A reporter whose events come from a log, and what is rebuilt from it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.topics import QUEUES
from pydantic import SecretStr
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.due import Waits
from reporter.figures.pacing import Pace
from reporter.jobs.count_stale import count_stale
from reporter.jobs.turn_day import turn_day
from reporter.rebuild import copies
from reporter.rebuild.building import NO_CACHE, ROUNDS, Built, build
from reporter.rebuild.comparing import Comparison, compared
from reporter.rebuild.shadow import SHADOW, a_shadow
from reporter.settings import Settings
from reporter.subscribers import row_handlers
from servicekit.consume import handle_once
from servicekit.db import Database
from sqlalchemy import text

from support.event_logs import log_events
from support.reporting import NOON, TODAY

NOW = Waits(live=0, quiet=0, longest=0)


def settings_of(database: Database) -> Settings:
    """Settings of a reporter on this database, without anything else."""
    unused = SecretStr("unused://")
    return Settings(database_url=SecretStr(database.dsn), redis_url=unused, rabbitmq_url=unused)


def queue_of(event: Event[Any]) -> Any:
    """The queue in which the reporter is given an event."""
    return next(
        queue
        for queue in QUEUES
        if queue.service == "reporter" and event.origin in queue.origins and type(event.data) in queue.events
    )


@dataclass
class Reporter:
    """A reporter in use, whose events are in the logs of those who published them."""

    database: Database
    logs: Mapping[str, Database]
    today: date = TODAY

    @property
    def now(self) -> datetime:
        """Noon of its day in Moscow."""
        return NOON + (self.today - TODAY)

    async def log(self, *events: Event[Any], at: datetime | None = None) -> None:
        """They are published, and not handled yet."""
        await log_events(dict(self.logs), *events, at=at)

    async def handle(self, *events: Event[Any]) -> None:
        """They come to the reporter."""
        handlers = row_handlers(lambda: self.now)
        for event in events:
            await handle_once(self.database, queue_of(event), handlers, event)

    async def see(self, *events: Event[Any], at: datetime | None = None) -> None:
        """They are published and handled."""
        await self.log(*events, at=at)
        await self.handle(*events)

    async def count(self) -> None:
        """Count everything, as the jobs do."""
        for _ in range(ROUNDS):
            count = count_stale(
                self.database,
                NO_CACHE,
                CabinetLocks(),
                Pace(),
                lambda: self.today,
                now=lambda: self.now,
                waits=NOW,
            )
            if not await count:
                return
        raise AssertionError("something stays stale")

    async def turn(self, today: date) -> None:
        """Another Moscow day."""
        self.today = today
        await turn_day(self.database, NO_CACHE, CabinetLocks(), Pace(), today)
        await self.count()

    @asynccontextmanager
    async def shadow(self) -> AsyncIterator[Database]:
        async with a_shadow(self.database, settings_of(self.database)) as shadow:
            yield shadow

    async def rebuilt(self, shadow: Database, cabinet_id: UUID) -> tuple[Built, Comparison]:
        """The cabinet's shadow, and how it compares."""
        built = await build(shadow, cabinet_id, self.now)
        return built, await compared(self.database, shadow, built, self.now)

    async def everything(self, cabinet_id: UUID, schema: str = "reporter") -> list[str]:
        """All rows that a rebuild makes, as PostgreSQL writes them."""
        lines = []
        async with self.database.transaction() as connection:
            for table in [*copies.facts(), *copies.figures()]:
                columns = ", ".join(f"t.{column.name}" for column in table.columns)
                found = await connection.execute(
                    text(
                        f"SELECT CAST(ROW({columns}) AS text) FROM {schema}.{table.name} AS t "
                        "WHERE cabinet_id = :cabinet_id ORDER BY 1"
                    ),
                    {"cabinet_id": cabinet_id},
                )
                lines += [f"{table.name}: {line}" for line in found.scalars()]
        return lines

    async def in_shadow(self, cabinet_id: UUID) -> list[str]:
        """As `everything`, of the shadow."""
        return await self.everything(cabinet_id, SHADOW)
