"""Traces on this machine: a SQLite file for each service, bounded in size, for `make trace`."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_span_id, format_trace_id

SPANS = 50_000
"""Kept of each service, the newest: some 60 MB."""

BUSY_SECONDS = 5.0
"""Several processes of one service write to one file."""

NOT_SEARCHED = frozenset({"cabinet.id", "user.id"})
"""Ids that thousands of traces have."""

_TABLES = """
CREATE TABLE IF NOT EXISTS spans (
    row INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT,
    service TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, started_ns INTEGER NOT NULL,
    ended_ns INTEGER NOT NULL, status TEXT NOT NULL, said TEXT NOT NULL, attributes TEXT NOT NULL,
    links TEXT NOT NULL, failures TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS spans_of_trace ON spans (trace_id);
CREATE TABLE IF NOT EXISTS ids (row INTEGER NOT NULL, value TEXT NOT NULL, trace_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ids_by_value ON ids (value);
CREATE INDEX IF NOT EXISTS ids_of_span ON ids (row);
"""
_COLUMNS = (
    "trace_id", "span_id", "parent_id", "service", "name", "kind", "started_ns", "ended_ns", "status", "said",
    "attributes", "links", "failures",
)  # fmt: skip
_INSERT = f"INSERT INTO spans ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """One span as it was stored; times are nanoseconds since 1970, `links` the ids of other traces."""

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    name: str
    kind: str
    started_ns: int
    ended_ns: int
    status: str
    said: str
    attributes: Mapping[str, Any]
    links: Sequence[str]
    failures: Sequence[str]
    """Types of exceptions that were recorded."""


class StoringExporter(SpanExporter):
    """Writes spans to `<folder>/<service>.sqlite`, and forgets the oldest."""

    def __init__(self, folder: Path, service: str, *, spans: int = SPANS) -> None:
        self._path = folder / f"{service}.sqlite"
        self._service = service
        self._spans = spans
        self._connection: sqlite3.Connection | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Store them, in one transaction."""
        try:
            connection = self._connection = self._connection or _opened(self._path)
            with connection:
                for span in spans:
                    row = connection.execute(_INSERT, _values(span, self._service)).lastrowid
                    trace_id = format_trace_id(span.context.trace_id)
                    connection.executemany("INSERT INTO ids VALUES (?, ?, ?)", [(row, i, trace_id) for i in _ids(span)])
                newest = connection.execute("SELECT max(row) FROM spans").fetchone()[0] or 0
                for table in ("spans", "ids"):
                    connection.execute(f"DELETE FROM {table} WHERE row <= ?", (newest - self._spans,))
        except (sqlite3.Error, OSError):
            # A full disk, say: traces are not worth more than the work that they tell of.
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def traces_of(store: Path, wanted: str, *, limit: int) -> list[str]:
    """The ids of traces that know an id, the newest first: of a trace, a span's attribute, or a linked trace."""
    found: dict[str, int] = {}
    for connection in _readable(store):
        rows = connection.execute(
            """SELECT trace_id, max(row) FROM (
                   SELECT trace_id, row FROM ids WHERE value = ?1
                   UNION ALL SELECT trace_id, row FROM spans WHERE trace_id = ?1) AS either
               GROUP BY trace_id ORDER BY 2 DESC LIMIT ?2""",
            (wanted, limit),
        )
        for trace_id, _ in rows.fetchall():
            began = connection.execute("SELECT min(started_ns) FROM spans WHERE trace_id = ?", (trace_id,)).fetchone()
            found[trace_id] = min(found.get(trace_id, began[0]), began[0])
    newest = sorted(found, key=lambda trace_id: found[trace_id], reverse=True)
    return newest[:limit]


def spans_of(store: Path, trace_id: str) -> list[StoredSpan]:
    """All spans of a trace, of whatever service, as they began."""
    spans = []
    for connection in _readable(store):
        rows = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM spans WHERE trace_id = ?", (trace_id,))
        spans += [StoredSpan(*row[:10], *map(json.loads, row[10:])) for row in rows]
    return sorted(spans, key=lambda span: span.started_ns)


def count(store: Path) -> int:
    """How many spans there are."""
    return sum(connection.execute("SELECT count(*) FROM spans").fetchone()[0] for connection in _readable(store))


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(_TABLES)
    return connection


def _readable(store: Path) -> Iterator[sqlite3.Connection]:
    for path in sorted(store.rglob("*.sqlite")):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
            yield connection


def _values(span: ReadableSpan, service: str) -> tuple[Any, ...]:
    failures = [str((event.attributes or {}).get("exception.type", "")) for event in span.events]
    return (
        format_trace_id(span.context.trace_id),
        format_span_id(span.context.span_id),
        format_span_id(span.parent.span_id) if span.parent else None,
        service,
        span.name,
        span.kind.name.lower(),
        span.start_time,
        span.end_time,
        span.status.status_code.name.lower(),
        span.status.description or "",
        json.dumps(dict(span.attributes or {}), default=str, ensure_ascii=False),
        json.dumps([format_trace_id(link.context.trace_id) for link in span.links]),
        json.dumps([each for each in failures if each]),
    )


def _ids(span: ReadableSpan) -> set[str]:
    """By what a trace is found: ids among the attributes, and the traces that it is linked to."""
    found = {
        str(each)
        for name, value in (span.attributes or {}).items()
        if name.endswith((".id", ".srid")) and name not in NOT_SEARCHED
        for each in (value if isinstance(value, (list, tuple)) else [value])
    }
    return found | {format_trace_id(link.context.trace_id) for link in span.links}
