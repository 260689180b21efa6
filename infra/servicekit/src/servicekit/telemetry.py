"""One trace from the WB request to the Telegram call, also across tables and queues."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from opentelemetry import context, propagate, trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

tracer = trace.get_tracer("pulse")


def configure_telemetry(service: str, endpoint: str | None) -> TracerProvider:
    """Make spans of this process; export them by OTLP over HTTP where an endpoint is given.

    The first provider of a process stays the global one: a second call adds its own beside it.
    """
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    if endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(provider)
    return provider


def traced(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same client, whose requests are spans from now on and carry their trace."""
    HTTPXClientInstrumentor.instrument_client(client)
    return client


def current_traceparent() -> str | None:
    """The W3C traceparent of the current span, to be stored beside what it caused."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    """The id of the current trace, for people to quote; none outside of any."""
    current = trace.get_current_span().get_span_context()
    return trace.format_trace_id(current.trace_id) if current.is_valid else None


def span_context(traceparent: str | None) -> trace.SpanContext | None:
    """What a stored traceparent says, to link a span to; none where it says nothing."""
    carrier = {"traceparent": traceparent} if traceparent else {}
    found = trace.get_current_span(propagate.extract(carrier, context.Context())).get_span_context()
    return found if found.is_valid else None


@contextmanager
def continued_trace(traceparent: str | None) -> Iterator[None]:
    """Within the block, new spans continue the stored trace."""
    carrier = {"traceparent": traceparent} if traceparent else {}
    token = context.attach(propagate.extract(carrier, context.Context()))
    try:
        yield
    finally:
        context.detach(token)
