"""Calling a simulated Wildberries: limits kept, failures typed, with and without Redis."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
import redis.asyncio
from contracts.wb_token import TokenKind, read_claims
from ingestor.wb import budget as budget_module
from ingestor.wb import client as client_module
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access, WbClient
from ingestor.wb.errors import (
    BadRequest,
    MethodSwitchedOff,
    MustWait,
    PaymentRequired,
    RateLimited,
    ScopeRefused,
    TokenRejected,
    Unavailable,
    WbError,
)
from ingestor.wb.hosts import Host
from ingestor.wb.methods import METHODS, Limit, Method
from servicekit.http import make_client
from wbsim.errors import SHAPES
from wbsim.running import Wbsim, running_wbsim

if TYPE_CHECKING:
    from datetime import datetime

KIND = TokenKind.PERSONAL
SAID = {
    "gate": "request is not valid",
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
ORDERS = {"dateFrom": "2026-01-01", "flag": "0"}


def now() -> "datetime":
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client(timeout_seconds=1) as made:
        yield made


@pytest.fixture
def budget(redis_client: "redis.asyncio.Redis", redis_prefix: str) -> Budget:
    return Budget(redis_client, prefix=redis_prefix, rate=1000)


def make(http: httpx.AsyncClient, budget: Budget, url: str) -> WbClient:
    return WbClient(http, dict.fromkeys(Host, url), budget, timeout_seconds=0.3)


async def access_of(wb: Wbsim, **token: Any) -> Access:
    raw = await wb.token(**token)
    claims = read_claims(raw, now=now(), required=frozenset())
    return Access(claims.seller_id, claims.kind, raw)


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
            with pytest.raises(kinds.get(status, BadRequest)) as caught:
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
            (gzip.compress(b"[1, 2, 3]")[:-9], "gzip"),
            (b"[1, 2, 3]", "gzip"),
            (gzip.compress(b"[]") + b"more", "gzip"),
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

    @pytest.mark.parametrize("body", [b"null", b'"text"', b"5", b"Too many", b"<html>", b"\xff\xfe", b"  x"])
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


def answering(status: int, **headers: str) -> httpx.MockTransport:
    body = {"detail": headers.pop("detail", "no")} if status >= 400 else []
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.MockTransport(lambda _: httpx.Response(status, json=body, headers=names))


class TestWhatWbAnswersCorrectsTheBudget:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"X_Ratelimit_Retry": "12"}, 12),
            ({"Retry_After": "9"}, 9),
            ({"X_Ratelimit_Retry": "4", "Retry_After": "9"}, 4),
            ({"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
            ({}, 60),
        ],
    )
    async def test_a_429_is_waited_out(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str, headers: dict[str, str], seconds: float
    ) -> None:
        budget = Budget(redis_client, prefix=redis_prefix)
        seller = uuid4()
        async with httpx.AsyncClient(transport=answering(429, **headers)) as http:
            with pytest.raises(RateLimited) as limited:
                await make(http, budget, "http://wb").call(METHODS["orders"], Access(seller, KIND, "t"))
        assert limited.value.seconds == seconds
        other_process = Budget(redis_client, prefix=redis_prefix)
        with pytest.raises(MustWait) as must:
            await other_process.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
        assert must.value.seconds == pytest.approx(seconds, abs=1)
        await other_process.take(seller, METHODS["cards"], KIND, backfill=False, patience_seconds=0)

    async def test_the_global_limiter_stops_every_method_of_the_seller(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        budget, seller = Budget(redis_client, prefix=redis_prefix), uuid4()
        async with httpx.AsyncClient(
            transport=answering(429, detail="Limited by global limiter, per seller x")
        ) as http:
            with pytest.raises(RateLimited):
                await make(http, budget, "http://wb").call(METHODS["orders"], Access(seller, KIND, "t"))
        with pytest.raises(MustWait) as must:
            await budget.take(seller, METHODS["cards"], KIND, backfill=False, patience_seconds=0)
        assert must.value.seconds == pytest.approx(client_module.GLOBAL_LIMIT_SECONDS, abs=1)
        await budget.take(uuid4(), METHODS["cards"], KIND, backfill=False, patience_seconds=0)

    async def test_nothing_remaining_ends_the_burst(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        budget, seller = Budget(redis_client, prefix=redis_prefix), uuid4()
        transport = answering(200, X_Ratelimit_Remaining="0", X_Ratelimit_Reset="600")
        async with httpx.AsyncClient(transport=transport) as http:
            await make(http, budget, "http://wb").call(METHODS["orders"], Access(seller, KIND, "t"))
        with pytest.raises(MustWait) as must:
            await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
        assert must.value.seconds == pytest.approx(60, abs=1)

    async def test_a_costly_refusal_costs_ten_calls(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        budget, seller = Budget(redis_client, prefix=redis_prefix), uuid4()
        costly = replace(METHODS["orders"], costly_4xx=True)
        async with httpx.AsyncClient(transport=answering(400)) as http:
            with pytest.raises(BadRequest):
                await make(http, budget, "http://wb").call(costly, Access(seller, KIND, "t"))
        with pytest.raises(MustWait):
            await budget.take(seller, costly, KIND, backfill=False, patience_seconds=0)


class TestBudget:
    async def test_a_burst_goes_at_once_and_then_one_an_interval(self, budget: Budget) -> None:
        seller = uuid4()
        method = replace(METHODS["orders"], usual=Limit(100, 3))  # 0.1 s at rate 1000
        began = time.monotonic()
        waits = [
            (await budget.take(seller, method, KIND, backfill=False, patience_seconds=5)).waited_seconds
            for _ in range(5)
        ]
        assert waits[:3] == [0, 0, 0]
        assert max(waits[3:]) < 0.15
        assert time.monotonic() - began >= 0.19

    async def test_two_processes_share_one_budget(self, redis_client: "redis.asyncio.Redis", redis_prefix: str) -> None:
        seller, taken = uuid4(), 0
        processes = [Budget(redis_client, prefix=redis_prefix) for _ in range(2)]
        for number in range(40):
            try:
                await processes[number % 2].take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
                taken += 1
            except MustWait:
                continue
        assert taken == METHODS["orders"].usual.burst

    async def test_a_first_load_leaves_room_for_live_work(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        seller = uuid4()
        many = replace(METHODS["cards"], usual=Limit(0.001, 1000))
        slow = Budget(redis_client, prefix=redis_prefix)
        for _ in range(20):
            await slow.take(seller, many, KIND, backfill=True, patience_seconds=0)
        with pytest.raises(MustWait):
            await slow.take(seller, many, KIND, backfill=True, patience_seconds=0)
        await slow.take(seller, many, KIND, backfill=False, patience_seconds=0)

    async def test_a_call_is_booked_at_its_arrival_not_at_its_sending(self, budget: Budget) -> None:
        seller = uuid4()
        method = replace(METHODS["wb-stocks"], usual=Limit(200, 1))
        ticket = await budget.take(seller, method, KIND, backfill=False, patience_seconds=0)
        arrived = budget_module._now()
        await budget.settle(ticket)
        assert budget._full_at[ticket.method.key] >= arrived + ticket.method.interval

    async def test_without_redis_a_process_keeps_the_limits_by_itself(self) -> None:
        dead = redis.asyncio.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2)
        budget, seller = Budget(dead), uuid4()
        for _ in range(METHODS["orders"].usual.burst):
            ticket = await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
            await budget.settle(ticket)
        with pytest.raises(MustWait):
            await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
        await dead.aclose()

    async def test_where_there_is_no_redis_a_process_keeps_the_limits_by_itself(self) -> None:
        budget, seller = Budget(None), uuid4()
        for _ in range(METHODS["orders"].usual.burst):
            ticket = await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
            await budget.settle(ticket)
        with pytest.raises(MustWait):
            await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
        await budget.take(uuid4(), METHODS["orders"], KIND, backfill=False, patience_seconds=0)

    async def test_a_redis_that_forgot_is_told_again(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        budget, seller = Budget(redis_client, prefix=redis_prefix), uuid4()
        for _ in range(METHODS["orders"].usual.burst):
            await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)
        budget._redis_failed(ConnectionError())
        await redis_client.delete(*await redis_client.keys(f"{redis_prefix}*"))
        with pytest.raises(MustWait):
            await budget.take(seller, METHODS["orders"], KIND, backfill=False, patience_seconds=0)

    async def test_what_is_full_again_is_forgotten(self, budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ingestor.wb.budget._FORGET_ABOVE", 4)
        quick = replace(METHODS["cards"], usual=Limit(0.001, 5))
        for _ in range(20):
            await budget.take(uuid4(), quick, KIND, backfill=False, patience_seconds=0)
            await asyncio.sleep(0.003)
        assert len(budget._full_at) < 12


async def test_a_polite_client_is_never_told_to_slow_down(
    http: httpx.AsyncClient, redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    async with running_wbsim(seed=3, products=3, history_orders=0, limits_factor=400) as wb:
        access = await access_of(wb)
        await wb.control("POST", f"/sellers/{access.seller_id}", {"global_gate": True})
        clients = [make(http, Budget(redis_client, prefix=redis_prefix, rate=400), wb.url) for _ in range(2)]

        async def poll(method: Method, ask: dict[str, Any]) -> None:
            for turn in range(40):
                await clients[turn % 2].call(method, access, **ask, patience_seconds=10)

        cards = {"json": {"settings": {"cursor": {"limit": 10}}}}
        stocks = {"json": {"limit": 10, "offset": 0}}
        asks = ((METHODS["orders"], {"params": ORDERS}), (METHODS["cards"], cards), (METHODS["wb-stocks"], stocks))
        await asyncio.gather(*(poll(method, ask) for method, ask in asks))
        statuses = [request["status"] for request in await wb.requests()]
        assert len(statuses) == 120
        assert 429 not in statuses
