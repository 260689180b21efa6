"""A watch on Wildberries: methods that worked and stop, that work again, and days on which they will end.

The operator is told of each once, in the log, whichever process sees it. That WB is down is one thing, however many
methods and cabinets it is about.
"""

import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import date, timedelta
from typing import Any

import structlog
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.wb.health import Fared, Health
from ingestor.wb.methods import METHODS, SwitchOff
from ingestor.wb.switch_offs import SWITCH_OFFS

log = structlog.get_logger()

EVERY_SECONDS = 60

ANSWERS = 3
PERIOD = timedelta(minutes=5)
"""So many calls without an answer, over so long, and none that had one: the method has stopped."""

SWITCH_OFF_DAYS = (60, 30, 7)

# A method that answers is noted once an hour. Rows are locked in one order, whoever notes.
_NOTE = text("""
    INSERT INTO wb_methods AS known (method, answered_at, failing_since, failures, sellers, reason, error)
    SELECT method, CASE WHEN answered THEN now() END, failing_since, failures, sellers, reason, error
    FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS seen (method text, answered boolean, failing_since timestamptz,
        failures integer, sellers integer, reason text, error text)
    ORDER BY method
    ON CONFLICT (method) DO UPDATE SET
        answered_at = coalesce(excluded.answered_at, known.answered_at),
        failing_since = coalesce(CASE WHEN excluded.answered_at IS NULL THEN known.failing_since END,
            excluded.failing_since),
        failures = excluded.failures + CASE WHEN excluded.answered_at IS NULL THEN known.failures ELSE 0 END,
        sellers = greatest(excluded.sellers, CASE WHEN excluded.answered_at IS NULL THEN known.sellers ELSE 0 END),
        reason = excluded.reason, error = excluded.error
    WHERE excluded.failures > 0 OR known.failures > 0 OR known.answered_at IS NULL
        OR known.answered_at < now() - interval '1 hour'
""")
# Where there is one seller only, what that one is not answered nobody is. What is refused may be that one's mistake.
_STOP = text("""
    UPDATE wb_methods SET stopped_at = now()
    WHERE stopped_at IS NULL AND answered_at IS NOT NULL AND failures >= :answers
        AND failing_since <= now() - make_interval(secs => :seconds)
        AND (sellers > 1 OR (reason <> 'refused'
            AND (SELECT count(DISTINCT seller_id) < 2 FROM cabinets WHERE status = 'verified')))
    RETURNING method, reason, error, failing_since,
        EXISTS (SELECT FROM wb_methods other WHERE other.stopped_at IS NOT NULL AND other.reason = 'down') AS was_down
""")
_GO_ON = text("""
    UPDATE wb_methods SET stopped_at = NULL
    WHERE stopped_at IS NOT NULL AND coalesce(failing_since > stopped_at, true)
    RETURNING method, old.stopped_at
""")
_TELL_SWITCH_OFFS = text("""
    INSERT INTO wb_methods AS known (method, switch_off, switch_off_told_days)
    SELECT method, switch_off, (SELECT min(days) FROM unnest(CAST(:thresholds AS integer[])) AS days
        WHERE switch_off - CAST(:today AS date) <= days)
    FROM jsonb_to_recordset(CAST(:planned AS jsonb)) AS planned (method text, switch_off date)
    WHERE switch_off - CAST(:today AS date) <= :longest
    ORDER BY method
    ON CONFLICT (method) DO UPDATE SET switch_off = excluded.switch_off,
        switch_off_told_days = excluded.switch_off_told_days
    WHERE known.switch_off IS DISTINCT FROM excluded.switch_off
        OR known.switch_off_told_days > excluded.switch_off_told_days
    RETURNING method, switch_off, switch_off - CAST(:today AS date) AS days
""")
_STOPPED = text("""
    SELECT method, reason, error, failing_since, stopped_at FROM wb_methods
    WHERE stopped_at IS NOT NULL ORDER BY method
""")


def watch(
    database: Database, health: Health, today: Callable[[], date], planned: Mapping[str, SwitchOff] | None = None
) -> Callable[[], Coroutine[Any, Any, None]]:
    """A look at all methods, to be taken every `EVERY_SECONDS`; `planned` stands in for known switch-offs."""
    switch_offs = SWITCH_OFFS if planned is None else planned

    async def look() -> None:
        fared = dict(health.drain())
        try:
            async with database.transaction() as connection:
                await _note(connection, fared)
                await _tell_stops(connection)
        except BaseException:
            health.give_back(fared)
            raise
        async with database.transaction() as connection:
            await _tell_switch_offs(connection, switch_offs, today())

    return look


async def _note(connection: AsyncConnection, found: Mapping[str, Fared]) -> None:
    """Put what this process has seen since the last time to what all have."""
    seen = [_as_row(method, fared) for method, fared in found.items()]
    if seen:
        await connection.execute(_NOTE, {"seen": json.dumps(seen)})


async def stopped(connection: AsyncConnection) -> list[dict[str, Any]]:
    """The methods that have stopped: `method`, `reason`, `error`, `failing_since`, `stopped_at`."""
    return [dict(row) for row in (await connection.execute(_STOPPED)).mappings()]


def _as_row(method: str, fared: Fared) -> dict[str, Any]:
    since = None if fared.failing_since is None else fared.failing_since.isoformat()
    return {
        "method": method,
        "answered": fared.answered,
        "failing_since": since,
        "failures": fared.failures,
        "sellers": len(fared.sellers),
        "reason": fared.reason,
        "error": fared.error,
    }


async def _tell_stops(connection: AsyncConnection) -> None:
    over = (await connection.execute(_GO_ON)).all()
    for row in over:
        log.info("wb.method_works_again", method=row.method, stopped_at=row.stopped_at.isoformat())
    newly = await connection.execute(_STOP, {"answers": ANSWERS, "seconds": PERIOD.total_seconds()})
    down = []
    for row in newly.all():
        if row.reason == "down":
            down.append(row)
        else:
            log.warning("wb.method_stopped", method=row.method, reason=row.reason, error=row.error)
    if down:
        # Methods that are asked for rarely are found out one after another.
        tell = log.info if down[0].was_down else log.warning
        hosts = sorted({METHODS[row.method].host.value for row in down})
        since = min(row.failing_since for row in down)
        methods = sorted(row.method for row in down)
        tell("wb.down", hosts=hosts, methods=methods, since=since.isoformat(), error=down[0].error)


async def _tell_switch_offs(connection: AsyncConnection, planned: Mapping[str, SwitchOff], today: date) -> None:
    dated = [
        {"method": method, "switch_off": what.on.isoformat()} for method, what in planned.items() if what.on is not None
    ]
    values = {"planned": json.dumps(dated), "thresholds": list(SWITCH_OFF_DAYS), "longest": max(SWITCH_OFF_DAYS)}
    told = await connection.execute(_TELL_SWITCH_OFFS, {**values, "today": today})
    for row in told.all():
        instead = planned[row.method].instead
        log.warning("wb.switch_off", method=row.method, on=row.switch_off.isoformat(), days=row.days, instead=instead)
