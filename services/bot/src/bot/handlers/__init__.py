"""What people say and press, a file for what belongs together. The first router whose filters fit has the update."""

from collections.abc import Callable, Sequence

from aiogram import Router

from bot.handlers import (
    abc,
    alerts,
    analytics,
    answering,
    cabinets,
    choosing,
    digests,
    items,
    members,
    muting,
    orders,
    otherwise,
    replenishment,
    report,
    reviews,
    setting_values,
    settings,
    start,
    stocks,
    syncs,
    targets,
    tokens,
    why,
)

ROUTERS: Sequence[Callable[[], Router]] = (
    tokens.router,  # the first: a token is deleted before anything else
    members.router,  # before `start`, which takes every other `/start`
    cabinets.router,
    start.router,
    choosing.router,
    orders.router,
    report.router,
    items.router,
    stocks.router,
    replenishment.router,
    analytics.router,
    abc.router,
    reviews.router,
    answering.router,
    digests.router,
    alerts.router,
    syncs.router,
    settings.router,
    setting_values.router,
    muting.router,
    targets.router,
    why.router,
    otherwise.router,  # the last: what no other wants
)
"""Each makes a new router, as a router belongs to one dispatcher for good."""
