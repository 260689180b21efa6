"""Reading a resource page after page, whatever becomes of the pages."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from ingestor.resources.resource import Position, Resource, Step
from ingestor.wb.errors import BadRequest, Unavailable, WbError

A = TypeVar("A")
"""An answer of WB."""


async def steps(
    resource: Resource,
    position: Position,
    *,
    subjects: Callable[[Position], Awaitable[Sequence[Any]]],
    call: Callable[[dict[str, Any]], Awaitable[A]],
    take_in: Callable[[Position, A], Awaitable[Step]],
    refused: Callable[[Position, WbError], Awaitable[Step]] | None = None,
) -> AsyncGenerator[Step]:
    """What follows each page, once it was taken in; the last step is `done`, unless no subject is left to ask about.

    `subjects` are the ids that come next, for a resource whose calls are about ids; `call` makes a call of WB by the
    arguments of `WbClient.call` and gives its answer; `take_in` keeps the page that a position led to. `refused` says
    what follows where WB refuses to answer, or gives no answer that can be read, or raises the error.
    """
    while True:
        if resource.reading.subjects is not None and "ids" not in position:
            ids = await subjects(position)
            if not ids:
                return
            position = {**position, "ids": list(ids)}
        try:
            answer = await call({"method": resource.method, **resource.reading.ask(position)})
            step = await take_in(position, answer)
        except (BadRequest, Unavailable) as error:
            if refused is None:
                raise
            step = await refused(position, error)
        yield step
        if step.done:
            return
        position = step.position
