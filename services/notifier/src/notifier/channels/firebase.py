"""The Firebase channel: HTTP v1 of Firebase Cloud Messaging, to an app on a phone."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
from contracts.notification_targets import FirebaseToken
from pydantic import SecretStr
from servicekit.http import Answer

from notifier.channels.addressed import AddressUnreadable, NotTold, address_of
from notifier.channels.google_token import AccessTokens, NoToken
from notifier.channels.outbound import NoAnswer, NotReached, exchange, note_status, outbound
from notifier.channels.push_text import BODY_BYTES, Push, push_of
from notifier.channels.retry_after import retry_after_seconds
from notifier.channels.written import cut
from notifier.deliveries.model import NOT_TOLD, Delivery, Outcome, Result, Send, Sent
from notifier.rendering import rendered

TIMEOUT_SECONDS = 15.0
MAX_ANSWER_BYTES = 100_000
QUOTA_WAIT_SECONDS = 60.0
"""Google's own advice where no `Retry-After` says better."""


def firebase_channel(
    client: httpx.AsyncClient,
    tokens: AccessTokens,
    private_keys: SecretStr | None,
    now: Callable[[], datetime],
    *,
    base_url: str,
    project_id: str,
) -> Send:
    """One attempt; with a new access token once, where the one that we have is refused."""
    url = f"{base_url.rstrip('/')}/v1/projects/{project_id}/messages:send"

    async def post(body: bytes, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        with outbound("firebase send", {"server.address": httpx.URL(url).host}) as (span, _):
            request = client.build_request("POST", url, content=body, headers=headers)
            answer = await exchange(client, request, timeout_seconds=TIMEOUT_SECONDS, max_bytes=MAX_ANSWER_BYTES)
            note_status(span, answer.status)
        return answer

    async def send(delivery: Delivery) -> Result:
        try:
            address = address_of(delivery, FirebaseToken, private_keys)
            body = json.dumps(message_of(push_of(delivery, rendered(delivery, now())), address.token)).encode()
            token = await tokens.token()
            answer = await post(body, token)
            if answer.status == 401:
                answer = await post(body, await tokens.token(refused=token))
            return _judged(answer)
        except NotTold:
            return Result(Outcome.UNDELIVERABLE, NOT_TOLD)
        except (NotReached, NoToken, AddressUnreadable) as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NoAnswer as error:
            return Result(Outcome.UNANSWERED, str(error))

    return send


def message_of(push: Push, token: str) -> dict[str, Any]:
    """The body of `messages:send`; `data` holds strings alone, and all of it less than 4096 bytes."""
    data = {"kind": push.kind, "delivery_id": push.delivery_id, "url": push.url, "tag": push.tag}
    android: dict[str, Any] = {
        "priority": "HIGH" if push.is_critical else "NORMAL",
        "ttl": f"{push.life_seconds}s",
    }
    apns = {"apns-priority": "10" if push.is_critical else "5", "apns-push-type": "alert"}
    if push.tag is not None:
        android |= {"collapse_key": push.tag, "notification": {"tag": push.tag}}
        apns["apns-collapse-id"] = push.tag
    message = {
        "token": token,
        "notification": {"title": push.title, "body": cut(push.body, BODY_BYTES)},
        "data": {name: value for name, value in data.items() if value is not None},
        "android": android,
        "apns": {"headers": apns},
    }
    return {"message": message}


def _judged(answer: Answer) -> Result:
    said = _said(answer.body)
    if answer.status == 200 and isinstance(said.get("name"), str):
        return Result(Outcome.DELIVERED, sent=Sent(said["name"].rpartition("/")[2]))
    error = said.get("error")
    if not isinstance(error, dict):
        # A proxy's page, whatever its status, is no answer of Firebase's.
        return Result(Outcome.UNAVAILABLE, f"not an answer of Firebase: {answer.status}")
    code = _error_code(error)
    reason = f"{answer.status} {code}"
    wait_seconds = retry_after_seconds(answer.headers)
    match answer.status, code:
        case _, "UNREGISTERED":
            return Result(Outcome.UNDELIVERABLE, reason, is_gone=True)
        case (404, _) | (_, "SENDER_ID_MISMATCH"):
            # Our own wrong project or path would be answered like this for every token.
            return Result(Outcome.REFUSED, reason, is_gone=True)
        case 400, _:
            return Result(Outcome.REFUSED, reason)
        case 429, _:
            return Result(Outcome.RATE_LIMITED, reason, retry_after_seconds=wait_seconds or QUOTA_WAIT_SECONDS)
        case _:
            return Result(Outcome.UNAVAILABLE, reason, retry_after_seconds=wait_seconds)


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _error_code(error: Mapping[str, Any]) -> str:
    """Firebase's own word if it is there, else that of Google's interfaces; a message may hold the token."""
    details = error.get("details")
    words = [each.get("errorCode") for each in details if isinstance(each, dict)] if isinstance(details, list) else []
    word = next((each for each in [*words, error.get("status")] if isinstance(each, str)), "")
    return word if word.replace("_", "").isalpha() and word.isascii() and len(word) <= 40 else "UNKNOWN"
