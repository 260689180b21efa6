"""Calls to the outside whose URL is a secret: traced by name and host, never by URL."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
from opentelemetry import propagate
from opentelemetry.instrumentation.utils import suppress_http_instrumentation
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from servicekit.http import Answer, fetch
from servicekit.telemetry import fail, tracer


class NotReached(Exception):
    """Surely not sent. The message names the kind of error only."""


class NoAnswer(Exception):
    """Sent, perhaps taken, not answered. The message names the kind of error only."""


@contextmanager
def outbound(name: str, attributes: Mapping[str, str], *, verb: str = "POST") -> Iterator[tuple[Span, dict[str, str]]]:
    """A client span around one call, and the headers that carry it on.

    The instrumentation's own span would hold the whole URL; an exception's text might.
    """
    with (
        tracer.start_as_current_span(
            name,
            kind=SpanKind.CLIENT,
            attributes={"http.request.method": verb, **attributes},
            record_exception=False,
            set_status_on_exception=False,
        ) as span,
        suppress_http_instrumentation(),
    ):
        headers: dict[str, str] = {}
        propagate.inject(headers)
        try:
            yield span, headers
        except Exception as error:
            fail(span, error)
            raise


def note_status(span: Span, status: int) -> None:
    """What was answered; from 400 on the call failed."""
    span.set_attribute("http.response.status_code", status)
    if status >= 400:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


async def exchange(
    client: httpx.AsyncClient, request: httpx.Request, *, timeout_seconds: float, max_bytes: int
) -> Answer:
    """The whole answer.

    Raises:
        NotReached: the connection did not come about.
        NoAnswer: everything else that went wrong, `timeout_seconds` over all among it.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            return await fetch(client, request, max_bytes=max_bytes)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise NotReached(type(error).__name__) from None
    except (httpx.HTTPError, TimeoutError) as error:
        raise NoAnswer(type(error).__name__) from None
