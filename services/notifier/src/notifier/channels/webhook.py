"""The webhook channel: Standard Webhooks to a seller's own program."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime

import httpx
from contracts.message_kinds import webhook_type
from pydantic import SecretStr
from servicekit import clock
from servicekit.addresses import AddressRefused, NotResolved, checked_target
from servicekit.http import Answer
from standardwebhooks import Webhook

from notifier.channels.outbound import NoAnswer, NotReached, exchange, note_status, outbound
from notifier.channels.retry_after import retry_after_seconds
from notifier.deliveries.model import Delivery, Outcome, Result, Send
from notifier.webhook_secrets import SecretUnreadable, open_secrets

ANSWER_TIMEOUT_SECONDS = 15.0
"""For all of an attempt, from looking its name up to the last byte of the answer."""
MAX_ANSWER_BYTES = 1_000_000


def webhook_channel(client: httpx.AsyncClient, private_keys: SecretStr | None, *, allow_private: bool) -> Send:
    """One attempt: a signed POST. Only 2xx is success; redirects are not followed; 410 pauses the webhook."""

    async def send(delivery: Delivery) -> Result:
        target = delivery.webhook
        if target is None:
            return Result(Outcome.UNDELIVERABLE, "the webhook was removed, or its user left the cabinet")
        if target.is_paused:
            return Result(Outcome.HELD)
        try:
            secrets = open_secrets(target.sealed_secrets, private_keys, webhook_id=delivery.recipient)
            body = webhook_body(delivery)
            headers = signed_headers(str(delivery.id), body, secrets, clock.now())
            return _judged(await _post(client, target.url, body, headers, allow_private=allow_private))
        except AddressRefused as error:
            return Result(Outcome.REFUSED, str(error))
        except (NotResolved, NotReached, SecretUnreadable) as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NoAnswer as error:
            return Result(Outcome.UNANSWERED, str(error))

    return send


def webhook_body(delivery: Delivery) -> str:
    """`{type, timestamp, data}`; the same for every attempt, so that a receiver can drop repeats by `webhook-id`."""
    return json.dumps(
        {
            "type": webhook_type(delivery.kind),
            "timestamp": delivery.created_at.isoformat(),
            "data": {"cabinet_id": str(delivery.cabinet_id), **json.loads(delivery.payload)},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def signed_headers(message_id: str, body: str, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """Standard Webhooks headers, one signature a secret: during a rotation the receiver may hold either."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, at, body) for secret in secrets),
    }


async def _post(
    client: httpx.AsyncClient, url: str, body: str, headers: dict[str, str], *, allow_private: bool
) -> Answer:
    with outbound("webhook post", {}) as (span, trace_headers):
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ANSWER_TIMEOUT_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                target = await checked_target(url, allow_private=allow_private)
        except TimeoutError:
            raise NotResolved(f"its name was not resolved within {ANSWER_TIMEOUT_SECONDS:g} s") from None
        request = client.build_request(
            "POST",
            target.url,
            content=body.encode(),
            headers=headers | trace_headers | target.headers,
            extensions=target.extensions,
        )
        left_seconds = deadline - loop.time()
        answer = await exchange(client, request, timeout_seconds=left_seconds, max_bytes=MAX_ANSWER_BYTES)
        note_status(span, answer.status)
        return answer


def _judged(answer: Answer) -> Result:
    reason = f"answered {answer.status}"
    if 200 <= answer.status < 300:
        return Result(Outcome.DELIVERED)
    if answer.status == 410:
        return Result(Outcome.REFUSED, reason, is_gone=True)
    return Result(Outcome.UNAVAILABLE, reason, retry_after_seconds=retry_after_seconds(answer.headers))
