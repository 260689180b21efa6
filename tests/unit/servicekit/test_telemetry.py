"""Traces continue where they were stored."""

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from servicekit.http import fetch, make_client
from servicekit.telemetry import configure_telemetry, continued_trace, current_traceparent, tracer
from servicekit.traces.settings import TraceSettings

STORED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_stored_trace_goes_on() -> None:
    configure_telemetry("kit", None)
    with continued_trace(STORED):
        with tracer.start_as_current_span("next") as span:
            assert trace.format_trace_id(span.get_span_context().trace_id) == STORED.split("-")[1]
            assert (current_traceparent() or "").split("-")[1] == STORED.split("-")[1]
        assert current_traceparent() == STORED
    assert current_traceparent() is None


def test_without_one_a_block_starts_anew_even_inside_another_trace() -> None:
    configure_telemetry("kit", None)
    with tracer.start_as_current_span("outer"), continued_trace(None):
        assert current_traceparent() is None


def test_configuring_twice_is_harmless_and_a_dead_collector_does_not_hold_the_end() -> None:
    configure_telemetry("one", None)
    provider = configure_telemetry("two", TraceSettings("http://127.0.0.1:1/"))
    assert provider.resource.attributes["service.name"] == "two"
    assert isinstance(trace.get_tracer_provider(), TracerProvider)
    provider.shutdown()


@pytest.fixture
def spans() -> InMemorySpanExporter:
    """What this process's spans say from now on."""
    configure_telemetry("kit", None)
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


async def test_a_requests_trace_is_in_the_request(spans: InMemorySpanExporter) -> None:
    async with make_client(timeout_seconds=1) as client:
        request = client.build_request("GET", "http://127.0.0.1:1/")
        with pytest.raises(httpx.ConnectError):
            await fetch(client, request, max_bytes=1)
    (span,) = (span for span in spans.get_finished_spans() if span.name == "GET")
    assert span.context is not None
    assert trace.format_trace_id(span.context.trace_id) in request.headers["traceparent"]
