"""Methods by which a bot gets updates, answers presses and fetches files."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from tgsim.errors import Refusal, bad_request
from tgsim.files import MAX_DOWNLOAD_BYTES
from tgsim.inbox import Receipt
from tgsim.params import Params
from tgsim.state import Bot, Sim
from tgsim.webhook_delivery import Webhook

LONGEST_POLL_SECONDS = 50
MAX_UPDATES = 100
MAX_CONNECTIONS = 100
_WEBHOOK_IS_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Described:
    """A result that comes with Telegram's `description`."""

    def __init__(self, result: Any, description: str) -> None:
        self.result = result
        self.description = description


def get_me(_sim: Sim, bot: Bot, _params: Params, _receipt: Receipt) -> dict[str, Any]:
    """The bot's own User object."""
    return bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": bot.reads_all_group_messages,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(_sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> list[dict[str, Any]]:
    """Updates from `offset` on, waiting for up to `timeout` seconds; what is before it is forgotten."""
    if bot.delivery.webhook is not None:
        raise Refusal(409, _WEBHOOK_IS_ACTIVE)
    _allow(bot, params)
    limit = min(max(params.integer("limit") or MAX_UPDATES, 1), MAX_UPDATES)
    timeout = min(max(params.integer("timeout") or 0, 0), LONGEST_POLL_SECONDS)
    return await bot.updates.poll(params.integer("offset") or 0, limit, timeout)


async def set_webhook(_sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> Described:
    """Deliver updates to `url` (https, or http to loopback); an empty one ends that."""
    if "certificate" in params.files:
        raise bad_request("certificate is not faked")
    url, secret = params.text("url").strip(), params.text("secret_token")
    if not url:
        return await delete_webhook(_sim, bot, params, _receipt)
    _check_url(url)
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch("[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = min(max(params.integer("max_connections") or 40, 1), MAX_CONNECTIONS)
    _allow(bot, params)
    if params.boolean("drop_pending_updates"):
        bot.updates.drop()
    was = bot.delivery.webhook
    bot.updates.end_poll("setWebhook request")
    if was is not None and (was.url, was.secret_token, was.max_connections) == (url, secret, connections):
        return Described(True, "Webhook is already set")
    await bot.delivery.start(Webhook(url, secret, connections))
    return Described(True, "Webhook was set")


async def delete_webhook(_sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> Described:
    """Deliver no more; with `drop_pending_updates` what waits is forgotten."""
    was = bot.delivery.webhook
    await bot.delivery.stop()
    if params.boolean("drop_pending_updates"):
        bot.updates.drop()
    return Described(True, "Webhook is already deleted" if was is None else "Webhook was deleted")


def get_webhook_info(_sim: Sim, bot: Bot, _params: Params, _receipt: Receipt) -> dict[str, Any]:
    """Telegram's WebhookInfo; the url is empty while there is no webhook."""
    webhook = bot.delivery.webhook
    info: dict[str, Any] = {
        "url": "" if webhook is None else webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates.pending()),
    }
    if webhook is not None:
        info["max_connections"] = webhook.max_connections
        if webhook.last_error_at is not None:
            info |= {"last_error_date": int(webhook.last_error_at), "last_error_message": webhook.last_error}
    if bot.updates.allowed is not None:
        info["allowed_updates"] = sorted(bot.updates.allowed)
    return info


def answer_callback_query(_sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> bool:
    """Answer a press; a phone shows the first answer."""
    if params.text("url"):
        raise bad_request("url of an answer is not faked")
    bot.callbacks.answer(
        params.text("callback_query_id"),
        params.text("text"),
        show_alert=params.boolean("show_alert"),
        now=receipt.received_at,
    )
    return True


def get_file(sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> dict[str, Any]:
    """Telegram's File; its `file_path` can be fetched from `/file/bot<token>/<file_path>`."""
    file_id = params.text("file_id")
    file = bot.documents.find(file_id) or bot.photos.find(file_id)
    if file is None:
        raise bad_request("invalid file_id")
    if file.file_size > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    if sim.contents.get(file.file_unique_id) is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    folder = "photos" if file_id.startswith("AgAC") else "documents"
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.file_size,
        "file_path": f"{folder}/{file.file_unique_id}",
    }


def _allow(bot: Bot, params: Params) -> None:
    asked = params.json("allowed_updates")
    if asked is None:
        return
    if not isinstance(asked, list) or not all(isinstance(kind, str) for kind in asked):
        raise bad_request("can't parse allowed_updates: Expected an Array of String")
    bot.updates.allowed = frozenset(asked) or None


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise bad_request("bad webhook: Failed to parse URL") from None
    if parts.scheme == "https" and host:
        return
    if parts.scheme != "http" or not _is_loopback(host):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
