"""How an answer goes to the client: in slices, compressed on the way where the client accepts it."""

import asyncio
import zlib
from collections.abc import Iterator, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SLICE_BYTES = 256 * 1024
WORTH_BYTES = 1024
"""Smaller answers are not compressed."""
_GZIP = 16 + zlib.MAX_WBITS


class Delivery(Response):
    """A body given in parts that are never put together."""

    def __init__(
        self, parts: Sequence[bytes], status: int, headers: Mapping[str, str], media_type: str | None, *, gzip: bool
    ) -> None:
        size = sum(map(len, parts))
        super().__init__(None, status, headers, media_type if size else None)
        self._parts = parts
        self._gzip = gzip and size >= WORTH_BYTES
        if self._gzip:
            del self.headers["content-length"]
            self.headers["content-encoding"] = "gzip"
            self.headers["vary"] = "Accept-Encoding"
        elif size:
            self.headers["content-length"] = str(size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        slices = _sliced(self._parts)
        for content in _compressed(slices) if self._gzip else slices:
            await send({"type": "http.response.body", "body": content, "more_body": True})
            # Sending to a fast client never waits, and others want to be answered meanwhile.
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes compressed answers."""
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _sliced(parts: Sequence[bytes]) -> Iterator[bytes]:
    for part in parts:
        for start in range(0, len(part), SLICE_BYTES):
            yield part[start : start + SLICE_BYTES]


def _compressed(slices: Iterator[bytes]) -> Iterator[bytes]:
    # The fastest level: the simulator's time is the client's waiting time.
    packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    for content in slices:
        if packed := packer.compress(content):
            yield packed
    yield packer.flush()
