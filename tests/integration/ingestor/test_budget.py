"""The budget of calls: shared by all processes, corrected by what WB answers, and kept without Redis."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import redis.asyncio
from contracts.wb_token import TokenKind
from ingestor.wb import budget as budget_module
from ingestor.wb import client as client_module
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access
from ingestor.wb.errors import (
    BadRequest,
    MustWait,
    RateLimited,
)
from ingestor.wb.methods import GATE, METHODS, Limit, Method
from support.wb_clients import KIND, ORDERS, access_of, make
from wbsim.buckets import Bucket
from wbsim.limits import Limit as WbLimit
from wbsim.running import running_wbsim


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
            ({"X_Ratelimit_Retry": "315360000"}, 3600),
            ({"X_Ratelimit_Retry": "-5", "Retry_After": "9"}, 9),
            ({"X_Ratelimit_Retry": "nan"}, 60),
            ({"X_Ratelimit_Retry": "31.25", "Retry_After": "inf"}, 31.25),
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

    @pytest.mark.parametrize("skew", [-300, 300])
    async def test_a_date_counts_by_the_clock_that_a_host_showed_before(
        self, monkeypatch: pytest.MonkeyPatch, skew: int
    ) -> None:
        now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        monkeypatch.setattr("servicekit.clock.now", lambda: now + timedelta(seconds=skew))
        dates = [format_datetime(at, usegmt=True) for at in (now, datetime(2000, 1, 1, tzinfo=UTC))]
        retry = {"Retry-After": format_datetime(now + timedelta(seconds=30), usegmt=True)}
        answers = iter(
            [*(httpx.Response(200, json=[], headers={"Date": date}) for date in dates)]
            + [httpx.Response(429, json={}, headers=retry) for _ in range(2)]
        )
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: next(answers))) as http:
            client, access = make(http, Budget(None), "http://wb"), Access(uuid4(), KIND, "t")
            for _ in dates:
                await client.call(METHODS["orders"], access, params=ORDERS)
            with pytest.raises(RateLimited) as known:
                await client.call(METHODS["orders"], access, params=ORDERS)
            with pytest.raises(RateLimited) as unknown:
                await client.call(METHODS["cards"], access, json={})
        assert known.value.seconds == 30
        assert unknown.value.seconds == 30 + 300 - skew, "of this host nothing is known"

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
        waits = []
        for _ in range(5):
            ticket = await budget.take(seller, method, KIND, backfill=False, patience_seconds=5)
            waits.append(ticket.waited_seconds)
            await budget.settle(ticket)
        assert waits[:3] == [0, 0, 0]
        assert max(waits[3:]) < 0.15
        assert time.monotonic() - began >= 0.19

    async def test_a_call_that_nobody_answers_may_reach_wb_at_any_moment_for_a_while(
        self, redis_client: "redis.asyncio.Redis", redis_prefix: str, clock: "Clock"
    ) -> None:
        dead, other, seller = (*(Budget(redis_client, prefix=redis_prefix) for _ in range(2)), uuid4())
        await dead.take(seller, METHODS["sales"], KIND, backfill=False, patience_seconds=0)
        for passed, wait in ((0, 60), (20, 60), (9, 60), (21, 40)):
            await clock.move(passed)
            with pytest.raises(MustWait) as must:
                await other.take(seller, METHODS["sales"], KIND, backfill=False, patience_seconds=0)
            assert must.value.seconds == pytest.approx(wait, abs=2)
        await clock.move(42)
        ticket = await other.take(seller, METHODS["sales"], KIND, backfill=False, patience_seconds=0)
        await other.settle(ticket)
        await clock.move(62)
        await dead.take(seller, METHODS["sales"], KIND, backfill=False, patience_seconds=0)

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

    async def test_tokens_of_a_seller_share_what_wb_limits_alike_and_only_that(self, budget: Budget) -> None:
        seller = uuid4()

        async def takes(name: str, kind: TokenKind) -> bool:
            try:
                await budget.take(seller, METHODS[name], kind, backfill=False, patience_seconds=0)
            except MustWait:
                return False
            return True

        assert await takes("order-feed", TokenKind.BASE)
        assert not await takes("order-feed", TokenKind.BASE)
        assert await takes("order-feed", TokenKind.PERSONAL), "three hours are the base token's own"
        assert not await takes("order-feed", TokenKind.SERVICE)
        spent = [await takes("wb-stocks", kind) for kind in (TokenKind.PERSONAL, TokenKind.BASE)]
        assert spent == [True, False]

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


class Clock:
    """The time of processes and of what Redis holds for them, which can be moved on."""

    def __init__(self, client: "redis.asyncio.Redis", prefix: str) -> None:
        self.moved = 0
        self._client, self._prefix = client, prefix

    def now(self) -> int:
        return time.monotonic_ns() // 1000 + self.moved

    async def move(self, seconds: float) -> None:
        micros = round(seconds * 1_000_000)
        self.moved += micros
        for key in await self._client.keys(f"{self._prefix}*"):
            if await self._client.type(key) == "string":
                value, dash, name = str(await self._client.get(key)).partition("-")
                if value != "0":
                    await self._client.set(key, f"{int(value) - micros}{dash}{name}")
            elif str(key).endswith(":sent"):
                calls: Any = await self._client.zrange(key, 0, -1, withscores=True)
                await self._client.zadd(key, {call: at - micros for call, at in calls})
        strictest = f"{self._prefix}wb:strictest"
        for bucket, limit in (await self._client.hgetall(strictest)).items():
            since, _, rest = str(limit).partition(" ")
            await self._client.hset(strictest, bucket, f"{max(0, int(since) - micros)} {rest}")

    async def forget(self) -> None:
        if keys := await self._client.keys(f"{self._prefix}*"):
            await self._client.delete(*keys)


@pytest.fixture
def clock(redis_client: "redis.asyncio.Redis", redis_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(redis_client, redis_prefix)
    monkeypatch.setattr(budget_module, "_now", made.now)
    return made


class Process:
    """A process's budget, on a Redis that may be cut off."""

    def __init__(
        self, client: "redis.asyncio.Redis", prefix: str, cut: asyncio.Event, leads: list[int], rate: float
    ) -> None:
        self.budget = Budget(client, prefix=prefix, rate=rate, leads=lambda: leads[0] == id(self))
        self._cut = cut
        for name in ("_take_script", "_raise_script", "_tell_script"):
            setattr(self.budget, name, self._through(getattr(self.budget, name)))

    def _through(self, script: Any) -> Any:
        async def ask(*, keys: Any, args: Any) -> Any:
            if self._cut.is_set():
                raise redis.exceptions.ConnectionError("cut off")
            return await script(keys=keys, args=args)

        return ask

    async def call(self, seller: UUID, method: Method, kind: TokenKind, *, dies: bool = False) -> bool:
        try:
            ticket = await self.budget.take(seller, method, kind, backfill=False, patience_seconds=0)
        except MustWait:
            return False
        if not dies:
            await self.budget.settle(ticket)
        return True


@pytest.mark.parametrize("seed", range(12))
async def test_wb_is_never_asked_too_often_whatever_becomes_of_redis(
    redis_client: "redis.asyncio.Redis", redis_prefix: str, clock: Clock, seed: int
) -> None:
    """Two processes, of other limits in most runs; Redis forgets, goes, comes back, and the process that leads dies.

    One that does not lead dies within a call, which reaches WB up to thirty seconds later.
    """
    random, seller, cut, leads = Random(seed), uuid4(), asyncio.Event(), [0]
    rates = [(1, 1), (1, 2), (3, 1)][seed % 3]
    processes = [Process(redis_client, redis_prefix, cut, leads, rate) for rate in rates]
    leads[0] = id(processes[0])
    kind = random.choice([TokenKind.PERSONAL, TokenKind.BASE])
    methods = [METHODS[name] for name in ("orders", "sales", "cards", "feedbacks", "questions")]
    wb = {m.bucket: Bucket(WbLimit(m.limit(kind).interval_seconds, m.limit(kind).burst), 0) for m in methods}
    gate = Bucket(WbLimit(GATE.interval_seconds, GATE.burst), 0)
    for each in processes:
        await each.call(uuid4(), methods[0], kind)
    counts = Counter[str]()
    on_their_way: list[tuple[float, Method]] = []

    def reach_wb(method: Method, at: float) -> None:
        counts[method.name] += 1
        for bucket in (wb[method.bucket], gate):
            assert bucket.take(at).retry_seconds == 0, (seed, counts, method.name)

    async def move(seconds: float) -> None:
        until = clock.now() / 1_000_000 + seconds
        for at, method in sorted(on_their_way, key=lambda each: each[0]):
            if at <= until:
                on_their_way.remove((at, method))
                reach_wb(method, at)
        await clock.move(seconds)

    for _ in range(30):
        for each in processes:
            await each.budget.tell_limits()
        match random.randrange(8):
            case 0:
                await clock.forget()
            case 1:
                cut.set()
            case 2 | 3:
                cut.clear()
            case 4 if leads[0] == id(processes[0]):
                leads[0] = id(processes[1])
            case 5 | 6 if not cut.is_set():
                [dead] = [n for n, each in enumerate(processes) if leads[0] != id(each)]
                method = random.choice(methods)
                if await processes[dead].call(seller, method, kind, dies=True):
                    on_their_way.append((clock.now() / 1_000_000 + random.uniform(0, 30), method))
                    processes[dead] = Process(redis_client, redis_prefix, cut, leads, rates[dead])
                    await processes[dead].budget.tell_limits()
        for _ in range(random.randrange(1, 4)):
            for each in random.sample(processes, 2):
                method = random.choice(methods)
                if await each.call(seller, method, kind):
                    await move(0)
                    reach_wb(method, clock.now() / 1_000_000)
        await move(random.choice([0, 0.2, 1, 7, 61, 200, 3 * 3600]))
    cut.clear()
    await move(24 * 3600)
    assert not all([await each.call(seller, methods[0], kind) for each in processes]) or kind is TokenKind.PERSONAL
    await clock.move(24 * 3600)
    assert all([await each.call(seller, method, kind) for each, method in zip(processes, methods, strict=False)])
    assert counts


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
