"""The budget of calls: shared by all processes, corrected by what WB answers, and kept without Redis."""

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
import redis.asyncio
from ingestor.wb import budget as budget_module
from ingestor.wb import client as client_module
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access
from ingestor.wb.errors import (
    BadRequest,
    MustWait,
    RateLimited,
)
from ingestor.wb.methods import METHODS, Limit, Method
from wbsim.running import running_wbsim

if TYPE_CHECKING:
    pass
from support.wb_clients import KIND, ORDERS, access_of, make


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
            ({"Retry_After": "Sat, 21 Nov 2026 12:00:30 GMT", "Date": "Sat, 21 Nov 2026 12:00:00 GMT"}, 30),
            ({"Retry_After": "99999999"}, 3600),
            ({"Retry_After": "0"}, 60),
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
