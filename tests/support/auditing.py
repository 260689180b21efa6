"""Records for the audit, and what a hand in its database does to them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from audit import store
from contracts.audit import Actor, AuditRecordedV1, Personal
from contracts.envelope import Event
from nacl.signing import SigningKey
from servicekit.db import Database
from sqlalchemy import text

NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
KEY = SigningKey(bytes(range(32)))


def recorded(tenant: UUID, n: int = 0, *, telegram_id: int | None = 7, **fields: Any) -> Event[AuditRecordedV1]:
    """A record of the tenant, `n` minutes past noon."""
    data = AuditRecordedV1(
        actor=Actor(kind="user", key_id=uuid4(), role="owner"),
        action=fields.pop("action", "rename_cabinet"),
        outcome="done",
        before={"n": n},
        after={"n": n + 1},
        personal=Personal(telegram_id=telegram_id, after={"name": f"Север {n}"}) if telegram_id else Personal(),
        request_id=uuid4(),
        **fields,
    )
    return Event[AuditRecordedV1].new(data, cabinet_id=tenant, time=NOON + timedelta(minutes=n))


async def fill(database: Database, tenants: Sequence[UUID], each: int) -> None:
    """So many records of each tenant, in turn."""
    async with database.transaction() as connection:
        await store.append(connection, [recorded(tenant, n) for n in range(each) for tenant in tenants])


async def tamper(database: Database, statement: str, **values: Any) -> int:
    """Change records as whoever owns the table can; how many."""
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE records DISABLE TRIGGER only_added"))
        changed = (await connection.execute(text(statement), values)).rowcount
        await connection.execute(text("ALTER TABLE records ENABLE TRIGGER only_added"))
    return changed
