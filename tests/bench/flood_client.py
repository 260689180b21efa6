"""A cheap flood, in a process of its own: `python -m bench.flood_client PORT KEY SECONDS CONNECTIONS DEPTH`.

Every connection sends so many requests at once, and the next when these are answered. Prints as JSON how many answers
were refusals (429), how many were others, and the seconds that it took.
"""

import asyncio
import json
import sys
import time

from bench.http_load import HOST

PATH = "/api/v1/orders"
ADDRESS = "192.0.2.66"
"""As a trusted proxy would tell it."""

_ANSWER = b"HTTP/1.1 "
_REFUSAL = b"HTTP/1.1 429 "
_TAIL = len(_REFUSAL) - 1


class _Connection(asyncio.Protocol):
    def __init__(self, request: bytes, depth: int, until: float) -> None:
        self.is_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.refused = self.others = 0
        self._batch = request * depth
        self._depth = depth
        self._until = until
        self._left = 0
        self._tail = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._left = self._depth
        self._transport.write(self._batch)

    def data_received(self, data: bytes) -> None:
        # A status line may come in two pieces; the piece that is kept is too short to be counted twice.
        seen = self._tail + data
        refused = seen.count(_REFUSAL)
        others = seen.count(_ANSWER, 0, len(seen) - len(_REFUSAL) + len(_ANSWER)) - refused
        self.refused += refused
        self.others += others
        self._left -= refused + others
        self._tail = seen[-_TAIL:]
        if self._left <= 0:
            self._tail = b""
            if time.perf_counter() < self._until:
                self._send()
            else:
                self._transport.close()
                self.is_over.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_over.done():
            self.is_over.set_exception(error or ConnectionError("the server closed the connection"))


async def flood(port: int, key: str, seconds: float, connections: int, depth: int) -> dict[str, float]:
    """How many were answered with 429, how many with something else, and in how many seconds."""
    lines = [f"GET {PATH} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {key}", f"X-Forwarded-For: {ADDRESS}"]
    request = "\r\n".join([*lines, "", ""]).encode()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    made = [
        (await loop.create_connection(lambda: _Connection(request, depth, began + seconds), HOST, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(each.is_over for each in made))
    refused, others = sum(each.refused for each in made), sum(each.others for each in made)
    return {"refused": refused, "others": others, "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    port, key, seconds, connections, depth = sys.argv[1:]
    print(json.dumps(asyncio.run(flood(int(port), key, float(seconds), int(connections), int(depth)))))
