"""Pages of rows that were spoilt in every way, into PostgreSQL: what parses is stored, the rest is in quarantine."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource
from servicekit.db import Database
from support.mutations import ONE_ROW, answer_of, is_well_formed, items_of, mutated, rows_of_a_shop, written
from support.outbox_rows import published
from support.pages import PageReader, page_reader
from support.reading import NOW, parsed

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


@pytest.mark.parametrize("name", RESOURCES)
async def test_a_page_of_spoilt_rows_is_stored_and_set_aside(ingestor_db: Database, name: str) -> None:
    rng = Random(f"spoilt {name}")
    reader = await reader_of(ingestor_db, name)
    for round_of_the_same_keys in range(2):
        body, sound = spoilt_page(rng, name)
        before = reader.run.counts
        expected = await reader.take_in(body, NOW + timedelta(minutes=round_of_the_same_keys))
        stored = await reader.stored()
        for row in expected.rows:
            should_be_stored(reader.resource, stored, row)
        for row in parsed(reader.resource, sound).rows if sound else ():
            should_be_stored(reader.resource, stored, row)
        assert {broken.body for broken in expected.broken} <= await reader.set_aside()
        after = reader.run.counts
        assert after.rows_quarantined - before.rows_quarantined == len(expected.broken)
        assert expected.broken or name in ONE_ROW
        if round_of_the_same_keys == 0 and not reader.resource.storage.known_only:
            assert after.rows_new == len(expected.rows) == len(stored)
    told = await published(ingestor_db, reader.resource.publishing.event.TYPE)
    assert told or name in ONE_ROW  # it may have been set aside


async def reader_of(database: Database, name: str) -> PageReader:
    """A reader of the resource; where rows of another one must be known, they are."""
    if not RESOURCES[name].storage.known_only:
        return await page_reader(database, name)
    tasks = await page_reader(database, "fbs_orders")
    await tasks.take_in(written(answer_of("fbs_orders", rows_of_a_page("fbs_orders"))))
    return await page_reader(database, name, tasks.cabinet_id)


def rows_of_a_page(name: str) -> list[dict[str, Any]]:
    """As many rows of the shop, each with a key of its own."""
    known, key = rows_of_a_shop()[name], KEYS[name]
    made = []
    for n in range(PAGE_ROWS):
        row = known[n % len(known)]
        made.append({**row, key: row[key] + n * 1_000 if isinstance(row[key], int) else f"{row[key]}-{n}"})
    return made


def spoilt_page(rng: Random, name: str) -> tuple[bytes, bytes]:
    """An answer in which most rows are not as they were, and may be no JSON; and one of the others only."""
    whole = rows_of_a_page(name)
    if name in ONE_ROW:
        return written(_spoilt(rng, whole[0])), b""
    body, sound = answer_of(name, whole), answer_of(name, whole)
    items, others = items_of(name, body), items_of(name, sound)
    # The last one stays: without its end it could not be told from an answer that was cut off.
    spoilt = {n for n in range(len(items) - 1) if rng.random() < 0.9}
    items[:] = [mutated(rng, item) if n in spoilt else item for n, item in enumerate(items)]
    others[:] = [item for n, item in enumerate(others) if n not in spoilt]
    return written(body), written(sound)


def _spoilt(rng: Random, item: Any) -> Any:
    while not is_well_formed(written(changed := mutated(rng, item))):
        pass
    return changed


def should_be_stored(resource: Resource, stored: dict[tuple[Any, ...], dict[str, Any]], row: tuple[Any, ...]) -> None:
    """The row is in the table as it was parsed, unless a newer state of it was there or none was to be."""
    values = dict(zip(resource.storage.names, row, strict=True))
    key = tuple(values[name] for name in resource.storage.keys)
    if resource.storage.known_only and key not in stored:
        return
    kept = stored[key]
    if resource.storage.version and kept[resource.storage.version] != values[resource.storage.version]:
        assert kept[resource.storage.version] > values[resource.storage.version]
        return
    json_columns = {column.name for column in resource.storage.table.columns if str(column.type) == "JSONB"}
    for name in values.keys() - UNSAID:
        value = values[name]
        assert kept[name] == (json.loads(value) if name in json_columns and value is not None else value), name
