"""HTTP to the outside: bounded in time and size, never following redirects."""

from dataclasses import dataclass

import httpx


class BodyTooLarge(httpx.TransportError):
    """The answer is larger than we are ready to hold."""


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes


def make_client(*, timeout_seconds: float, max_connections: int = 50) -> httpx.AsyncClient:
    """A client whose requests carry the trace, end within `timeout_seconds` a step, and follow no redirect."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, 10)),
        limits=httpx.Limits(max_connections=max_connections, max_keepalive_connections=max_connections),
        follow_redirects=False,
        trust_env=False,
    )


async def fetch(client: httpx.AsyncClient, request: httpx.Request, *, max_bytes: int) -> Answer:
    """Send and read at most `max_bytes` (after decompression).

    Raises:
        BodyTooLarge: the body goes on past `max_bytes`; the rest was not read.
        httpx.TransportError: no (whole) answer.
    """
    response = await client.send(request, stream=True)
    try:
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > max_bytes:
                raise BodyTooLarge(f"the answer of {request.url.host} is larger than {max_bytes} bytes")
            chunks.append(chunk)
    finally:
        await response.aclose()
    return Answer(response.status_code, response.headers, b"".join(chunks))
