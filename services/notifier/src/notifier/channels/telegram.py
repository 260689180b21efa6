"""The Telegram channel: a photo with a caption, as text where the photo cannot be had."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.orders import ReportedOrder

from notifier.channels.bot_api import BotApi, Reply
from notifier.channels.outbound import NoAnswer, NotReached
from notifier.channels.photos import Photos
from notifier.delivery.model import Delivery, Outcome, PhotoChange, Result, Send
from notifier.messages.order import Message, order_message

CHAT_IS_GONE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid")
"""Refusals that sending without the photo would not change."""

REFUSED_FOR_GOOD = (400, 403, 413)
"""Other 4xx (401, 404: our token is wrong) say nothing against the message: it waits until that is mended."""


def telegram_channel(api: BotApi, photos: Photos, now: Callable[[], datetime]) -> Send:
    """One attempt: `sendPhoto` by file_id, else by upload, else `sendMessage`. A timeout ends the attempt
    rather than falling back, because the photo may have arrived."""

    async def send(delivery: Delivery) -> Result:
        reported = ReportedOrder.model_validate_json(delivery.payload)
        message = order_message(
            delivery.kind, reported, shop_name=delivery.shop_name, data_at=delivery.reported_at, now=now()
        )
        fields = {"chat_id": delivery.recipient, "parse_mode": "HTML", "reply_markup": _keyboard(message)}
        photo_url = reported.product.photo if reported.product else None
        try:
            return await _send(api, photos, delivery, message.html, fields, photo_url)
        except NotReached as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NoAnswer as error:
            return Result(Outcome.UNANSWERED, str(error))

    return send


async def _send(
    api: BotApi, photos: Photos, delivery: Delivery, html: str, fields: dict[str, Any], photo_url: str | None
) -> Result:
    change: PhotoChange | None = None
    if photo_url:
        reply, change = await _send_photo(api, photos, delivery, {**fields, "caption": html}, photo_url)
        if reply is not None:
            return replace(_judged(reply), photo=change)
    return replace(_judged(await api.call("sendMessage", {**fields, "text": html})), photo=change)


async def _send_photo(
    api: BotApi, photos: Photos, delivery: Delivery, fields: dict[str, Any], url: str
) -> tuple[Reply | None, PhotoChange | None]:
    """Telegram's reply (None: the message has to go without the photo) and what was learned of the photo."""
    key = (delivery.cabinet_id, url)
    change = None
    refused: set[str] = set()
    while (file_id := await photos.file_id(key) or delivery.photo_file_id) and file_id not in refused:
        reply = await api.call("sendPhoto", {**fields, "photo": file_id})
        if not _refuses_photo(reply):
            return reply, change
        photos.forget(key, file_id)
        change = PhotoChange(url, None)
        refused.add(file_id)
    if not photos.is_usable(key):
        return None, change
    with photos.uploading(key):
        content = await photos.load(url)
        if isinstance(content, str):
            photos.unusable(key, content)
            return None, change
        reply = await api.call("sendPhoto", fields, photo=content)
        if _refuses_photo(reply):
            photos.unusable(key, reply.description)
            return None, change
        if new_id := _file_id(reply):
            photos.learned(key, new_id)
            change = PhotoChange(url, new_id)
    return reply, change


def _judged(reply: Reply) -> Result:
    if reply.ok:
        return Result(Outcome.DELIVERED, message_id=str(reply.result.get("message_id", "")))
    if reply.code == 429:
        # Without a number: one second is the shortest wait Telegram ever asks for.
        wait_seconds = max(reply.retry_after_seconds or 0.0, 1.0)
        return Result(Outcome.RATE_LIMITED, reply.description, retry_after_seconds=wait_seconds)
    reason = f"{reply.code} {reply.description}".strip()
    return Result(Outcome.REFUSED if reply.code in REFUSED_FOR_GOOD else Outcome.UNAVAILABLE, reason)


def _refuses_photo(reply: Reply) -> bool:
    is_about_chat = any(words in reply.description.lower() for words in CHAT_IS_GONE)
    return reply.code in (400, 413) and not is_about_chat


def _file_id(reply: Reply) -> str | None:
    sizes = reply.result.get("photo")
    largest = sizes[-1] if isinstance(sizes, list) and sizes else None
    file_id = largest.get("file_id") if isinstance(largest, dict) else None
    return file_id if isinstance(file_id, str) and file_id.isascii() and file_id.isprintable() else None


def _keyboard(message: Message) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": button.text, "url": button.url} for button in message.buttons]]}
