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
from gateway.recording.recording import SCOPE_NAME as RECORDING
from gateway.recording.recording import RecordedDatabase, Recording
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
    if joined is not None:
        parts = replace(parts, database=joined.database, cache=joined.cache)
    recording: Recording | None = request.scope.get(RECORDING)
    if recording is None:
        return parts
    recording.routed(request.scope["route"].name, request.path_params)
    return replace(parts, database=RecordedDatabase(parts.database, recording)) if recording.is_command else parts


UsedParts = Annotated[Parts, Depends(_parts)]
