"""HTTP to the outside, against real sockets."""

import asyncio
import gzip
import sys
import tracemalloc
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from local.ports import free_port
from servicekit.http import BodyTooLarge, fetch, make_client
from servicekit.unpacking import Unpacking

TEXT = b'[{"a": "' + "я".encode() * 40 + b'"}]'

Respond = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(respond: Respond) -> AsyncIterator[str]:
    """A server on a port of its own that answers each request as `respond` writes it."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await respond(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client had enough
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Respond:
    async def respond(writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {length or len(body)}", *headers])
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return respond


async def get(url: str, max_bytes: int = 100, timeout_seconds: float = 5) -> tuple[int, bytes]:
    async with make_client(timeout_seconds=timeout_seconds) as client:
        got = await fetch(client, client.build_request("GET", url), max_bytes=max_bytes)
    return got.status, got.body


class TestSize:
    async def test_as_much_as_was_allowed_is_read(self) -> None:
        async with answering(answer(b"x" * 100)) as url:
            assert await get(url) == (200, b"x" * 100)

    async def test_one_byte_more_is_refused(self) -> None:
        async with answering(answer(b"x" * 101)) as url:
            with pytest.raises(BodyTooLarge, match=r"127\.0\.0\.1 is larger than 100 bytes"):
                await get(url)

    async def test_an_endless_body_is_left(self) -> None:
        async def respond(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 1024)
                await writer.drain()

        async with answering(respond) as url:
            with pytest.raises(BodyTooLarge):
                await get(url)


class TestGzip:
    async def test_is_unpacked(self) -> None:
        body = bytes(range(256)) * 4000
        async with answering(answer(gzip.compress(body, 1), "Content-Encoding: gzip")) as url:
            assert await get(url, max_bytes=len(body)) == (200, body)

    async def test_a_bomb_is_not(self) -> None:
        bomb = gzip.compress(b"\0" * 50_000_000)
        async with answering(answer(bomb, "Content-Encoding: gzip")) as url:
            tracemalloc.start()
            try:
                with pytest.raises(BodyTooLarge):
                    await get(url, max_bytes=1000)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert peak < 5_000_000

    @pytest.mark.parametrize(
        ("packed", "encoding"),
        [
            (zlib.compress(TEXT), "deflate"),
            (zlib.compress(TEXT, wbits=-15), "deflate"),
            (gzip.compress(TEXT, mtime=0), "deflate"),
            (gzip.compress(TEXT, mtime=0), "GZIP"),
            (gzip.compress(TEXT, mtime=0), "x-gzip"),
            (gzip.compress(TEXT, mtime=0), ""),
            (gzip.compress(TEXT, mtime=0), "identity"),
            (gzip.compress(TEXT[:20]) + gzip.compress(TEXT[20:]), "gzip"),
            (TEXT, "gzip"),
            (TEXT, "deflate"),
            (TEXT, ""),
            (b"5", "gzip"),
        ],
    )
    async def test_whatever_its_header_says_a_body_is_read_by_its_first_bytes(
        self, packed: bytes, encoding: str
    ) -> None:
        header = [f"Content-Encoding: {encoding}"] if encoding else []
        async with answering(answer(packed, *header)) as url:
            assert await get(url) == (200, b"5" if packed == b"5" else TEXT)

    @pytest.mark.parametrize("at", range(1, len(gzip.compress(TEXT)) + 4))
    def test_members_are_found_wherever_the_chunks_are_cut(self, at: int) -> None:
        packed = gzip.compress(TEXT) + gzip.compress(b"more")
        unpacking = Unpacking("gzip", at_once=1_000)
        found = unpacking.feed(packed[:at]) + unpacking.feed(packed[at:]) + unpacking.end()
        assert found == TEXT + b"more"

    async def test_a_body_packed_twice_or_otherwise_is_refused(self) -> None:
        twice = gzip.compress(gzip.compress(b"x"))
        for encoding in ("gzip, gzip", "br", "zstd"):
            async with answering(answer(twice, f"Content-Encoding: {encoding}")) as url:
                with pytest.raises(httpx.TransportError, match="only gzip was asked for"):
                    await get(url)

    async def test_many_small_members_are_a_bomb_too(self) -> None:
        bomb = gzip.compress(b"\0" * 1_000) * 1_000
        async with answering(answer(bomb, "Content-Encoding: gzip")) as url:
            with pytest.raises(BodyTooLarge):
                await get(url, max_bytes=100_000)

    @pytest.mark.parametrize(
        "body", [gzip.compress(TEXT)[:-9], gzip.compress(TEXT) + b"more", b"\x1f\x8b damaged", zlib.compress(TEXT)[:-1]]
    )
    async def test_a_damaged_or_cut_or_overlong_one_is_no_answer(self, body: bytes) -> None:
        async with answering(answer(body, "Content-Encoding: deflate")) as url:
            with pytest.raises(httpx.TransportError, match=r"unpacked|compressed"):
                await get(url)

    async def test_nothing_is_nothing(self) -> None:
        async with answering(answer(b"", "Content-Encoding: gzip", status="204 No Content")) as url:
            assert await get(url) == (204, b"")


async def test_a_redirect_is_an_answer_not_followed() -> None:
    async with answering(answer(b"", "Location: http://127.0.0.1:1/", status="302 Found")) as url:
        assert await get(url) == (302, b"")


async def test_silence_ends_in_time() -> None:
    async with answering(lambda _: asyncio.sleep(30)) as url:
        with pytest.raises(httpx.ReadTimeout):
            await get(url, timeout_seconds=0.1)


async def test_half_an_answer_is_none() -> None:
    async with answering(answer(b"half", length=50)) as url:
        with pytest.raises(httpx.TransportError):
            await get(url)


async def test_nobody_there_is_a_transport_error() -> None:
    async with answering(answer(b"")) as url:
        pass
    with pytest.raises(httpx.TransportError):
        await get(url)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with answering(answer(b"direct")) as url:
        assert await get(url) == (200, b"direct")


async def test_an_answer_of_a_transport_in_memory_reads_the_same() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=gzip.compress(b"x" * 101), headers={"Content-Encoding": "gzip"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
        request = client.build_request("GET", "http://wb/")
        assert (await fetch(client, request, max_bytes=101)).body == b"x" * 101
        with pytest.raises(BodyTooLarge):
            await fetch(client, request, max_bytes=100)


async def test_no_request_searches_the_disk_for_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[str] = []

    class Watching:
        def find_spec(self, name: str, *_: object) -> None:
            looked_for.append(name)

    monkeypatch.setattr(sys, "meta_path", [Watching(), *sys.meta_path])
    async with make_client(timeout_seconds=5) as client:
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://127.0.0.1:{free_port()}")
    assert [name for name, times in Counter(looked_for).items() if times > 1] == []
