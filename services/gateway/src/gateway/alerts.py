"""Alerts: what a seller should know, until its cause is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.alerts import Alert, Severity
from contracts.model import Model, Moment
from pydantic import ConfigDict, Field
from servicekit import clock
from servicekit.db import driver
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import freshness
from gateway.alert_marks import MarkState
from gateway.freshness import Freshness
from gateway.lists import Branches, Listing, Page, Window
from gateway.reading import Row, Shown
from gateway.replica import Reads
from gateway.sorting import Key, Sorting

SOURCES = ("orders", "stocks", "feedbacks")
"""What most rules look at."""


class AlertState(StrEnum):
    """Which alerts are listed."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    ANY = "any"


class Mark(Model):
    """What somebody of the cabinet did about an alert."""

    state: MarkState
    until: Moment | None = Field(description="of `snoozed`: when it ends")
    marked_by: int = Field(description="Telegram user id")
    marked_at: Moment


class ListedAlert(Alert):
    """One alert as it is now. Unknown is null."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    cabinet_id: UUID
    mark: Mark | None = Field(description="null: nothing was done about this episode, or it is over: a snooze ended")


@dataclass(frozen=True)
class AlertQuery:
    """Which alerts of which cabinets."""

    cabinets: Sequence[UUID]
    state: AlertState = AlertState.OPEN
    rule: str | None = None
    severity: Severity | None = None
    nm_id: int | None = None


_STATES = {
    AlertState.OPEN: "resolved_at IS NULL AND coalesce(mark, 'acknowledged') = 'acknowledged'",
    AlertState.SNOOZED: "resolved_at IS NULL AND mark = 'snoozed'",
    AlertState.RESOLVED: "(resolved_at IS NOT NULL OR mark = 'resolved')",
}
_COLUMNS = """
    cabinet_id, alert_id, revision, episode, rule, subject, severity, nm_id, body, raised_at, raised_by, changed_at,
    resolved_at, mark, until, marked_by, marked_at
"""
# Mark by mark, so that alerts are read in the order of their index, and no further than the page reaches.
_SOURCE = """
reporter_published.alerts AS alert LEFT JOIN LATERAL (
    SELECT state AS mark, until, marked_by, marked_at FROM alert_marks AS own
    WHERE (own.cabinet_id, own.alert_id, own.episode) = (alert.cabinet_id, alert.alert_id, alert.episode)
        AND (until IS NULL OR until > CAST(:now AS timestamptz))
    LIMIT 1
) AS marks ON true
"""
_FIND = f"SELECT {_COLUMNS} FROM {_SOURCE} WHERE cabinet_id = :cabinet_id AND alert_id = :alert_id"
_READ = f"SELECT {_COLUMNS} FROM {_SOURCE} WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND alert_id = :alert_id"
_NEWEST_FIRST = Sorting("-raised_at", (Key("raised_at", "timestamptz"), Key("alert_id", "uuid")), descending=True)
_CARDS = """
SELECT card.cabinet_id, card.nm_id, vendor_code, title, brand, subject, photo, sizes
FROM (
    SELECT DISTINCT * FROM unnest(CAST(:cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS item (cabinet_id, nm_id)
) AS item
JOIN reporter_published.products AS card ON card.cabinet_id = item.cabinet_id AND card.nm_id = item.nm_id
"""


def listing(query: AlertQuery) -> Listing:
    """The list of a query."""
    conditions, values = list[str](), dict[str, Any](now=clock.now())
    if query.state is not AlertState.ANY:
        conditions.append(_STATES[query.state])
    for column in ("rule", "severity", "nm_id"):
        if getattr(query, column) is not None:
            conditions.append(f"{column} = :{column}")
            values[column] = getattr(query, column)
    return Listing(_SOURCE, _COLUMNS, conditions, values, _NEWEST_FIRST, Branches.of(query.cabinets))


async def page(reads: Reads, query: AlertQuery, window: Window) -> Page[ListedAlert]:
    """A page of alerts, those raised last first; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        alerts = await _shown(shown, rows.rows)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    return Page(alerts, rows.next_cursor, total, age)


async def read(reads: Reads, cabinets: Sequence[UUID], alert_id: UUID) -> tuple[ListedAlert, Freshness] | None:
    """One alert in whatever state; none: it is of none of these cabinets."""
    async with reads.showing(cabinets) as shown:
        row = await shown.row(_READ, {"cabinets": list(cabinets), "alert_id": alert_id, "now": clock.now()})
        if row is None:
            return None
        [alert] = await _shown(shown, [row])
        return alert, await freshness.read(shown, [alert.cabinet_id], SOURCES)


async def find(connection: AsyncConnection, cabinet_id: UUID, alert_id: UUID) -> ListedAlert | None:
    """One alert of a cabinet, which is to be shown, as the caller's transaction leaves it."""
    shown = Shown(await driver(connection))
    values = {"cabinet_id": cabinet_id, "alert_id": alert_id, "now": clock.now()}
    row = await shown.row(_FIND, values)
    return (await _shown(shown, [row]))[0] if row else None


async def _shown(shown: Shown, rows: Sequence[Row]) -> list[ListedAlert]:
    """The alerts with the cards of their items."""
    values = {"cabinets": [row["cabinet_id"] for row in rows], "nm_ids": [row["nm_id"] for row in rows]}
    cards = {(card["cabinet_id"], card["nm_id"]): dict(card) for card in await shown.rows(_CARDS, values)}
    return [
        ListedAlert.model_validate(
            {
                **row,
                **row["body"],
                "product": cards.get((row["cabinet_id"], row["nm_id"])),
                "mark": row["mark"] and {**row, "state": row["mark"]},
            }
        )
        for row in rows
    ]
