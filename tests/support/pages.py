"""Pages taken in as a run of the sync engine takes them, for any resource."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource, Start
from ingestor.sync import claims
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from ingestor.sync.unreadable import MostlyBroken
from servicekit.db import Database
from sqlalchemy import text

from support.reading import NOW, Parsed, parsed
from support.rows import rows


@dataclass(frozen=True)
class PageReader:
    """One cabinet's reading of one resource."""

    database: Database
    resource: Resource
    cabinet_id: UUID
    run: Run

    async def take_in(self, body: bytes, at: datetime = NOW) -> Parsed:
        """Take a page in; what it should come to."""
        position = self.resource.reading.begin(None, Start(at, sweep=False, page_rows=1_000))
        if self.resource.reading.subjects:
            position |= {"ids": [1]}
        # A page of which most is broken is a failure; what can be read of it is stored all the same.
        with suppress(MostlyBroken):
            await take_in(self.database, self.run, position, body, at)
        return parsed(self.resource, body)

    async def stored(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The rows of the table by their keys."""
        storage = self.resource.storage
        found = await rows(
            self.database,
            f"SELECT * FROM {storage.table.name} WHERE cabinet_id = :id AND {storage.digest} IS NOT NULL",
            id=self.cabinet_id,
        )
        return {tuple(row[key] for key in storage.keys): row for row in found}

    async def set_aside(self) -> set[bytes]:
        """The bodies in quarantine."""
        found = await rows(
            self.database,
            "SELECT body FROM quarantine WHERE cabinet_id = :id AND resource = :resource",
            id=self.cabinet_id,
            resource=self.resource.name,
        )
        return {row["body"] for row in found}


async def page_reader(database: Database, name: str, cabinet_id: UUID | None = None) -> PageReader:
    """A reader of a resource, of a new cabinet if none is given."""
    async with database.transaction() as connection:
        if cabinet_id is None:
            cabinet_id = uuid4()
            await connection.execute(
                text("""
                    INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)
                    VALUES (:id, 'verified', :id, 'personal', '', now(), now())
                """),
                {"id": cabinet_id},
            )
        await connection.execute(
            text("INSERT INTO sync_state (cabinet_id, resource) VALUES (:id, :name)"), {"id": cabinet_id, "name": name}
        )
    [lease] = await claims.claim(database, limit=1, lease_seconds=60)
    return PageReader(database, RESOURCES[name], cabinet_id, Run(lease, RESOURCES[name], NOW, Counts()))
