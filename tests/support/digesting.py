"""Digests counted and prepared, and the rows that they are made of."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.digests import (
    DigestKind,
    DigestPreparedV1,
)
from contracts.items import Section, UnitEconomics, UnitMoney
from reporter import tables
from reporter.digests import prepared
from reporter.digests.periods import Period, ended
from reporter.figures.pacing import Pace
from reporter.jobs.prepare_digests import prepare_digests
from servicekit.db import Database

from support.facts import put
from support.outbox_rows import published
from support.reporting import TODAY
from support.rows import execute

YESTERDAY = TODAY - timedelta(days=1)
DAY = ended(DigestKind.DAY, TODAY)

UNIT = UnitMoney(
    price=D(100), commission_percent=D("24.5"), logistics=D("12.35"), tax=D("6"), cost=D("30"), other=D("1.5")
)


def total(day: date, nm_id: int = 1, **figures: Any) -> dict[str, Any]:
    """What an item came to on a day."""
    counts = {c.name: 0 for c in tables.day_totals.columns if c.name not in {"cabinet_id", "currency"}}
    sums = {name: D(value) for name, value in figures.items() if name.endswith("_sum")}
    return {**counts, "nm_id": nm_id, "day": day, **figures, **sums}


def stat(day: date, nm_id: int = 1, **figures: Any) -> dict[str, Any]:
    """A day of campaign 1 on the site."""
    values = {"advert_id": 1, "app_type": 1, "views": 0, "clicks": 0, "orders": 0, "order_sum": D(0), **figures}
    return {**values, "day": day, "nm_id": nm_id, "spent": D(figures.get("spent", 0))}


def unit(nm_id: int, money: UnitMoney = UNIT, currency: str = "RUB") -> dict[str, Any]:
    body = UnitEconomics(estimate=money).model_dump(mode="json")
    return {"nm_id": nm_id, "section": Section.MONEY, "currency": currency, "as_of": TODAY, "body": body}


async def turned(database: Database, cabinet_id: UUID, day: date = TODAY) -> None:
    """The cabinet's figures are of the day."""
    await put(database, tables.figure_days, cabinet_id, {"day": day})


async def counted(database: Database, cabinet_id: UUID, period: Period = DAY) -> DigestPreparedV1:
    async with database.transaction() as connection:
        return await prepared.count(connection, cabinet_id, period, revision=1)


async def told(database: Database, kind: DigestKind = DigestKind.DAY) -> list[DigestPreparedV1]:
    return [e.data for e in await published(database, DigestPreparedV1.TYPE) if e.data.kind is kind]


async def run(database: Database, today: date = TODAY) -> int:
    return await prepare_digests(database, Pace(), today)


async def an_hour_passes(database: Database) -> None:
    await execute(database, "UPDATE digests SET looked_at = looked_at - interval '1 hour'")
