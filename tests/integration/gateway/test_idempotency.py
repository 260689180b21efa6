"""A request with an Idempotency-Key is done once, however often and to how many processes it is sent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from gateway import cabinets
from gateway.api.protection import MAX_BODY_BYTES
from gateway.idempotency import kept_answers, once
from local.servers import Servers
from servicekit.cache import DeferringCache
from sqlalchemy import text
from support.eventually import eventually
from support.gateway import Gateway, User, built_gateway, wb_token
from support.openapi import document
from support.problems import assert_problem
from support.rows import count, rows

DOCUMENT = document()
WRITES = [
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if method in ("post", "put", "patch", "delete")
]
REPLAYED = "Idempotency-Replayed"


@pytest.fixture
async def twin(gateway: Gateway, servers: Servers, redis_prefix: str, vhost_url: str) -> AsyncIterator[Gateway]:
    """Another process of the same gateway."""
    async with built_gateway(
        gateway.database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as built:
        yield built


async def connect(user: User, key: str, **body: object) -> httpx.Response:
    return await user.call("POST", "/cabinets", headers={"Idempotency-Key": key}, json=body)


async def connected(gateway: Gateway) -> int:
    """How often a cabinet was connected, by what was announced."""
    found = await rows(gateway.database, "SELECT count(*) AS n FROM outbox WHERE type = 'cabinet.connected.v1'")
    return int(found[0]["n"])


class TestRepeated:
    async def test_it_is_answered_as_the_first_time_and_not_done_again(self, gateway: Gateway, alice: User) -> None:
        token = wb_token()
        first = await connect(alice, "k", token=token)
        again = await connect(alice, "k", token=token)
        assert (first.status_code, REPLAYED in first.headers) == (201, False)
        assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
        assert again.content == first.content
        for name in ("Location", "Content-Type", "Content-Length", "X-Content-Type-Options"):
            assert again.headers.get_list(name) == first.headers.get_list(name), name
        assert await connected(gateway) == 1
        # Without a key it is another request.
        assert (await alice.call("POST", "/cabinets", json={"token": token})).status_code == 200
        assert await connected(gateway) == 2

    async def test_another_request_under_the_same_key_is_refused(self, gateway: Gateway, alice: User) -> None:
        token = wb_token()
        await connect(alice, "k", token=token)
        await assert_problem(await connect(alice, "k", token=token, name="x"), 422, "idempotency_key_reused")
        other = await alice.call("DELETE", f"/cabinets/{uuid4()}", headers={"Idempotency-Key": "k"})
        await assert_problem(other, 422, "idempotency_key_reused")
        assert (await connect(alice, "k2", token=token, name="x")).status_code == 200
        assert await connected(gateway) == 2

    async def test_a_key_is_its_users_own_and_of_keys_with_the_same_rights(
        self, gateway: Gateway, alice: User, bob: User
    ) -> None:
        token = wb_token()
        reader = User(gateway, alice.telegram_id, await gateway.key(alice.telegram_id, scopes=("read",)))
        second = User(gateway, alice.telegram_id, await gateway.key(alice.telegram_id))
        first = await connect(alice, "k", token=token)
        assert (await connect(second, "k", token=token)).headers[REPLAYED] == "true"
        await assert_problem(await connect(reader, "k", token=token), 403, "scope_missing")
        await assert_problem(await connect(User(gateway, 1, "pulse_x"), "k", token=token), 401, "key_refused")
        his = await connect(bob, "k", token=token)
        assert (his.status_code, REPLAYED in his.headers) == (201, False)
        assert his.json()["cabinet_id"] != first.json()["cabinet_id"]

    async def test_a_refusal_of_the_request_is_repeated_and_one_of_the_caller_is_not(
        self, gateway: Gateway, alice: User
    ) -> None:
        for status, path, body in (
            (422, "/cabinets", {"token": "no"}),
            (404, "/sync/start", {"cabinet_id": str(uuid4())}),
        ):
            answers = [await alice.call("POST", path, headers={"Idempotency-Key": path}, json=body) for _ in range(2)]
            assert [(each.status_code, each.headers.get(REPLAYED)) for each in answers] == [
                (status, None),
                (status, "true"),
            ]
            assert answers[0].content == answers[1].content
        assert await count(gateway.database, "kept_answers") == 2

    @pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
    async def test_by_every_operation_that_writes(self, alice: User, method: str, path: str) -> None:
        operation = DOCUMENT["paths"][path][method.lower()]
        assert any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
        url = path.format_map(_Ids()).removeprefix("/api/v1")
        body: Any = {} if method != "DELETE" else None
        first, again = [await alice.call(method, url, headers={"Idempotency-Key": "k"}, json=body) for _ in range(2)]
        assert first.status_code < 500
        assert (again.status_code, again.content) == (first.status_code, first.content) or REPLAYED not in again.headers
        is_kept = first.status_code not in once.NOT_KEPT  # a key was sent, also where none is asked for
        assert again.headers.get(REPLAYED) == ("true" if is_kept else None)

    async def test_for_a_day(self, gateway: Gateway, alice: User) -> None:
        token = wb_token()
        for hours, status in ((0, 201), (23.9, 201), (24.1, 200), (0, 200)):
            async with gateway.database.transaction() as connection:
                statement = text("UPDATE kept_answers SET kept_at = now() - make_interval(secs => 3600 * :hours)")
                await connection.execute(statement, {"hours": hours})
            assert (await connect(alice, "k", token=token)).status_code == status
        assert await connected(gateway) == 2

    async def test_what_is_kept_tells_nobody_what_was_answered(self, gateway: Gateway, alice: User) -> None:
        answer = await connect(alice, "a-key-of-hers", token=wb_token(), name="Main shop")
        [kept] = await rows(gateway.database, "SELECT * FROM kept_answers")
        stored = kept["name"] + kept["content"] + kept["sealed"]
        for known in ("a-key-of-hers", "Main shop", answer.json()["cabinet_id"], "cabinet_id", "1001"):
            assert known.encode() not in stored


class TestAtOnce:
    async def test_fifty_run_once_in_all_processes(
        self, gateway: Gateway, twin: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(once, "WAIT_SECONDS", 120.0)
        users, token = (alice, User(twin, alice.telegram_id, alice.key)), wb_token()
        for user in users:
            await user.get("/cabinets")
        answers = await asyncio.gather(*(connect(users[n % 2], "k", token=token) for n in range(50)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum(REPLAYED not in answer.headers for answer in answers) == 1
        assert await connected(gateway) == 1

    async def test_who_waited_long_enough_is_told_to_come_again(
        self, gateway: Gateway, twin: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(once, "WAIT_SECONDS", 0.3)
        begun, gate, connecting = asyncio.Event(), asyncio.Event(), cabinets.connect

        async def held(*arguments: Any, **options: Any) -> Any:
            begun.set()
            await gate.wait()
            return await connecting(*arguments, **options)

        monkeypatch.setattr(cabinets, "connect", held)
        token = wb_token()
        first = asyncio.create_task(connect(alice, "k", token=token))
        await begun.wait()
        for user in (alice, User(twin, alice.telegram_id, alice.key)):
            refused = await connect(user, "k", token=token)
            await assert_problem(refused, 409, "request_in_progress")
            assert refused.headers["Retry-After"] == "1"
        await assert_problem(await connect(alice, "k", token=wb_token()), 422, "idempotency_key_reused")
        gate.set()
        assert (await first).status_code == 201
        assert (await connect(alice, "k", token=token)).headers[REPLAYED] == "true"
        assert await connected(gateway) == 1

    async def test_those_in_hand_leave_connections_to_the_others(
        self, gateway: Gateway, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, in_hand = asyncio.Event(), 0

        async def held(*_: Any, **__: Any) -> Any:
            nonlocal in_hand
            in_hand += 1
            await gate.wait()
            raise OSError("it took too long")

        monkeypatch.setattr(cabinets, "connect", held)
        monkeypatch.setattr(once, "WAIT_SECONDS", 120.0)
        waiting = [asyncio.create_task(connect(alice, f"k{n}", token=wb_token())) for n in range(30)]
        await eventually(lambda: in_hand == once.AT_ONCE)
        assert (await bob.get("/orders")).status_code == 200
        assert in_hand == once.AT_ONCE
        gate.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {503}


class TestFailures:
    async def test_what_is_not_kept_is_not_done(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As if the process had died between the effect and the record."""

        async def dies(*_: object) -> None:
            raise ConnectionResetError("gone")

        token = wb_token()
        with monkeypatch.context() as patched:
            patched.setattr(kept_answers, "keep", dies)
            await assert_problem(await connect(alice, "k", token=token), 503, "database_unavailable")
        assert (await alice.get("/cabinets")).json()["data"] == []
        assert await connected(gateway) == 0
        done = await connect(alice, "k", token=token)
        assert (done.status_code, REPLAYED in done.headers) == (201, False)

    async def test_what_was_done_and_not_answered_is_answered_when_it_is_asked_again(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As if the process had died right after the commit."""

        async def dies(_: object) -> bool:
            raise RuntimeError("gone")

        token = wb_token()
        with monkeypatch.context() as patched:
            patched.setattr(DeferringCache, "committed", dies)
            await assert_problem(await connect(alice, "k", token=token), 500, "internal_error")
        again = await connect(alice, "k", token=token)
        assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
        assert await connected(gateway) == 1

    async def test_a_failure_takes_back_what_was_done_before_it(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finding = cabinets.find

        async def broken(*_: object) -> None:
            raise RuntimeError("the secret of the house")

        token = wb_token()
        monkeypatch.setattr(cabinets, "find", broken)
        failed = await connect(alice, "k", token=token)
        await assert_problem(failed, 500, "internal_error")
        assert "secret" not in failed.text
        monkeypatch.setattr(cabinets, "find", finding)
        assert await connected(gateway) == 0
        assert (await connect(alice, "k", token=token)).status_code == 201

    async def test_readers_see_what_was_done_when_it_is_answered(self, twin: Gateway, alice: User) -> None:
        reader = User(twin, alice.telegram_id, alice.key)
        for number in range(3):
            for user in (reader, alice):
                assert [len((await user.get("/cabinets")).json()["data"]) for _ in range(2)] == [number] * 2
            await connect(alice, f"k{number}", token=wb_token())


class TestKeys:
    @pytest.mark.parametrize(
        "keys", [[""], [" "], ["a b"], ["é"], ["\x7f"], ["k" * 256], ["k", "l"]], ids=lambda keys: repr(keys)[:12]
    )
    async def test_one_that_is_none_is_refused(self, gateway: Gateway, alice: User, keys: list[str]) -> None:
        headers = [("Authorization", f"Bearer {alice.key}"), *(("Idempotency-Key", key) for key in keys)]
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        answer = await gateway.client.post("/api/v1/cabinets", headers=raw, json={"token": wb_token()})
        await assert_problem(answer, 400, "idempotency_key_malformed")
        assert await connected(gateway) == 0

    async def test_the_longest_is_taken_and_one_sent_twice_is_one(self, gateway: Gateway, alice: User) -> None:
        raw = [(b"Authorization", f"Bearer {alice.key}".encode()), *[(b"Idempotency-Key", b"~" * 255)] * 2]
        answers = [await gateway.client.post("/api/v1/cabinets", headers=raw, json={"token": "no"}) for _ in range(2)]
        assert [answer.headers.get(REPLAYED) for answer in answers] == [None, "true"]

    async def test_a_body_too_large_is_refused_all_the_same(self, gateway: Gateway, alice: User) -> None:
        answer = await connect(alice, "k", token="t" * MAX_BODY_BYTES)
        await assert_problem(answer, 413, "content_too_large")
        assert await count(gateway.database, "kept_answers") == 0


class _Ids(dict[str, str]):
    """An id for every name in a path."""

    def __missing__(self, name: str) -> str:
        return "7" if name in ("nm_id", "telegram_id", "user_id") else str(uuid4())
