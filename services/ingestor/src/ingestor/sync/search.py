"""What to ask instead of a call that WB refuses: about fewer, until what cannot be asked about is alone.

A call about n ids or days is halved until one is left. That one is passed over; the next calls are about one each until
WB accepts one, and then about as many as usual. WB that refuses everything is asked `IN_A_ROW` times, then the run
fails, and the next goes on where it stopped.

What is refused alone is set aside only if WB accepts others: what was passed over before that is asked about once more.

The state of a search is part of the stored cursor, under `KEY`: a method may allow one call a run.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ingestor.resources.batches import AT_MOST
from ingestor.resources.resource import Position, Resource, Step
from ingestor.wb.errors import BadRequest, WbError

KEY = "search"

IN_A_ROW = 12
"""Refusals without an accepted call between them: ten halve a batch of 1,000, the rest are about one each."""

LASTING = 3
"""Runs in a row that fail at the same place: it is no outage of a moment."""

ANEW_EVERY = timedelta(days=1)
"""How often a reading may begin without the cursor that it has."""


class Search(msgspec.Struct):
    """`left`: so many of those asked about next have one among them that WB refuses.

    `refusals` in a row; `accepted`: WB answered since the search began. `back` is where the first lies that was passed
    over before WB accepted anything, for the `reason` that WB gave. `instead_of` is the cursor that WB refused, so that
    the reading was begun anew at `anew_at`.
    """

    left: int = 0
    refusals: int = 0
    accepted: bool = False
    back: Position | None = None
    reason: str = ""
    instead_of: Position | None = None
    anew_at: datetime | None = None

    def may_begin_anew(self, now: datetime) -> bool:
        """Whether it is long enough ago that a reading was begun anew."""
        return self.anew_at is None or now - self.anew_at >= ANEW_EVERY

    def is_certain(self, refused: WbError, *, pages: int) -> bool:
        """Whether a refusal is about what was asked: WB accepted other calls, `pages` in this reading.

        WB that gave no answer may have been down: then only an answer since counts.
        """
        return self.accepted or (isinstance(refused, BadRequest) and pages > 0)


def loaded(cursor: Mapping[str, Any] | None) -> tuple[Position | None, Search]:
    """A stored cursor, taken apart; a search that cannot be read is none."""
    if not isinstance(cursor, dict) or not cursor:
        return None, Search()
    position = {name: value for name, value in cursor.items() if name != KEY}
    try:
        return position or None, msgspec.convert(cursor.get(KEY, {}), Search)
    except msgspec.ValidationError:
        return position or None, Search()


def stored(position: Position, search: Search) -> Position:
    """A cursor to store."""
    return position if search == Search() else {**position, KEY: msgspec.to_builtins(search)}


def halve(resource: Resource, position: Position, search: Search, asked: int) -> Position:
    """The position from which half as many are asked about; they are `asked` now."""
    search.left, search.refusals = asked, search.refusals + 1
    return _about(resource, {**position, **resource.reading.of_part}, asked // 2)


def past(resource: Resource, position: Position, step: Step, search: Search, error: WbError, *, certain: bool) -> Step:
    """What follows where WB refuses what a position is about, which is alone: `step`, about one more."""
    if not certain:
        search.back, search.reason = search.back or _about(resource, position, 1), str(error)
    search.left, search.refusals = 0, search.refusals + 1
    if step.done:
        return replace(step, whole=step.whole and search.back is None)
    return replace(step, position=_about(resource, step.position, 1))


def after(resource: Resource, position: Position, step: Step, search: Search) -> Step:
    """What follows a page: `step`, and in a search as many as are to be asked about then."""
    search.instead_of, search.refusals = None, 0
    if search.back is not None:
        step, search.back, search.left, search.accepted = Step(search.back, done=False), None, 0, True
    elif resource.reading.parts is not None and AT_MOST in position and not step.done:
        if _is_within(resource, position, step):
            return step
        search.left = max(search.left - len(resource.reading.parts(position)), 0)
        search.accepted = search.left > 0
        step = replace(step, position=_about(resource, step.position, -(-search.left // 2)))
    return step


def _about(resource: Resource, position: Position, most: int) -> Position:
    """A position to ask about so many at most; 0: as many as usual. Ids are looked up again."""
    left_out = {AT_MOST, "ids"} if resource.reading.subjects else {AT_MOST}
    kept = {name: value for name, value in position.items() if name not in left_out}
    return {**kept, AT_MOST: most} if most else kept


def _is_within(resource: Resource, position: Position, step: Step) -> bool:
    """Whether a part goes on with another page."""
    here, there = ({k: v for k, v in p.items() if k not in resource.reading.of_part} for p in (position, step.position))
    return bool(resource.reading.of_part) and here == there
