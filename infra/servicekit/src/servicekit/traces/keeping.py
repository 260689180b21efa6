"""Which spans are kept: those of a share of all traces, and whatever failed or was slow.

A trace is sampled at its root, and every service holds to that. What is not sampled is recorded all the same and held
until the first span that this process opened for it has ended: then it is kept, if any of its spans failed or all of it
took too long, or forgotten.
"""

import threading
import time
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import CarrierT, Setter, default_setter
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, TraceFlags, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

HELD_SPANS = 10_000
"""Of all traces together: some 20 MB at the most. What began first is forgotten first."""

SPANS_OF_ONE = 500
"""Held of one trace; the spans that end after so many are not kept."""

WHY = "pulse.kept_because"
"""The attribute that says why a span is here whose trace was not sampled: `failed` or `slow`."""


class _Held:
    """What one process did of one trace: the spans below the one that it opened first."""

    __slots__ = ("failed", "is_promised", "root", "slow_ns", "spans", "started_ns", "why")

    def __init__(self, root: int, slow_ns: int) -> None:
        self.root = root
        self.slow_ns = slow_ns
        self.started_ns = time.monotonic_ns()
        self.spans: list[ReadableSpan] | None = []
        """None: it has ended, or was forgotten."""
        self.failed = False
        self.is_promised = False
        self.why: str | None = None

    def reason(self) -> str | None:
        """Why it is to be kept, as far as is known by now."""
        if self.failed:
            return "failed"
        is_slow = self.is_promised or time.monotonic_ns() - self.started_ns >= self.slow_ns
        return "slow" if is_slow else None


_open: dict[int, _Held] = {}
"""By the ids of spans that have not ended, of whatever provider."""


class KeepingSampler(Sampler):
    """Records every span; what is sampled is exported without being asked again."""

    def __init__(self, ratio: float) -> None:
        self._roots = TraceIdRatioBased(ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """As the parent was sampled; without one, by the trace's id."""
        parent = trace.get_current_span(parent_context).get_span_context()
        if parent.is_valid:
            is_sampled = parent.trace_flags.sampled
        else:
            is_sampled = (trace_id & TraceIdRatioBased.TRACE_ID_LIMIT) < self._roots.bound
        decision = Decision.RECORD_AND_SAMPLE if is_sampled else Decision.RECORD_ONLY
        return SamplingResult(decision, attributes, parent.trace_state)

    def get_description(self) -> str:
        return f"Keeping{{{self._roots.get_description()}}}"


class Keeper(SpanProcessor):
    """Gives on to `kept` what is sampled, and of the rest what failed or took `slow_seconds` or longer."""

    def __init__(self, *kept: SpanProcessor, slow_seconds: float) -> None:
        self._kept = kept
        self._slow_ns = round(slow_seconds * 1e9)
        self._traces: dict[int, _Held] = {}
        self._count = 0
        self._lock = threading.Lock()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if span.context.trace_flags.sampled:
            return
        span_id, parent = span.context.span_id, span.parent
        held = _open.get(parent.span_id) if parent is not None and not parent.is_remote else None
        if held is None:
            held = self._traces[span_id] = _Held(span_id, self._slow_ns)
        _open[span_id] = held

    def on_end(self, span: ReadableSpan) -> None:
        context = span.context
        if context.trace_flags.sampled:
            self._export(span)
            return
        held = _open.pop(context.span_id, None)
        if held is None:
            return
        if span.status.status_code is StatusCode.ERROR:
            held.failed = True
        if held.spans is None:
            # Its trace has ended before it, and was kept or not; that it failed itself is reason enough.
            why = held.why or ("failed" if span.status.status_code is StatusCode.ERROR else None)
            self._give_on([span] if why else [], why)
        elif held.root == context.span_id:
            self._end(held, span)
        elif len(held.spans) < SPANS_OF_ONE:
            held.spans.append(span)
            self._count += 1
            if self._count > HELD_SPANS:
                self._forget()

    def _end(self, held: _Held, span: ReadableSpan) -> None:
        with self._lock:
            self._traces.pop(held.root, None)
            spans, held.spans = held.spans or [], None
            self._count -= len(spans)
        held.why = held.reason()
        self._give_on([*spans, span] if held.why else [], held.why)

    def _forget(self) -> None:
        with self._lock:
            for root in list(self._traces):
                if self._count <= HELD_SPANS:
                    break
                held = self._traces.pop(root)
                self._count -= len(held.spans or ())
                held.spans = None

    def _give_on(self, spans: Sequence[ReadableSpan], why: str | None) -> None:
        for span in spans:
            # Exporters take nothing else.
            attributes = {**(span.attributes or {}), WHY: why or ""}
            self._export(copied(span, attributes, _sampled(span.context)))

    def _export(self, span: ReadableSpan) -> None:
        for each in self._kept:
            each.on_end(span)

    def shutdown(self) -> None:
        for each in self._kept:
            each.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return all([each.force_flush(timeout_millis) for each in self._kept])


class KeptPropagator(TraceContextTextMapPropagator):
    """W3C's trace context, sampled from here on where it is known already that this process keeps its part."""

    def inject(
        self, carrier: CarrierT, context: Context | None = None, setter: Setter[CarrierT] = default_setter
    ) -> None:
        current = trace.get_current_span(context).get_span_context()
        held = None if current.trace_flags.sampled else _open.get(current.span_id)
        if held is not None and held.reason() is not None:
            held.is_promised = True
            context = trace.set_span_in_context(trace.NonRecordingSpan(_sampled(current)), context)
        super().inject(carrier, context, setter)


def _sampled(context: SpanContext) -> SpanContext:
    flags = TraceFlags(context.trace_flags | TraceFlags.SAMPLED)
    return SpanContext(context.trace_id, context.span_id, context.is_remote, flags, context.trace_state)


def copied(span: ReadableSpan, attributes: Attributes, context: SpanContext | None = None) -> ReadableSpan:
    """The same span with other attributes, and perhaps in another context."""
    return ReadableSpan(
        name=span.name,
        context=context or span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=span.events,
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
