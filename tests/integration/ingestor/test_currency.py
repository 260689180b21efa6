"""Amounts keep their currency from WB to the event."""

from typing import TYPE_CHECKING, Any

import pytest
from servicekit.db import Database
from support.driver_log import sent
from support.ingesting import connect_cabinet, open_ingestor
from support.mutations import answer_of, rows_of_a_shop, written
from support.outbox_rows import published
from support.pages import page_reader
from support.rows import rows
from wbsim.running import running_wbsim

if TYPE_CHECKING:
    import redis.asyncio


async def currencies(database: Database, event_type: str, name: str) -> set[Any]:
    """What the events of a type state."""
    return {row.currency for event in await published(database, event_type) for row in getattr(event.data, name)}


async def known(database: Database) -> Any:
    [cabinet] = await rows(database, "SELECT currency FROM cabinets")
    return cabinet["currency"]


@pytest.mark.usefixtures("few_resources")
async def test_orders_that_state_none_are_told_in_the_currency_of_the_sellers_country(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    async with (
        running_wbsim(seed=3, currency="KGS", history_orders=20, limits_factor=3600) as wb,
        open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, wb_rate_limit=3600) as ingestor,
    ):
        await connect_cabinet(ingestor, wb)
        assert await known(ingestor_db) == "KGS"
        await ingestor.sync("orders")
    assert await currencies(ingestor_db, "orders.updated.v1", "orders") == {"KGS"}


async def test_what_prices_state_is_the_sellers_from_then_on(ingestor_db: Database) -> None:
    prices = await page_reader(ingestor_db, "prices")
    good = rows_of_a_shop()["prices"][0] | {"currencyIsoCode4217": 398}
    assert await known(ingestor_db) is None
    await prices.take_in(written(answer_of("prices", [good])))
    assert await known(ingestor_db) == "KZT"
    assert await currencies(ingestor_db, "prices.updated.v1", "prices") == {"KZT"}
    orders = await page_reader(ingestor_db, "orders", prices.cabinet_id)
    await orders.take_in(written(answer_of("orders", rows_of_a_shop()["orders"][:3])))
    assert await currencies(ingestor_db, "orders.updated.v1", "orders") == {"KZT"}


async def test_a_run_learns_the_sellers_currency_from_its_first_page(ingestor_db: Database) -> None:
    prices = await page_reader(ingestor_db, "prices")
    async with sent(ingestor_db) as log:
        for good in rows_of_a_shop()["prices"][:3]:
            await prices.take_in(written(answer_of("prices", [good])))
    assert len([each for each in log if each.startswith("UPDATE cabinets SET currency")]) == 1
    assert await known(ingestor_db) == "RUB"


async def test_what_nobody_stated_is_not_said(ingestor_db: Database) -> None:
    orders = await page_reader(ingestor_db, "orders")
    await orders.take_in(written(answer_of("orders", rows_of_a_shop()["orders"][:3])))
    assert await currencies(ingestor_db, "orders.updated.v1", "orders") == {None}


async def test_half_an_emoji_in_one_row_stops_nothing(ingestor_db: Database) -> None:
    reader = await page_reader(ingestor_db, "orders")
    first, spoilt, last = (dict(row) for row in rows_of_a_shop()["orders"][:3])
    body = written(answer_of("orders", [first, {**spoilt, "brand": "HERE"}, last])).replace(b"HERE", rb"Shop \ud83d")
    await reader.take_in(body)
    assert reader.run.counts.rows_new == 3
    assert (await reader.stored())[(spoilt["srid"],)]["brand"] == "Shop \ufffd"
    assert len(await published(ingestor_db, "orders.updated.v1")) >= 1
