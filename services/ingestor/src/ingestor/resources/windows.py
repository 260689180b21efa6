"""Days that go on changing at WB: methods asked by period are asked again for the last days, window by window.

A pass reads from `first` to `until`, the Moscow day it began on. Each window begins on the last day of the one before,
so that none is a single day, which some methods refuse.
"""

from datetime import date, datetime, timedelta

from ingestor.resources import batches
from ingestor.resources.resource import Position, Start, Step, Stretch
from ingestor.resources.stretches import first_and_last_day
from ingestor.wb.times import moscow_day


def begin(cursor: Position | None, start: Start, *, depth: timedelta, overlap: timedelta, sweep: timedelta) -> Position:
    """Where an interrupted pass stopped, else from `overlap` (a sweep: `sweep`) before the day read up to.

    The first pass goes back by `depth`.
    """
    cursor = cursor or {}
    if "first" in cursor and (cursor["thorough"] or not start.sweep):
        return cursor
    today = moscow_day(start.now)
    read_to = cursor.get("read_to")
    if read_to is None:
        first = today - depth
    else:
        first = min(date.fromisoformat(read_to), today) - (sweep if start.sweep else overlap)
    return {
        "read_to": read_to,
        "first": first.isoformat(),
        "until": today.isoformat(),
        "thorough": start.sweep or read_to is None,
    }


def since(at: datetime) -> Position:
    """What a first position has instead, to begin on the day before a moment's: the first window is no single day."""
    return {"first": (moscow_day(at) - timedelta(days=1)).isoformat()}


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of the days of a stretch begins; of a single one a day before it."""
    first, last = first_and_last_day(stretch, start.now)
    first = min(first, last - timedelta(days=1))
    return {"read_to": None, "first": first.isoformat(), "until": last.isoformat(), "thorough": True}


def window(position: Position, days: int) -> tuple[str, str]:
    """The first and the last day of the next call, `days` at most with both of them."""
    first, until = date.fromisoformat(position["first"]), date.fromisoformat(position["until"])
    return first.isoformat(), min(first + timedelta(days=batches.size(position, days - 1)), until).isoformat()


def parts(position: Position, days: int) -> list[str]:
    """The days by which a call moves the pass on: those of its window but for the last, which the next begins on."""
    first, last = map(date.fromisoformat, window(position, days))
    return [(first + timedelta(days=n)).isoformat() for n in range(max((last - first).days, 1))]


def advance(position: Position, days: int) -> Step:
    """On to the next window, until the day is reached on which the pass began."""
    _, last = window(position, days)
    if last < position["until"]:
        return Step({**position, "first": last}, done=False)
    return Step({"read_to": position["until"]}, done=True)
