"""A span around each call of WB: which host and method, and how long our budget or WB itself made it wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.util.types import Attributes
from servicekit.telemetry import fail, tracer

from ingestor.wb.errors import MustWait, RateLimited


@contextmanager
def calling(method: str, host: str, *, backfill: bool) -> Iterator[None]:
    """A span with the wait for the budget, the request and what came of it; a budget that is used up is no failure."""
    attributes: Attributes = {"wb.host": host, "wb.method": method, "wb.backfill": backfill}
    with tracer.start_as_current_span(
        f"wb {method}", attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except MustWait as error:
            span.set_attribute("wb.must_wait_seconds", round(error.seconds, 3))
            if isinstance(error, RateLimited):
                fail(span, error)
            raise
        except Exception as error:
            fail(span, error)
            raise


def waited(seconds: float) -> None:
    """Note how long the call waited for leave from the budget."""
    trace.get_current_span().set_attribute("wb.waited_seconds", round(seconds, 4))
