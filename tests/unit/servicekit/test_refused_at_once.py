"""What is refused with the head of a request, on raw connections: beside what is served, and whatever else comes."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from servicekit.forwarded import told_by_proxies
from servicekit.http_server import Bounds, Ready, bounded, networks_of
from starlette.types import Receive, Scope, Send

BODY = b'{"code": "rate_limited"}'
REFUSAL = Ready(429, b"content-type: application/problem+json\r\ncontent-length: 24\r\n", BODY)
LARGE = Ready(429, b"content-length: 100000\r\n", b"x" * 100_000)

GOOD, BAD = (b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in (b"/good", b"/flood"))
CLOSE = b"GET /good HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

Serve = Callable[..., AbstractAsyncContextManager[int]]


class Seen:
    """What reached the app, and what was refused."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.refused = 0

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.served.append(scope["path"])
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    def refuse(self, scope: Scope) -> Ready | None:
        if not scope["path"].startswith("/flood"):
            return None
        self.refused += 1
        return LARGE if scope["path"] == "/flood/large" else REFUSAL


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def serve(seen: Seen) -> Serve:
    """A server within these bounds that refuses a flood; its port."""

    @asynccontextmanager
    async def serving(keep_alive: int = 60, **bounds: Any) -> AsyncIterator[int]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            protocol = bounded(Bounds(**{"receive_seconds": 60, **bounds}), seen.refuse)
            config = uvicorn.Config(
                seen.app,
                http=protocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                timeout_keep_alive=keep_alive,
            )
            server = uvicorn.Server(config)
            task = asyncio.create_task(server._serve([listener]))
            try:
                yield listener.getsockname()[1]
            finally:
                server.should_exit = True
                await task

    return serving


async def ask(port: int, *parts: bytes) -> bytes:
    """What is answered until the connection ends; each part is sent when the server had time for those before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.02)
        return await reader.read()
    finally:
        writer.close()


def statuses(answered: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d+) ", answered)]


class TestAmongOthers:
    async def test_requests_ahead_are_answered_in_their_order(self, serve: Serve, seen: Seen) -> None:
        async with serve() as port:
            posted = b"POST /good HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
            answered = await ask(port, BAD + GOOD + BAD + BAD + posted + BAD + CLOSE)
        assert statuses(answered) == [429, 200, 429, 429, 200, 429, 200]
        assert answered.count(BODY) == 4
        assert answered.count(b"\r\n\r\nhello") == 1
        assert (seen.served, seen.refused) == (["/good"] * 3, 4)

    async def test_an_answer_has_what_every_other_has(self, serve: Serve) -> None:
        async with serve() as port:
            answered = await ask(port, BAD, CLOSE)
        refused, served = (dict(re.findall(rb"(\S+): (.*)\r\n", each)) for each in answered.split(b"HTTP/1.1 ")[1:])
        assert refused[b"content-type"] == b"application/problem+json"
        assert refused.keys() - served.keys() == {b"content-type"}
        assert served.keys() - refused.keys() == {b"connection"}

    async def test_a_connection_serves_again_whom_it_refused(self, serve: Serve) -> None:
        async with serve() as port:
            assert statuses(await ask(port, BAD, BAD, GOOD, BAD, CLOSE)) == [429, 429, 200, 429, 200]

    async def test_of_a_head_alone_no_body_is_sent(self, serve: Serve) -> None:
        async with serve() as port:
            answered = await ask(port, BAD.replace(b"GET", b"HEAD") + CLOSE)
        assert statuses(answered) == [429, 200]
        assert b"content-length: 24\r\n" in answered
        assert BODY not in answered

    @pytest.mark.parametrize(
        "last", [BAD.replace(b"1.1", b"1.0"), BAD.replace(b"Host", b"Connection: close\r\nHost")], ids=["1.0", "close"]
    )
    async def test_whoever_asks_for_one_answer_is_given_no_other(self, serve: Serve, seen: Seen, last: bytes) -> None:
        async with serve() as port:
            answered = await ask(port, GOOD + last + GOOD + BAD)
        assert statuses(answered) == [200, 429]
        assert answered.count(b"connection: close\r\n") == 1
        assert seen.served == ["/good"]


class TestBodies:
    @pytest.mark.parametrize(
        "parts",
        [
            (b"Content-Length: 5\r\n\r\nhello",),
            (b"Content-Length: 10\r\n\r\nhe", b"llo", b"HELLO"),
            (b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", b"lo\r\n", b"0\r\n\r\n"),
            (b"Content-Length: 3000000\r\n\r\n", *[b"x" * 100_000] * 30),
        ],
        ids=["whole", "parts", "chunks", "large"],
    )
    async def test_one_that_comes_with_what_is_refused_is_left_out(
        self, serve: Serve, seen: Seen, parts: tuple[bytes, ...]
    ) -> None:
        first, *rest = parts
        async with serve() as port:
            answered = await ask(port, b"POST /flood HTTP/1.1\r\nHost: x\r\n" + first, *rest, BAD + CLOSE)
        assert statuses(answered) == [429, 429, 200]
        assert seen.served == ["/good"]

    async def test_one_that_does_not_come_ends_the_connection(self, serve: Serve) -> None:
        async with serve(receive_seconds=0.2) as port:
            assert statuses(await ask(port, b"POST /flood HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhe")) == [429]

    async def test_after_one_that_came_late_nobody_is_waited_for_for_ever(self, serve: Serve) -> None:
        async with serve(keep_alive=1) as port:
            head = b"POST /flood HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
            assert statuses(await ask(port, head, b"he")) == [429]  # who does not end it waits for ever


async def test_whoever_does_not_read_what_he_is_refused_with_is_not_answered_on_and_on(
    serve: Serve, seen: Seen
) -> None:
    many = 5_000
    async with serve(send_seconds=0.2) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.setblocking(False)
            loop = asyncio.get_running_loop()

            async def send_for_ever() -> None:
                await loop.sock_sendall(client, BAD.replace(b"flood", b"flood/large") * many)
                while True:
                    await asyncio.sleep(0.01)
                    await loop.sock_sendall(client, GOOD)

            with pytest.raises(ConnectionError):
                await send_for_ever()
    assert 0 < seen.refused < many


class TestBehindProxies:
    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            ([], "10.1.1.1"),
            ([b"192.0.2.7"], "192.0.2.7"),
            ([b"198.51.100.1, 192.0.2.7, 10.2.2.2"], "192.0.2.7"),
            ([b"198.51.100.1", b"192.0.2.7"], "192.0.2.7"),
            ([b""], "10.1.1.1"),
        ],
    )
    def test_the_client_is_whom_they_tell_of(self, told: list[bytes], expected: str) -> None:
        assert self.asked("10.1.1.1", told) == expected

    def test_what_anybody_else_says_does_not_count(self) -> None:
        assert self.asked("192.0.2.1", [b"198.51.100.1"]) == "192.0.2.1"
        assert self.asked(None, [b"198.51.100.1"]) is None

    @staticmethod
    def asked(host: str | None, told: list[bytes]) -> str | None:
        found: list[Scope] = []

        def note(scope: Scope) -> None:
            found.append(scope)

        headers = [(b"x-forwarded-for", value) for value in told]
        client = None if host is None else (host, 1)
        told_by_proxies(networks_of("10.0.0.0/8"), note)({"client": client, "headers": headers})
        [scope] = found
        return scope["client"][0] if scope["client"] else None
