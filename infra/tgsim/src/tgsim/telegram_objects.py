"""Messages as Telegram's objects."""

from dataclasses import asdict
from typing import Any

from tgsim.chats import chat_object
from tgsim.inbox import Message
from tgsim.state import Bot, Sim


def message_object(sim: Sim, bot: Bot, message: Message, *, with_reply: bool = True) -> dict[str, Any]:
    """Telegram's Message."""
    version = message.current
    chat = sim.chats.get(message.chat_id)
    result: dict[str, Any] = {
        "message_id": message.message_id,
        "from": message.sender or bot.as_user(),
        "chat": chat_object(chat, sim.people.get(message.chat_id)),
        "date": int(message.versions[0].receipt.received_at),
    }
    if len(message.versions) > 1:
        result["edit_date"] = int(version.receipt.received_at)
    if message.thread_id is not None:
        result |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    if with_reply and message.reply_to is not None:
        replied = sim.inbox.find(bot.bot_id, message.chat_id, message.reply_to)
        if replied is not None:
            result["reply_to_message"] = message_object(sim, bot, replied, with_reply=False)
    result |= message.service
    text, entities = ("text", "entities") if version.media is None else ("caption", "caption_entities")
    if photo := version.file_id("photo"):
        result["photo"] = [asdict(bot.photos.by_file_id(photo))]
    if document := version.file_id("document"):
        result["document"] = bot.documents.by_file_id(document).as_json()
    if version.content.text:
        result[text] = version.content.text
    if version.content.entities:
        result[entities] = version.content.entities
    if version.buttons:
        result["reply_markup"] = {"inline_keyboard": version.buttons}
    return result
