"""One trace from the WB request to the Telegram call, also across tables and queues."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

tracer = trace.get_tracer("pulse")

_BOT_TOKEN = re.compile(r"/bot\d+(:|%3A)[^/]+")


def configure_telemetry(service: str, endpoint: str | None) -> TracerProvider:
    """Make spans of this process; export them by OTLP over HTTP where an endpoint is given.

    The first provider of a process stays the global one: a second call adds its own beside it.
    """
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    if endpoint:
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(provider)
    if not HTTPXClientInstrumentor().is_instrumented_by_opentelemetry:
        HTTPXClientInstrumentor().instrument(request_hook=_hide_token, async_request_hook=_hide_token_async)
    return provider


def _hide_token(span: trace.Span, request: Any) -> None:
    # Telegram's URLs carry the bot's token in their path.
    attributes = getattr(span, "attributes", None) or {}
    for name in ("http.url", "url.full"):
        if name in attributes:
            span.set_attribute(name, _BOT_TOKEN.sub("/bot…", str(attributes[name])))


async def _hide_token_async(span: trace.Span, request: Any) -> None:
    _hide_token(span, request)


def current_traceparent() -> str | None:
    """The W3C traceparent of the current span, to be stored beside what it caused."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continued_trace(traceparent: str | None) -> Iterator[None]:
    """Within the block, new spans continue the stored trace."""
    carrier = {"traceparent": traceparent} if traceparent else {}
    token = context.attach(propagate.extract(carrier, context.Context()))
    try:
        yield
    finally:
        context.detach(token)
