"""Updates by a webhook: Telegram calls, says its secret, and calls again unless it is answered 200."""

import asyncio
import hmac
import json

import structlog
from aiogram import Bot
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.incoming import Incoming
from bot.polling import read_update
from bot.updates import WANTED

log = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of the header
MAX_BODY_BYTES = 1_000_000
CONNECTIONS = 40


def webhook_route(path: str, secret: SecretStr, bot: Bot, incoming: Incoming) -> Route:
    """Where Telegram posts updates: 200 taken, 401 wrong secret, 400 no JSON, 413 too large, 503 too busy."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.get_secret_value().encode()):
            log.warning("webhook.forged")
            return Response(status_code=401)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return Response(status_code=413)
        try:
            raw = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if not isinstance(raw, dict):
            return Response(status_code=400)
        update = read_update(raw, bot)
        # What cannot be read now cannot be read later either.
        is_full = update is not None and incoming.take(update) == "full"
        return Response(status_code=503 if is_full else 200)

    return Route(path, receive, methods=["POST"])


async def keep_webhook(bot: Bot, url: str, secret: SecretStr) -> None:
    """Tell Telegram where to call, and go on doing nothing; begun again by whoever runs it when that fails."""
    await bot.set_webhook(
        url, secret_token=secret.get_secret_value(), allowed_updates=list(WANTED), max_connections=CONNECTIONS
    )
    log.info("webhook.set")
    await asyncio.Event().wait()
