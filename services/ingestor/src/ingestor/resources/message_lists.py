"""Feedbacks, questions and claims: what they have in common.

None of them has a change cursor, and a row moves from one list to another when it is answered. So a pass reads several
lists one after another, each by `skip`. A position holds the lists still `todo`, the one under way first: of the rows
created after `since` (Unix s; none: of all) it has read `skip`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ingestor.resources.resource import Change, Position, Seen, Start, Step, Stretch, since_connected

RECENT = timedelta(days=30)
"""How old a row may be that a sweep still finds answered. WB archives feedbacks unanswered for as long."""

WHOLE = timedelta(days=1)
"""How often every list is read whole."""

POLL = timedelta(minutes=30)
"""A pass that takes longer looks at the first list again: with a base token a large shop's takes hours."""


WINDOW = timedelta(days=90)
"""What a stretch of time is cut into, so that the newest is read first."""

POLLED = frozenset({"todo", "polled_at"})
"""What changes in the position of a pass that looks at the first list again."""

FIRST_DAY = date(2016, 1, 1)
"""WB does not say how long it keeps them; before that it had no other sellers."""


def begin(cursor: Position | None, start: Start, *, max_rows: int, lists: Sequence[str]) -> Position:
    """A pass: the first of the lists; in a sweep also the recent rows of the second; once a day all of them whole.

    A pass under way goes on, unless it is no sweep and one is due.
    """
    cursor = cursor or {}
    if cursor.get("todo") and (cursor["sweep"] or not start.sweep):
        return _polling(cursor, start, lists[0])
    polled, answered, *_ = lists
    whole_at = cursor.get("then", cursor).get("whole_at")
    is_whole = whole_at is None or start.now - datetime.fromisoformat(whole_at) >= WHOLE
    todo = [unread(polled)]
    if is_whole:
        todo += [unread(name) for name in lists[1:]]
    elif start.sweep:
        todo.append({**unread(answered), "since": int((start.now - RECENT).timestamp())})
    return {
        "todo": todo,
        "take": min(max_rows, start.page_rows),
        "sweep": is_whole or start.sweep,
        "polled_at": start.now.isoformat(),
        "then": {"whole_at": start.now.isoformat() if is_whole else whole_at},
    }


def since(at: datetime, lists: Sequence[str]) -> Position:
    """What a first position has instead, to begin with the rows of those lists created since a moment."""
    return {"todo": [{**unread(name), "since": int(at.timestamp())} for name in lists]}


def within(stretch: Stretch, start: Start, *, max_rows: int, lists: Sequence[str]) -> Position:
    """Where the reading of the rows of those lists begins that were created in a stretch."""
    # A second earlier: WB may mean "later than".
    first, last = (int(at.timestamp()) for at in stretch)
    todo = [{**unread(name), "since": first - 1, "until": last} for name in lists]
    return {"todo": todo, "take": min(max_rows, start.page_rows), "sweep": True, "then": {}}


def unread(name: str) -> dict[str, Any]:
    """A list of which nothing was read yet."""
    return {"list": name, "since": None, "skip": 0}


def dates(under_way: dict[str, Any]) -> dict[str, str]:
    """The parameters by which WB filters a list by the time its rows were created."""
    named = {"dateFrom": under_way["since"], "dateTo": under_way.get("until")}
    return {name: str(at) for name, at in named.items() if at is not None}


def _polling(cursor: Position, start: Start, polled: str) -> Position:
    under_way = cursor["todo"][0]["list"]
    if under_way == polled or start.now - datetime.fromisoformat(cursor["polled_at"]) < POLL:
        return cursor
    return {**cursor, "todo": [unread(polled), *cursor["todo"]], "polled_at": start.now.isoformat()}


def advance(position: Position, seen: Seen, *, max_skip: int, dated: bool) -> Step:
    """On by a page until one is not full; past `max_skip` from the newest row on, where WB filters by date (`dated`).

    Marks are the moments by which the rows are ordered. A list that is longer than that, or stands still, ends.
    """
    under_way, *later = position["todo"]
    following = _following(under_way, seen, max_skip, dated) if seen.size >= position["take"] else None
    todo = [following, *later] if following else later
    return Step({**position, "todo": todo}, done=False) if todo else Step(position["then"], done=True)


def _following(under_way: dict[str, Any], seen: Seen, max_skip: int, dated: bool) -> dict[str, Any] | None:
    skip = under_way["skip"] + seen.size
    if skip <= max_skip:
        return {**under_way, "skip": skip}
    if not dated:
        return None
    # A moment that is yet to come would leave out all that is not.
    moments = [mark for mark in seen.marks if mark <= seen.latest]
    if not moments:
        return None
    # A second earlier, so that no row of the last second is left out if WB means "later than".
    since = int(max(moments).timestamp()) - 1
    if under_way["since"] is not None and since <= under_way["since"]:
        return None
    return {**under_way, "since": since, "skip": 0}


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """New rows are news if they were made since the cabinet was connected; changes, which have no time, once loaded."""
    return since_connected(change, connected_at, first_load) if change.is_new else not first_load
