"""What routes work with; `app.build` puts it into the app's state."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends
from pydantic import SecretStr
from servicekit.cache import Cache
from servicekit.db import Database
from starlette.requests import Request

from gateway.access_tokens import AccessTokens
from gateway.idempotency.joined import SCOPE_NAME, Joined
from gateway.order_reports import OrderReports
from gateway.replica import Reads


@dataclass(frozen=True)
class Parts:
    """The gateway's own database, its cache, the keys that WB tokens and secrets of webhooks are sealed to, whether
    webhooks may be at private addresses, and whom it asks for reports; what access tokens
    are issued with, and what Telegram signs with for us."""

    database: Database
    reads: Reads
    """For what only reads: a replica, where there is one that is far enough."""
    cache: Cache
    seal_public_key: str
    seal_webhooks_public_key: str
    allow_private_urls: bool
    reports: OrderReports
    tokens: AccessTokens
    bot_token: SecretStr | None


async def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)  # noqa: S101  # set by app.build
    joined: Joined | None = request.scope.get(SCOPE_NAME)
    return parts if joined is None else replace(parts, database=joined.database, cache=joined.cache)


UsedParts = Annotated[Parts, Depends(_parts)]
