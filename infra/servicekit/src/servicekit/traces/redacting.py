"""Spans without what is secret in the addresses that they tell of: callers put keys there, where they do not belong."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from servicekit.redaction import Redaction
from servicekit.traces.keeping import copied

ADDRESSES = ("url.full", "url.path", "url.query")
"""Attributes whose words are somebody else's; of all others we choose the words ourselves."""


class RedactingExporter(SpanExporter):
    """Gives spans on to another exporter, without what logs would not have either."""

    def __init__(self, exporter: SpanExporter, redact: Redaction) -> None:
        self._exporter = exporter
        self._redact = redact

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export them all."""
        return self._exporter.export([self._without_secrets(span) for span in spans])

    def shutdown(self) -> None:
        """As the other does."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """As the other does."""
        return self._exporter.force_flush(timeout_millis)

    def _without_secrets(self, span: ReadableSpan) -> ReadableSpan:
        attributes = span.attributes or {}
        changed = {
            name: written
            for name in ADDRESSES
            if isinstance(said := attributes.get(name), str) and (written := self._redact(said)) != said
        }
        return copied(span, {**attributes, **changed}) if changed else span
