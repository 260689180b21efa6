"""How a trace came to one of its spans."""

from servicekit.traces.store import StoredSpan


def steps_to(spans: list[StoredSpan], name: str) -> list[str]:
    """Service and name of each span from the trace's root to the span of that name; none while one is not stored yet.

    Each service stores its spans in its own time.
    """
    by_id = {span.span_id: span for span in spans}
    steps: list[str] = []
    at = next((span for span in spans if span.name == name), None)
    while at is not None:
        steps.insert(0, f"{at.service} {at.name}")
        if at.parent_id is None:
            return steps
        at = by_id.get(at.parent_id)
    return []
