"""Spans of messages: one where the relay sends an event, one where a consumer processes it.

By OpenTelemetry's conventions for messaging. The consumer's span is the child of what sent the message, as each message
is handled by itself; a replay's is a root that links to the trace of the event that it repeats.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from contracts.envelope import Event
from opentelemetry.trace import Span, SpanKind

from servicekit import clock
from servicekit.outbox.relay import OutboxRow
from servicekit.telemetry import current_traceparent, is_sampled, links, stored_context, tracer

SEARCHED = ("order_id", "delivery_id", "alert_id", "sync_id", "command_id", "webhook_id", "srid")
"""Fields of an event's data by which its trace is found."""

NAMED = 50
"""Of the orders of one event so many are named."""

_SYSTEM = {"messaging.system": "rabbitmq"}


@contextmanager
def sending(row: OutboxRow, destination: str) -> Iterator[dict[str, Any]]:
    """A span around the publishing of an event, and the headers that carry its trace on.

    Only of a trace that is kept: a relay publishes thousands a second, and what failed is told of its rows.
    """
    if not is_sampled(row.traceparent):
        yield {"traceparent": row.traceparent} if row.traceparent else {}
        return
    attributes: dict[str, Any] = {
        **_SYSTEM,
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": destination,
        "messaging.message.id": str(row.id),
        "messaging.message.body.size": len(row.body),
        "event.type": row.type,
        "outbox.waited_seconds": round((clock.now() - row.created_at).total_seconds(), 4),
    }
    with tracer.start_as_current_span(
        f"send {row.type}",
        context=stored_context(row.traceparent),
        kind=SpanKind.PRODUCER,
        attributes=attributes,
        record_exception=False,
    ):
        yield {"traceparent": current_traceparent()}


@contextmanager
def processing(queue: str, headers: Mapping[str, Any], attempt: int) -> Iterator[Span]:
    """A span around everything that a consumer does with a message, its end in a retry or among the dead included."""
    carried = headers.get("traceparent")
    with tracer.start_as_current_span(
        f"process {queue}",
        context=stored_context(carried if isinstance(carried, str) else None),
        kind=SpanKind.CONSUMER,
        attributes={
            **_SYSTEM,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": queue,
            "event.attempt": attempt,
        },
        record_exception=False,
    ) as span:
        yield span


def describe(span: Span, event: Event[Any]) -> None:
    """Say which event it is; what came without its trace, as replays do, is linked to the one in which it was made."""
    attributes: dict[str, Any] = {
        "messaging.message.id": str(event.id),
        "event.type": event.type,
        "event.correlation.id": str(event.correlationid),
        "cabinet.id": str(event.cabinetid),
        **_ids(event.data),
    }
    if event.replayid is not None:
        attributes["replay.id"] = str(event.replayid)
    span.set_attributes(attributes)
    if getattr(span, "parent", None) is None:
        for link in links([event.traceparent]):
            span.add_link(link.context)


def _ids(data: Any) -> dict[str, Any]:
    found = {name: getattr(data, name, None) for name in SEARCHED}
    ids: dict[str, Any] = {_attribute(name): str(value) for name, value in found.items() if value is not None}
    order, orders = getattr(data, "order", None), getattr(data, "orders", ())
    named: Sequence[Any] = [order] if hasattr(order, "srid") else orders[:NAMED] if isinstance(orders, tuple) else []
    if named and hasattr(named[0], "srid"):
        ids["order.srid"] = [each.srid for each in named]
        ids["order.id"] = [str(each.order_id) for each in named]
    return ids


def _attribute(name: str) -> str:
    return "order.srid" if name == "srid" else name.replace("_id", ".id")
