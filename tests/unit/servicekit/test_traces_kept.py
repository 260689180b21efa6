"""Which spans are kept: a share of all traces, and whatever failed or was slow, within bounded memory."""

from collections.abc import Callable

import pytest
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode, Tracer
from servicekit.telemetry import continued_trace, stored_context
from servicekit.traces import keeping
from servicekit.traces.keeping import WHY, Keeper, KeepingSampler, KeptPropagator

Make = Callable[..., Tracer]


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def make(exported: InMemorySpanExporter) -> Make:
    def made(ratio: float = 0, slow_seconds: float = 1000) -> Tracer:
        provider = TracerProvider(sampler=KeepingSampler(ratio))
        provider.add_span_processor(Keeper(SimpleSpanProcessor(exported), slow_seconds=slow_seconds))
        return provider.get_tracer("test")

    return made


def names(exported: InMemorySpanExporter) -> set[str]:
    return {span.name for span in exported.get_finished_spans()}


def test_a_share_of_traces_is_kept_whole(make: Make, exported: InMemorySpanExporter) -> None:
    tracer = make(ratio=0.25)
    for _ in range(2000):
        with tracer.start_as_current_span("root"), tracer.start_as_current_span("child"):
            pass
    spans = exported.get_finished_spans()
    assert 400 < len(spans) / 2 < 600
    assert len(spans) == 2 * len({span.context.trace_id for span in spans if span.context})


def test_what_did_well_is_forgotten_and_what_failed_is_kept_with_all_around_it(
    make: Make, exported: InMemorySpanExporter
) -> None:
    tracer = make()
    with tracer.start_as_current_span("well"), tracer.start_as_current_span("below it"):
        pass
    assert names(exported) == set()
    with tracer.start_as_current_span("root"):
        with tracer.start_as_current_span("before"):
            pass
        with tracer.start_as_current_span("fails") as span:
            span.set_status(Status(StatusCode.ERROR))
        assert names(exported) == set(), "not before it is known what becomes of the rest"
    assert names(exported) == {"root", "before", "fails"}
    assert {(span.attributes or {})[WHY] for span in exported.get_finished_spans()} == {"failed"}
    assert not keeping._open


def test_what_is_slow_is_kept(make: Make, exported: InMemorySpanExporter) -> None:
    with make(slow_seconds=0).start_as_current_span("slow") as span:
        span.set_attribute("a", 1)
    [kept] = exported.get_finished_spans()
    assert kept.attributes == {"a": 1, WHY: "slow"}


def test_what_ends_after_its_root_shares_its_fate(make: Make, exported: InMemorySpanExporter) -> None:
    tracer = make()
    for fails in (False, True):
        with tracer.start_as_current_span("root") as root:
            late = tracer.start_span(f"late {fails}")
            if fails:
                root.set_status(Status(StatusCode.ERROR))
        late.end()
    assert names(exported) == {"root", "late True"}


def test_a_trace_that_is_kept_by_now_is_sampled_by_whoever_is_called_next(
    make: Make, exported: InMemorySpanExporter
) -> None:
    tracer, carried = make(), []
    for fails in (False, True):
        with tracer.start_as_current_span("caller"):
            with tracer.start_as_current_span("tried before") as span:
                if fails:
                    span.set_status(Status(StatusCode.ERROR))
            carrier: dict[str, str] = {}
            KeptPropagator().inject(carrier)
            carried.append(carrier["traceparent"])
    assert [int(each[-2:], 16) & 1 for each in carried] == [0, 1]
    exported.clear()
    for each in carried:
        with continued_trace(each), tracer.start_as_current_span("called"):
            pass
    [called] = exported.get_finished_spans()
    assert called.parent is not None
    assert trace.format_trace_id(called.parent.trace_id) == carried[1].split("-")[1]


def test_what_was_not_sampled_elsewhere_is_kept_here_if_it_fails_here(
    make: Make, exported: InMemorySpanExporter
) -> None:
    tracer = make(ratio=1)
    unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    with tracer.start_as_current_span("well", context=stored_context(unsampled)):
        pass
    with tracer.start_as_current_span("fails", context=stored_context(unsampled)) as span:
        span.set_status(Status(StatusCode.ERROR))
    assert names(exported) == {"fails"}


def test_what_is_held_is_bounded_and_the_oldest_is_forgotten_first(
    make: Make, exported: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "HELD_SPANS", 20)
    monkeypatch.setattr(keeping, "SPANS_OF_ONE", 15)
    tracer = make()
    roots = [tracer.start_span(f"root {n}") for n in range(2)]
    for n, root in enumerate(roots):
        with trace.use_span(root):
            for each in range(30):
                tracer.start_span(f"{n}.{each}").end()
    for root in roots:
        root.set_status(Status(StatusCode.ERROR))
        root.end()
    assert names(exported) == {"root 0", "root 1", *(f"1.{each}" for each in range(15))}
    assert not keeping._open


def test_what_callers_say_beside_their_trace_is_not_carried_on() -> None:
    carrier: dict[str, str] = {}
    context = propagate.get_global_textmap().extract({"baggage": "secret=1"})
    KeptPropagator().inject(carrier, context)
    assert carrier == {}
