"""Calls of the Telegram Bot API. The token is part of every URL, so no URL leaves this module."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr
from servicekit.http import Answer

from notifier.channels.outbound import exchange, note_status, outbound

TIMEOUT_SECONDS = 20.0
MAX_ANSWER_BYTES = 1_000_000
MAX_RETRY_AFTER_SECONDS = 7 * 86_400.0
"""Telegram asks for hours at most."""


@dataclass(frozen=True)
class Reply:
    """What Telegram answered: `result` where `ok`, else its code and reason."""

    ok: bool
    code: int = 200
    description: str = ""
    retry_after_seconds: float | None = None
    migrate_to_chat_id: int | None = None
    """The group became a supergroup, and this is its id now."""
    result: Mapping[str, Any] = field(default_factory=dict)


class BotApi:
    """One bot's methods."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, token: SecretStr) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._token = token

    async def call(self, method: str, fields: Mapping[str, Any], photo: bytes | None = None) -> Reply:
        """Call a method; with `photo` as an uploaded file of that name.

        Raises:
            NotReached, NoAnswer: see `notifier.channels.outbound`.
        """
        with outbound(f"telegram {method}", {"server.address": httpx.URL(self._base_url).host}) as (span, headers):
            url = f"{self._base_url}/bot{self._token.get_secret_value()}/{method}"
            if photo is None:
                request = self._client.build_request("POST", url, json=dict(fields), headers=headers)
            else:
                form = {name: v if isinstance(v, str) else json.dumps(v) for name, v in fields.items()}
                request = self._client.build_request(
                    "POST", url, data=form, files={"photo": ("photo", photo)}, headers=headers
                )
            answer = await exchange(self._client, request, timeout_seconds=TIMEOUT_SECONDS, max_bytes=MAX_ANSWER_BYTES)
            note_status(span, answer.status)
            return read_reply(answer)


def read_reply(answer: Answer) -> Reply:
    """The reply in an HTTP answer. One that is not Telegram's JSON (a proxy's page) says nothing of the message,
    whatever its status: it counts as a failure on the way."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        return Reply(ok=False, code=max(answer.status, 502), description=f"not a Bot API answer: {answer.status}")
    if body["ok"]:
        result = body.get("result")
        return Reply(ok=True, result=result if isinstance(result, dict) else {})
    parameters = body.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    code, moved_to = body.get("error_code"), parameters.get("migrate_to_chat_id")
    return Reply(
        ok=False,
        code=code if isinstance(code, int) else answer.status,
        description=str(body.get("description") or ""),
        retry_after_seconds=_seconds(parameters.get("retry_after")),
        migrate_to_chat_id=moved_to if isinstance(moved_to, int) and not isinstance(moved_to, bool) else None,
    )


def _seconds(value: object) -> float | None:
    # A wait out of the expected range is heeded as far as it can be, a number in quotes is a number.
    try:
        seconds = float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return None if seconds is None or seconds != seconds else min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)
