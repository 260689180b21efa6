"""Methods that send: each checks its parameters in Telegram's order, then takes the message."""

from typing import Any

from tgsim.errors import bad_request
from tgsim.inbox import Media, Receipt
from tgsim.markup import parse_markup
from tgsim.methods import checks
from tgsim.params import Params
from tgsim.state import Bot, Sim

CHAT_ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip


def send_message(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Take a text message; answers Telegram's Message."""
    checks.refuse_what_is_not_faked(params)
    content, html = checks.text(params)
    markup = parse_markup(params.values.get("reply_markup"))
    chat_id = checks.writable_chat(sim, params)
    place = checks.place(sim, bot, params, chat_id)
    checks.limit(content, checks.MAX_TEXT_UNITS, checks.TEXT_TOO_LONG)
    checks.admit(bot, chat_id)
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat_id, receipt=receipt, content=content, html=html,
        buttons=markup.inline, keyboard=markup.reply, **place,
    )  # fmt: skip
    return checks.taken(sim, bot, message)


def send_photo(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Take a photo with an optional caption; answers Message with `photo: [PhotoSize]`."""
    return _send_media(sim, bot, params, receipt, "photo")


def send_document(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Take a file with an optional caption; answers Message with `document`."""
    return _send_media(sim, bot, params, receipt, "document")


def send_chat_action(sim: Sim, _bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Say that the bot is typing or the like; nothing is kept of it."""
    chat_id = checks.writable_chat(sim, params)
    sim.chats.check_thread(chat_id, params.integer("message_thread_id"))
    if params.text("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def _send_media(sim: Sim, bot: Bot, params: Params, receipt: Receipt, kind: str) -> dict[str, Any]:
    checks.refuse_what_is_not_faked(params)
    content, html = checks.formatted(params, "caption")
    markup = parse_markup(params.values.get("reply_markup"))
    chat_id = checks.writable_chat(sim, params)
    place = checks.place(sim, bot, params, chat_id)
    checks.limit(content, checks.MAX_CAPTION_UNITS, checks.CAPTION_TOO_LONG)
    given = params.file(kind)
    if kind == "photo":
        media = Media("photo", checks.photo(sim, bot, given).file_id)
    else:
        media = Media("document", checks.document(bot, given).file_id)
    checks.admit(bot, chat_id)
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat_id, receipt=receipt, content=content, html=html, media=media,
        buttons=markup.inline, keyboard=markup.reply, **place,
    )  # fmt: skip
    return checks.taken(sim, bot, message)
