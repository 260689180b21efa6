"""A resource's reading confined to windows of time: one after another, each from its beginning to its end.

A position is one of the resource, with the windows that are left beside it, of which the first is under way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Position, Resource, Seen, Start, Step, Stretch

WINDOWS = "windows"


def ranged(resource: Resource, start: Start) -> Resource:
    """The resource, with positions that `first` and `following` lead to."""
    reading = resource.reading
    find, parts, again = reading.subjects, reading.parts, reading.again

    async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[Any]:
        return [] if find is None else await find(connection, cabinet_id, _plain(position))

    def advance(position: Position, seen: Seen) -> Step:
        step = reading.advance(_plain(position), seen)
        if not step.done:
            return replace(step, position={**step.position, WINDOWS: position[WINDOWS]})
        next_window = following(resource, position, start)
        return Step({WINDOWS: []}, done=True) if next_window is None else Step(next_window, done=False)

    return replace(
        resource,
        reading=replace(
            reading,
            ask=lambda position: reading.ask(_plain(position)),
            advance=advance,
            subjects=None if find is None else subjects,
            parts=None if parts is None else (lambda position: parts(_plain(position))),
            again=None if again is None else (lambda position, seen: again(_plain(position), seen)),
        ),
    )


def first(resource: Resource, stretch: Stretch, start: Start) -> Position | None:
    """Where the reading of a stretch begins; none if nothing of it is left to be read."""
    within = resource.reading.within
    windows = [] if within is None else within.cut(stretch, start.now)
    return _begun(resource, [[since.isoformat(), until.isoformat()] for since, until in windows], start)


def begun_anew(resource: Resource, position: Position, start: Start) -> Position | None:
    """Where the window under way begins; none if none is."""
    return _begun(resource, position[WINDOWS], start)


def following(resource: Resource, position: Position, start: Start) -> Position | None:
    """Where the window after the one under way begins; none if that was the last."""
    return _begun(resource, position[WINDOWS][1:], start)


def _begun(resource: Resource, windows: list[list[str]], start: Start) -> Position | None:
    within = resource.reading.within
    if within is None or not windows:
        return None
    since, until = map(datetime.fromisoformat, windows[0])
    return {**within.position((since, until), start), WINDOWS: windows}


def _plain(position: Position) -> Position:
    return {name: value for name, value in position.items() if name != WINDOWS}
