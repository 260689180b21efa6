"""Paging of the statistics methods: rows by `lastChangeDate` ascending, about 80,000 a page, or all rows of one day.

Sources: `GET /api/v1/supplier/orders` and `/sales`. A page's marks are the `lastChangeDate` of its rows.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from ingestor.resources.resource import Page, Position, Seen, Start, Step
from ingestor.wb.times import date_from, moment, moscow_day

KEPT_BY_WB = timedelta(days=90)
"""How long WB keeps a row."""

OVERLAP = timedelta(seconds=2)
"""`lastChangeDate` has whole seconds: the second that was still going on when it was read is read again."""

SWEEP = timedelta(hours=24)
"""Rows appear late, and prices fill in within a day."""


class _Dated(msgspec.Struct, gc=False):
    date: str


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_dated = msgspec.json.Decoder(_Dated)


def begin(cursor: Position | None, start: Start) -> Position:
    """From where an interrupted reading stopped, else from the watermark; a sweep from a day before it.

    A sweep also asks again for every page that had rows which could not be read (`broken_at`, the earliest).
    """
    cursor = cursor or {}
    under_way = "at" in cursor
    if under_way and (cursor["thorough"] or not start.sweep):
        return cursor
    watermark, broken_at = cursor.get("watermark"), cursor.get("broken_at")
    if watermark is None:
        at = start.now - KEPT_BY_WB
    else:
        at = datetime.fromisoformat(watermark) - OVERLAP
        if start.sweep:
            at = min(at, start.now - SWEEP, datetime.fromisoformat(broken_at) if broken_at else at)
    thorough = start.sweep or watermark is None
    # A thorough pass finds out anew what is broken.
    rest = _rest({"uncut": 0, **cursor, "broken_at": None if thorough else broken_at}, watermark)
    return {**rest, "at": at.isoformat(), "thorough": thorough, "rows": 0, "rows_at": 0, "days": [], "rows_of_days": 0}


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with rows changed since a moment."""
    return {"at": at.isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """Rows changed since the position, or all of one day."""
    if position["days"]:
        return {"params": {"dateFrom": position["days"][0], "flag": "1"}}
    return {"params": {"dateFrom": date_from(datetime.fromisoformat(position["at"])), "flag": "0"}}


def read(body: bytes) -> Page:
    """The answer is an array of rows."""
    return Page(_rows.decode(body))


def advance(position: Position, seen: Seen) -> Step:
    """The next page, until WB has nothing more: `[]`, or no later row.

    WB does not say where it cuts a page ("about 80,000 rows"). A look past the last page tells that it was not cut;
    an ordinary run does without that look if a page of its size (`uncut`) was found whole before.
    """
    changes = seen.marks
    if seen.quarantined:
        position = {**position, "broken_at": min(position.get("broken_at") or position["at"], position["at"])}
    if position["days"]:
        return _after_day(position, changes)
    if not changes:
        # Broken rows do not tell where the page before them was cut.
        return _ended(position, 0 if seen.size else position["rows"])
    at, last = datetime.fromisoformat(position["at"]), max(changes)
    if last <= at:
        return _after_last(position, seen)
    before = position["watermark"]
    watermark = last if before is None else max(last, datetime.fromisoformat(before))
    rest = _rest(position, watermark.isoformat())
    if not position["thorough"] and seen.size <= position["uncut"] and last == watermark:
        return Step(rest, done=True)
    return Step(
        {**position, **rest, "at": last.isoformat(), "rows": seen.size, "rows_at": changes.count(last)}, done=False
    )


def _after_last(position: Position, seen: Seen) -> Step:
    """No later row than the last page had: that page was whole, or what is missing changed in its last second."""
    if seen.size > position["rows_at"] or position["uncut"] < seen.size == position["rows"]:
        # This page may be cut as well. All of that second is in the days that its rows are of.
        # A quiet shop's one change of a day is not read so at every sweep: its size was found whole the first time.
        at = datetime.fromisoformat(position["at"])
        days = _days(min(map(_day_of, seen.rows), default=moscow_day(at)), moscow_day(at))
        return Step({**position, "days": days, "rows": seen.size, "rows_of_days": 0}, done=False)
    return _ended(position, position["rows"])


def _ended(position: Position, whole: int) -> Step:
    """Nothing more to read; a page of that many rows was found whole."""
    uncut = max(position["uncut"], whole)
    return Step(_rest({**position, "uncut": uncut}, position["watermark"]), done=True)


def _after_day(position: Position, changes: Sequence[datetime]) -> Step:
    at = datetime.fromisoformat(position["at"])
    found = position["rows_of_days"] + changes.count(at)
    days = position["days"][1:]
    if days:
        return Step({**position, "days": days, "rows_of_days": found}, done=False)
    # The page may have been cut just where the second ended: it was whole if nothing follows.
    rows = position["rows"] if found <= position["rows"] else 0
    after = (at + timedelta(seconds=1)).isoformat()
    return Step({**position, "days": [], "at": after, "rows": rows, "rows_at": 0}, done=False)


def _day_of(raw: msgspec.Raw) -> date:
    try:
        return moscow_day(moment(_dated.decode(raw).date))
    except (msgspec.MsgspecError, ValueError):
        return date.max


def _days(first: date, last: date) -> list[str]:
    first = max(first, last - KEPT_BY_WB)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _rest(position: Position, watermark: str | None) -> Position:
    """What is left of a position when a reading has ended."""
    rest = {"watermark": watermark, "uncut": position["uncut"]}
    return {**rest, "broken_at": position["broken_at"]} if position.get("broken_at") else rest
