"""Access tokens of a Google service account: asked for with an assertion, and kept until a minute before their end."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
from contracts.model import Model
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, ValidationError

from notifier.channels.outbound import NoAnswer, NotReached, exchange, outbound

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_SECONDS = 3600
RENEW_BEFORE_SECONDS = 60
TIMEOUT_SECONDS = 10.0
MAX_ANSWER_BYTES = 100_000


class NoToken(Exception):
    """None was given. The message holds no secret."""


class ServiceAccount(Model):
    """What is needed of the file that Google gives for a service account."""

    project_id: str = Field(pattern=r"^[a-z0-9:.-]+$")
    client_email: str
    private_key: SecretStr
    token_uri: str = Field(pattern=r"^https?://")

    @classmethod
    def of(cls, text_or_path: str) -> "ServiceAccount":
        """From the JSON itself, or the path of a file of it.

        Raises:
            ValueError: it is neither. The message holds no part of it.
        """
        try:
            text = text_or_path if text_or_path.lstrip().startswith("{") else Path(text_or_path).read_text("utf-8")
            account = cls.model_validate(json.loads(text))
            load_pem_private_key(account.private_key.get_secret_value().encode(), None)
        except (OSError, ValidationError, ValueError, TypeError):
            raise ValueError("not the JSON of a Google service account, nor the path of a file of it") from None
        return account


class AccessTokens:
    """The token that is good now; however many need it, it is asked for once."""

    def __init__(self, client: httpx.AsyncClient, account: ServiceAccount, now: Callable[[], datetime]) -> None:
        self._client = client
        self._account = account
        self._now = now
        self._asking = asyncio.Lock()
        self._token = ""
        self._ends = 0.0

    async def token(self, *, refused: str | None = None) -> str:
        """A token; another one than what was `refused`.

        Raises:
            NoToken, NotReached.
        """
        async with self._asking:
            if self._token == refused or self._ends - RENEW_BEFORE_SECONDS <= self._now().timestamp():
                self._token, lasts_seconds = await self._ask()
                self._ends = self._now().timestamp() + lasts_seconds
            return self._token

    async def _ask(self) -> tuple[str, float]:
        account, at = self._account, int(self._now().timestamp())
        claims = {"iss": account.client_email, "scope": SCOPE, "aud": account.token_uri}
        assertion = jwt.encode(
            {**claims, "iat": at, "exp": at + ASSERTION_SECONDS}, account.private_key.get_secret_value(), "RS256"
        )
        form = {"grant_type": GRANT, "assertion": assertion}
        with outbound("google token", {}):
            request = self._client.build_request("POST", account.token_uri, data=form)
            try:
                answer = await exchange(
                    self._client, request, timeout_seconds=TIMEOUT_SECONDS, max_bytes=MAX_ANSWER_BYTES
                )
            except NoAnswer as error:
                raise NotReached(f"no access token: {error}") from None  # no message was sent yet
        if answer.status != 200:
            raise NoToken(f"no access token: answered {answer.status}")
        return _read(answer.body)


def _read(body: bytes) -> tuple[str, float]:
    try:
        given: Any = json.loads(body)
        token, lasts_seconds = given["access_token"], float(given["expires_in"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NoToken("no access token: the answer holds none") from None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise NoToken("no access token: the answer holds none")
    return token, lasts_seconds
