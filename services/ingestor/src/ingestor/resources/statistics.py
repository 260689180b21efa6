"""Paging of the statistics methods: rows by `lastChangeDate` ascending, about 80,000 a page, or all rows of one day.

Sources: `GET /api/v1/supplier/orders` and `/sales`. A page's marks are the `lastChangeDate` of its rows.

A row may show long after the moment that its `lastChangeDate` names, so that rows behind the watermark are still to
come. Every reading begins `LATE` before the watermark, or before the moment at which the reading before it began to
look: rows that showed while it went on may lie behind it. What showed still later is found by a sweep, which reads the
last day again and goes on with a look back over all that WB keeps: one page a sweep, begun anew every day.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from ingestor.resources import answers
from ingestor.resources.resource import (
    AHEAD,
    Page,
    Position,
    Reading,
    Seen,
    Start,
    Step,
    Stretch,
    Within,
    same_page,
)
from ingestor.resources.stretches import by_day, kept_for, windows_of
from ingestor.wb.times import date_from, moment, moscow_day

KEPT_BY_WB = timedelta(days=90)
"""How long WB keeps a row."""

LATE = timedelta(minutes=30)
"""WB shows what changed every half hour. Rows that are known already cost a comparison of their bytes."""

NEWEST = timedelta(days=1)
"""What a first load reads at least before news are read."""

OLDER = timedelta(days=30)
"""What is older follows in so large steps, the newest first: each costs a call, however few rows it has."""

OVERLAP = timedelta(seconds=2)
"""`lastChangeDate` has whole seconds: the second that was still going on when it was read is read again, however fast
all goes."""

SWEEP = timedelta(hours=24)
"""Rows appear late, and prices fill in within a day."""

FEW_DAYS = 7
"""So many calls WB permits at once."""

LOOK_BACK_EVERY = timedelta(days=1)

_SECOND = timedelta(seconds=1)


class _Dated(msgspec.Struct, gc=False):
    date: str


_dated = msgspec.json.Decoder(_Dated)


def begin(cursor: Position | None, start: Start) -> Position:
    """From where an interrupted reading stopped, else from the watermark; a sweep from a day before it."""
    cursor = cursor or {}
    under_way = "at" in cursor
    if under_way and (cursor["thorough"] or not start.sweep):
        return cursor
    watermark = cursor.get("watermark")
    if watermark is None:
        at = start.now - start.depth(KEPT_BY_WB, NEWEST)
    else:
        reached = min(datetime.fromisoformat(watermark), start.now + AHEAD)
        watermark = reached.isoformat()
        looked_at = datetime.fromisoformat(cursor.get("looked_at") or watermark)
        # Not further than a sweep, whatever WB's clock said.
        at = max(min(reached, looked_at), reached - SWEEP) - max(LATE / start.rate, OVERLAP)
        if start.sweep:
            at = min(at, start.now - SWEEP)
    thorough = start.sweep or watermark is None
    cursor = {"uncut": 0, **cursor}
    if watermark is None:
        cursor["looked_back_at"] = start.now.isoformat()
    elif start.sweep:
        cursor |= _look_back(cursor, start.now)
    rest = _rest({**cursor, "looked_at": None}, watermark)
    return {**rest, "at": at.isoformat(), "thorough": thorough, "rows": 0, "rows_at": 0, "days": [], "rows_of_days": 0}


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with rows changed since a moment."""
    return {"at": at.isoformat()}


def cut(stretch: Stretch, now: datetime) -> list[Stretch]:
    """Few days one by one, each by one call; more of them by what changed since the first.

    What came about in a stretch may have changed after it: such rows come at the end, so it is read up to now.
    """
    days = by_day(stretch, now)
    return days if len(days) <= FEW_DAYS else [(stretch[0], max(stretch[1], now))]


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of a day begins, or of what changed in a longer stretch."""
    since, until = stretch
    if until - since <= timedelta(days=1):
        return {"day": moscow_day(since).isoformat()}
    return {**begin(None, start), "at": since.isoformat(), "stop": until.isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """Rows changed since the position, or all of one day."""
    day = position.get("day") or next(iter(position["days"]), None)
    if day is not None:
        return {"params": {"dateFrom": day, "flag": "1"}}
    at = position["back"] if position.get("looks_back") else position["at"]
    return {"params": {"dateFrom": date_from(datetime.fromisoformat(at)), "flag": "0"}}


def read(body: bytes) -> Page:
    """The answer is an array of rows."""
    return Page(answers.rows(body))


def advance(position: Position, seen: Seen) -> Step:
    """The next page, until WB has nothing more: `[]`, or no later row.

    WB does not say where it cuts a page ("about 80,000 rows"). A look past the last page tells that it was not cut;
    an ordinary run does without that look if a page of its size (`uncut`) was found whole before. So does a look that
    finds newer rows, or a page half as large as the one before: where rows come all the time there is always one more.

    A row that says to have changed later than now is read, but leads nowhere.
    """
    if position.get("day"):
        return Step({}, done=True)
    latest = seen.latest
    if seen.wb_now is not None and not position.get("looked_at"):
        position = {**position, "looked_at": seen.wb_now.isoformat()}
    changes = [mark for mark in seen.marks if mark is not None and mark <= latest]
    size = seen.size - (len(seen.marks) - len(changes))
    if position.get("looks_back"):
        return _looked_back(position, changes)
    if position["days"]:
        return _after_day(position, changes)
    if not changes:
        # Broken rows do not tell where the page before them was cut.
        return _ended(position, 0 if seen.size else position["rows"])
    at, last = datetime.fromisoformat(position["at"]), max(changes)
    if last <= at:
        return _after_last(position, seen, size, is_older=last < at)
    if position.get("stop") and last >= datetime.fromisoformat(position["stop"]):
        return Step({}, done=True)
    before = position["watermark"]
    watermark = last if before is None else max(last, datetime.fromisoformat(before))
    rest = _rest(position, watermark.isoformat())
    is_look = position["rows"] > 0
    is_whole = size <= position["uncut"] and (is_look or not position["thorough"])
    if (is_whole or 2 * size < position["rows"]) and last == watermark:
        return _ended({**position, **rest}, size)
    return Step({**position, **rest, "at": last.isoformat(), "rows": size, "rows_at": changes.count(last)}, done=False)


def _after_last(position: Position, seen: Seen, size: int, *, is_older: bool) -> Step:
    """No later row than the last page had: that page was whole, or what is missing changed in its last second.

    Rows that are older than what was asked for are no answer to it, and would come for ever.
    """
    if is_older:
        return _ended(position, position["rows"])
    if size >= position["rows"] and size > position["uncut"]:
        # This page may be cut as well. All of that second is in the days that its rows are of: as many calls, in which
        # no newer row is read, so a page that is smaller than another is not taken for a cut one.
        last = moscow_day(datetime.fromisoformat(position["at"]))
        first = min([day for day in map(_day_of, seen.rows) if day is not None], default=last)
        return Step({**position, "days": _days(min(first, last), last), "rows": size, "rows_of_days": 0}, done=False)
    # More of that second than the last page had: that one was cut in it, or they have changed since. This one is whole.
    return _ended(position, position["rows"] if size <= position["rows_at"] else size)


def _ended(position: Position, whole: int) -> Step:
    """Nothing more to read but the next page of a look back; a page of that many rows was found whole."""
    uncut = max(position["uncut"], whole)
    position = {**position, "uncut": uncut}
    if position["thorough"] and position.get("back"):
        return Step({**position, "looks_back": True}, done=False)
    return Step(_rest(position, position["watermark"]), done=True)


def _after_day(position: Position, changes: Sequence[datetime]) -> Step:
    at = datetime.fromisoformat(position["at"])
    found = position["rows_of_days"] + changes.count(at)
    days = position["days"][1:]
    if days:
        return Step({**position, "days": days, "rows_of_days": found}, done=False)
    # The page may have been cut just where the second ended: it was whole if nothing follows.
    rows = position["rows"] if found <= position["rows"] else 0
    after = (at + _SECOND).isoformat()
    return Step({**position, "days": [], "at": after, "rows": rows, "rows_at": 0}, done=False)


def _look_back(cursor: Position, now: datetime) -> Position:
    """A look back that is under way, or is due."""
    looked = cursor.get("looked_back_at")
    if cursor.get("back") or (looked and now - datetime.fromisoformat(looked) < LOOK_BACK_EVERY):
        return {}
    return {"back": (now - KEPT_BY_WB).isoformat(), "looked_back_at": now.isoformat()}


def _looked_back(position: Position, changes: Sequence[datetime]) -> Step:
    """The pass has ended. The look back goes on with the next sweep, until it comes to what every sweep reads."""
    back = datetime.fromisoformat(position["back"])
    last = max(changes, default=None)
    swept = datetime.fromisoformat(position["watermark"]) - SWEEP
    over = last is None or last >= swept
    following = None if over or last is None else max(last, back + _SECOND).isoformat()
    return Step(_rest({**position, "back": following}, position["watermark"]), done=True)


def _day_of(raw: msgspec.Raw) -> date | None:
    try:
        return moscow_day(moment(_dated.decode(raw).date))
    except (msgspec.MsgspecError, ValueError):
        return None


def _days(first: date, last: date) -> list[str]:
    first = max(first, last - KEPT_BY_WB)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _rest(position: Position, watermark: str | None) -> Position:
    """What is left of a position when a reading has ended."""
    kept = {name: position[name] for name in ("back", "looked_back_at", "looked_at") if position.get(name)}
    return {"watermark": watermark, "uncut": position["uncut"], **kept}


READING = Reading(
    begin=begin,
    since=since,
    ask=ask,
    read=read,
    advance=advance,
    again=same_page,
    within=Within(
        cut=cut,
        position=within,
        earliest=kept_for(KEPT_BY_WB),
        first_load=KEPT_BY_WB,
        newest=NEWEST,
        older=windows_of(OLDER),
    ),
    paging="`dateFrom` by `lastChangeDate`, about 80,000 rows",
    overlap="30 min; every hour 24 h",
)
