"""A large shop made of copies of a small one is told as the ingestor would tell it: valid, whole, and joined by ids."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from bench.quarter_log import ADVERTISING, SMALL_ITEMS, Message, Rows, entered, items_of, large_shop, small_shop
from contracts.envelope import Event
from contracts.model import MAX_BATCH
from contracts.orders import order_id
from contracts.registry import EVENTS
from reporter.handlers.facts_updated import KEPT

SHOP = UUID(int=3)
START = datetime(2026, 8, 1, 9, tzinfo=UTC)
COPIES = ADVERTISING + 1
OF_OTHER_TOKENS = {"stock_remains.updated.v1"}
ENTERED_NOT = {"other_costs.entered.v1", "lead_times.entered.v1", "plan.entered.v1"}


@pytest.fixture(scope="module")
def small() -> list[Rows]:
    return list(small_shop(START, days=16, orders_per_day=12))


@pytest.fixture(scope="module")
def told(small: list[Rows]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each source, of events that are what their contracts say."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for message in large_shop(small, SHOP, COPIES):
        found = valid(message)
        assert 0 < len(found) == message.rows <= MAX_BATCH
        rows[message.event.type] += found
    return rows


def valid(message: Message) -> list[dict[str, Any]]:
    models: Any = Event
    event = models[EVENTS[message.event.type]].model_validate_json(message.body)
    assert (event.cabinetid, event.time) == (SHOP, message.event.time)
    [rows] = event.data.model_dump().values()
    return list(rows)


def test_every_source_that_facts_are_kept_of_tells_something(
    small: list[Rows], told: dict[str, list[dict[str, Any]]]
) -> None:
    kept = {event.TYPE for event in KEPT} | {"orders.updated.v1"}
    by_seller = {message.event.type for message in entered(items_of(small, COPIES), SHOP, START)}
    assert kept - set(told) - by_seller == OF_OTHER_TOKENS | ENTERED_NOT


def test_a_copy_has_rows_of_its_own_and_the_shop_has_its_own_once(
    small: list[Rows], told: dict[str, list[dict[str, Any]]]
) -> None:
    counts = Counter({event: len(rows) for event, rows in told.items()})
    alone = Counter({rows.event.TYPE: 0 for rows in small})
    for rows in small:
        alone[rows.event.TYPE] += len(rows.rows)
    assert counts["orders.updated.v1"] == COPIES * alone["orders.updated.v1"]
    assert counts["campaign_stats.updated.v1"] == 2 * alone["campaign_stats.updated.v1"]
    assert counts["tariffs_box.updated.v1"] == alone["tariffs_box.updated.v1"]
    first = {(row["sale_id"], row["revision"]) for row in told["sales.updated.v1"]}
    assert len(first) == counts["sales.updated.v1"]
    storage = [row for row in told["finance.updated.v1"] if row["nm_id"] is None]
    assert len({(row["report_id"], row["rrd_id"], row["revision"]) for row in storage}) == len(storage)


def test_what_belongs_together_has_the_same_ids(small: list[Rows], told: dict[str, list[dict[str, Any]]]) -> None:
    cards = {row["nm_id"]: row for row in told["products.updated.v1"]}
    assert sorted(cards) == items_of(small, COPIES)
    assert len(cards) == COPIES * SMALL_ITEMS
    orders = {row["srid"]: row for row in told["orders.updated.v1"]}
    assert all(row["order_id"] == order_id(SHOP, srid) for srid, row in orders.items())
    assert {row["srid"] for row in told["sales.updated.v1"]} <= set(orders)
    barcodes = {sku for card in cards.values() for size in card["sizes"] for sku in size["skus"]}
    assert {row["barcode"] for row in orders.values()} <= barcodes
    advertised = {nm_id for row in told["campaigns.updated.v1"] for nm_id in row["nm_ids"]}
    for rows in told.values():
        assert {row["nm_id"] for row in rows if row.get("nm_id")} <= set(cards) | advertised
