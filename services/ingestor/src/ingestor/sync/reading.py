"""Reading a resource page after page, whatever becomes of the pages."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from ingestor.resources.resource import Position, Resource, Step


async def steps(
    resource: Resource,
    position: Position,
    *,
    subjects: Callable[[Position], Awaitable[Sequence[Any]]],
    call: Callable[[dict[str, Any]], Awaitable[bytes]],
    take_in: Callable[[Position, bytes], Awaitable[Step]],
) -> AsyncGenerator[Step]:
    """What follows each page, once it was taken in; the last step is `done`, unless no subject is left to ask about.

    `subjects` are the ids that come next, for a resource whose calls are about ids; `call` makes a call of WB by the
    arguments of `WbClient.call` and gives its body; `take_in` keeps the page that a position led to.
    """
    while True:
        if resource.subjects is not None and "ids" not in position:
            ids = await subjects(position)
            if not ids:
                return
            position = {**position, "ids": list(ids)}
        body = await call({"method": resource.method, **resource.ask(position)})
        step = await take_in(position, body)
        yield step
        if step.done:
            return
        position = step.position
