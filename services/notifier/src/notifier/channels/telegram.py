"""The Telegram channel: a photo with a caption, and less than that where Telegram refuses a part of it.

What its thread has told before is edited; where that message is gone a new one is sent.
"""

import html as html_text
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog
from servicekit import callback_data

from notifier.channels.bot_api import BotApi, Reply
from notifier.channels.outbound import NoAnswer, NotReached
from notifier.channels.photos import Photos
from notifier.channels.refusals import blamed, is_gone
from notifier.deliveries.model import NOT_TOLD, Delivery, Living, Outcome, PhotoChange, Result, Send, Sent
from notifier.messages.message import Button
from notifier.rendering import rendered

log = structlog.get_logger()

REFUSED = (400, 403, 413)
"""Other 4xx (401, 404: our token is wrong) say nothing against the message: it waits until that is mended."""

IN_A_ROW = 2

V = TypeVar("V")

_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True)
class Form:
    """How a message goes: whatever Telegram refused of it is left out, and the rest is sent."""

    chat_id: str
    html: str
    buttons: tuple[Button, ...]
    photo_url: str | None
    topic_id: int | None = None
    callback_key: bytes = b""
    is_html: bool = True

    def fields(self, text: str, *, message_id: str | None = None) -> dict[str, Any]:
        """Parameters of a call whose text is named `text`; of an edit of `message_id`, if it is told."""
        fields: dict[str, Any] = {"chat_id": self.chat_id}
        if message_id is not None:
            fields["message_id"] = int(message_id)
        elif self.topic_id is not None:
            fields["message_thread_id"] = self.topic_id
        if self.is_html:
            fields |= {text: self.html, "parse_mode": "HTML"}
        else:
            fields[text] = html_text.unescape(_TAG.sub("", self.html))
        if self.buttons:
            shown = [self._button(button) for button in self.buttons]
            fields["reply_markup"] = {"inline_keyboard": in_rows(shown)}
        return fields

    def _button(self, button: Button) -> dict[str, str]:
        if button.action is None:
            return {"text": button.text, "url": button.url or ""}
        data = callback_data.pack(button.action, button.body, key=self.callback_key, chat_id=int(self.chat_id))
        return {"text": button.text, "callback_data": data}

    def without(self, reply: Reply) -> "Form | None":
        """The form without what was refused; None: sending less of it would be refused as well."""
        if reply.migrate_to_chat_id is not None:
            moved = str(reply.migrate_to_chat_id)
            return replace(self, chat_id=moved) if self.chat_id != moved else None
        match blamed(reply.code, reply.description):
            case "buttons" if self.buttons:
                refused = [b for b in self.buttons if b.url and b.url in reply.description] or self.buttons
                return replace(self, buttons=tuple(b for b in self.buttons if b not in refused))
            case "markup" if self.is_html:
                return replace(self, is_html=False)
            case "chat":
                return None
            case _ if self.photo_url and reply.code in REFUSED:
                return replace(self, photo_url=None)
        return None


def in_rows(buttons: Sequence[V]) -> list[list[V]]:
    """Two in a row; of an odd number three in the first, so that none stands alone."""
    first = 3 if len(buttons) % 2 and len(buttons) > 1 else 0
    rows = [list(buttons[:first])] if first else []
    return rows + [list(buttons[at : at + IN_A_ROW]) for at in range(first, len(buttons), IN_A_ROW)]


def telegram_channel(api: BotApi, photos: Photos, now: Callable[[], datetime], *, callback_key: bytes) -> Send:
    """One attempt: an edit, else `sendPhoto` by file_id, else by upload, else `sendMessage`. A timeout ends the attempt
    rather than falling back, because the message may have arrived."""

    def form(delivery: Delivery, *, is_edit: bool) -> Form:
        chat_id, _, topic_id = delivery.recipient.partition("/")
        message = rendered(delivery, now(), is_edit=is_edit)
        return Form(
            chat_id,
            message.html,
            message.buttons,
            message.photo,
            topic_id=int(topic_id) if topic_id else None,
            callback_key=callback_key,
        )

    async def send(delivery: Delivery) -> Result:
        if delivery.target is not None and not delivery.target.is_told:
            return Result(Outcome.UNDELIVERABLE, NOT_TOLD)
        try:
            if delivery.living is None:
                return await _send(api, photos, delivery, form(delivery, is_edit=False))
            edited = await _edit(api, delivery, form(delivery, is_edit=True), delivery.living)
            # Said twice: it cannot be edited, whatever the words for it are.
            is_shut = edited is not None and edited.outcome is Outcome.REFUSED and delivery.refusals > 0
            if edited is not None and (delivery.only_edits or not is_shut):
                return edited
            if delivery.only_edits:
                return Result(Outcome.NOTHING_TO_EDIT, is_message_gone=True)
            return await _send(api, photos, delivery, form(delivery, is_edit=False))
        except NotReached as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NoAnswer as error:
            return Result(Outcome.UNANSWERED, str(error))

    return send


async def _edit(api: BotApi, delivery: Delivery, form: Form, living: Living) -> Result | None:
    """Write over what is there; None: it is not there any more."""
    form = replace(form, photo_url=None)
    has_photo = living.has_photo
    forms = 0
    while True:
        method, text = ("editMessageCaption", "caption") if has_photo else ("editMessageText", "text")
        reply = await api.call(method, form.fields(text, message_id=living.message_id))
        blame = None if reply.ok else blamed(reply.code, reply.description)
        if reply.ok or blame == "same":
            sent = Sent(living.message_id, has_photo=has_photo, is_edit=True)
            return Result(Outcome.DELIVERED, sent=sent)
        if blame == "gone":
            return None
        if blame == "other_form" and forms == 0:
            forms, has_photo = 1, not has_photo
            continue
        less = form.without(reply)
        # Where the group is another one now, its message stayed behind.
        if less is None or less.chat_id != form.chat_id:
            return None if reply.migrate_to_chat_id is not None else _judged(reply)
        log.warning("telegram.refused_a_part", delivery_id=str(delivery.id), reason=reply.description)
        form = less


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
            was = delivery.recipient.partition("/")[0]
            moved_to = form.chat_id if reply.ok and form.chat_id != was else None
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
        has_photo = bool(reply.result.get("photo"))
        return Result(Outcome.DELIVERED, sent=Sent(str(reply.result.get("message_id", "")), has_photo=has_photo))
    if reply.code == 429:
        # Without a number: one second is the shortest wait Telegram ever asks for.
        wait_seconds = max(reply.retry_after_seconds or 0.0, 1.0)
        return Result(Outcome.RATE_LIMITED, reply.description, retry_after_seconds=wait_seconds)
    reason = f"{reply.code} {reply.description}".strip()
    if reply.code not in REFUSED:
        return Result(Outcome.UNAVAILABLE, reason)
    return Result(Outcome.REFUSED, reason, is_gone=is_gone(reply.description))


def _refuses_photo(reply: Reply) -> bool:
    return not reply.ok and blamed(reply.code, reply.description) == "photo"


def _file_id(reply: Reply) -> str | None:
    sizes = reply.result.get("photo")
    largest = sizes[-1] if isinstance(sizes, list) and sizes else None
    file_id = largest.get("file_id") if isinstance(largest, dict) else None
    return file_id if isinstance(file_id, str) and file_id.isascii() and file_id.isprintable() else None
