"""Connections that are slow, too many or nonsense end, and hold up nobody."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from servicekit.http_server import MAX_AHEAD, Bounds, bounded, networks_of
from support.eventually import eventually

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
LARGE = 32 * 1024 * 1024


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the body it was sent, or with a large one."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            GONE.set()
            return
        body += message["body"]
        if not message["more_body"]:
            break
    if scope["path"] == "/large":
        body = b"x" * LARGE
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for at in range(0, max(1, len(body)), PART):
        await send({"type": "http.response.body", "body": body[at : at + PART], "more_body": at + PART < len(body)})
    ENDED.set()


PART = 1024 * 1024
GONE, ENDED = asyncio.Event(), asyncio.Event()

Serve = Callable[..., AbstractAsyncContextManager[int]]


@pytest.fixture
def serve() -> Serve:
    """A server within these bounds; its port."""

    @asynccontextmanager
    async def serving(**bounds: Any) -> AsyncIterator[int]:
        for event in (GONE, ENDED):
            event.clear()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            config = uvicorn.Config(
                app, http=bounded(Bounds(**bounds)), ws="none", lifespan="off", log_config=None, access_log=False
            )
            server = uvicorn.Server(config)
            task = asyncio.create_task(server._serve([listener]))
            try:
                yield listener.getsockname()[1]
            finally:
                server.should_exit = True
                await task

    return serving


async def ask(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """What is answered to these bytes until the connection ends, as a client that is in no hurry."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def drip(port: int, head: bytes) -> tuple[int, bytes]:
    """Send `head` and then a byte at a time for as long as it is taken; how many were, and what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    answer = asyncio.create_task(reader.read())
    sent = 0
    while not answer.done():
        writer.write(b"x")
        sent += 1
        await asyncio.sleep(0.01)
    writer.close()
    try:
        return sent, answer.result()
    except ConnectionError:
        return sent, b""


class TestSlow:
    async def test_whoever_sends_a_request_by_drops_is_ended_while_others_are_served(self, serve: Serve) -> None:
        async with serve(receive_seconds=0.3) as port:
            heads = (b"GET / HTTP/1.1\r\nX: ", POST[:6], POST.replace(b"5", b"60000"))
            drips = [asyncio.create_task(drip(port, head)) for head in heads for _ in range(5)]
            while not all(each.done() for each in drips):
                assert (await ask(port, CLOSE)).startswith(b"HTTP/1.1 200")
                await asyncio.sleep(0.05)
            for sent, answer in await asyncio.gather(*drips):
                assert sent > 1
                assert answer == b"" or answer.startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))
            await GONE.wait()  # the app knows, too

    async def test_whoever_sends_nothing_is_ended(self, serve: Serve) -> None:
        async with serve(receive_seconds=0.1) as port:
            assert (await ask(port)).startswith(b"HTTP/1.1 408")

    async def test_whoever_does_not_read_is_ended(self, serve: Serve) -> None:
        async with serve(send_seconds=0.2) as port:
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(GET.replace(b"/ ", b"/large "))
                await ENDED.wait()  # who does not end it waits for ever

    async def test_whoever_is_only_slow_is_served_also_the_next_time(self, serve: Serve) -> None:
        async with serve(receive_seconds=60) as port:
            answer = await ask(
                port, POST[:20], POST[20:], b"he", b"llo", GET[:9], GET[9:-2], b"Connection: close\r\n\r\n", pause=0.02
            )
            assert answer.count(b"HTTP/1.1 200") == 2
            assert b"\r\n\r\nhello" in answer


class TestMany:
    async def test_an_address_alone_does_not_take_up_all_connections(self, serve: Serve) -> None:
        async with serve(connections=8) as port:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            for _, writer in held:
                writer.write(POST)
            refused = await ask(port)
            assert refused.startswith(b"HTTP/1.1 503")
            assert b"Retry-After: 1" in refused
            for _, writer in held:
                writer.close()

            async def is_served() -> bool:
                return (await ask(port, CLOSE)).startswith(b"HTTP/1.1 200")

            await eventually(is_served)

    async def test_proxies_may_have_all_there_are_and_no_more(self, serve: Serve) -> None:
        async with serve(connections=4, proxies=networks_of("127.0.0.0/8, ::1")) as port:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
            assert (await ask(port)).startswith(b"HTTP/1.1 503")
            for reader, writer in held:
                writer.write(GET)
                assert (await reader.readline()).startswith(b"HTTP/1.1 200")
                writer.close()


@pytest.mark.parametrize(
    "nonsense",
    [
        *(b"\x00\xff" * 50 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"),
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX\x00Y: 1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=lambda nonsense: repr(nonsense[:60]),
)
async def test_nonsense_is_a_fault_of_its_sender(serve: Serve, nonsense: bytes) -> None:
    async with serve(receive_seconds=60) as port:
        assert (await ask(port, nonsense)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("nonsense", [b"\x00garbage\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"])
async def test_what_came_before_nonsense_is_answered(serve: Serve, nonsense: bytes) -> None:
    async with serve(receive_seconds=60) as port:
        answer = await ask(port, GET * 3 + nonsense)
        assert answer.count(b"HTTP/1.1 200") == answer.count(b"HTTP/1.1 ") == 3


async def test_who_asks_far_ahead_of_the_answers_is_not_listened_to(serve: Serve) -> None:
    async with serve(receive_seconds=60) as port:
        answer = await ask(port, GET * 5_000)
        assert 1 <= answer.count(b"HTTP/1.1 200") == answer.count(b"HTTP/1.1 ") <= MAX_AHEAD + 1


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"GET /", b""])
async def test_a_head_without_end_is_not_taken_in(serve: Serve, start: bytes) -> None:
    async with serve(receive_seconds=60) as port:
        answer = await ask(port, start + b"a" * 600_000)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


class TestNetworks:
    def test_addresses_and_networks(self) -> None:
        assert networks_of(" 10.0.0.0/8,192.0.2.1 , ::1") == (
            ipaddress.ip_network("10.0.0.0/8"),
            ipaddress.ip_network("192.0.2.1"),
            ipaddress.ip_network("::1"),
        )
        assert networks_of("") == ()

    @pytest.mark.parametrize("text", ["*", "proxy", "10.0.0.1/8", "1.2.3"])
    def test_nothing_else(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"does not appear|has host bits"):
            networks_of(text)
