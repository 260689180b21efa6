"""Firebase takes messages with tokens that were given here, to apps that are there, in the form that it documents."""

import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pushsim.firebase import GRANT, SCOPE
from pushsim.running import RunningPushsim
from pushsim.state import ACCOUNT, PROJECT

SEND = f"/v1/projects/{PROJECT}/messages:send"


def assertion(sim: RunningPushsim, key: rsa.RSAPrivateKey | None = None, **claims: Any) -> str:
    at = int(time.time())
    given = {"iss": ACCOUNT, "scope": SCOPE, "aud": f"{sim.url}/token", "iat": at, "exp": at + 3600, **claims}
    return jwt.encode({k: v for k, v in given.items() if v is not None}, key or sim.sim.key, "RS256")


async def ask(client: httpx.AsyncClient, given: str, grant: str = GRANT) -> httpx.Response:
    return await client.post("/token", data={"grant_type": grant, "assertion": given})


async def send(client: httpx.AsyncClient, sim: RunningPushsim, **message: Any) -> tuple[int, str | None]:
    """The status, and the word of the error."""
    body = {"message": {"token": sim.sim.new_device(), "notification": {"title": "a", "body": "b"}, **message}}
    headers = {"Authorization": f"Bearer {sim.sim.new_access_token()}"}
    answer = await client.post(SEND, json=body, headers=headers)
    error = answer.json().get("error", {})
    return answer.status_code, next((each["errorCode"] for each in error.get("details", ())), error.get("status"))


async def test_an_access_token_is_given_for_a_right_assertion_and_is_good_once_and_again(
    pushsim: RunningPushsim, client: httpx.AsyncClient
) -> None:
    given = (await ask(client, assertion(pushsim))).json()
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    for _ in range(2):
        body = {"message": {"token": pushsim.sim.new_device(), "data": {"kind": "order_new"}}}
        answer = await client.post(SEND, json=body, headers=headers)
        assert answer.json()["name"].startswith("projects/")
    assert [each["message"]["data"] for each in pushsim.messages("firebase")] == [{"kind": "order_new"}] * 2


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 60, "iat": int(time.time()) - 3600},
        {"iat": int(time.time()) - 60, "exp": int(time.time()) + 7200},
        {"scope": "https://www.googleapis.com/auth/cloud-platform"},
        {"aud": "https://oauth2.googleapis.com/token"},
        {"iss": "somebody@example.ru"},
        {"iat": None},
    ],
    ids=["expired", "too long", "another scope", "another audience", "another account", "no beginning"],
)
async def test_a_wrong_assertion_gets_no_token(
    pushsim: RunningPushsim, client: httpx.AsyncClient, claims: dict[str, Any]
) -> None:
    answer = await ask(client, assertion(pushsim, **claims))
    assert (answer.status_code, pushsim.sim.tokens_given) == (400, 0)


async def test_another_s_signature_and_another_grant_get_no_token(
    pushsim: RunningPushsim, client: httpx.AsyncClient
) -> None:
    other = rsa.generate_private_key(65537, 2048)
    assert (await ask(client, assertion(pushsim, other))).status_code == 400
    assert (await ask(client, assertion(pushsim), "password")).status_code == 400
    assert (await ask(client, "")).status_code == 400
    assert pushsim.sim.tokens_given == 0


async def test_a_message_needs_a_token_that_was_given_and_did_not_end(
    pushsim: RunningPushsim, client: httpx.AsyncClient
) -> None:
    pushsim.sim.token_seconds = 0
    ended = pushsim.sim.new_access_token()
    body = {"message": {"token": pushsim.sim.new_device()}}
    for authorization in ("", "Bearer unknown", f"Bearer {ended}"):
        answer = await client.post(SEND, json=body, headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert pushsim.messages() == []


@pytest.mark.parametrize(
    "message",
    [
        {"token": "no-colon"},
        {"data": {"n": 1}},
        {"data": []},
        {"notification": {"title": "a", "text": "b"}},
        {"sound": "default"},
        {"android": {"priority": "high"}},
        {"android": {"ttl": "60"}},
        {"apns": {"headers": {"apns-priority": "9"}}},
        {"apns": {"headers": {"apns-collapse-id": "x" * 65}}},
        {"data": {"body": "я" * 2_048}},
    ],
)
async def test_another_form_is_an_invalid_argument(
    pushsim: RunningPushsim, client: httpx.AsyncClient, message: dict[str, Any]
) -> None:
    assert await send(client, pushsim, **message) == (400, "INVALID_ARGUMENT")
    assert pushsim.messages() == []


async def test_an_app_that_is_gone_is_unregistered(pushsim: RunningPushsim, client: httpx.AsyncClient) -> None:
    device = pushsim.sim.new_device()
    assert await send(client, pushsim, token=device) == (200, None)
    await client.post("/_sim/end", json={"name": device})
    assert await send(client, pushsim, token=device) == (404, "UNREGISTERED")


async def test_what_is_ordered_happens_once_and_what_is_no_order_is_said(
    pushsim: RunningPushsim, client: httpx.AsyncClient
) -> None:
    order = {"at": "firebase", "kind": "status", "status": 429, "code": "QUOTA_EXCEEDED", "retry_after": 7}
    assert (await client.post("/_sim/faults", json=order)).status_code == 204
    assert await send(client, pushsim) == (429, "QUOTA_EXCEEDED")
    for kind, is_taken in (("cut", False), ("cut", True), ("hang", False)):
        pushsim.add_fault(at="firebase", kind=kind, accepted=is_taken, seconds=0)
        before = len(pushsim.messages())
        with pytest.raises(httpx.TransportError):
            await send(client, pushsim)
        assert len(pushsim.messages()) - before == is_taken
    assert await send(client, pushsim) == (200, None)
    for wrong in ({"at": "fax", "kind": "cut"}, {"at": "mail", "kind": "cut", "times": 0}, {"kind": "cut"}):
        assert (await client.post("/_sim/faults", content=json.dumps(wrong))).status_code == 422
