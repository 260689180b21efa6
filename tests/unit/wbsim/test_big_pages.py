"""Pages of many rows: put together once, sent in pieces, compressed for those who accept it."""

import gc
import gzip
import json
import ssl
from collections.abc import AsyncIterator
from unittest.mock import patch

import httpx
import pytest
from starlette.requests import Request
from wbsim.delivery import SLICE_BYTES, Delivery, accepts_gzip
from wbsim.feed import Entry
from wbsim.history import live_through
from wbsim.running import Wbsim, running_wbsim

ROWS = 2_000
ORDERS = "/api/v1/supplier/orders?dateFrom=2020-01-01"


@pytest.fixture(scope="module")
async def big() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=3, history_orders=ROWS, limits_factor=1_000_000) as running:
        yield running


@pytest.fixture
async def http(big: Wbsim, no_tls: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": await big.token()}
    async with httpx.AsyncClient(base_url=big.url, headers=headers, verify=no_tls) as client:
        yield client


class CountedBody:
    """Stands in for `Entry.body` and counts how often a row is read."""

    def __init__(self) -> None:
        self.reads = 0
        self._inner = Entry.__dict__["body"]

    def __get__(self, entry: Entry, _: object = None) -> bytes:
        self.reads += 1
        content: bytes = self._inner.__get__(entry, Entry)
        return content

    def __set__(self, entry: Entry, content: bytes) -> None:
        self._inner.__set__(entry, content)


class TestPage:
    async def test_its_rows_are_read_once_however_often_it_is_asked_for(
        self, big: Wbsim, http: httpx.AsyncClient
    ) -> None:
        big.world.shop().place(big.world.clock.now())
        with patch.object(Entry, "body", CountedBody()) as counted:
            pages = [(await http.get(ORDERS)).content for _ in range(3)]
            rows = len(json.loads(pages[0]))
            assert rows > ROWS - 5
            assert counted.reads == rows
            assert pages[0] == pages[1] == pages[2]
            big.world.shop().place(big.world.clock.now())
            assert len((await http.get(ORDERS)).json()) == rows + 1
            assert counted.reads == rows + rows + 1

    def test_a_page_is_the_same_only_while_it_is_true(self, big: Wbsim) -> None:
        feed, now = big.world.shop().order_feed, big.world.clock.now()

        def page(oldest: float = 0, rows: int = 50) -> list[Entry]:
            return feed.since(0, inclusive=True, rows=rows, oldest=oldest, now=now)

        first = page()
        assert page() is first
        assert page(rows=51) is not first
        again = page()
        aged = page(oldest=min(entry.dated for entry in again) + 1)
        assert min(entry.dated for entry in aged) > min(entry.dated for entry in again)
        big.world.shop().place(now)
        assert page() is not again


class TestGzip:
    async def test_a_client_that_accepts_it_gets_the_same_rows_in_fewer_bytes(self, http: httpx.AsyncClient) -> None:
        plain = await http.get(ORDERS, headers={"Accept-Encoding": "identity"})
        packed = await http.get(ORDERS, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert int(plain.headers["content-length"]) == len(plain.content)
        assert packed.content == plain.content
        assert packed.num_bytes_downloaded < plain.num_bytes_downloaded / 3

    async def test_small_answers_are_sent_as_they_are(self, http: httpx.AsyncClient) -> None:
        answer = await http.get("/ping", headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers

    async def test_it_can_be_switched_off(self, big: Wbsim, http: httpx.AsyncClient) -> None:
        await big.settings(gzip=False)
        assert "content-encoding" not in (await http.get(ORDERS)).headers
        await big.settings(gzip=True)
        assert (await http.get(ORDERS)).headers["content-encoding"] == "gzip"

    @pytest.mark.parametrize(
        ("header", "accepted"),
        [("gzip", True), ("GZIP;q=0.5", True), ("*", True), ("br, gzip; q=0", False), ("deflate", False), ("", False)],
    )
    def test_what_a_client_accepts(self, header: str, accepted: bool) -> None:
        request = Request({"type": "http", "headers": [(b"accept-encoding", header.encode())]})
        assert accepts_gzip(request) is accepted


@pytest.mark.parametrize("packed", [True, False])
async def test_a_body_is_sent_in_pieces_that_are_never_put_together(packed: bool) -> None:
    parts = [b"[", b"x" * (SLICE_BYTES * 3 + 7), b"]"]
    sent: list[bytes] = []

    async def send(message: dict[str, object]) -> None:
        content = message.get("body", b"")
        assert isinstance(content, bytes)
        sent.append(content)

    await Delivery(parts, 200, {}, "application/json", gzip=packed)({}, None, send)  # type: ignore[arg-type]
    received = b"".join(sent)
    assert max(map(len, sent)) <= SLICE_BYTES
    assert (gzip.decompress(received) if packed else received) == b"".join(parts)


def test_a_past_is_lived_without_the_garbage_collector_which_goes_on_afterwards(big: Wbsim) -> None:
    shop = big.world.shop()
    with patch.object(shop, "place") as place:
        place.side_effect = lambda *_, **__: pytest.fail("collecting") if gc.isenabled() else place.return_value
        place.return_value = shop.orders[next(iter(shop.orders))]
        live_through(shop, orders=2, days=1, now=big.world.clock.now())
    assert place.call_count == 2
    assert gc.isenabled()
