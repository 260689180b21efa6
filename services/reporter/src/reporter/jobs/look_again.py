"""Alerts that come with time alone, such as of a review that nobody answers, do not wait for the next day."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from contracts.analytics import WHOLE_CABINET
from contracts.envelope import Origin
from servicekit.db import Database
from sqlalchemy import Row, TextClause, text

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rule import Rule
from reporter.alerts.rules import RULES
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.moscow import day_of
from reporter.figures.pacing import Pace

log = structlog.get_logger()

CHUNK_ITEMS = 500
"""Of one cabinet its live orders wait for as long as all of them are looked at, some 50 ms."""

_FIRST = UUID(int=0)


def _next(rules: Sequence[Rule]) -> TextClause:
    # All rules of an item are in one chunk, so that no item is looked at twice.
    either = " UNION ALL ".join(f"SELECT cabinet_id, nm_id, '{rule.name}' AS rule FROM ({rule.due})" for rule in rules)
    return text(f"""
        SELECT cabinet_id, nm_id, array_agg(DISTINCT rule) AS rules FROM ({either}) AS due
        WHERE (cabinet_id, nm_id) > (CAST(:cabinet_id AS uuid), CAST(:nm_id AS bigint))
        GROUP BY cabinet_id, nm_id ORDER BY cabinet_id, nm_id LIMIT :limit
    """)


_BY_NAME = {rule.name: rule for rule in RULES if rule.due}
_NEXT = _next(list(_BY_NAME.values()))


@dataclass(frozen=True)
class _Looking:
    database: Database
    locks: CabinetLocks
    pace: Pace
    now: datetime


async def look_again(
    database: Database, locks: CabinetLocks, pace: Pace, now: Callable[[], datetime], *, limit: int = CHUNK_ITEMS
) -> int:
    """Look at the items of which a rule would find something else now (`Rule.due`); at how many.

    People are told of what is found, as of what a new day brings. A cabinet that fails is looked at again the next
    time, and holds up no other.
    """
    looking = _Looking(database, locks, pace, now())
    day = {"now": looking.now, "today": day_of(looking.now)}
    looked, after = 0, (_FIRST, WHOLE_CABINET - 1)
    while True:
        values = {**day, "cabinet_id": after[0], "nm_id": after[1], "limit": limit}
        async with database.transaction() as connection:
            due = (await connection.execute(_NEXT, values)).all()
        for cabinet_id, items in groupby(due, key=lambda row: row.cabinet_id):
            try:
                await _look(looking, cabinet_id, list(items))
            except Exception as error:
                log.error("alerts.look_failed", cabinet_id=str(cabinet_id), exc_info=error)  # noqa: TRY400  # structlog's way
        looked += len(due)
        if len(due) < limit:
            return looked
        after = (due[-1].cabinet_id, due[-1].nm_id)


async def _look(looking: _Looking, cabinet_id: UUID, items: Sequence[Row[Any]]) -> None:
    asked: dict[Rule, list[int]] = defaultdict(list)
    for item in items:
        for name in item.rules:
            asked[_BY_NAME[name]].append(item.nm_id)
    async with looking.pace.unhurried(), looking.locks.of(cabinet_id), looking.database.transaction() as connection:
        if await cabinets.hold(connection, cabinet_id):
            await engine.look(
                connection,
                cabinet_id,
                asked,
                today=day_of(looking.now),
                now=looking.now,
                origin_of=lambda *_: Origin.LIVE,
            )
