"""A trace as a tree for the terminal: what caused what, in which service, when, how long, and what failed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from rich.text import Text
from rich.tree import Tree

from servicekit.traces.store import StoredSpan

SHOWN = 6
"""Attributes of a span in its line; the others are with `--all`."""

LONGEST = 60
"""Characters of a value."""

LAST = ("telemetry.", "messaging.", "db.", "server.", "url.", "http.", "event.correlation", "cabinet.", "network.")
"""Beginnings of the names of what is shown where there is room."""

COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan")


def tree_of(trace_id: str, spans: Sequence[StoredSpan], *, shown: int = SHOWN) -> Tree:
    """The spans of one trace, as they began; what has a parent that is not stored hangs below the trace itself."""
    begun = min(span.started_ns for span in spans)
    ended = max(span.ended_ns for span in spans)
    services = list(dict.fromkeys(span.service for span in spans))
    failed = sum(span.status == "error" for span in spans)
    at = datetime.fromtimestamp(begun / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    head = Text.assemble(
        (f"trace {trace_id}", "bold"),
        f"  {at}Z  {_duration(ended - begun)}, {len(spans)} spans of {', '.join(services)}",
        (f", {failed} failed" if failed else "", "red"),
    )
    known = {span.span_id for span in spans}
    children: dict[str | None, list[StoredSpan]] = defaultdict(list)
    for span in sorted(spans, key=lambda each: each.started_ns):
        children[span.parent_id if span.parent_id in known else None].append(span)
    tree = Tree(head)
    # Not by recursion: a long chain of retries is as deep as it is long.
    waiting = [(tree, span) for span in reversed(children[None])]
    line = _line_of(begun, services, shown)
    while waiting:
        above, span = waiting.pop()
        node = above.add(line(span))
        waiting += [(node, child) for child in reversed(children[span.span_id])]
    return tree


def linked(trace_id: str, spans: Iterable[StoredSpan]) -> list[str]:
    """The other traces that spans of this one are linked to, each once."""
    return [other for other in dict.fromkeys(link for span in spans for link in span.links) if other != trace_id]


def _line_of(begun: int, services: Sequence[str], shown: int) -> Callable[[StoredSpan], Text]:
    def line(span: StoredSpan) -> Text:
        colour = COLOURS[services.index(span.service) % len(COLOURS)]
        is_failed = span.status == "error"
        text = Text.assemble(
            (f"{span.service} ", colour),
            (span.name, "bold red" if is_failed else "bold"),
            (f"  +{_duration(span.started_ns - begun)}  {_duration(span.ended_ns - span.started_ns)}", "dim"),
        )
        if is_failed:
            said = ", ".join(filter(None, [span.said, *span.failures])) or "failed"
            text.append(f"  {said}"[:200], "red")
        for name, value in sorted(span.attributes.items(), key=lambda item: _rank(item[0]))[:shown]:
            words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            text.append(f"  {name}=", "dim")
            text.append(words if len(words) <= LONGEST else words[: LONGEST - 1] + "…")
        if span.links:
            text.append(f"  ({len(span.links)} linked)", "dim")
        return text

    return line


def _rank(name: str) -> tuple[bool, str]:
    is_last = name.startswith(LAST) and name not in {"http.response.status_code", "server.address"}
    return is_last, name


def _duration(nanoseconds: int) -> str:
    seconds = nanoseconds / 1e9
    if seconds < 1:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds:.2f} s" if seconds < 60 else f"{int(seconds // 60)} min {seconds % 60:.0f} s"
