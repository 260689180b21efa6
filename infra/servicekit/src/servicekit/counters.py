"""Counters of a process, which count in it, as Prometheus reads them."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Counted = Counter | Gauge | Histogram
"""What counts in a process."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client leaves it untyped


def begin_at_zero(counter: Counter, *series: str | tuple[str, ...]) -> None:
    """Count these values of its labels before they first happen.

    To Prometheus a counter that begins with its first one has not grown, so that a rule that asks for its growth would
    miss that one.
    """
    for values in series:
        counter.labels(*([values] if isinstance(values, str) else values))


def counters_route(counters: Sequence[Counted]) -> Route:
    """`/metrics` of a process without a database or a queue: itself, and its counters."""
    registry = counted(counters)

    async def answer(request: Request) -> Response:
        return exposed(registry, request)

    return Route("/metrics", answer)


def counted(counters: Sequence[Counted]) -> CollectorRegistry:
    """A registry of this process and its counters."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for counter in counters:
        registry.register(counter)
    return registry


def exposed(collector: Collector, request: Request) -> Response:
    """What was collected, in the format that who asks for it prefers."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(collector), headers={"Content-Type": content_type})
