"""Every event type that exists: the events of each family, as their classes declare themselves."""

from typing import Any

from pydantic import ValidationError

from contracts import (
    adverts,
    alerts,
    analytics,
    audit,
    cabinets,
    claims,
    digests,
    entered,
    fbs,
    feedbacks,
    finance,
    freshness,
    funnel,
    notification_settings,
    notification_targets,
    notifications,
    orders,
    plain_rows,
    preferences,
    prices,
    products,
    questions,
    sales,
    stocks,
    syncs,
    tariffs,
    warehouses,
    wb_commands,
    webhooks,
)
from contracts.envelope import Event, EventData
from contracts.model import Model

FAMILIES = (
    adverts, alerts, analytics, audit, cabinets, claims, digests, entered, fbs, feedbacks, finance, freshness, funnel,
    notification_settings, notification_targets, notifications, orders, preferences, prices, products, questions, sales,
    stocks, syncs, tariffs, warehouses, wb_commands, webhooks,
)  # fmt: skip
"""The modules that hold events."""

EVENTS: dict[str, type[EventData]] = {
    data.TYPE: data
    for family in FAMILIES
    for data in vars(family).values()
    if isinstance(data, type) and issubclass(data, EventData) and data.__module__ == family.__name__
}
"""Type → the class of its data."""


class UnreadableEvent(Exception):
    """A body that is not an event of a known type and version."""


class _Head(Model):
    type: str


def parse_event(body: bytes) -> Event[Any]:
    """The event in a message body.

    Raises:
        UnreadableEvent: not JSON, no envelope, an unknown type, or data that breaks its schema.
    """
    try:
        if (plain := plain_rows.parse(body, EVENTS)) is not None:
            return plain
        head = _Head.model_validate_json(body)
        data = EVENTS.get(head.type)
        if data is None:
            raise UnreadableEvent(f"unknown event type {head.type!r}")
        return Event[data].model_validate_json(body)  # type: ignore[valid-type]  # the class is looked up
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)[:5]]
        raise UnreadableEvent("; ".join(problems)) from error
