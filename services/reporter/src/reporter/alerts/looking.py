"""What rules are shown: alerts as they stand, the sections that they look at, and what their own statements give."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.items import SECTIONS, Section
from contracts.model import Model
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.alerts.rule import Known, Rule, Seen
from reporter.alerts.thresholds import RESTOCKED_HOURS

Rows = Sequence[Mapping[str, Any]]

_KNOWN = text(f"""
SELECT alert_id, rule, subject, nm_id, severity, material, body, raised_at, raised_by, changed_at, resolved_at
FROM alerts
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND rule = ANY (CAST(:rules AS text[]))
    AND (resolved_at IS NULL OR resolved_at > CAST(:now AS timestamptz) - make_interval(hours => {RESTOCKED_HOURS}))
ORDER BY alert_id
""")
_SECTIONS = text("""
SELECT nm_id, section, currency, CAST(body AS text) AS body FROM item_figures
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
    AND section = ANY (CAST(:sections AS text[]))
""")


async def seen(
    connection: AsyncConnection, cabinet_id: UUID, asked: Mapping[Rule, Collection[int]], today: date, now: datetime
) -> Seen:
    """What all these rules are shown, but for their own rows; two statements at most."""
    values = {"cabinet_id": cabinet_id, "nm_ids": sorted({nm_id for nm_ids in asked.values() for nm_id in nm_ids})}
    known = await connection.execute(_KNOWN, {**values, "now": now, "rules": [rule.name for rule in asked]})
    shown = Seen(nm_ids=(), today=today, now=now, known=[Known(**row) for row in known.mappings()])
    sections = sorted({section for rule in asked for section in rule.bodies})
    if not sections:
        return shown
    found = await connection.execute(_SECTIONS, {**values, "sections": sections})
    bodies: dict[tuple[int, Section, str], Model] = {
        (row.nm_id, Section(row.section), row.currency): SECTIONS[Section(row.section)].model_validate_json(row.body)
        for row in found
    }
    return replace(shown, bodies=bodies)


async def rows(
    connection: AsyncConnection, cabinet_id: UUID, facts: TextClause, nm_ids: Collection[int], seen: Seen
) -> Rows:
    """What a rule's own statement gives of the items."""
    values = {"cabinet_id": cabinet_id, "nm_ids": sorted(nm_ids), "today": seen.today, "now": seen.now}
    return [dict(row) for row in (await connection.execute(facts, values)).mappings()]
