"""Alerts: what a seller should know, until its cause is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.alerts import Alert, Severity
from pydantic import ConfigDict
from servicekit.db import Database
from sqlalchemy import RowMapping, text

from gateway import freshness
from gateway.lists import Listing, Page, Window
from gateway.published import show_only
from gateway.sorting import Key, Sorting

SOURCES = ("orders", "stocks", "feedbacks")
"""What most rules look at."""


class AlertState(StrEnum):
    """Which alerts are listed."""

    OPEN = "open"
    RESOLVED = "resolved"
    ANY = "any"


class ListedAlert(Alert):
    """One alert as it is now.. Unknown is null."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    cabinet_id: UUID


@dataclass(frozen=True)
class AlertQuery:
    """Which alerts of which cabinets."""

    cabinets: Sequence[UUID]
    state: AlertState = AlertState.OPEN
    rule: str | None = None
    severity: Severity | None = None
    nm_id: int | None = None


_STATES = {AlertState.OPEN: "resolved_at IS NULL", AlertState.RESOLVED: "resolved_at IS NOT NULL"}
_COLUMNS = """
    cabinet_id, alert_id, revision, episode, rule, subject, severity, nm_id, body, raised_at, raised_by, changed_at,
    resolved_at
"""
_NEWEST_FIRST = Sorting("-raised_at", (Key("raised_at", "timestamptz"), Key("alert_id", "uuid")), descending=True)
_CARDS = text("""
SELECT card.cabinet_id, card.nm_id, vendor_code, title, brand, subject, photo, sizes
FROM (
    SELECT DISTINCT * FROM unnest(CAST(:cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS item (cabinet_id, nm_id)
) AS item
JOIN reporter_published.products AS card ON card.cabinet_id = item.cabinet_id AND card.nm_id = item.nm_id
""")


def listing(query: AlertQuery) -> Listing:
    """The list of a query."""
    conditions, values = list[str](), dict[str, Any]()
    if query.state is not AlertState.ANY:
        conditions.append(_STATES[query.state])
    for column in ("rule", "severity", "nm_id"):
        if getattr(query, column) is not None:
            conditions.append(f"{column} = :{column}")
            values[column] = getattr(query, column)
    return Listing("reporter_published.alerts", _COLUMNS, conditions, values, _NEWEST_FIRST, query.cabinets)


async def page(database: Database, query: AlertQuery, window: Window) -> Page[ListedAlert]:
    """A page of alerts, those raised last first; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with database.transaction() as connection:
        await show_only(connection, query.cabinets)
        rows = await found.page(connection, window)
        total = await found.total(connection) if window.cursor is None else None
        values = {
            "cabinets": [row["cabinet_id"] for row in rows.rows],
            "nm_ids": [row["nm_id"] for row in rows.rows],
        }
        cards = {
            (card["cabinet_id"], card["nm_id"]): card for card in (await connection.execute(_CARDS, values)).mappings()
        }
        age = await freshness.read(connection, query.cabinets, SOURCES)
    alerts = [_shown(row, cards.get((row["cabinet_id"], row["nm_id"]))) for row in rows.rows]
    return Page(alerts, rows.next_cursor, total, age)


def _shown(row: RowMapping, card: RowMapping | None) -> ListedAlert:
    return ListedAlert.model_validate({**row, **row["body"], "product": None if card is None else dict(card)})
