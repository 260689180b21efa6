"""HTTP to the outside: bounded in time and size, never following redirects."""

import ssl
import sys
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

import httpx

from servicekit.telemetry import traced
from servicekit.unpacking import Unpacking, known

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # httpcore looks for it whenever it makes a lock, several times in each request, and what is not there is searched
    # for on disk each time: that was a tenth of the ingestor's work. None says that it is not there.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # typeshed does not know that None may stand there


class BodyTooLarge(httpx.TransportError):
    """The answer is larger than we are ready to hold."""


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes


@cache
def tls() -> ssl.SSLContext:
    """Trusts whom httpx trusts. Each made anew would take 20 ms to read the certificates, and hold them once more."""
    return httpx.create_ssl_context(trust_env=False)


def make_client(*, timeout_seconds: float, max_connections: int = 50) -> httpx.AsyncClient:
    """A client whose requests carry the trace, end within `timeout_seconds` a step, and follow no redirect."""
    client = httpx.AsyncClient(
        headers={"Accept-Encoding": "gzip"},  # the one that `fetch` unpacks within its bound
        timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, 10)),
        limits=httpx.Limits(max_connections=max_connections, max_keepalive_connections=max_connections),
        follow_redirects=False,
        trust_env=False,
        verify=tls(),
    )
    return traced(client)


async def fetch(client: httpx.AsyncClient, request: httpx.Request, *, max_bytes: int) -> Answer:
    """Send and read at most `max_bytes` (after decompression).

    Raises:
        BodyTooLarge: the body goes on past `max_bytes`; the rest was neither read nor unpacked.
        httpx.TransportError: no (whole) answer.
    """
    response = await client.send(request, stream=True)
    try:
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("an AsyncClient answers with an AsyncByteStream")
        body = bytearray()
        async for chunk in _unpacked(response.stream, response.headers.get("content-encoding", ""), max_bytes + 1):
            body += chunk
            if len(body) > max_bytes:
                raise BodyTooLarge(f"the answer of {request.url.host} is larger than {max_bytes} bytes")
    finally:
        await response.aclose()
    return Answer(response.status_code, response.headers, bytes(body))


async def _unpacked(chunks: AsyncIterable[bytes], encoding: str, at_once: int) -> AsyncIterator[bytes]:
    encoding = encoding.strip().lower()
    if not known(encoding):
        raise httpx.RemoteProtocolError(f"the answer is encoded as {encoding!r}; only gzip was asked for")
    unpacking = Unpacking(encoding, at_once=at_once)
    async for chunk in chunks:
        yield unpacking.feed(chunk)
    yield unpacking.end()
