"""The gateway, asked for one person: its answers, or why there is none."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import structlog
from pulse_client import AuthenticatedClient
from pulse_client.models import ProblemDetails
from pulse_client.types import Response
from pydantic import SecretStr
from servicekit.http import make_client

from bot.metrics import GATEWAY_ANSWERS

log = structlog.get_logger()

TIMEOUT_SECONDS = 15.0
MAX_CONNECTIONS = 50

T = TypeVar("T")


class GatewayProblem(Exception):
    """The gateway refused, with a code that is stable and a detail in English."""

    def __init__(self, status: int, code: str, detail: str, trace_id: str | None) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.trace_id = trace_id


class GatewayAway(Exception):
    """The gateway does not answer, or not as it says it does."""


class Gateway:
    """The gateway as one person sees it."""

    def __init__(self, client: AuthenticatedClient, telegram_id: int) -> None:
        self._client = client
        self.telegram_id = telegram_id

    async def call(
        self, operation: Callable[..., Awaitable[Response[T | ProblemDetails]]], *path: object, **arguments: Any
    ) -> T:
        """What an operation of `pulse_client` answers: `await gateway.call(list_orders.asyncio_detailed, limit=5)`.

        Raises:
            GatewayProblem: it was refused.
            GatewayAway: no answer, or none that its description allows.
        """
        return (await self.respond(operation, *path, **arguments))[0]

    async def respond(
        self, operation: Callable[..., Awaitable[Response[T | ProblemDetails]]], *path: object, **arguments: Any
    ) -> tuple[T, httpx.Headers]:
        """As `call`, with the headers of the answer (`X-Total-Count`, `ETag`)."""
        try:
            response = await operation(
                *path, client=self._client, x_telegram_user_id=str(self.telegram_id), **arguments
            )
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            # The generated client takes an answer apart without asking whether it is what it should be.
            GATEWAY_ANSWERS.labels("away").inc()
            log.warning("gateway.away", operation=operation.__module__, error=f"{type(error).__name__}: {error}"[:300])
            raise GatewayAway from error
        answered, status = response.parsed, int(response.status_code)
        if isinstance(answered, ProblemDetails):
            GATEWAY_ANSWERS.labels("problem").inc()
            raise GatewayProblem(status, answered.code, answered.detail, answered.trace_id)
        if status >= 300:
            GATEWAY_ANSWERS.labels("away").inc()
            log.warning("gateway.away", operation=operation.__module__, status=status)
            raise GatewayAway(f"status {status}")
        GATEWAY_ANSWERS.labels("ok").inc()
        return answered, httpx.Headers(response.headers)  # type: ignore[return-value]  # a 204 says nothing: None, which T is then


def gateway_client(url: str, key: SecretStr) -> AuthenticatedClient:
    """The client of the gateway with the bot's key, which acts for whom each call names.

    `await client.get_async_httpx_client().aclose()` when it is done with.
    """
    http = make_client(timeout_seconds=TIMEOUT_SECONDS, max_connections=MAX_CONNECTIONS)
    http.base_url = httpx.URL(url)
    http.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
    return AuthenticatedClient(base_url=url, token=key.get_secret_value()).set_async_httpx_client(http)
