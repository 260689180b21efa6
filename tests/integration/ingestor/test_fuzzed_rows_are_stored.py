"""Pages of rows that were spoilt in every way, into PostgreSQL: what parses is stored, the rest is in quarantine."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource, Start
from ingestor.sync import schedule
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import published, rows
from support.mutations import ONE_ROW, answer_of, is_well_formed, items_of, mutated, rows_of_a_shop, written
from support.reading import NOW, Parsed, parsed

PAGE_ROWS = 300

KEYS = {
    "orders": "srid",
    "order_feed": "srid",
    "products": "nmID",
    "stocks": "chrtId",
    "stock_remains": "barcode",
    "seller_stocks": "chrtId",
    "warehouses": "id",
    "offices": "id",
    "fbs_orders": "id",
    "fbs_new_orders": "id",
    "fbs_statuses": "id",
    "sales": "saleID",
    "prices": "nmID",
    "tariffs_commission": "subjectID",
    "tariffs_box": "warehouseName",
    "tariffs_return": "warehouseName",
    "feedbacks": "id",
    "questions": "id",
    "claims": "id",
    "funnel": "nmId",
    "finance": "rrdId",
    "campaigns": "id",
    "campaign_bids": "id",
    "campaign_stats": "nmId",
    "campaign_spend": "advertId",
    "campaign_budgets": "advertId",
    "advert_balance": "currency",
}
"""A field of each row that is made another in every row of a page."""

UNSAID = frozenset({"observed_at", "read_on"})
"""Columns that say when we looked."""


@dataclass(frozen=True)
class Reading:
    """One cabinet's reading of one resource."""

    database: Database
    resource: Resource
    cabinet_id: UUID
    run: Run

    async def take_in(self, body: bytes, at: datetime) -> Parsed:
        """Take a page in; what it should come to."""
        position = self.resource.begin(None, Start(at, sweep=False, page_rows=PAGE_ROWS))
        if self.resource.subjects:
            position |= {"ids": [1]}
        await take_in(self.database, self.run, position, body, at)
        return parsed(self.resource, body)

    async def stored(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The rows of the table by their keys."""
        found = await rows(
            self.database,
            f"SELECT * FROM {self.resource.table.name} WHERE cabinet_id = :id AND {self.resource.digest} IS NOT NULL",
            id=self.cabinet_id,
        )
        return {tuple(row[key] for key in self.resource.keys): row for row in found}

    async def set_aside(self) -> set[bytes]:
        """The bodies in quarantine."""
        found = await rows(
            self.database,
            "SELECT body FROM quarantine WHERE cabinet_id = :id AND resource = :resource",
            id=self.cabinet_id,
            resource=self.resource.name,
        )
        return {row["body"] for row in found}


@pytest.mark.parametrize("name", RESOURCES)
async def test_a_page_of_spoilt_rows_is_stored_and_set_aside(ingestor_db: Database, name: str) -> None:
    rng = Random(f"spoilt {name}")
    reading = await begun(ingestor_db, name)
    for round_of_the_same_keys in range(2):
        body = spoilt_page(rng, name)
        before = reading.run.counts
        expected = await reading.take_in(body, NOW + timedelta(minutes=round_of_the_same_keys))
        stored = await reading.stored()
        for row in expected.rows:
            should_be_stored(reading.resource, stored, row)
        assert {broken.body for broken in expected.broken} <= await reading.set_aside()
        after = reading.run.counts
        assert after.rows_quarantined - before.rows_quarantined == len(expected.broken) > 0
        if round_of_the_same_keys == 0 and not reading.resource.known_only:
            assert after.rows_new == len(expected.rows) == len(stored)
    told = await published(ingestor_db, reading.resource.event.TYPE)
    assert told or name in ONE_ROW  # it may have been set aside


async def begun(database: Database, name: str) -> Reading:
    """A cabinet that may read the resource; where rows of another one must be known, they are."""
    cabinet_id = uuid4()
    async with database.transaction() as connection:
        await connection.execute(
            text("""
                INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)
                VALUES (:id, 'verified', :id, 'personal', '', now(), now())
            """),
            {"id": cabinet_id},
        )
    reading = await _reading(database, cabinet_id, name)
    if reading.resource.known_only:
        tasks = await _reading(database, cabinet_id, "fbs_orders")
        await tasks.take_in(written(answer_of("fbs_orders", rows_of_a_page("fbs_orders"))), NOW)
    return reading


async def _reading(database: Database, cabinet_id: UUID, name: str) -> Reading:
    async with database.transaction() as connection:
        await connection.execute(
            text("INSERT INTO sync_state (cabinet_id, resource) VALUES (:id, :name)"), {"id": cabinet_id, "name": name}
        )
    [lease] = await schedule.claim(database, limit=1, lease_seconds=60)
    return Reading(database, RESOURCES[name], cabinet_id, Run(lease, RESOURCES[name], NOW, Counts()))


def rows_of_a_page(name: str) -> list[dict[str, Any]]:
    """As many rows of the shop, each with a key of its own."""
    known, key = rows_of_a_shop()[name], KEYS[name]
    made = []
    for n in range(PAGE_ROWS):
        row = known[n % len(known)]
        made.append({**row, key: row[key] + n * 1_000 if isinstance(row[key], int) else f"{row[key]}-{n}"})
    return made


def spoilt_page(rng: Random, name: str) -> bytes:
    """An answer in which most rows are not as they were."""
    whole = rows_of_a_page(name)
    if name in ONE_ROW:
        return written(_spoilt(rng, whole[0]))
    body = answer_of(name, whole)
    items = items_of(name, body)
    items[:] = [item if rng.random() < 0.1 else _spoilt(rng, item) for item in items]
    return written(body)


def _spoilt(rng: Random, item: Any) -> Any:
    while not is_well_formed(written(changed := mutated(rng, item))):
        pass
    return changed


def should_be_stored(resource: Resource, stored: dict[tuple[Any, ...], dict[str, Any]], row: tuple[Any, ...]) -> None:
    """The row is in the table as it was parsed, unless a newer state of it was there or none was to be."""
    values = dict(zip(resource.names, row, strict=True))
    key = tuple(values[name] for name in resource.keys)
    if resource.known_only and key not in stored:
        return
    kept = stored[key]
    if resource.version and kept[resource.version] != values[resource.version]:
        assert kept[resource.version] > values[resource.version]
        return
    json_columns = {column.name for column in resource.table.columns if str(column.type) == "JSONB"}
    for name in values.keys() - UNSAID:
        value = values[name]
        assert kept[name] == (json.loads(value) if name in json_columns and value is not None else value), name
