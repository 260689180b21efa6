"""Which handlers of the bot were called while tests ran: every one that there is has to be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from aiogram.dispatcher.event.handler import HandlerObject
from bot.handlers import ROUTERS
from bot.handlers.lists import ListView

SEEN: set[str] = set()


@contextmanager
def handlers_noted() -> Iterator[None]:
    """Note each handler that is called, in `SEEN`."""
    call = HandlerObject.call

    async def noting(self: HandlerObject, *arguments: Any, **values: Any) -> Any:
        SEEN.add(name_of(self.callback))
        return await call(self, *arguments, **values)

    with patch.object(HandlerObject, "call", noting):
        yield


def every_handler() -> set[str]:
    """The names of all handlers that are registered."""
    observers = [(router.message, router.callback_query) for router in (make() for make in ROUTERS)]
    return {name_of(handler.callback) for pair in observers for each in pair for handler in each.handlers}


def name_of(callback: Any) -> str:
    """`bot.handlers.orders.opened`; of a list its action too, as all lists share theirs."""
    said = f"{callback.__module__}.{callback.__qualname__}"
    of = getattr(callback, "__self__", None)
    return f"{said} of {of.action.name}" if isinstance(of, ListView) else said
