"""The Web Push channel: encrypted for one browser (RFC 8291), signed as ours (VAPID, RFC 8292)."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

import httpx
from contracts.notification_targets import PushSubscription
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException
from pydantic import SecretStr
from servicekit.addresses import AddressRefused, NotResolved, checked_target
from servicekit.http import Answer

from notifier.channels.addressed import AddressUnreadable, NotTold, address_of
from notifier.channels.outbound import NoAnswer, NotReached, exchange, note_status, outbound
from notifier.channels.push_text import BODY_BYTES, Push, push_of
from notifier.channels.retry_after import retry_after_seconds
from notifier.channels.web_push_encryption import encrypt
from notifier.deliveries.model import NOT_TOLD, Delivery, Outcome, Result, Send
from notifier.rendering import rendered

ANSWER_TIMEOUT_SECONDS = 15.0
"""For all of an attempt, from looking the name up to the last byte of the last answer."""
MAX_ANSWER_BYTES = 100_000
TOKEN_SECONDS = 12 * 3600
RENEW_BEFORE_SECONDS = 3600
SHORTER = (BODY_BYTES, 600, 0)
"""Bytes of the body, where a service says that a push is too large."""
MAX_ORIGINS = 1_000


class VapidKey:
    """The key that signs what this installation sends, and the tokens that are signed with it already."""

    def __init__(self, private_key: SecretStr, subject: str) -> None:
        self._private_key = private_key
        self._subject = subject
        self._signed: dict[str, tuple[float, str]] = {}

    @cached_property
    def _vapid(self) -> Vapid02:
        # The library says of a wrong key what it is.
        try:
            return Vapid02.from_string(self._private_key.get_secret_value())
        except (VapidException, ValueError, TypeError):
            raise ValueError("not a private key of the curve P-256: DER, or 32 bytes, in base64url") from None

    @property
    def public_key(self) -> str:
        """`applicationServerKey` of a browser: base64url of the uncompressed point.

        Raises:
            ValueError: the private key is none.
        """
        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    def authorization(self, origin: str, at: datetime) -> str:
        """The header for a push service; of one origin the same for half a day."""
        now = at.timestamp()
        ends, header = self._signed.get(origin, (0.0, ""))
        if ends - RENEW_BEFORE_SECONDS < now:
            if len(self._signed) >= MAX_ORIGINS:
                self._signed.clear()
            ends = now + TOKEN_SECONDS
            claims = {"aud": origin, "exp": int(ends), "sub": self._subject}
            header = str(self._vapid.sign(claims)["Authorization"])
            self._signed[origin] = ends, header
        return header


def webpush_channel(
    client: httpx.AsyncClient,
    key: VapidKey,
    private_keys: SecretStr | None,
    now: Callable[[], datetime],
    *,
    allow_private: bool,
) -> Send:
    """One attempt, at exactly the address that was checked; where a push is too large again with less of its body."""

    async def send(delivery: Delivery) -> Result:
        try:
            subscription = address_of(delivery, PushSubscription, private_keys)
            push = push_of(delivery, rendered(delivery, now()))
            return _judged(await _post(client, key, subscription, push, now(), allow_private=allow_private))
        except NotTold:
            return Result(Outcome.UNDELIVERABLE, NOT_TOLD)
        except AddressRefused as error:
            return Result(Outcome.REFUSED, str(error))
        except (NotResolved, NotReached, AddressUnreadable) as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NoAnswer as error:
            return Result(Outcome.UNANSWERED, str(error))

    return send


async def _post(
    client: httpx.AsyncClient,
    key: VapidKey,
    subscription: PushSubscription,
    push: Push,
    at: datetime,
    *,
    allow_private: bool,
) -> Answer:
    endpoint = httpx.URL(subscription.endpoint)
    headers = {
        "Authorization": key.authorization(f"{endpoint.scheme}://{endpoint.netloc.decode('ascii')}", at),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(push.life_seconds),
        "Urgency": "high" if push.is_critical else "normal",
    }
    if push.tag is not None:
        headers["Topic"] = push.tag
    browser_key, auth_secret = _decoded(subscription.p256dh), _decoded(subscription.auth)
    deadline = asyncio.get_running_loop().time() + ANSWER_TIMEOUT_SECONDS
    with outbound("webpush post", {}) as (span, _):  # the trace is nobody else's business
        try:
            async with asyncio.timeout_at(deadline):
                target = await checked_target(subscription.endpoint, allow_private=allow_private)
        except TimeoutError:
            raise NotResolved(f"its name was not resolved within {ANSWER_TIMEOUT_SECONDS:g} s") from None
        for body_bytes in SHORTER:
            request = client.build_request(
                "POST",
                target.url,
                content=encrypt(push.content(body_bytes), browser_key=browser_key, auth_secret=auth_secret),
                headers=headers | target.headers,
                extensions=target.extensions,
            )
            left_seconds = deadline - asyncio.get_running_loop().time()
            answer = await exchange(client, request, timeout_seconds=left_seconds, max_bytes=MAX_ANSWER_BYTES)
            note_status(span, answer.status)
            if answer.status != 413:
                break
    return answer


def _judged(answer: Answer) -> Result:
    reason = f"answered {answer.status}"
    wait_seconds = retry_after_seconds(answer.headers)
    match answer.status:
        case 200 | 201 | 202:
            return Result(Outcome.DELIVERED)
        case 404 | 410:
            # RFC 8030, 7.3: the subscription is no more; no other address was ever meant by it.
            return Result(Outcome.UNDELIVERABLE, reason, is_gone=True)
        case 403:
            # It was made with another key than ours. Once more, and it has to be made anew.
            return Result(Outcome.REFUSED, reason, is_gone=True)
        case 400 | 413:
            return Result(Outcome.REFUSED, reason)
        case 429:
            return Result(Outcome.RATE_LIMITED, reason, retry_after_seconds=max(wait_seconds or 0.0, 1.0))
        case _:
            return Result(Outcome.UNAVAILABLE, reason, retry_after_seconds=wait_seconds)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
