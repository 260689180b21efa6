"""Traces on this machine: stored within bounds, found by any id, printed as a tree."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.trace import Link, Span, Status, StatusCode, format_trace_id
from servicekit.__main__ import cli
from servicekit.telemetry import configure_telemetry
from servicekit.traces.settings import TraceSettings
from servicekit.traces.store import StoringExporter, count, spans_of, traces_of
from typer.testing import CliRunner

Provide = Callable[..., TracerProvider]


@pytest.fixture
def provide(tmp_path: Path) -> Iterator[Provide]:
    """Providers whose spans are stored at once, in the name of a service."""
    made = []

    def provided(service: str, spans: int = 1000) -> TracerProvider:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(StoringExporter(tmp_path, service, spans=spans)))
        made.append(provider)
        return provider

    yield provided
    for provider in made:
        provider.shutdown()


@contextmanager
def opened(provider: TracerProvider, name: str, links: list[Link] | None = None) -> Iterator[Span]:
    with provider.get_tracer("test").start_as_current_span(name, links=links) as span:
        yield span


def trace_id(span: Span) -> str:
    return format_trace_id(span.get_span_context().trace_id)


def run(store: Path, *words: str) -> tuple[int, str]:
    ran = CliRunner().invoke(cli, ["trace", "--store", str(store), *words], env={"COLUMNS": "300"})
    return ran.exit_code, ran.output


def test_a_trace_of_two_services_is_one_tree_found_by_any_id_in_it(tmp_path: Path, provide: Provide) -> None:
    first, second = provide("ingestor"), provide("notifier")
    with opened(first, "sync orders") as root, opened(second, "telegram deliver") as deliver:
        deliver.set_attributes({"delivery.id": ["d-1", "d-2"], "order.srid": "s.1", "cabinet.id": "c-1"})
        deliver.set_status(Status(StatusCode.ERROR, "unavailable"))
    for wanted in (trace_id(root), "d-2", "s.1"):
        code, said = run(tmp_path, wanted)
        assert code == 0
        head, parent, child = said.splitlines()
        assert trace_id(root) in head
        assert "2 spans of ingestor, notifier, 1 failed" in head
        assert parent.startswith("└── ingestor sync orders")
        assert child.startswith("    └── notifier telegram deliver")
        assert "unavailable" in child
    assert traces_of(tmp_path, "c-1", limit=9) == [], "a cabinet has thousands"


def test_what_is_linked_is_shown_below_from_either_side(tmp_path: Path, provide: Provide) -> None:
    provider = provide("notifier")
    with opened(provider, "first") as first:
        pass
    with opened(provider, "second", [Link(first.get_span_context())]) as second:
        pass
    for here, there in ((first, second), (second, first)):
        code, said = run(tmp_path, "--limit", "1", trace_id(there))
        assert code == 0
        assert trace_id(here) in said


def test_what_is_not_there_is_said_with_why(tmp_path: Path, provide: Provide) -> None:
    assert run(tmp_path / "none", "x")[0] == 2
    assert "TRACE_STORE" in run(tmp_path / "none", "x")[1]
    with opened(provide("bot"), "update"):
        pass
    code, said = run(tmp_path, "4711")
    assert code == 2
    assert "no trace knows '4711' among 1 spans" in said


def test_the_oldest_are_forgotten_and_nothing_grows(tmp_path: Path, provide: Provide) -> None:
    provider, traces = provide("gateway", spans=10), []
    for n in range(30):
        with opened(provider, f"request {n}") as span:
            span.set_attribute("sync.id", f"sync-{n}")
        traces.append(trace_id(span))
    assert count(tmp_path) == 10
    assert traces_of(tmp_path, "sync-19", limit=1) == []
    assert traces_of(tmp_path, "sync-20", limit=1) == [traces[20]]
    assert spans_of(tmp_path, traces[19]) == []


def test_a_store_that_cannot_be_written_is_no_failure_of_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert StoringExporter(tmp_path / "file", "kit").export([]) is SpanExportResult.FAILURE


def test_the_settings_say_where_spans_go(tmp_path: Path) -> None:
    configure_telemetry("kit")  # the first one stays the process's
    provider = configure_telemetry("kit", TraceSettings(store=tmp_path, ratio=0, slow_seconds=0))
    with opened(provider, "slow"):
        pass
    provider.shutdown()
    assert count(tmp_path) == 1


def test_secrets_in_addresses_are_not_stored(tmp_path: Path) -> None:
    configure_telemetry("kit")
    key, password = "pulse_" + "k" * 43, "of-this-process-alone"
    provider = configure_telemetry("kit", TraceSettings(store=tmp_path), secrets=[password])
    for address in (f"/orders/{key}", f"api_key={key}&limit=1", f"https://example.ru/{password}", "/orders/1"):
        attributes = dict.fromkeys(("url.path", "url.query", "url.full"), address)
        with provider.get_tracer("kit").start_as_current_span("GET", attributes=attributes | {"orders": 1}) as span:
            pass
    provider.shutdown()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert key.encode() not in stored
    assert password.encode() not in stored
    (kept,) = spans_of(tmp_path, trace_id(span))
    assert kept.attributes == dict.fromkeys(("url.path", "url.query", "url.full"), "/orders/1") | {"orders": 1}
