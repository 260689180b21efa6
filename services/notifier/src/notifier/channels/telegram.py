"""The Telegram channel: a photo with a caption, and less than that where Telegram refuses a part of it."""

import html as html_text
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from notifier.channels.bot_api import BotApi, Reply
from notifier.channels.outbound import NoAnswer, NotReached
from notifier.channels.photos import Photos
from notifier.channels.refusals import blamed
from notifier.deliveries.model import Delivery, Outcome, PhotoChange, Result, Send
from notifier.messages.message import About, Button
from notifier.messages.rendering import RENDER

log = structlog.get_logger()

REFUSED = (400, 403, 413)
"""Other 4xx (401, 404: our token is wrong) say nothing against the message: it waits until that is mended."""

_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True)
class Form:
    """How a message goes: whatever Telegram refused of it is left out, and the rest is sent."""

    chat_id: str
    html: str
    buttons: tuple[Button, ...]
    photo_url: str | None
    is_html: bool = True

    def fields(self, text: str) -> dict[str, Any]:
        """Parameters of a call whose text is named `text`."""
        fields: dict[str, Any] = {"chat_id": self.chat_id}
        if self.is_html:
            fields |= {text: self.html, "parse_mode": "HTML"}
        else:
            fields[text] = html_text.unescape(_TAG.sub("", self.html))
        if self.buttons:
            row = [{"text": button.text, "url": button.url} for button in self.buttons]
            fields["reply_markup"] = {"inline_keyboard": [row]}
        return fields

    def without(self, reply: Reply) -> "Form | None":
        """The form without what was refused; None: sending less of it would be refused as well."""
        if reply.migrate_to_chat_id is not None:
            moved = str(reply.migrate_to_chat_id)
            return replace(self, chat_id=moved) if self.chat_id != moved else None
        match blamed(reply.code, reply.description):
            case "buttons" if self.buttons:
                refused = [b for b in self.buttons if b.url in reply.description] or self.buttons
                return replace(self, buttons=tuple(b for b in self.buttons if b not in refused))
            case "markup" if self.is_html:
                return replace(self, is_html=False)
            case "chat":
                return None
            case _ if self.photo_url and reply.code in REFUSED:
                return replace(self, photo_url=None)
        return None


def telegram_channel(api: BotApi, photos: Photos, now: Callable[[], datetime]) -> Send:
    """One attempt: `sendPhoto` by file_id, else by upload, else `sendMessage`. A timeout ends the attempt
    rather than falling back, because the photo may have arrived."""

    async def send(delivery: Delivery) -> Result:
        about = About(delivery.shop_name, data_at=delivery.reported_at, now=now())
        message = RENDER[delivery.kind](delivery.payload, about)
        form = Form(delivery.recipient, message.html, message.buttons, message.photo)
        try:
            return await _send(api, photos, delivery, form)
        except NotReached as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NoAnswer as error:
            return Result(Outcome.UNANSWERED, str(error))

    return send


async def _send(api: BotApi, photos: Photos, delivery: Delivery, form: Form) -> Result:
    change: PhotoChange | None = None
    while True:
        reply = None
        if form.photo_url:
            reply, learned = await _send_photo(api, photos, delivery, form, form.photo_url)
            change = learned or change
        if reply is None:
            form = replace(form, photo_url=None)
            reply = await api.call("sendMessage", form.fields("text"))
        less = None if reply.ok else form.without(reply)
        if less is None:
            moved_to = form.chat_id if reply.ok and form.chat_id != delivery.recipient else None
            return replace(_judged(reply), photo=change, moved_to=moved_to)
        log.warning("telegram.refused_a_part", delivery_id=str(delivery.id), reason=reply.description)
        form = less


async def _send_photo(
    api: BotApi, photos: Photos, delivery: Delivery, form: Form, url: str
) -> tuple[Reply | None, PhotoChange | None]:
    """Telegram's reply (None: the photo cannot be had or sent) and what was learned of the photo."""
    key = (delivery.cabinet_id, url)
    fields = form.fields("caption")
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
    return Result(Outcome.REFUSED if reply.code in REFUSED else Outcome.UNAVAILABLE, reason)


def _refuses_photo(reply: Reply) -> bool:
    return not reply.ok and blamed(reply.code, reply.description) == "photo"


def _file_id(reply: Reply) -> str | None:
    sizes = reply.result.get("photo")
    largest = sizes[-1] if isinstance(sizes, list) and sizes else None
    file_id = largest.get("file_id") if isinstance(largest, dict) else None
    return file_id if isinstance(file_id, str) and file_id.isascii() and file_id.isprintable() else None
