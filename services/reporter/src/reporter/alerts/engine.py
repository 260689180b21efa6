"""Alerts follow their causes: raised once, updated where they say something else, resolved when the cause is gone.

Whoever counts figures calls `after_counting` in the transaction that writes them, holding the cabinet; so the state of
the alerts, their events and what they were found in are stored together or not at all. However many items are asked
about, it takes the same number of statements.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from typing import Any
from uuid import UUID

import structlog
from contracts.alerts import Alert, AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1, alert_ids_of
from contracts.analytics import WHOLE_CABINET
from contracts.currency import Currency
from contracts.envelope import Event, Origin
from contracts.items import Section
from contracts.model import MAX_BATCH, Model, Money
from contracts.products import ProductCard
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.alerts import alone, looking
from reporter.alerts.rule import Cause, Known, Rule
from reporter.alerts.rules import RULES
from reporter.figures.moscow import day_of

log = structlog.get_logger()

OriginOf = Callable[[str, int], Origin]
"""Why a rule looks at an item (0: the cabinet)."""

Told = type[AlertsRaisedV1] | type[AlertsUpdatedV1] | type[AlertsResolvedV1]


class _Body(Model):
    """What of an alert comes from its cause, beside what its row has columns of."""

    chrt_id: int | None
    feedback_id: str | None
    report_id: int | None
    resource: str | None
    money_at_risk: Money | None
    currency: Currency | None
    figures: dict[str, Any]


# A row brings by how much its episode and its revision grow; what is not there yet begins with just that.
_WRITE = text("""
INSERT INTO alerts AS known (cabinet_id, alert_id, rule, subject, nm_id, severity, material, body,
    episode, revision, raised_at, raised_by, changed_at, resolved_at)
SELECT CAST(:cabinet_id AS uuid), alert_id, rule, subject, nm_id, severity, material, body,
    episode, revision, raised_at, raised_by, changed_at, resolved_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
    alert_id uuid, rule text, subject text, nm_id bigint, severity text, material text, body jsonb,
    episode integer, revision integer, raised_at timestamptz, raised_by text, changed_at timestamptz,
    resolved_at timestamptz
)
ON CONFLICT (cabinet_id, alert_id) DO UPDATE
SET severity = excluded.severity, material = excluded.material, body = excluded.body,
    episode = known.episode + excluded.episode, revision = known.revision + excluded.revision,
    raised_at = excluded.raised_at, raised_by = excluded.raised_by, changed_at = excluded.changed_at,
    resolved_at = excluded.resolved_at
RETURNING alert_id, episode, revision
""")
_CARDS = text("""
SELECT nm_id, to_jsonb(products) AS card FROM products
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
""")
_ROWS = TypeAdapter(list[dict[str, Any]])


@dataclass(frozen=True, kw_only=True)
class Step:
    """What becomes of one alert."""

    told: Told | None
    """The event that tells of it; none: only its figures moved, and say the same."""
    alert: Known


async def after_counting(
    connection: AsyncConnection,
    cabinet_id: UUID,
    counted: Mapping[Section, Collection[int]],
    *,
    today: date,
    now: datetime,
    told: Mapping[Section, Collection[int]],
) -> None:
    """Look again where sections of items were counted; what is found by sections that are not `told` is of a
    backfill, whatever else of the item is live."""
    after = {rule.name: rule.after for rule in RULES}

    def origin_of(rule: str, nm_id: int) -> Origin:
        is_told = any(nm_id in told.get(section, ()) for section in after[rule])
        return Origin.LIVE if is_told else Origin.BACKFILL

    asked = {rule: {nm_id for section in rule.after for nm_id in counted.get(section, ())} for rule in RULES}
    await look(connection, cabinet_id, asked, today=today, now=now, origin_of=origin_of)


async def after_event(connection: AsyncConnection, event: Event[Any], rule: Rule) -> None:
    """Look at the cabinet again by a rule that goes by events, once the event is stored."""
    now = clock.now()
    await look(
        connection,
        event.cabinetid,
        {rule: [WHOLE_CABINET]},
        today=day_of(now),
        now=now,
        origin_of=lambda *_: event.origin,
        cause=event,
    )


async def look(
    connection: AsyncConnection,
    cabinet_id: UUID,
    asked: Mapping[Rule, Collection[int]],
    *,
    today: date,
    now: datetime,
    origin_of: OriginOf,
    cause: Event[Any] | None = None,
) -> None:
    """Bring the alerts of rules about items (0: about the cabinet) in line with what causes there are now.

    The cabinet is to be held. A rule that fails leaves its alerts as they are, until it is asked again, and holds up no
    other; nor does a cause that no event could tell of.
    """
    asked = {rule: nm_ids for rule, nm_ids in asked.items() if nm_ids}
    if not asked:
        return
    seen = await looking.seen(connection, cabinet_id, asked, today, now)
    facts = {rule: rule.facts for rule in asked if rule.facts is not None}
    rows: dict[Rule, looking.Rows] = {rule: () for rule in asked if rule not in facts}

    async def read(rules: Collection[Rule]) -> None:
        for rule in rules:
            rows[rule] = await looking.rows(connection, cabinet_id, facts[rule], asked[rule], seen)

    await alone.each_alone(connection, cabinet_id, facts.keys(), read)
    steps: dict[Rule, list[Step]] = {}
    for rule, found in rows.items():
        nm_ids = asked[rule]
        try:
            causes = [each for each in rule.causes(replace(seen, nm_ids=nm_ids, rows=found)) if _can_be_told(each)]
        except Exception as error:
            alone.failed(cabinet_id, rule, error)
        else:
            of_rule = [known for known in seen.known if known.rule == rule.name and known.nm_id in nm_ids]
            steps[rule] = settle(cabinet_id, rule.name, of_rule, causes, now=now, origin_of=origin_of)

    async def keep(rules: Collection[Rule]) -> None:
        alerts = await _store(connection, cabinet_id, [step for rule in rules for step in steps[rule]])
        await outbox.append(connection, _events(cabinet_id, alerts, origin_of, cause))

    await alone.each_alone(connection, cabinet_id, [rule for rule in steps if steps[rule]], keep)


def settle(
    cabinet_id: UUID,
    rule: str,
    known: Iterable[Known],
    causes: Iterable[Cause],
    *,
    now: datetime,
    origin_of: OriginOf,
) -> list[Step]:
    """What is to be done so that the alerts of a rule are those of its causes; nothing where all is as it was."""
    id_of = alert_ids_of(cabinet_id)
    standing = {alert.alert_id: alert for alert in known if alert.resolved_at is None}
    found = {id_of(rule, cause.subject): cause for cause in causes}
    steps = []
    for alert_id, cause in sorted(found.items()):
        before = standing.pop(alert_id, None)
        if before is not None:
            steps += _moved(before, cause, now)
        elif cause.raises:
            origin = origin_of(rule, cause.nm_id).value
            raised = _as_known(alert_id, rule, cause, raised_at=now, raised_by=origin, changed_at=now)
            steps.append(Step(told=AlertsRaisedV1, alert=raised))
    for _, gone in sorted(standing.items()):
        steps.append(Step(told=AlertsResolvedV1, alert=replace(gone, changed_at=now, resolved_at=now)))
    return steps


def _moved(before: Known, cause: Cause, now: datetime) -> list[Step]:
    after = _as_known(
        before.alert_id,
        before.rule,
        cause,
        raised_at=before.raised_at,
        raised_by=before.raised_by,
        changed_at=before.changed_at,
    )
    if (after.severity, after.material) != (before.severity, before.material):
        return [Step(told=AlertsUpdatedV1, alert=replace(after, changed_at=now))]
    return [] if after.body == before.body else [Step(told=None, alert=after)]


def _as_known(
    alert_id: UUID, rule: str, cause: Cause, *, raised_at: datetime, raised_by: str, changed_at: datetime
) -> Known:
    return Known(
        alert_id=alert_id,
        rule=rule,
        subject=cause.subject,
        nm_id=cause.nm_id,
        severity=cause.severity,
        material=cause.material,
        body=to_jsonable_python({name: getattr(cause, name) for name in _Body.model_fields}),
        raised_at=raised_at,
        raised_by=raised_by,
        changed_at=changed_at,
        resolved_at=None,
    )


def _can_be_told(cause: Cause) -> bool:
    try:
        _Body.model_validate(cause, from_attributes=True)
    except ValidationError as error:
        log.error("alerts.odd_cause", subject=cause.subject, exc_info=error)  # noqa: TRY400  # structlog's way
        return False
    return True


async def _store(connection: AsyncConnection, cabinet_id: UUID, steps: Sequence[Step]) -> list[tuple[Told, Alert]]:
    """Store what became of the alerts, in one statement; those that are told, with their cards."""
    rows = [
        {
            **vars(step.alert),
            "episode": int(step.told is AlertsRaisedV1),
            "revision": int(step.told is not None),
        }
        for step in steps
    ]
    written = await connection.execute(_WRITE, {"cabinet_id": cabinet_id, "rows": _ROWS.dump_json(rows).decode()})
    counts = {row.alert_id: {"episode": row.episode, "revision": row.revision} for row in written}
    told = [(step.told, step.alert) for step in steps if step.told is not None]
    cards = await _cards(connection, cabinet_id, {alert.nm_id for _, alert in told})
    return [
        (
            event,
            Alert.model_validate(
                {**vars(alert), **alert.body, **counts[alert.alert_id], "product": cards.get(alert.nm_id)}
            ),
        )
        for event, alert in told
    ]


async def _cards(connection: AsyncConnection, cabinet_id: UUID, nm_ids: Collection[int]) -> dict[int, ProductCard]:
    found = await connection.execute(_CARDS, {"cabinet_id": cabinet_id, "nm_ids": sorted(nm_ids)})
    return {row.nm_id: ProductCard.model_validate(row.card) for row in found}


def _events(
    cabinet_id: UUID, alerts: Sequence[tuple[Told, Alert]], origin_of: OriginOf, cause: Event[Any] | None
) -> list[Event[Any]]:
    events = []
    for kind, origin in product((AlertsResolvedV1, AlertsUpdatedV1, AlertsRaisedV1), Origin):
        told = [alert for event, alert in alerts if event is kind and origin_of(alert.rule, alert.nm_id) is origin]
        for first in range(0, len(told), MAX_BATCH):
            part = tuple(told[first : first + MAX_BATCH])
            events.append(new_event(kind(alerts=part), cabinet_id=cabinet_id, origin=origin, cause=cause))
    return events
