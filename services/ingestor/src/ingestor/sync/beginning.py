"""Where a run begins: from its cursor, unless that is none (any more)."""

import structlog

from ingestor.resources.resource import Position, Resource, Seen, Start

log = structlog.get_logger()


def goes_on(resource: Resource, cursor: Position | None, position: Position) -> bool:
    """Whether a run that begins at a position goes on with the pass that left the cursor, and begins none."""
    renewed = resource.reading.renewed
    return _without(position, renewed) == _without(cursor or {}, renewed)


def _without(position: Position, names: frozenset[str]) -> Position:
    return {name: value for name, value in position.items() if name not in names}


def begin(resource: Resource, cursor: Position | None, start: Start) -> Position:
    """The first position of a run. A cursor that this version of the code cannot go on from counts as none."""
    if cursor:
        try:
            position = resource.reading.begin(cursor, start)
            asked = position if resource.reading.subjects is None or position.get("ids") else {**position, "ids": [1]}
            resource.reading.ask(asked)
            resource.reading.advance(asked, Seen((), wb_now=start.now))
        except Exception as error:
            # Whatever it is: the same cursor would end the next run in the same way.
            log.warning("sync.cursor_unreadable", resource=resource.name, cursor=cursor, error=repr(error))
        else:
            return position
    return resource.reading.begin(None, start)
