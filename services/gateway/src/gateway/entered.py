"""What sellers enter themselves: every revision of every row, the newest of which counts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.entered import CostsEnteredV1, LeadTimesEnteredV1, OtherCostsEnteredV1, PlanEnteredV1, TaxEnteredV1
from contracts.envelope import EventData
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import noting, roles
from gateway.lists import Window
from gateway.roles import Act
from gateway.sorting import NotACursor


class Kind(StrEnum):
    """What can be entered; the name of the rows in its event."""

    COSTS = "costs"
    TAXES = "taxes"
    OTHER_COSTS = "other_costs"
    LEAD_TIMES = "lead_times"
    PLANS = "plans"


EVENTS: Mapping[Kind, type[EventData]] = {
    Kind.COSTS: CostsEnteredV1,
    Kind.TAXES: TaxEnteredV1,
    Kind.OTHER_COSTS: OtherCostsEnteredV1,
    Kind.LEAD_TIMES: LeadTimesEnteredV1,
    Kind.PLANS: PlanEnteredV1,
}

Values = Mapping[str, Any]
"""The fields of a row as JSON."""


@dataclass(frozen=True, order=True)
class Place:
    """Which row: of an item (0: of the cabinet, or of all items), from a day on."""

    nm_id: int
    day: date


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: the next page begins after it."""

    place: Place
    revision: int

    def encode(self) -> str:
        return f"{self.place.nm_id}.{self.place.day:%Y%m%d}.{self.revision}"

    @classmethod
    def decode(cls, value: str) -> "Cursor":
        """The cursor in a string that `encode` made.

        Raises:
            NotACursor: it did not.
        """
        spelt = re.fullmatch(r"([0-9]{1,18})\.([0-9]{8})\.([0-9]{1,9})", value)
        if spelt is None:
            raise NotACursor("not a cursor")
        try:
            return cls(Place(int(spelt[1]), date.fromisoformat(spelt[2])), int(spelt[3]))
        except ValueError as error:
            raise NotACursor("not a cursor") from error


@dataclass(frozen=True)
class Revision:
    """A row as it was entered; without values it was taken back."""

    place: Place
    revision: int
    body: Values | None
    entered_at: datetime
    entered_by: int


# The cabinet's row is held: else two requests would give their rows the same revisions, and a row could be entered for
# a cabinet that is being disconnected.
_HOLD = text("""
SELECT role FROM wb_cabinets JOIN cabinet_members USING (cabinet_id)
WHERE cabinet_id = :cabinet_id AND telegram_id = :user FOR NO KEY UPDATE OF wb_cabinets
""")
_ENTER = text("""
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (nm_id bigint, day date, body jsonb)
), before AS MATERIALIZED (
    SELECT newest.* FROM given CROSS JOIN LATERAL (
        SELECT * FROM entered_rows AS entered
        WHERE cabinet_id = :cabinet_id AND kind = :kind AND entered.nm_id = given.nm_id AND entered.day = given.day
        ORDER BY revision DESC LIMIT 1
    ) AS newest
), written AS (
    INSERT INTO entered_rows (cabinet_id, kind, nm_id, day, revision, body, entered_at, entered_by)
    SELECT :cabinet_id, :kind, nm_id, day, coalesce(before.revision, 0) + 1, given.body,
        CAST(:now AS timestamptz), CAST(:user AS bigint)
    FROM given LEFT JOIN before USING (nm_id, day)
    WHERE given.body IS DISTINCT FROM before.body
    RETURNING *
)
SELECT nm_id, day, coalesce(written.revision, before.revision) AS revision,
    CASE WHEN written.revision IS NULL THEN before.body ELSE written.body END AS body,
    coalesce(written.entered_at, before.entered_at) AS entered_at,
    coalesce(written.entered_by, before.entered_by) AS entered_by,
    written.revision IS NOT NULL AS is_new, before.body AS body_before
FROM (SELECT nm_id, day FROM before UNION SELECT nm_id, day FROM written) AS place
LEFT JOIN before USING (nm_id, day) LEFT JOIN written USING (nm_id, day)
ORDER BY nm_id DESC, day DESC
""")
_COLUMNS = "nm_id, day, revision, body, entered_at, entered_by"
_PAGE = """
SELECT {columns} FROM entered_rows WHERE cabinet_id = :cabinet_id AND kind = :kind{conditions}
ORDER BY nm_id DESC, day DESC, revision DESC
"""
_NEWEST = f"SELECT {_COLUMNS} FROM ({{page}}) AS newest WHERE body IS NOT NULL LIMIT :limit OFFSET :skipped"


async def enter(
    connection: AsyncConnection, *, cabinet_id: UUID, user: int, kind: Kind, rows: Mapping[Place, Values | None]
) -> list[Revision]:
    """Store the rows that differ from what was entered before, and announce them; a row without values is taken back.

    Each row's newest revision, whether it is new or not, by item and day from the last. What was never entered is not
    taken back, and has no revision.

    Raises:
        Refused: the user has no such cabinet, or may not enter anything there.
    """
    role: str | None = await connection.scalar(_HOLD, {"cabinet_id": cabinet_id, "user": user})
    if role is not None:
        noting.about(cabinet_id, role)
    roles.check(role, Act.ENTER)
    given = [{"nm_id": place.nm_id, "day": place.day.isoformat(), "body": body} for place, body in rows.items()]
    values = {"cabinet_id": cabinet_id, "kind": kind.value, "user": user, "now": clock.now(), "rows": json.dumps(given)}
    found = (await connection.execute(_ENTER, values)).all()
    changed = [_changed(row.revision, row.body, row.body_before) for row in found if row.is_new]
    if changed:
        was = [{"nm_id": row.nm_id, "day": row.day, **(row.body_before or {})} for row in found if row.is_new]
        noting.changed({"rows": was})
        data = EVENTS[kind].model_validate({kind.value: changed})
        await outbox.append(connection, [new_event(data, cabinet_id=cabinet_id)])
    return [_revision(row) for row in found]


async def page(
    connection: AsyncConnection,
    window: Window,
    *,
    cabinet_id: UUID,
    kind: Kind,
    history: bool = False,
    nm_id: int | None = None,
) -> list[Revision]:
    """What counts now, or every revision there was: by item, day and revision, each from the last.

    One more than the window has, if there is one.

    Raises:
        NotACursor: the window's cursor is none of this list.
    """
    after = None if window.cursor is None else Cursor.decode(window.cursor)
    values: dict[str, object] = {"cabinet_id": cabinet_id, "kind": kind.value, "limit": window.limit + 1}
    values["skipped"] = window.offset
    conditions, key = [], ["nm_id", "day", "revision"] if history else ["nm_id", "day"]
    if nm_id is not None:
        conditions.append("nm_id = :nm_id")
        values["nm_id"] = nm_id
    if after is not None:
        place = {"nm_id": after.place.nm_id, "day": after.place.day, "revision": after.revision}
        types = {"nm_id": "bigint", "day": "date", "revision": "integer"}
        conditions.append(f"({', '.join(key)}) < ({', '.join(f'CAST(:after_{n} AS {types[n]})' for n in key)})")
        values |= {f"after_{name}": place[name] for name in key}
    condition = "".join(f" AND {each}" for each in conditions)
    if history:
        statement = f"{_PAGE.format(columns=_COLUMNS, conditions=condition)} LIMIT :limit OFFSET :skipped"
    else:
        columns = f"DISTINCT ON (nm_id, day) {_COLUMNS}"
        statement = _NEWEST.format(page=_PAGE.format(columns=columns, conditions=condition))
    return [_revision(row) for row in await connection.execute(text(statement), values)]


def _changed(revision: int, body: Values | None, before: Values | None) -> dict[str, Any]:
    """A row of the event."""
    if body is None:
        return {**(before or {}), "revision": revision, "change": "gone"}
    if before is None:
        return {**body, "revision": revision, "change": "new"}
    previous = {name: value for name, value in before.items() if body.get(name) != value}
    return {**body, "revision": revision, "change": "changed", "previous": previous}


def _revision(row: Any) -> Revision:
    return Revision(Place(row.nm_id, row.day), row.revision, row.body, row.entered_at, row.entered_by)
