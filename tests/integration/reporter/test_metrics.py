"""What an operator sees of the reporter."""

from datetime import date
from uuid import uuid4

import asyncpg
from contracts.items import Section
from local.servers import Servers
from pydantic import SecretStr
from reporter.app import build
from reporter.figures import failures, stale
from reporter.figures.parts import Part
from reporter.metrics import READINGS
from reporter.settings import Settings
from servicekit import db
from servicekit.broker import connected, make_broker
from servicekit.db import Database
from servicekit.serving import Platform
from servicekit.telemetry import configure_telemetry
from support.metrics import described, see_what_every_service_shows, shown_name


async def test_outbox_queues_dead_letters_and_pool(reporter_db: Database, servers: Servers, rabbitmq_url: str) -> None:
    settings = Settings(
        database_url=SecretStr(reporter_db.dsn),
        redis_url=SecretStr(servers.redis_url),
        rabbitmq_url=SecretStr(rabbitmq_url),
        reports_port=0,
    )
    provider = configure_telemetry("reporter", None)
    platform = Platform("reporter", settings, db.connect(settings), make_broker(rabbitmq_url, "reporter"), provider)
    app = build(platform, settings)
    async with connected(platform.broker):
        shown = await see_what_every_service_shows(app, "reporter", reporter_db, rabbitmq_url)
    for part in ("cells", "items", "money", "whole", "reconciliation", "digests"):
        for name in ("figures", "oldest_seconds", "failing"):
            assert shown.value(f"pulse_stale_{name}", kind=part) is not None
    families = {shown_name(family) for family in shown.families}
    assert {name for name in families if name.startswith("pulse_")} == {
        name for name, each in described().items() if "reporter" in each.services
    }


async def test_what_is_stale_and_since_when_by_the_databases_clock(reporter_db: Database) -> None:
    cabinet_id, other = uuid4(), uuid4()
    async with reporter_db.transaction() as connection:
        for each in (cabinet_id, other):
            sections = {Section.STOCK: [0, 1, 2], Section.MONEY: [1]}
            await stale.mark_sections(connection, each, sections, is_live=True, told=())
            await stale.mark_cells(connection, each, [1, 2], date(2026, 11, 20))
        key = [(2, Section.STOCK.value)]
        await failures.set_aside(connection, cabinet_id, Part.ITEMS, key, ValueError("odd"))
    [reading] = READINGS
    aged = f"""
        UPDATE stale_cabinets SET stale_since = now() - interval '3 minutes' WHERE cabinet_id = '{cabinet_id}';
        UPDATE stale_failures SET stale_since = now() - interval '5 minutes'
    """
    driver = await asyncpg.connect(reporter_db.dsn)
    async with driver.transaction():  # within one it is always the same time
        await driver.execute(aged)
        rows = await driver.fetch(reading.sql, *reading.arguments)
    await driver.close()
    names = [f"pulse_stale_{name}" for name in ("figures", "oldest_seconds", "failing")]
    assert {row["kind"]: tuple(row[name] for name in names) for row in rows} == {
        "cells": (4, 180, 0),
        "items": (4, 300, 1),
        "money": (2, 180, 0),
        "whole": (2, 180, 0),
        "reconciliation": (0, 0, 0),
        "digests": (0, 0, 0),
    }
