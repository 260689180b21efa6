"""Spans of syncs: from the scheduler's decision to the transaction of a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import Span
from servicekit import clock
from servicekit.telemetry import links, stored_context, tracer

from ingestor.sync.page import Run
from ingestor.sync.schedule import Lease


@contextmanager
def running_span(what: str, lease: Lease) -> Iterator[Span]:
    """A span around a run that the scheduler decided on: why it runs, and how long it waited for a worker.

    What somebody asked for goes on in his trace, with links to those who asked for the same; else it is one of its own.
    """
    asked = [request["cause"]["traceparent"] for request in lease.requests]
    attributes: dict[str, Any] = {
        "cabinet.id": str(lease.cabinet_id),
        "sync.resource": lease.resource,
        "sync.trigger": lease.trigger,
        "sync.failures": lease.failures,
        "sync.waited_seconds": round((clock.now() - lease.taken_at).total_seconds(), 4),
    }
    if lease.range is not None:
        attributes["range.id"] = str(lease.range.id)
    with tracer.start_as_current_span(
        f"{what} {lease.resource}",
        context=stored_context(asked[0] if asked else None),
        links=links(asked[1:]),
        attributes=attributes,
    ) as span:
        yield span


@contextmanager
def page_span(this: Run, body: bytes) -> Iterator[None]:
    """A span around the reading of a page and the one transaction that stores it, with what it changed."""
    before = this.counts.as_dict()
    attributes: dict[str, Any] = {
        "db.system.name": "postgresql",
        "db.operation.name": "store page",
        "db.collection.name": this.resource.name,
        "page.bytes": len(body),
    }
    with tracer.start_as_current_span(f"page {this.resource.name}", attributes=attributes) as span:
        try:
            yield
        finally:
            counted = {name: value - before.get(name, 0) for name, value in this.counts.as_dict().items()}
            span.set_attributes({f"page.{name}": value for name, value in counted.items() if value})
