"""The Web Push service takes what RFC 8030, 8291 and 8292 allow, and nothing else."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import http_ece
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pushsim.running import RunningPushsim
from pushsim.state import decoded

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())

Subscription = dict[str, str]


def public(key: ec.EllipticCurvePrivateKey) -> str:
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def vapid(url: str, key: ec.EllipticCurvePrivateKey = KEY, *, shown: str | None = None, **claims: Any) -> str:
    """The header of RFC 8292; claims that are None are left out."""
    given = {"aud": url, "exp": int(time.time()) + 3600, "sub": "mailto:admin@example.ru", **claims}
    token = jwt.encode({name: value for name, value in given.items() if value is not None}, key, "ES256")
    return f"vapid t={token}, k={shown or public(key)}"


def sealed(content: bytes, to: Subscription, **changes: Any) -> bytes:
    made: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        **{"dh": decoded(to["p256dh"]), "auth_secret": decoded(to["auth"]), "version": "aes128gcm", **changes},
    )
    return made


@pytest.fixture
def browser(pushsim: RunningPushsim) -> Subscription:
    return pushsim.sim.new_subscription(public(KEY))


@pytest.fixture
def push(client: httpx.AsyncClient, pushsim: RunningPushsim, browser: Subscription) -> Callable[..., Any]:
    """Posts a push that is right but for what a test says."""

    async def post(body: bytes | None = None, endpoint: str | None = None, **headers: str | None) -> int:
        given = {
            "Authorization": vapid(pushsim.url),
            "Content-Encoding": "aes128gcm",
            "TTL": "60",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        content = sealed("Новый заказ".encode(), browser) if body is None else body
        sent = {name: value for name, value in given.items() if value is not None}
        return (await client.post(endpoint or browser["endpoint"], content=content, headers=sent)).status_code

    return post


async def test_what_is_right_is_opened_as_the_browser_would(pushsim: RunningPushsim, push: Callable[..., Any]) -> None:
    assert await push(Topic="a-topic", Urgency="high") == 201
    (taken,) = pushsim.messages("webpush")
    assert (taken["text"], taken["ttl"], taken["urgency"], taken["topic"]) == ("Новый заказ", 60, "high", "a-topic")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (lambda url: None, 401),
        (lambda url: "Bearer x", 401),
        (lambda url: vapid(url, shown=public(OTHER_KEY)), 401),
        (lambda url: vapid(url, OTHER_KEY), 403),
        (lambda url: vapid("https://push.example"), 401),
        (lambda url: vapid(url, exp=int(time.time()) - 60), 401),
        (lambda url: vapid(url, exp=int(time.time()) + 90_000), 401),
        (lambda url: vapid(url, sub=None), 401),
        (lambda url: vapid(url, sub="admin"), 401),
        (lambda url: vapid(url, exp=None), 401),
    ],
    ids=[
        *("none", "another scheme", "signed by another", "a key of another", "another origin", "expired"),
        *("too long", "no subject", "no address", "no end"),
    ],
)
async def test_a_wrong_vapid_is_refused(
    pushsim: RunningPushsim, push: Callable[..., Any], header: Callable[[str], str | None], status: int
) -> None:
    assert await push(Authorization=header(pushsim.url)) == status
    assert pushsim.messages() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"TTL": None},
        {"TTL": "-1"},
        {"Urgency": "urgent"},
        {"Topic": "a" * 33},
        {"Topic": "тема"},
        {"Content_Encoding": "aesgcm"},
    ],
)
async def test_wrong_headers_are_refused(
    pushsim: RunningPushsim, push: Callable[..., Any], headers: dict[str, str | None]
) -> None:
    in_bytes = {name: value and value.encode() for name, value in headers.items()}
    assert await push(**in_bytes) == 400
    assert pushsim.messages() == []


async def test_what_the_browser_cannot_open_is_refused(
    pushsim: RunningPushsim, push: Callable[..., Any], browser: Subscription
) -> None:
    other = pushsim.sim.new_subscription()
    right = sealed(b"text", browser)
    for wrong in (b"", b"{}", right[:-1] + bytes([right[-1] ^ 1]), sealed(b"text", other), sealed(b"\xff", browser)):
        assert await push(wrong) == 400, wrong
    assert await push(sealed(b"text", browser, auth_secret=decoded(other["auth"]))) == 400
    assert pushsim.messages() == []


async def test_4096_bytes_are_taken_and_one_more_is_not(
    pushsim: RunningPushsim, push: Callable[..., Any], browser: Subscription
) -> None:
    beside = len(sealed(b"x", browser)) - 1
    assert await push(sealed(b"x" * (4096 - beside), browser)) == 201
    assert await push(sealed(b"x" * (4097 - beside), browser, rs=8192)) == 413
    assert [each["size"] for each in pushsim.messages()] == [4096]


async def test_who_is_gone_stays_gone_and_a_stranger_was_never_there(
    pushsim: RunningPushsim, client: httpx.AsyncClient, push: Callable[..., Any], browser: Subscription
) -> None:
    assert (await client.post("/_sim/end", json={"name": browser["endpoint"]})).status_code == 204
    assert [await push(), await push()] == [410, 410]
    assert await push(endpoint=f"{pushsim.url}/push/nobody") == 404
    assert pushsim.messages() == []
