"""A call of Wildberries: what is sent, and what becomes of every answer."""

import asyncio
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
from ingestor.wb import client as client_module
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access
from ingestor.wb.errors import (
    BadRequest,
    MethodSwitchedOff,
    PaymentRequired,
    RateLimited,
    ScopeRefused,
    TokenRejected,
    Unavailable,
    WbError,
)
from ingestor.wb.methods import METHODS
from wbsim.errors import SHAPES
from wbsim.running import Wbsim

if TYPE_CHECKING:
    pass
from support.wb_clients import KIND, ORDERS, access_of, make

SAID = {
    "gate": "request is not valid",
    "no_path": "no such path",
    "statistics_list": "dateFrom: field required",
    "statistics_text": "dateFrom: Value not validated",
    "content": "Invalid request",
    "content_text": "Request body can not be decoded",
    "analytics": "code=400, message=invalid",
    "feedbacks": "Invalid request",
    "marketplace": "Incorrect parameter",
    "promotion": "wrong bid value: 3; min: 150",
    "empty": "an empty answer",
}
"""What each service says when it refuses."""


class TestCall:
    async def test_an_answer_is_a_body(self, http: httpx.AsyncClient, budget: Budget, wb: Wbsim) -> None:
        reply = await make(http, budget, wb.url).call(METHODS["orders"], await access_of(wb), params=ORDERS)
        assert reply.body == b"[]"

    @pytest.mark.parametrize(
        ("kind", "what", "error"),
        [
            ("status", {"status": 401}, TokenRejected),
            ("status", {"status": 402}, PaymentRequired),
            ("status", {"status": 403}, ScopeRefused),
            ("status", {"status": 429, "seconds": 7}, RateLimited),
            ("status", {"status": 500}, Unavailable),
            ("timeout", {"seconds": 5}, Unavailable),
            ("cut", {}, Unavailable),
            ("html", {}, Unavailable),
            ("switched_off", {}, MethodSwitchedOff),
            ("global_limit", {}, RateLimited),
            ("text", {}, BadRequest),
            ("huge", {"size": 101 * 1024 * 1024}, Unavailable),
            ("status", {"status": 404}, BadRequest),
            ("status", {"status": 408}, Unavailable),
            ("status", {"status": 451}, BadRequest),
            ("status", {"status": 503}, Unavailable),
        ],
    )
    async def test_every_failure_has_its_type(
        self, http: httpx.AsyncClient, budget: Budget, wb: Wbsim, kind: str, what: dict[str, Any], error: type[WbError]
    ) -> None:
        await wb.place_orders(count=1)
        await wb.fault("/api/v1/supplier/orders", kind, **what)
        access = await access_of(wb)
        with pytest.raises(error) as caught:
            await make(http, budget, wb.url).call(METHODS["orders"], access, params=ORDERS)
        assert type(caught.value) is error
        assert access.token not in str(caught.value)
        await wb.clear_faults()

    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503])
    async def test_every_services_way_of_refusing_is_understood(
        self, http: httpx.AsyncClient, budget: Budget, wb: Wbsim, status: int
    ) -> None:
        kinds: dict[int, type[WbError]] = {
            401: TokenRejected,
            402: PaymentRequired,
            403: ScopeRefused,
            429: RateLimited,
            500: Unavailable,
            503: Unavailable,
        }
        access = await access_of(wb)
        for shape in SHAPES:
            await wb.fault("/api/v1/supplier/orders", "status", status=status, shape=shape, times=1)
            # Each from another seller: one 429 would keep all that follow it from being sent.
            other = replace(access, seller_id=uuid4())
            usual = MethodSwitchedOff if (status, shape) == (404, "no_path") else BadRequest
            with pytest.raises(kinds.get(status, usual)) as caught:
                await make(http, budget, wb.url).call(METHODS["orders"], other, params=ORDERS)
            said = SAID[shape]
            assert str(caught.value) == f"{status}: {said}", shape

    async def test_a_packed_answer_is_unpacked(self, budget: Budget) -> None:
        body = gzip.compress(b'[{"a": "' + "я".encode() * 10_000 + b'"}]')
        transport = httpx.MockTransport(
            lambda _: httpx.Response(200, content=body, headers={"Content-Encoding": "gzip"})
        )
        async with httpx.AsyncClient(transport=transport) as http:
            reply = await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))
        assert reply.body == gzip.decompress(body)

    @pytest.mark.parametrize(
        ("content", "encoding"),
        [
            (gzip.compress(b"[1, 2, 3]", mtime=0)[:-9], "gzip"),
            (b"1, 2, 3]", "gzip"),
            (gzip.compress(b"[]", mtime=0) + b"more", "gzip"),
            (b"[]", "br"),
        ],
    )
    async def test_one_that_cannot_be_unpacked_is_no_answer(
        self, budget: Budget, content: bytes, encoding: str
    ) -> None:
        transport = httpx.MockTransport(
            lambda _: httpx.Response(200, content=content, headers={"Content-Encoding": encoding})
        )
        async with httpx.AsyncClient(transport=transport) as http:
            with pytest.raises(Unavailable):
                await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))

    async def test_a_packed_bomb_is_too_large(self, budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client_module, "MAX_BODY_BYTES", 1_000_000)
        bomb = gzip.compress(b" " * 1_100_000)
        assert len(bomb) < 10_000
        transport = httpx.MockTransport(
            lambda _: httpx.Response(200, content=bomb, headers={"Content-Encoding": "gzip"})
        )
        async with httpx.AsyncClient(transport=transport) as http:
            with pytest.raises(Unavailable, match="BodyTooLarge"):
                await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))

    @pytest.mark.parametrize("body", [b"nul", b'"text"', b"5", b"Too many", b"<html>", b"\xff\xfa", b"  x"])
    async def test_a_200_that_is_neither_an_object_nor_an_array_is_no_answer(self, budget: Budget, body: bytes) -> None:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body))
        ) as http:
            with pytest.raises(Unavailable, match="orders: 200 with"):
                await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))

    @pytest.mark.parametrize(("status", "body"), [(204, b""), (200, b""), (200, b" \n[]"), (208, b"{}")])
    async def test_an_empty_answer_is_one(self, budget: Budget, status: int, body: bytes) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
        async with httpx.AsyncClient(transport=transport) as http:
            reply = await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))
        assert reply.body == body

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, b"null"),
            (200, b' ""\n'),
            (400, b'{"detail": "there are no statistics for this advertising period"}'),
            (404, b'{"errors": ["no data"]}'),
        ],
    )
    async def test_nothing_is_an_empty_answer_whatever_its_status(
        self, budget: Budget, status: int, body: bytes
    ) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
        async with httpx.AsyncClient(transport=transport) as http:
            reply = await make(http, budget, "http://wb").call(METHODS["campaign-stats"], Access(uuid4(), KIND, "t"))
        assert reply.body == b""

    async def test_an_answer_brings_wbs_own_clock(self, budget: Budget) -> None:
        transport = httpx.MockTransport(
            lambda _: httpx.Response(200, json=[], headers={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"})
        )
        async with httpx.AsyncClient(transport=transport) as http:
            reply = await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))
        assert reply.wb_now is not None
        assert reply.wb_now.isoformat() == "2026-11-21T12:00:00+00:00"

    async def test_one_that_is_down_says_for_how_long(self, budget: Budget) -> None:
        for said, seconds in (("7", 7), ("86400", client_module.DOWN_SECONDS), ("soon", 0)):
            transport = httpx.MockTransport(lambda _, said=said: httpx.Response(503, headers={"Retry-After": said}))
            async with httpx.AsyncClient(transport=transport) as http:
                with pytest.raises(Unavailable) as caught:
                    await make(http, budget, "http://wb").call(METHODS["orders"], Access(uuid4(), KIND, "t"))
            assert caught.value.seconds == seconds

    async def test_values_in_a_path_are_quoted(self, budget: Budget) -> None:
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.raw_path.decode())
            return httpx.Response(200, json=[])

        method = replace(METHODS["orders"], path="/api/{kind}/{id}/rows")
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            client, access = make(http, budget, "http://wb"), Access(uuid4(), KIND, "t")
            await client.call(method, access, path={"kind": "a/../b c?", "id": 7}, params={"x": "ы"})
        assert asked == ["/api/a%2F..%2Fb%20c%3F/7/rows?x=%D1%8B"]

    async def test_what_wb_does_not_understand_is_a_bad_request(
        self, http: httpx.AsyncClient, budget: Budget, wb: Wbsim
    ) -> None:
        with pytest.raises(BadRequest, match="dateFrom"):
            await make(http, budget, wb.url).call(METHODS["orders"], await access_of(wb), params={})

    async def test_nobody_there_is_unavailable(self, http: httpx.AsyncClient, budget: Budget) -> None:
        with pytest.raises(Unavailable):
            await make(http, budget, "http://127.0.0.1:9").call(METHODS["ping"], Access(uuid4(), KIND, "t"))

    async def test_a_body_over_the_cap_and_one_that_trickles_are_unavailable(
        self, budget: Budget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def trickle(_: httpx.Request) -> httpx.Response:
            await asyncio.sleep(5)
            return httpx.Response(200)

        async with httpx.AsyncClient(transport=httpx.MockTransport(trickle)) as http:
            monkeypatch.setattr(client_module, "WHOLE_CALL_FACTOR", 0.2)
            with pytest.raises(Unavailable, match="no whole answer"):
                await make(http, budget, "http://wb").call(METHODS["ping"], Access(uuid4(), KIND, "t"))
        monkeypatch.undo()
        monkeypatch.setattr(client_module, "MAX_BODY_BYTES", 3)
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[1, 2]))) as http:
            with pytest.raises(Unavailable, match="BodyTooLarge"):
                await make(http, budget, "http://wb").call(METHODS["ping"], Access(uuid4(), KIND, "t"))

    async def test_a_redirect_is_not_followed(self, budget: Budget) -> None:
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(302, headers={"Location": "http://elsewhere/"})

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            with pytest.raises(Unavailable, match="302"):
                await make(http, budget, "http://wb").call(METHODS["ping"], Access(uuid4(), KIND, "secret"))
        assert asked == ["http://wb/ping"]

    def test_no_repr_shows_a_token(self) -> None:
        assert "secret" not in repr(Access(UUID(int=1), KIND, "secret"))
