"""Methods that answer everything at once: one call is a whole re-read."""

from collections.abc import Callable
from typing import Any

from ingestor.resources import answers
from ingestor.resources.resource import Page, Position, Reading, Seen, Start, Step


def begin(cursor: Position | None, start: Start) -> Position:
    """There is nothing to go on from."""
    return {}


def advance(position: Position, seen: Seen) -> Step:
    """Whole, unless a row could not be read: it must not be taken for gone."""
    return Step({}, done=True, whole=not seen.broken)


def whole_list(*path: str, read: Callable[[bytes], Page] | None = None, **arguments: Any) -> Reading:
    """All rows in one call: the list at `path` of the answer (none: the answer itself), or what `read` makes of it."""
    return Reading(
        begin=begin,
        ask=lambda position: arguments,
        read=read or (lambda body: Page(answers.rows(body, *path))),
        advance=advance,
        paging="none",
        overlap="everything",
    )
