"""Calls of the Telegram Bot API. The token is part of every URL, so no URL leaves this module."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr
from servicekit.http import Answer

from notifier.channels.outbound import exchange, outbound

TIMEOUT_SECONDS = 20.0
MAX_ANSWER_BYTES = 1_000_000


@dataclass(frozen=True)
class Reply:
    """What Telegram answered: `result` where `ok`, else its code and reason."""

    ok: bool
    code: int = 200
    description: str = ""
    retry_after_seconds: float | None = None
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
            span.set_attribute("http.response.status_code", answer.status)
            return read_reply(answer)


def read_reply(answer: Answer) -> Reply:
    """The reply in an HTTP answer; one that is not Telegram's JSON (a proxy's page) counts by its status alone."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        return Reply(ok=False, code=502 if answer.status < 400 else answer.status, description="not a Bot API answer")
    if body["ok"]:
        result = body.get("result")
        return Reply(ok=True, result=result if isinstance(result, dict) else {})
    code, parameters = body.get("error_code"), body.get("parameters")
    retry_after = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return Reply(
        ok=False,
        code=code if isinstance(code, int) else answer.status,
        description=str(body.get("description") or ""),
        retry_after_seconds=float(retry_after) if isinstance(retry_after, int | float) else None,
    )
