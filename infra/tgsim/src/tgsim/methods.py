"""The Bot API methods: each checks its parameters in Telegram's order, then takes the message."""

from collections.abc import Callable
from dataclasses import asdict
from html import escape
from typing import Any

from tgsim.entities import EntityError, Formatted, parse_html, trimmed, utf16_length
from tgsim.errors import bad_request, too_many_requests
from tgsim.inbox import Message, Receipt
from tgsim.markup import parse_markup
from tgsim.params import Params
from tgsim.photos import Photo
from tgsim.state import Bot, Sim

MAX_TEXT_UNITS = 4096
MAX_CAPTION_UNITS = 1024
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)

Method = Callable[[Sim, Bot, Params, Receipt], dict[str, Any]]


def get_me(_sim: Sim, bot: Bot, _params: Params, _receipt: Receipt) -> dict[str, Any]:
    """The bot's own User object."""
    return bot.as_user() | {"can_join_groups": True, "can_read_all_group_messages": False}


def send_message(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Take a text message; answers Telegram's Message."""
    content, html = _text(params)
    buttons = parse_markup(params.values.get("reply_markup"))
    chat_id = _chat(sim, params)
    _limit(content, MAX_TEXT_UNITS, "message is too long")
    _admit(bot, chat_id)
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat_id, photo=None, receipt=receipt,
        content=content, html=html, buttons=buttons,
    )  # fmt: skip
    return _taken(sim, bot, message)


def send_photo(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Take a photo with an optional caption; answers Message with `photo: [PhotoSize]`."""
    content, html = _formatted(params, "caption")
    buttons = parse_markup(params.values.get("reply_markup"))
    chat_id = _chat(sim, params)
    _limit(content, MAX_CAPTION_UNITS, "message caption is too long")
    photo = _photo(sim, bot, params)
    _admit(bot, chat_id)
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat_id, photo=photo.file_id, receipt=receipt,
        content=content, html=html, buttons=buttons,
    )  # fmt: skip
    return _taken(sim, bot, message)


def edit_message_text(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Replace the text and keyboard of an own text message."""
    content, html = _text(params)
    _limit(content, MAX_TEXT_UNITS, "message is too long")
    message = _own_message(sim, bot, params)
    if message.photo is not None:
        raise bad_request("there is no text in the message to edit")
    return _edit(sim, bot, params, receipt, message, content, html)


def edit_message_caption(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Replace the caption and keyboard of an own photo."""
    content, html = _formatted(params, "caption")
    _limit(content, MAX_CAPTION_UNITS, "message caption is too long")
    message = _own_message(sim, bot, params)
    if message.photo is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(sim, bot, params, receipt, message, content, html)


METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method)
    for name, method in (
        ("getMe", get_me),
        ("sendMessage", send_message),
        ("sendPhoto", send_photo),
        ("editMessageText", edit_message_text),
        ("editMessageCaption", edit_message_caption),
    )
}


def _text(params: Params) -> tuple[Formatted, str]:
    if not params.text("text"):
        raise bad_request("message text is empty")
    content, html = _formatted(params, "text")
    if not content.text:
        raise bad_request("text must be non-empty")
    return content, html


def _formatted(params: Params, name: str) -> tuple[Formatted, str]:
    for entities in ("entities", "caption_entities"):
        if params.values.get(entities):
            raise bad_request(f"{entities} are not faked, parse_mode=HTML is")
    raw = params.text(name)
    mode = params.text("parse_mode").lower()
    if mode == "html":
        try:
            return trimmed(parse_html(raw)), raw
        except EntityError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    if mode:
        raise bad_request("unsupported parse_mode")
    return trimmed(Formatted(raw)), escape(raw, quote=False)


def _limit(content: Formatted, units: int, reason: str) -> None:
    if utf16_length(content.text) > units:
        raise bad_request(reason)


def _chat(sim: Sim, params: Params) -> int:
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    return sim.chats.check(params.integer("chat_id"))


def _admit(bot: Bot, chat_id: int) -> None:
    if retry_after := bot.flood.admit(chat_id):
        raise too_many_requests(retry_after)


def _photo(sim: Sim, bot: Bot, params: Params) -> Photo:
    if "photo" in params.files:
        return bot.photos.upload(params.files["photo"])
    photo = params.text("photo")
    if not photo:
        raise bad_request("there is no photo in the request")
    if photo.startswith("attach://"):
        attached = params.files.get(photo.removeprefix("attach://"))
        if attached is None:
            raise bad_request("there is no photo in the request")
        return bot.photos.upload(attached)
    if photo.startswith(("http://", "https://")):
        fetched = sim.config.photo_urls.get(photo)
        if fetched is None:
            raise bad_request("failed to get HTTP URL content")
        return bot.photos.upload(fetched)
    return bot.photos.by_file_id(photo)


def _own_message(sim: Sim, bot: Bot, params: Params) -> Message:
    chat_id = _chat(sim, params)
    message_id = params.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    message = sim.inbox.find(bot.bot_id, chat_id, message_id)
    if message is None:
        raise bad_request("message to edit not found")
    return message


def _edit(
    sim: Sim, bot: Bot, params: Params, receipt: Receipt, message: Message, content: Formatted, html: str
) -> dict[str, Any]:
    buttons = parse_markup(params.values.get("reply_markup"))
    if (content, buttons) == (message.current.content, message.current.buttons):
        raise bad_request(_NOT_MODIFIED)
    _admit(bot, message.chat_id)
    sim.inbox.edit(message, receipt=receipt, content=content, html=html, buttons=buttons)
    return _taken(sim, bot, message)


def _taken(sim: Sim, bot: Bot, message: Message) -> dict[str, Any]:
    sim.accepted[message.current.receipt.method] += 1
    sim.printer.show(message)
    return _as_telegram(bot, message)


def _as_telegram(bot: Bot, message: Message) -> dict[str, Any]:
    version = message.current
    result: dict[str, Any] = {
        "message_id": message.message_id,
        "from": bot.as_user(),
        "chat": {"id": message.chat_id, "type": "private" if message.chat_id > 0 else "group"},
        "date": int(message.versions[0].receipt.received_at),
    }
    if len(message.versions) > 1:
        result["edit_date"] = int(version.receipt.received_at)
    text, entities = ("text", "entities") if message.photo is None else ("caption", "caption_entities")
    if message.photo is not None:
        result["photo"] = [asdict(bot.photos.by_file_id(message.photo))]
    if version.content.text:
        result[text] = version.content.text
    if version.content.entities:
        result[entities] = version.content.entities
    if version.buttons:
        result["reply_markup"] = {"inline_keyboard": version.buttons}
    return result
