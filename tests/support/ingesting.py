"""An ingestor beside a simulated Wildberries, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import redis.asyncio
from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1
from contracts.envelope import Event, EventData
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_CABINETS
from contracts.wb_commands import QuestionAnswerRequestedV1, ReviewAnswerRequestedV1
from contracts.wb_token import read_claims
from ingestor import refusals
from ingestor.app import Parts, make_parts
from ingestor.handlers.cabinet_connected import cabinet_connected
from ingestor.handlers.cabinet_disconnected import cabinet_disconnected
from ingestor.handlers.question_answer_requested import question_answer_requested
from ingestor.handlers.review_answer_requested import review_answer_requested
from ingestor.handlers.sync_requested import sync_requested as on_sync_requested
from ingestor.settings import IngestorSettings
from ingestor.sync import claims, schedule
from pydantic import SecretStr
from servicekit.background import running
from servicekit.consume import Handler, handle_once
from servicekit.crypto import generate_keys, seal
from servicekit.db import Database
from sqlalchemy import text
from wbsim.running import Wbsim

PUBLIC_KEY, PRIVATE_KEY = generate_keys()
UNUSED = SecretStr("unused://")


def make_settings(wb_url: str, **changes: Any) -> IngestorSettings:
    """Settings for a fast simulator on one URL."""
    values: dict[str, Any] = {
        "database_url": UNUSED,
        "redis_url": UNUSED,
        "rabbitmq_url": UNUSED,
        "seal_private_keys": SecretStr(PRIVATE_KEY),
        "wb_api_base_url": wb_url,
        "wb_api_timeout": 2,
        "wb_rate_limit": 1000,
        "sync_interval": 0.005,
        "sync_lease_seconds": 3,
        # First loads have read all there is when they end, unless a test wants otherwise.
        "sync_first_days": 3_650,
    }
    return IngestorSettings(**(values | changes))


@dataclass(frozen=True)
class Ingestor:
    """The parts of one ingestor and what they work on."""

    parts: Parts
    database: Database

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Checks and syncs go on within the block."""
        async with running({name: work for name, work in self.parts.works.items() if name != "leases"}):
            yield

    async def check(self) -> None:
        """Do every check that is due."""
        checks = self.parts.checks
        for check in await checks.claim(1):
            await checks.work(check)

    async def command(self, *, now: bool = False) -> int:
        """Take every command that is due (`now`: that has not ended) one step further; how many there were."""
        if now:
            async with self.database.transaction() as connection:
                await connection.execute(text("UPDATE wb_commands SET due_at = now() WHERE due_at IS NOT NULL"))
        claimed = await self.parts.commands.claim(10)
        for command in claimed:
            await self.parts.commands.work(command)
        return len(claimed)

    async def sync(self, resource: str | None = None) -> list[float | None]:
        """Run what is due once (or at once: one resource); when each is due again, in seconds."""
        async with self.database.transaction() as connection:
            await connection.execute(
                text("""
                    UPDATE sync_state SET next_run_at = CASE WHEN resource = :resource THEN '-infinity'
                        WHEN next_run_at <= now() + interval '1 minute' THEN now() + interval '1 hour'
                        ELSE next_run_at END
                    WHERE CAST(:resource AS text) IS NOT NULL
                """),
                {"resource": resource},
            )
        engine = self.parts.engine
        return [await engine.run(lease) for lease in await engine.claim(10)]


@asynccontextmanager
async def open_ingestor(
    database: Database, client: "redis.asyncio.Redis", prefix: str, wb_url: str, **changes: Any
) -> AsyncIterator[Ingestor]:
    """An ingestor with nothing running yet but its hold of leases."""
    settings = make_settings(wb_url, redis_key_prefix=prefix, **changes)
    parts = make_parts(settings, database, client)
    try:
        async with running({"leases": parts.works["leases"]}):
            yield Ingestor(parts, database)
    finally:
        await parts.http.aclose()


def connected(
    token: str, *, cabinet_id: UUID | None = None, ago: timedelta = timedelta(0), sealed_for: UUID | None = None
) -> Event[CabinetConnectedV1]:
    """The event of a cabinet connected with a token."""
    cabinet_id = cabinet_id or uuid4()
    data = CabinetConnectedV1(
        sealed_token=seal(token, public_key=PUBLIC_KEY, belongs_to=str(sealed_for or cabinet_id)),
        claims=read_claims(token, now=datetime.now(UTC), required=frozenset()),
        members=(1,),
    )
    event: Event[CabinetConnectedV1] = Event.new(data, cabinet_id=cabinet_id)
    return event.model_copy(update={"time": event.time - ago})


def disconnected(cabinet_id: UUID, *, ago: timedelta = timedelta(0)) -> Event[CabinetDisconnectedV1]:
    """The event of a cabinet removed by its seller."""
    event: Event[CabinetDisconnectedV1] = Event.new(CabinetDisconnectedV1(requested_by=1), cabinet_id=cabinet_id)
    return event.model_copy(update={"time": event.time - ago})


def sync_requested(cabinet_id: UUID, *resources: str) -> Event[SyncRequestedV1]:
    """The event of a manual sync."""
    data = SyncRequestedV1(sync_id=uuid4(), resources=resources, requested_by=1)
    return Event.new(data, cabinet_id=cabinet_id)


async def take(database: Database, event: Event[Any]) -> None:
    """Handle an event as the subscriber does."""
    handlers: dict[type[EventData], Handler] = {
        CabinetConnectedV1: cabinet_connected,
        CabinetDisconnectedV1: cabinet_disconnected,
        SyncRequestedV1: on_sync_requested,
        ReviewAnswerRequestedV1: review_answer_requested,
        QuestionAnswerRequestedV1: question_answer_requested,
    }
    await handle_once(database, INGESTOR_CABINETS, handlers, event)


async def connect_cabinet(ingestor: Ingestor, wb: Wbsim, **token: Any) -> UUID:
    """A cabinet connected and verified; its syncs are due."""
    event = connected(await wb.token(**token))
    await take(ingestor.database, event)
    await ingestor.check()
    return event.cabinetid


async def let_ten_minutes_pass(database: Database) -> None:
    """All that was is ten minutes older, and the checks of tokens that wait are due."""
    aged = {
        "sync_state": ("refused_since", "last_success_at", "accepted_at"),
        "cabinets": ("refused_since", "checked_at"),
    }
    async with database.transaction() as connection:
        for table, columns in aged.items():
            older = ", ".join(f"{column} = {column} - interval '10 minutes'" for column in columns)
            await connection.execute(text(f"UPDATE {table} SET {older}"))
        await connection.execute(text("UPDATE cabinets SET next_check_at = now() WHERE next_check_at IS NOT NULL"))


async def check_until_it_counts(ingestor: Ingestor) -> None:
    """Check the token so often, and so long, that a refusal is confirmed."""
    for _ in range(refusals.ANSWERS):
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.check()


async def sync_until_it_counts(ingestor: Ingestor, resource: str) -> None:
    """Read a resource so often, and so long, that its refusal is confirmed; the token is checked meanwhile."""
    for _ in range(refusals.ANSWERS):
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.sync(resource)
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.check()


async def claim(database: Database, limit: int = 10) -> list[schedule.Lease]:
    """Claim due syncs as some other process would."""
    return await claims.claim(database, limit=limit, lease_seconds=60)
