"""Which spans of a process are kept, and where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TraceSettings:
    """Where spans go: by OTLP over HTTP to `endpoint`, into files below `store`, nowhere; and which of them.

    `ratio` of all traces, and what failed or took `slow_seconds` or longer.
    """

    endpoint: str | None = None
    store: Path | None = None
    ratio: float = 1.0
    slow_seconds: float = 5.0
