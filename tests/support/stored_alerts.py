"""Alerts once sections were counted: what is stored of them, and what their events told."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.alerts import Alert, AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.envelope import Origin
from contracts.items import Section
from contracts.model import Model
from reporter.alerts import engine
from reporter.alerts.rule import Rule
from servicekit.db import Database
from sqlalchemy import text

from support.alerting import ITEM, NOW, TODAY
from support.outbox_rows import published
from support.rows import all_rows

OTHER = 2
EVERYTHING: Mapping[Section, Collection[int]] = dict.fromkeys(Section, (0, ITEM, OTHER))
KINDS = (AlertsRaisedV1, AlertsUpdatedV1, AlertsResolvedV1)


async def count(
    database: Database,
    cabinet_id: UUID,
    sections: Mapping[Section, Collection[int]] = EVERYTHING,
    *,
    now: datetime = NOW,
    told: Collection[int] | Mapping[Section, Collection[int]] = (0, ITEM, OTHER),
) -> None:
    """As if these sections had just been written."""
    today = (now + timedelta(hours=3)).date()
    by_section = told if isinstance(told, Mapping) else dict.fromkeys(Section, told)
    async with database.transaction() as connection:
        await engine.after_counting(connection, cabinet_id, sections, today=today, now=now, told=by_section)


async def look(database: Database, cabinet_id: UUID, rule: Rule) -> None:
    async with database.transaction() as connection:
        await engine.look(connection, cabinet_id, {rule: [0]}, today=TODAY, now=NOW, origin_of=lambda *_: Origin.LIVE)


async def show(database: Database, cabinet_id: UUID, about: Mapping[tuple[int, Section, str], Model]) -> None:
    """Sections of items, instead of those that were there."""
    async with database.transaction() as connection:
        for (nm_id, section, currency), body in about.items():
            await connection.execute(
                text(
                    "INSERT INTO item_figures (cabinet_id, nm_id, section, currency, as_of, body) "
                    "VALUES (:id, :nm_id, :section, :currency, :today, CAST(:body AS jsonb)) "
                    "ON CONFLICT (cabinet_id, nm_id, section, currency) DO UPDATE SET body = excluded.body"
                ),
                {
                    "id": cabinet_id,
                    "nm_id": nm_id,
                    "section": section,
                    "currency": currency,
                    "today": TODAY,
                    "body": body.model_dump_json(),
                },
            )


async def told(database: Database) -> list[tuple[str, Alert]]:
    """Every alert of every event, with the kind of event."""
    found: list[tuple[str, Alert]] = []
    for kind in KINDS:
        found += [
            (kind.TYPE.split(".")[1], alert)
            for event in await published(database, kind.TYPE)
            for alert in event.data.alerts
        ]
    return sorted(found, key=lambda each: (each[1].rule, each[1].subject, each[1].revision))


async def steps(database: Database, rule: str) -> list[str]:
    return [kind for kind, alert in await told(database) if alert.rule == rule]


async def open_rules(database: Database) -> list[str]:
    return sorted(row["rule"] for row in await all_rows(database, "alerts") if row["resolved_at"] is None)


def a_feedback(**fields: Any) -> dict[str, Any]:
    return {"id": "f", "nm_id": ITEM, "created_at": NOW, "valuation": 2, "text": "Тонкая ткань", **fields}
