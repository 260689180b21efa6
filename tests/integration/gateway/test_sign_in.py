"""People who sign in: their tokens, their sessions, and the end of both."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from gateway import sessions
from gateway.access_tokens import LIFE_SECONDS
from local.servers import Servers
from pydantic import SecretStr
from servicekit import clock
from servicekit.db import Database
from sqlalchemy import text
from support.driver_log import sent
from support.gateway import ACCESS_TOKEN_SECRET, Gateway, User, built_gateway
from support.redis_log import round_trips
from support.rows import rows
from support.signing_in import SignedIn, init_data, sign_in, widget
from support.stored_orders import snapshot, store


@pytest.fixture
async def anna(gateway: Gateway, alice: User) -> SignedIn:
    """Alice's session."""
    return await sign_in(gateway, alice.telegram_id, username="anna")


@pytest.fixture
async def twin(gateway: Gateway, servers: Servers, redis_prefix: str, vhost_url: str) -> AsyncIterator[Gateway]:
    """Another process of the same gateway."""
    async with built_gateway(
        gateway.database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as built:
        yield built


async def post(gateway: Gateway, path: str, **body: object) -> httpx.Response:
    return await gateway.client.post(f"/api/v1/auth/{path}", json=body)


async def refresh(gateway: Gateway, token: str) -> httpx.Response:
    return await post(gateway, "refresh", refresh_token=token)


async def let_pass(gateway: Gateway, seconds: float) -> None:
    """So long ago was every session refreshed last, from now on."""
    async with gateway.database.transaction() as connection:
        earlier = text("UPDATE sessions SET refreshed_at = refreshed_at - make_interval(secs => :seconds)")
        await connection.execute(earlier, {"seconds": seconds})


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestSignIn:
    async def test_by_the_widget_and_by_a_mini_app(self, gateway: Gateway, alice: User) -> None:
        await alice.connect(name="Север")
        by_widget = await post(gateway, "telegram", **widget(alice.telegram_id, last_name="Северова", username="anna"))
        by_app = await post(gateway, "mini-app", init_data=init_data(alice.telegram_id))
        for answer in (by_widget, by_app):
            assert answer.status_code == 200, answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            tokens = answer.json()
            assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", LIFE_SECONDS)
            user = User(gateway, alice.telegram_id, tokens["access_token"])
            assert [cabinet["name"] for cabinet in (await user.get("/cabinets")).json()["data"]][:1] == ["Север"]
            assert await user.connect()
        shown = (await user.get("/me/sessions")).json()["data"]
        assert [(each["opened_with"], each["is_current"]) for each in shown] == [
            ("mini_app", True),
            ("telegram", False),
        ]

    async def test_the_profile_tells_names_and_roles_and_is_never_old(self, gateway: Gateway, alice: User) -> None:
        nobody = (await alice.get("/me")).json()["data"]
        assert nobody == {
            "telegram_id": alice.telegram_id,
            **dict.fromkeys(("first_name", "last_name", "username", "since")),
            "cabinets": [],
        }
        cabinet_id = await alice.connect(name="Север")
        await sign_in(gateway, alice.telegram_id, username="anna")
        for username in ("anna", "severova"):
            profile = (await alice.get("/me")).json()["data"]
            assert (profile["first_name"], profile["username"]) == ("Анна", username)
            assert profile["cabinets"] == [{"cabinet_id": str(cabinet_id), "name": "Север", "role": "owner"}]
            assert datetime.fromisoformat(profile["since"]) <= clock.now()
            await sign_in(gateway, alice.telegram_id, username="severova")

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"first_name": "Ольга"}, "sign_in_forged"),
            ({"id": 1002}, "sign_in_forged"),
            ({"last_name": "Северова"}, "sign_in_forged"),
            ({"hash": "0" * 64}, "sign_in_forged"),
        ],
    )
    async def test_what_telegram_did_not_sign_opens_nothing(
        self, gateway: Gateway, given: dict[str, Any], code: str
    ) -> None:
        answer = await post(gateway, "telegram", **{**widget(1001), **given})
        assert refused(answer) == (401, code)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (
            await rows(gateway.database, "SELECT telegram_id FROM sessions UNION SELECT telegram_id FROM users") == []
        )

    async def test_what_is_too_old_opens_nothing(self, gateway: Gateway) -> None:
        day, hour = 24 * 3600 + 60, 3600 + 60
        assert refused(await post(gateway, "telegram", **widget(1, seconds_ago=day))) == (401, "sign_in_expired")
        late = await post(gateway, "mini-app", init_data=init_data(1, seconds_ago=hour))
        assert refused(late) == (401, "sign_in_expired")

    async def test_where_there_is_no_bot_nobody_signs_in(
        self, gateway_db: Database, servers: Servers, redis_prefix: str, vhost_url: str
    ) -> None:
        urls: dict[str, Any] = {"redis_url": servers.redis_url, "redis_prefix": redis_prefix, "rabbitmq_url": vhost_url}
        none: dict[str, Any] = {"telegram_bot_token": None, "access_token_secrets": None}
        async with built_gateway(gateway_db, **urls, **none) as bare:
            for answer in (
                await post(bare, "telegram", **widget(7)),
                await post(bare, "mini-app", init_data=init_data(7)),
                await refresh(bare, "pulse_refresh_" + "x" * 86),
            ):
                assert refused(answer) == (404, "sign_in_not_configured")
            foreign = User(bare, 7, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x")
            assert refused(await foreign.get("/me")) == (401, "key_refused")

    async def test_the_sessions_used_last_are_kept_and_older_ones_end(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sessions, "MOST", 2)
        opened = []
        for _ in range(3):
            await let_pass(gateway, 60)
            opened.append(await sign_in(gateway, alice.telegram_id))
            assert (await opened[0].user.get("/me")).status_code == (200 if len(opened) < 3 else 401)
        shown = [UUID(each["session_id"]) for each in (await alice.get("/me/sessions")).json()["data"]]
        assert shown == [opened[2].session_id, opened[1].session_id]

    async def test_no_secret_is_stored_or_told(
        self, gateway: Gateway, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            given = widget(7)
            first = (await post(gateway, "telegram", **given)).json()
            second = (await refresh(gateway, first["refresh_token"])).json()
            user = User(gateway, 7, second["access_token"])
            shown = [await user.get("/me"), await user.get("/me/sessions")]
            await let_pass(gateway, 60)
            answers = [await refresh(gateway, first["refresh_token"]), await user.get("/me")]
        assert [answer.status_code for answer in answers] == [401, 401]
        tables = [str(await rows(gateway.database, f"SELECT * FROM {name}")) for name in ("sessions", "users")]
        printed = capfd.readouterr()
        texts = [answer.text + str(answer.headers) for answer in (*shown, *answers)]
        for token in (first["refresh_token"], second["refresh_token"], second["access_token"], given["hash"]):
            secret = token.removeprefix("pulse_refresh_")[-40:]
            for place in (caplog.text, printed.out, printed.err, *tables, *texts):
                assert secret not in place


class TestAccessToken:
    async def test_a_hit_costs_one_round_trip_and_no_statement(
        self, gateway: Gateway, alice: User, anna: SignedIn, reporter_db: Database
    ) -> None:
        cabinet_id = await alice.connect()
        await store(reporter_db, cabinet_id, [snapshot(cabinet_id)])
        paths = ("/orders", "/cabinets", "/me")
        for path in paths:
            assert (await anna.user.get(path)).headers["X-Cache"] == "miss"
        with round_trips() as trips:
            async with sent(gateway.database) as statements:
                answers = [await anna.user.get(path) for path in paths]
        assert [answer.headers["X-Cache"] for answer in answers] == ["hit"] * len(paths)
        assert (len(trips), statements) == (len(paths), [])

    async def test_acts_for_its_user_alone_and_until_its_time_is_over(
        self, gateway: Gateway, anna: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for headers in ({"X-Telegram-User-Id": "8"}, {"X-Telegram-User-Id": "x"}):
            assert (await anna.user.call("GET", "/me", headers=headers)).status_code in (400, 403)
        by_other_header = {"X-API-Key": anna.user.key}
        assert (await gateway.client.get("/api/v1/me", headers=by_other_header)).status_code == 200
        wall = clock.wall
        monkeypatch.setattr(clock, "wall", lambda: wall() + LIFE_SECONDS)
        for method, path in (("GET", "/me"), ("DELETE", f"/me/sessions/{anna.session_id}")):
            assert refused(await anna.user.call(method, path)) == (401, "key_refused")

    async def test_a_secret_is_replaced_while_sessions_go_on(
        self, gateway: Gateway, anna: SignedIn, servers: Servers, redis_prefix: str, vhost_url: str
    ) -> None:
        new = "a-new-secret-that-takes-the-place-of-the-other"
        urls: dict[str, Any] = {"redis_url": servers.redis_url, "redis_prefix": redis_prefix, "rabbitmq_url": vhost_url}
        both = SecretStr(f"{new},{ACCESS_TOKEN_SECRET.get_secret_value()}")
        async with (
            built_gateway(gateway.database, **urls, access_token_secrets=both) as swapped,
            built_gateway(gateway.database, **urls, access_token_secrets=SecretStr(new)) as after,
        ):
            assert (await User(swapped, anna.user.telegram_id, anna.user.key).get("/me")).status_code == 200
            first = (await refresh(gateway, anna.refresh_token)).json()
            # Whoever lost that answer asks another gateway, which signs with the new secret already.
            again = (await refresh(swapped, anna.refresh_token)).json()
            assert again["refresh_token"] == first["refresh_token"]
            assert (await User(after, anna.user.telegram_id, again["access_token"]).get("/me")).status_code == 200
            assert (await refresh(after, again["refresh_token"])).status_code == 200


class TestRefresh:
    @pytest.mark.parametrize(("back", "waits", "goes_on"), [
        (0, True, True),
        (1, False, True),
        (1, True, False),
        (2, False, False),
        (3, True, False),
    ])  # fmt: skip
    async def test_the_newest_goes_on_the_one_before_for_a_moment_and_any_older_one_ends_all(
        self, gateway: Gateway, twin: Gateway, anna: SignedIn, back: int, waits: bool, goes_on: bool
    ) -> None:
        chain, access = [anna.refresh_token], [anna.user.key]
        for _ in range(3):
            tokens = (await refresh(gateway, chain[-1])).json()
            assert UUID(tokens["session_id"]) == anna.session_id
            chain.append(tokens["refresh_token"])
            access.append(tokens["access_token"])
        users = [User(each, anna.user.telegram_id, key) for key in access for each in (gateway, twin)]
        assert [(await user.get("/me")).status_code for user in users] == [200] * len(users)
        if waits:
            await let_pass(gateway, sessions.GRACE_SECONDS + 1)
        answer = await refresh(twin, chain[-1 - back])
        assert len(set(chain)) == 4
        if goes_on:
            assert (answer.json()["refresh_token"] == chain[-1]) is (back == 1)
            assert (await refresh(gateway, answer.json()["refresh_token"])).status_code == 200
        else:
            assert refused(answer) == (401, "refresh_reused")
            assert refused(await refresh(gateway, chain[-1])) == (401, "refresh_refused")
        expected = 200 if goes_on else 401
        assert [(await user.get("/me")).status_code for user in users] == [expected] * len(users)

    async def test_many_at_once_with_one_token_are_given_the_same_next_one(
        self, gateway: Gateway, twin: Gateway, anna: SignedIn
    ) -> None:
        token = anna.refresh_token
        for _ in range(3):
            answers = await asyncio.gather(*(refresh((gateway, twin)[n % 2], token) for n in range(8)))
            assert [answer.status_code for answer in answers] == [200] * 8
            (next_token,) = {answer.json()["refresh_token"] for answer in answers}
            assert next_token != token
            token = next_token

    async def test_a_race_of_the_newest_and_a_stolen_one_ends_the_session_however_it_ends(
        self, gateway: Gateway, twin: Gateway, anna: SignedIn
    ) -> None:
        newest = (await refresh(gateway, anna.refresh_token)).json()["refresh_token"]
        await let_pass(gateway, sessions.GRACE_SECONDS + 1)
        _, stolen = await asyncio.gather(refresh(gateway, newest), refresh(twin, anna.refresh_token))
        assert stolen.status_code == 401
        assert refused(await anna.user.get("/me")) == (401, "key_refused")
        assert (await refresh(gateway, newest)).status_code == 401

    async def test_30_days_without_one_end_the_session(self, gateway: Gateway, alice: User, anna: SignedIn) -> None:
        day = timedelta(days=1).total_seconds()
        await let_pass(gateway, sessions.IDLE_DAYS * day - 60)
        tokens = await refresh(gateway, anna.refresh_token)
        assert tokens.status_code == 200
        await let_pass(gateway, sessions.IDLE_DAYS * day)
        assert refused(await refresh(gateway, tokens.json()["refresh_token"])) == (401, "refresh_refused")
        assert (await alice.get("/me/sessions")).json()["data"] == []
        ended = await alice.call("DELETE", f"/me/sessions/{anna.session_id}")
        assert refused(ended) == (404, "session_not_found")

    @pytest.mark.parametrize(
        "token", ["", "x", "pulse_refresh_", "pulse_refresh_" + "A" * 86, "pulse_refresh_" + "я" * 86]
    )
    async def test_what_is_no_refresh_token_ends_nothing(self, gateway: Gateway, anna: SignedIn, token: str) -> None:
        assert refused(await refresh(gateway, token)) == (401, "refresh_refused")
        assert (await anna.user.get("/me")).status_code == 200


class TestEnd:
    @pytest.mark.parametrize("signs_out", [True, False])
    async def test_an_ended_session_is_refused_at_once_by_every_process_and_others_go_on(
        self, gateway: Gateway, twin: Gateway, alice: User, anna: SignedIn, signs_out: bool
    ) -> None:
        other = await sign_in(twin, alice.telegram_id)
        users = [User(each, alice.telegram_id, anna.user.key) for each in (gateway, twin)]
        for _ in range(2):
            assert [(await user.get("/cabinets")).status_code for user in users] == [200, 200]
        if signs_out:
            ended = await anna.user.call("POST", "/auth/sign-out")
        else:
            ended = await other.user.call("DELETE", f"/me/sessions/{anna.session_id}")
        assert ended.status_code == 204
        for user in users:
            assert refused(await user.get("/cabinets")) == (401, "key_refused")
            assert refused(await user.call("POST", "/auth/sign-out")) == (401, "key_refused")
        assert refused(await refresh(gateway, anna.refresh_token)) == (401, "refresh_refused")
        shown = (await other.user.get("/me/sessions")).json()["data"]
        assert [UUID(each["session_id"]) for each in shown] == [other.session_id]

    async def test_nobody_ends_anothers_session_and_a_key_has_none(
        self, alice: User, bob: User, anna: SignedIn
    ) -> None:
        for session_id in (anna.session_id, uuid4()):
            assert refused(await bob.call("DELETE", f"/me/sessions/{session_id}")) == (404, "session_not_found")
        assert refused(await alice.call("POST", "/auth/sign-out")) == (404, "session_not_found")
        assert (await anna.user.get("/me")).status_code == 200

    async def test_the_client_is_named_as_it_called_itself(self, gateway: Gateway, alice: User) -> None:
        for client in (b"Mozilla/5.0", b"a\x7fb\xff" + b"x" * 500):
            given = widget(alice.telegram_id)
            headers: dict[str, Any] = {"User-Agent": client}
            assert (await gateway.client.post("/api/v1/auth/telegram", json=given, headers=headers)).status_code == 200
        newest, first = (await alice.get("/me/sessions")).json()["data"]
        assert first["client"] == "Mozilla/5.0"
        assert newest["client"].startswith("abÿxx")
        assert len(newest["client"]) == sessions.MAX_CLIENT_LENGTH
