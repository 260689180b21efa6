"""What people say and press, a file for what belongs together. The first router whose filters fit has the update."""

from collections.abc import Callable, Sequence

from aiogram import Router

from bot.handlers import otherwise, start

ROUTERS: Sequence[Callable[[], Router]] = (
    start.router,
    otherwise.router,  # the last: what no other wants
)
"""Each makes a new router, as a router belongs to one dispatcher for good."""
