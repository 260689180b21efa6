"""Many connections that each ask the next time when they were answered."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HOST = "127.0.0.1"
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass
class Load:
    """What was measured: the time of every answer in ms, and how long all of them took."""

    latencies_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    other_answers: int = 0
    """That were not 200."""

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def add(self, more: "Load") -> None:
        self.latencies_ms += more.latencies_ms
        self.seconds += more.seconds
        self.other_answers += more.other_answers


async def ask(port: int, paths: Iterable[str], headers: dict[str, str], *, connections: int, requests: int) -> Load:
    """So many requests, each for the next of `paths`, over so many connections at once."""
    lines = [f"Host: {HOST}:{port}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    rest = "\r\n".join(lines)
    sent = (f"GET {path} HTTP/1.1\r\n{rest}".encode() for path in paths)
    load = Load()
    loop = asyncio.get_running_loop()
    clients = [_Client(sent, load, requests // connections) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, HOST, port)  # type: ignore[misc]  # of this turn
    began = time.perf_counter()
    for client in clients:
        client.ask()
    await asyncio.gather(*(client.is_over for client in clients))
    load.seconds = time.perf_counter() - began
    return load


async def ask_at(port: int, paths: Iterator[str], headers: dict[str, str], *, a_second: float, seconds: float) -> Load:
    """Requests that come evenly, whether those before them are answered or not: each is timed from when it is due.

    A hundred are under way at most.
    """
    load = Load()
    idle: list[_OneAtATime] = []
    free = asyncio.Semaphore(100)
    loop = asyncio.get_running_loop()
    rest = "\r\n".join([f"Host: {HOST}:{port}", *(f"{name}: {value}" for name, value in headers.items()), "", ""])

    async def one(path: str, due_at: float) -> None:
        async with free:
            # The server closes what was idle for some seconds.
            while idle and not idle[-1].is_open:
                idle.pop()
            client = idle.pop() if idle else (await loop.create_connection(_OneAtATime, HOST, port))[1]
            load.other_answers += not await client.answered_200(f"GET {path} HTTP/1.1\r\n{rest}".encode())
            load.latencies_ms.append((time.perf_counter() - due_at) * 1000)
            idle.append(client)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(a_second * seconds)):
            due_at = began + number / a_second
            if (early := due_at - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            group.create_task(one(next(paths), due_at))
    load.seconds = time.perf_counter() - began
    for client in idle:
        client.close()
    return load


class _Answers(asyncio.Protocol, ABC):
    """Reads answers that say how long they are, one after another."""

    def __init__(self) -> None:
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(_END_OF_HEAD)
        if not end or len(body) < int(head.lower().partition(_LENGTH)[2].partition(b"\r")[0]):
            return
        self._buffer = b""
        self.answered(head.startswith(b"HTTP/1.1 200"))

    @abstractmethod
    def answered(self, is_200: bool) -> None:
        """An answer has come to its end."""


class _OneAtATime(_Answers):
    _answer: asyncio.Future[bool] | None = None

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    async def answered_200(self, request: bytes) -> bool:
        assert self.transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None

    def answered(self, is_200: bool) -> None:
        assert self._answer is not None
        self._answer.set_result(is_200)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the server closed the connection"))

    def close(self) -> None:
        assert self.transport is not None
        self.transport.close()


class _Client(_Answers):
    def __init__(self, sent: Iterator[bytes], load: Load, requests: int) -> None:
        super().__init__()
        self.is_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sent = sent
        self._load = load
        self._left = requests
        self._asked_at = 0.0

    def ask(self) -> None:
        assert self.transport is not None
        self._asked_at = time.perf_counter()
        self.transport.write(next(self._sent))

    def answered(self, is_200: bool) -> None:
        self._load.latencies_ms.append((time.perf_counter() - self._asked_at) * 1000)
        self._load.other_answers += not is_200
        self._left -= 1
        if self._left:
            self.ask()
        else:
            assert self.transport is not None
            self.transport.close()
            self.is_over.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_over.done():
            self.is_over.set_exception(error or ConnectionError("the server closed the connection"))
