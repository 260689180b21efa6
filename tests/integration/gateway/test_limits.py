"""Who asks too much is told so, cheaply, by every process; nobody else notices."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from gateway import entrance
from gateway.admission import limits as admission
from gateway.admission.limits import REFUSED
from local.servers import Servers
from servicekit.db import Database
from support.driver_log import sent
from support.eventually import eventually
from support.gateway import Gateway, User, built_gateway
from support.problems import assert_problem
from support.redis_log import round_trips
from support.tcp_proxy import proxied

Limited = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
def limited(gateway: Gateway, servers: Servers, redis_prefix: str, vhost_url: str) -> Limited:
    """A process of the gateway with these limits, on one Redis and database with all others."""

    @asynccontextmanager
    async def build(redis_url: str = servers.redis_url, **limits: int) -> AsyncIterator[Gateway]:
        async with built_gateway(
            gateway.database, redis_url=redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url, limits=limits
        ) as built:
            yield built

    return build


def of(gateway: Gateway, user: User, key: str | None = None) -> User:
    """The user as he calls that process."""
    return User(gateway, user.telegram_id, key or user.key)


def from_address(gateway: Gateway, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(gateway.app, client=(address, 1), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


async def statuses(user: User, times: int, path: str = "/cabinets", **arguments: Any) -> list[int]:
    return [(await user.call("GET", path, **arguments)).status_code for _ in range(times)]


class TestKeys:
    async def test_a_used_up_one_is_refused_by_every_process_and_no_other_is(
        self, limited: Limited, alice: User, bob: User
    ) -> None:
        async with limited(key=3) as one, limited(key=3) as other:
            first = await of(one, alice).get("/cabinets")
            assert (first.headers["RateLimit-Policy"].split(", ")[0], first.headers["RateLimit"]) == (
                '"key";q=3;w=60',
                '"key";r=2;t=20',
            )
            assert await statuses(of(other, alice), 2) == [200, 200]
            for process in (one, other):
                refused = await of(process, alice).get("/cabinets")
                await assert_problem(refused, 429, "rate_limited")
                assert 0 < int(refused.headers["Retry-After"]) <= 20
                assert refused.headers["RateLimit"] == f'"key";r=0;t={refused.headers["Retry-After"]}'
                assert refused.headers.get_list("RateLimit-Policy", split_commas=True)[0] == '"key";q=3;w=60'
            assert await statuses(of(one, bob), 3) == [200] * 3
            assert await statuses(of(one, alice, await one.key(alice.telegram_id)), 3) == [200] * 3

    async def test_a_refusal_costs_nothing_once_it_is_known(
        self, limited: Limited, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = REFUSED.labels("key")._value.get()
        async with limited(key=1) as process:
            user = of(process, alice)
            assert await statuses(user, 2) == [200, 429]
            with round_trips() as trips:
                async with sent(process.database) as statements:
                    assert await statuses(user, 20) == [429] * 20
            assert (trips, statements) == ([], [])
            assert REFUSED.labels("key")._value.get() == before + 21
            # When it is over, Redis is asked again; there, nothing has come back yet.
            monotonic = admission.monotonic
            monkeypatch.setattr(admission, "monotonic", lambda: monotonic() + 61)
            with round_trips() as trips:
                assert await statuses(user, 1) == [429]
            assert len(trips) == 1

    async def test_it_is_served_again_when_some_came_back(self, limited: Limited, alice: User) -> None:
        async with limited(key=600) as process:

            async def status() -> int:
                return (await of(process, alice).get("/nowhere")).status_code

            while await status() == 404:
                pass

            async def is_served() -> bool:
                return await status() == 404

            await eventually(is_served)

    async def test_what_is_no_read_counts_too_for_one_round_trip_and_no_look_at_the_key(
        self, limited: Limited, alice: User
    ) -> None:
        cabinet = await alice.connect()
        async with limited(key=5) as process:
            user = of(process, alice)
            await user.get("/cabinets")
            with round_trips() as trips:
                async with sent(process.database) as statements:
                    answer = await user.call("POST", "/sync/start", json={"cabinet_id": str(cabinet)})
            assert (answer.status_code, answer.headers["RateLimit"][:10]) == (409, '"key";r=3;')
            assert len(trips) == 1
            assert not [each for each in statements if "api_keys" in each]
            assert [(await user.call("HEAD", "/orders")).status_code for _ in range(4)] == [405, 405, 405, 429]


class TestUsers:
    async def test_a_user_with_many_keys_is_limited_as_one(self, limited: Limited, alice: User, bob: User) -> None:
        async with limited(user=3) as process:
            keys = [await process.key(alice.telegram_id) for _ in range(4)]
            found = [(await of(process, alice, key).get("/cabinets")).status_code for key in keys]
            assert found == [200, 200, 200, 429]
            assert await statuses(of(process, bob), 3) == [200] * 3

    async def test_a_bot_is_limited_for_each_user_and_not_as_one_key_of_one_address(
        self, limited: Limited, alice: User
    ) -> None:
        async with limited(key=2, user=3, address=2) as process:
            bot = of(process, alice, await process.key(None))
            for user in ("7", "8", "9"):
                found = await statuses(bot, 4, headers={"X-Telegram-User-Id": user})
                # Its first request is counted before it is known who asks.
                assert found == [200, 200, 200, 429], user


class TestAddresses:
    async def test_who_has_no_key_is_limited_by_address(self, limited: Limited) -> None:
        async with limited(address=2) as process:
            for one, other in (
                ("192.0.2.1", "192.0.2.1"),
                ("2001:db8::1", "2001:db8::ffff"),
                ("::ffff:192.0.2.3",) * 2,
            ):
                found = []
                for address in (one, other, one):
                    async with from_address(process, address) as client:
                        found.append((await client.get("/docs")).status_code)
                assert found == [200, 200, 429]
            async with from_address(process, "192.0.2.1") as client:
                assert [(await client.get("/health/live")).status_code for _ in range(5)] == [200] * 5

    async def test_who_guesses_keys_is_stopped_before_the_database_is_asked(
        self, limited: Limited, alice: User
    ) -> None:
        async with limited(refused=3) as process:
            known, guesser = of(process, alice), of(process, alice, "pulse_guessed")
            assert await statuses(known, 1) == [200]
            assert await statuses(guesser, 3) == [401] * 3
            assert [(await process.client.get("/api/v1/orders")).status_code] == [429]
            async with sent(process.database) as statements:
                found = [(await of(process, alice, f"pulse_{n}").get("/orders")).status_code for n in range(20)]
            assert (found, statements) == ([429] * 20, [])
            refused = await guesser.get("/orders")
            assert refused.headers["RateLimit"].startswith('"refused";r=0;')
            # Behind the same address are others, too.
            assert await statuses(known, 3) == [200] * 3
            async with from_address(process, "192.0.2.1") as client:
                assert (await client.get("/api/v1/orders")).status_code == 401


async def test_without_redis_each_process_limits_by_itself(
    limited: Limited, alice: User, bob: User, servers: Servers
) -> None:
    async with proxied(servers.redis_url) as door, limited(door.url, key=3, refused=2) as process:
        door.is_open = False
        door.cut()
        assert await statuses(of(process, alice), 5) == [200] * 3 + [429] * 2
        assert await statuses(of(process, bob), 1) == [200]
        assert await statuses(of(process, alice, "pulse_guessed"), 4) == [401, 401, 429, 429]
        cabinet = await of(process, bob).connect()
        assert cabinet


async def test_who_asks_while_too_many_do_is_told_to_come_again(
    limited: Limited, alice: User, bob: User, gateway_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "AT_ONCE", 4)
    async with limited() as process:
        gate = asyncio.Event()

        async def held(*_: object) -> list[object]:
            await gate.wait()
            return []

        monkeypatch.setattr("gateway.cabinets.list_of", held)
        waiting = [asyncio.create_task(of(process, alice).get("/cabinets")) for _ in range(6)]
        await eventually(lambda: sum(each.done() for each in waiting) == 2)
        refused = await of(process, bob).get("/orders")
        await assert_problem(refused, 503, "overloaded")
        assert refused.headers["Retry-After"] == "1"
        assert (await process.client.get("/health/live")).status_code == 200
        gate.set()
        assert sorted(answer.status_code for answer in await asyncio.gather(*waiting)) == [200] * 4 + [503] * 2
        assert (await of(process, bob).get("/orders")).status_code == 200


async def test_who_is_cut_off_by_a_stop_is_told_so(
    limited: Limited, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def held(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("gateway.cabinets.list_of", held)
    messages: list[Any] = []

    async def note(message: Any) -> None:
        messages.append(message)

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async with limited() as process:
        headers = [(b"authorization", f"Bearer {alice.key}".encode())]
        scope = {"type": "http", "method": "GET", "path": "/api/v1/cabinets", "query_string": b"", "headers": headers}
        task = asyncio.create_task(process.app(scope | {"root_path": "", "scheme": "http"}, nothing, note))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [message.get("status") for message in messages] == [503, None]
    assert b'"code": "stopping"' in messages[1]["body"]


class TestFloods:
    """What is refused with the head of a request (`gateway.flood`), before the interface is called."""

    @pytest.mark.parametrize(
        ("limit", "path", "headers"),
        [
            ("key", "/api/v1/cabinets", {"Authorization": "Bearer {alice}"}),
            ("user", "/api/v1/nowhere", {"X-API-Key": "{alice}"}),
            ("user", "/api/v1/cabinets", {"X-API-Key": "{bot}", "X-Telegram-User-Id": "7"}),
            ("address", "/api/v1/orders", {}),
            ("address", "/openapi.json", {}),
            ("refused", "/api/v1/orders", {"X-API-Key": "pulse_guessed"}),
        ],
        ids=["key", "user", "user of a bot", "address", "address, no key needed", "refused"],
    )
    async def test_they_are_refused_as_the_entrance_would(
        self,
        limited: Limited,
        alice: User,
        bob: User,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        path: str,
        headers: dict[str, str],
    ) -> None:
        shown = {"alice": alice.key, "bot": await alice.gateway.key(None)}
        headers = {name: value.format_map(shown) for name, value in headers.items()}
        others = {} if limit == "address" else {"/api/v1/cabinets": {"X-API-Key": bob.key}}
        scopes: list[Any] = []
        async with limited(**{limit: 2}) as process:
            flood = process.app.refuse

            async def app(scope: Any, receive: Any, send: Any) -> None:
                scopes.append(scope)
                await process.app(scope, receive, send)

            transport = httpx.ASGITransport(app, client=("192.0.2.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                for other, sent_by in others.items():
                    assert (await client.get(other, headers=sent_by)).status_code == 200
                for _ in range(2):
                    assert (await client.get(path, headers=headers)).status_code != 429
                    assert flood(scopes[-1]) is None
                assert (await client.get(path, headers=headers)).status_code == 429

                now = admission.monotonic()
                monkeypatch.setattr(admission, "monotonic", lambda: now)
                counted = REFUSED.labels(limit)._value
                before = counted.get()
                answer = await client.get(path, headers=headers)
                refused = scopes[-1]
                ready = flood(refused)
                assert ready is not None
                assert counted.get() == before + 2
                assert (ready.status, ready.body) == (answer.status_code, answer.content)
                assert ready.headers == b"".join(b"%s: %s\r\n" % each for each in answer.headers.raw)

                for other, sent_by in {**others, "/health/live": headers}.items():
                    assert (await client.get(other, headers=sent_by)).status_code == 200
                    assert flood(scopes[-1]) is None
                # What is to be read anew first is not certain, nor what came back meanwhile.
                monkeypatch.setattr("gateway.answers.remembered.monotonic", lambda: now + 61)
                assert (flood(refused) is None) == (limit in ("key", "user"))
                monkeypatch.setattr(admission, "monotonic", lambda: now + 61)
                assert flood(refused) is None
