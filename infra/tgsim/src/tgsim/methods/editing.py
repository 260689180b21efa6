"""Methods that change or delete what was sent."""

from typing import Any

from tgsim.entities import Formatted
from tgsim.errors import bad_request
from tgsim.inbox import Media, Message, Receipt
from tgsim.markup import Keyboard, parse_inline_markup
from tgsim.methods import checks
from tgsim.params import Params
from tgsim.state import Bot, Sim

MAX_DELETED_AT_ONCE = 100
_DELETABLE_SECONDS = 48 * 3600
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


def edit_message_text(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Replace the text and keyboard of an own text message."""
    checks.refuse_what_is_not_faked(params)
    content, html = checks.text(params)
    checks.limit(content, checks.MAX_TEXT_UNITS, checks.TEXT_TOO_LONG)
    message = checks.own_message(sim, bot, params)
    if message.current.media is not None:
        raise bad_request("there is no text in the message to edit")
    return _edit(sim, bot, message, receipt, content, html, _buttons(params), None)


def edit_message_caption(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Replace the caption and keyboard of an own photo or document."""
    checks.refuse_what_is_not_faked(params)
    content, html = checks.formatted(params, "caption")
    checks.limit(content, checks.MAX_CAPTION_UNITS, checks.CAPTION_TOO_LONG)
    message = checks.own_message(sim, bot, params)
    if message.current.media is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(sim, bot, message, receipt, content, html, _buttons(params), message.current.media)


def edit_message_reply_markup(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Replace the buttons of an own message, and nothing else."""
    checks.refuse_what_is_not_faked(params)
    message = checks.own_message(sim, bot, params)
    now = message.current
    return _edit(sim, bot, message, receipt, now.content, now.html, _buttons(params), now.media)


def edit_message_media(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Replace photo or document, caption and buttons of an own message; a text message becomes one with media."""
    checks.refuse_what_is_not_faked(params)
    given = params.object("media")
    kind = given.get("type")
    if kind not in ("photo", "document"):
        raise bad_request(f"media of type {kind!r} is not faked, photo and document are")
    if unknown := sorted(given.keys() - {"type", "media", "caption", "parse_mode"}):
        raise bad_request(f"media: {unknown[0]!r} is not faked")
    content, html = checks.formatted_text(str(given.get("caption") or ""), str(given.get("parse_mode") or ""))
    checks.limit(content, checks.MAX_CAPTION_UNITS, checks.CAPTION_TOO_LONG)
    message = checks.own_message(sim, bot, params)
    file = params.attached(str(given.get("media") or ""), kind)
    if kind == "photo":
        media = Media("photo", checks.photo(sim, bot, file).file_id)
    else:
        media = Media("document", checks.document(bot, file).file_id)
    return _edit(sim, bot, message, receipt, content, html, _buttons(params), media)


def delete_message(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> bool:
    """Delete an own message or, where the bot may, a person's; not after 48 hours."""
    chat_id = checks.writable_chat(sim, params)
    message_id = params.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    message = sim.inbox.find(bot.bot_id, chat_id, message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if not _may_delete(sim, message, receipt):
        raise bad_request("message can't be deleted")
    sim.inbox.delete(message, receipt.received_at)
    return True


def delete_messages(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> bool:
    """Delete up to 100 messages; those that are not found are passed over."""
    chat_id = checks.writable_chat(sim, params)
    ids = params.json("message_ids")
    if not isinstance(ids, list) or not all(isinstance(message_id, int) for message_id in ids) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MAX_DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    found = [message for i in dict.fromkeys(ids) if (message := sim.inbox.find(bot.bot_id, chat_id, i))]
    if not all(_may_delete(sim, message, receipt) for message in found):
        raise bad_request("message can't be deleted")
    for message in found:
        sim.inbox.delete(message, receipt.received_at)
    return True


def _may_delete(sim: Sim, message: Message, receipt: Receipt) -> bool:
    if receipt.received_at - message.versions[0].receipt.received_at > _DELETABLE_SECONDS:
        return False
    chat = sim.chats.get(message.chat_id)
    return message.sender is None or chat.kind == "private" or chat.bot_status == "administrator"


def _buttons(params: Params) -> Keyboard:
    return parse_inline_markup(params.values.get("reply_markup"))


def _edit(
    sim: Sim, bot: Bot, message: Message, receipt: Receipt,
    content: Formatted, html: str, buttons: Keyboard, media: Media | None,
) -> dict[str, Any]:  # fmt: skip
    now = message.current
    if (content, buttons, _unique(bot, media)) == (now.content, now.buttons, _unique(bot, now.media)):
        raise bad_request(_NOT_MODIFIED)
    checks.admit(bot, message.chat_id)
    sim.inbox.edit(message, receipt=receipt, content=content, html=html, buttons=buttons, media=media)
    return checks.taken(sim, bot, message)


def _unique(bot: Bot, media: Media | None) -> str | None:
    """What a file is, however often it was uploaded."""
    if media is None:
        return None
    if media.kind == "photo":
        return bot.photos.by_file_id(media.file_id).file_unique_id
    return bot.documents.by_file_id(media.file_id).file_unique_id
