"""One trace from the WB request to the Telegram call, also across tables and queues."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import httpx
from opentelemetry import context, propagate, trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, Span, Status, StatusCode

from servicekit.redaction import Redaction
from servicekit.traces.keeping import Keeper, KeepingSampler, KeptPropagator
from servicekit.traces.redacting import RedactingExporter
from servicekit.traces.settings import TraceSettings

# The names of attributes that OpenTelemetry calls stable; without it httpx has those of before.
os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")

tracer = trace.get_tracer("pulse")


def configure_telemetry(
    service: str, settings: TraceSettings | None = None, secrets: Iterable[str] = ()
) -> TracerProvider:
    """Make spans of this process, and export them as the settings say, without `secrets` or what looks like one in the
    addresses that they name.

    The first provider of a process stays the global one: a second call adds its own beside it.
    """
    settings = settings or TraceSettings()
    resource = Resource.create({SERVICE_NAME: service})
    exporters = list(_exporters(service, settings))
    if exporters:
        provider = TracerProvider(resource=resource, sampler=KeepingSampler(settings.ratio))
        redact = Redaction(secrets)
        batches = [BatchSpanProcessor(RedactingExporter(exporter, redact)) for exporter in exporters]
        provider.add_span_processor(Keeper(*batches, slow_seconds=settings.slow_seconds))
    else:
        provider = TracerProvider(resource=resource)
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(provider)
        # No baggage: what callers from outside send is not carried on, to WB and Telegram least of all.
        propagate.set_global_textmap(KeptPropagator())
    return provider


def _exporters(service: str, settings: TraceSettings) -> Iterator[SpanExporter]:
    # Each is imported where it is wanted: a service starts without them.
    if settings.endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        yield OTLPSpanExporter(f"{settings.endpoint.rstrip('/')}/v1/traces", timeout=5)
    if settings.store:
        from servicekit.traces.store import StoringExporter

        yield StoringExporter(settings.store, service)


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
    found = trace.get_current_span(stored_context(traceparent)).get_span_context()
    return found if found.is_valid else None


@contextmanager
def continued_trace(traceparent: str | None) -> Iterator[None]:
    """Within the block, new spans continue the stored trace."""
    token = context.attach(stored_context(traceparent))
    try:
        yield
    finally:
        context.detach(token)


def stored_context(traceparent: str | None) -> context.Context:
    """The context of a stored traceparent; of none, or of what is none, an empty one."""
    return propagate.extract({"traceparent": traceparent} if traceparent else {}, context.Context())


def links(traceparents: Sequence[str | None]) -> list[Link]:
    """Links to what caused the same work as well, each once."""
    return [Link(found) for each in dict.fromkeys(traceparents) if (found := span_context(each)) is not None]


def is_sampled(traceparent: str | None) -> bool:
    """Whether a stored trace is one that is kept."""
    found = span_context(traceparent)
    return found is not None and found.trace_flags.sampled


def fail(span: Span, error: BaseException) -> None:
    """Note that a span failed, and with what; not with which words: they may hold what nobody should read there."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
