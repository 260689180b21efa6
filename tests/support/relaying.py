"""An outbox to relay, and a broker's place that takes, refuses or keeps what is published."""

from typing import Any
from uuid import UUID

from contracts.envelope import Event
from servicekit.db import Database
from servicekit.outbox import append
from servicekit.outbox.relay import OutboxRow
from sqlalchemy import text


class Sink:
    """A broker that remembers, and refuses the first times it is told to."""

    def __init__(self, refuse: int = 0) -> None:
        self.refuse = refuse
        self.rows: list[OutboxRow] = []

    async def __call__(self, row: OutboxRow) -> None:
        if self.refuse:
            self.refuse -= 1
            raise ConnectionError("no broker")
        self.rows.append(row)

    @property
    def ids(self) -> list[UUID]:
        return [row.id for row in self.rows]


async def store(db: Database, *events: Event[Any]) -> None:
    async with db.transaction() as connection:
        await append(connection, events)


async def rows(db: Database, columns: str = "id, sent_at, attempts, last_error") -> list[Any]:
    async with db.transaction() as connection:
        return list(await connection.execute(text(f"SELECT {columns} FROM outbox ORDER BY created_at")))
