"""What several methods check of their parameters, in Telegram's words."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from tgsim.entities import EntityError, Formatted, parse_html, trimmed, utf16_length
from tgsim.errors import bad_request, too_many_requests
from tgsim.files import Document
from tgsim.inbox import Message, Receipt
from tgsim.params import Params, Upload
from tgsim.photos import Photo
from tgsim.state import Bot, Sim
from tgsim.telegram_objects import message_object

MAX_TEXT_UNITS = 4096
MAX_CAPTION_UNITS = 1024
TEXT_TOO_LONG = "message is too long"
CAPTION_TOO_LONG = "message caption is too long"
# What would change what the seller sees, and is not faked.
_NOT_FAKED = (
    "business_connection_id", "direct_messages_topic_id", "has_spoiler", "inline_message_id", "message_effect_id",
    "show_caption_above_media", "suggested_post_parameters", "thumbnail",
)  # fmt: skip

Answer = Any
Method = Callable[[Sim, Bot, Params, Receipt], Answer | Awaitable[Answer]]


def refuse_what_is_not_faked(params: Params) -> None:
    """Refuse parameters that would change what is seen; raises Refusal."""
    for name in _NOT_FAKED:
        if name in params.files or params.values.get(name) not in (None, "", False, "false", "False"):
            raise bad_request(f"{name} is not faked")


def formatted(params: Params, name: str) -> tuple[Formatted, str]:
    """A text parameter without its markup, and as it came; raises Refusal."""
    for entities in ("entities", "caption_entities"):
        if params.values.get(entities):
            raise bad_request(f"{entities} are not faked, parse_mode=HTML is")
    return formatted_text(params.text(name), params.text("parse_mode"))


def formatted_text(raw: str, parse_mode: str) -> tuple[Formatted, str]:
    """A text without its markup, and as it came; raises Refusal."""
    mode = parse_mode.lower()
    if mode == "html":
        try:
            return trimmed(parse_html(raw)), raw
        except EntityError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    if mode:
        raise bad_request("unsupported parse_mode")
    return trimmed(Formatted(raw)), escape(raw, quote=False)


def text(params: Params) -> tuple[Formatted, str]:
    """The `text`, which may not be empty; raises Refusal."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    content, html = formatted(params, "text")
    if not content.text:
        raise bad_request("text must be non-empty")
    return content, html


def limit(content: Formatted, units: int, reason: str) -> None:
    """Refuse a text of more UTF-16 units."""
    if utf16_length(content.text) > units:
        raise bad_request(reason)


def writable_chat(sim: Sim, params: Params) -> int:
    """The id of a chat that exists and takes messages; raises Refusal."""
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    return sim.chats.check(params.integer("chat_id"))


def admit(bot: Bot, chat_id: int) -> None:
    """Count a message or an edit against the limits; raises Refusal 429."""
    if retry_after := bot.flood.admit(chat_id):
        raise too_many_requests(retry_after)


def place(sim: Sim, bot: Bot, params: Params, chat_id: int) -> dict[str, Any]:
    """The topic, and the message that is replied to, as fields of `Message`; raises Refusal."""
    thread_id = sim.chats.check_thread(chat_id, params.integer("message_thread_id"))
    reply = params.object("reply_parameters")
    if params.integer("reply_to_message_id") is not None:
        reply = {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.boolean("allow_sending_without_reply"),
        } | reply
    if not reply:
        return {"thread_id": thread_id}
    if unknown := sorted(reply.keys() - {"message_id", "allow_sending_without_reply", "chat_id"}):
        raise bad_request(f"reply_parameters: {unknown[0]!r} is not faked")
    if reply.get("chat_id", chat_id) not in (chat_id, str(chat_id)):
        raise bad_request("reply_parameters: 'chat_id' of another chat is not faked")
    message_id = reply.get("message_id")
    if not isinstance(message_id, int) or sim.inbox.find(bot.bot_id, chat_id, message_id) is None:
        if reply.get("allow_sending_without_reply") is True:
            return {"thread_id": thread_id}
        raise bad_request("message to be replied not found")
    return {"thread_id": thread_id, "reply_to": message_id}


def photo(sim: Sim, bot: Bot, given: Upload | str | None) -> Photo:
    """A new photo, one of an earlier upload, or what a URL gives; raises Refusal."""
    if given is None:
        raise bad_request("there is no photo in the request")
    if isinstance(given, Upload):
        return bot.photos.upload(given.content)
    if given.startswith(("http://", "https://")):
        fetched = sim.config.photo_urls.get(given)
        if fetched is None:
            raise bad_request("failed to get HTTP URL content")
        return bot.photos.upload(fetched)
    return bot.photos.by_file_id(given)


def document(bot: Bot, given: Upload | str | None) -> Document:
    """A new document or one of an earlier upload; raises Refusal."""
    if given is None:
        raise bad_request("there is no document in the request")
    if isinstance(given, Upload):
        return bot.documents.upload(given)
    if given.startswith(("http://", "https://")):
        raise bad_request("a document by URL is not faked")
    return bot.documents.by_file_id(given)


def own_message(sim: Sim, bot: Bot, params: Params) -> Message:
    """The message to edit; raises Refusal when there is none or a person wrote it."""
    chat_id = writable_chat(sim, params)
    message_id = params.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    message = sim.inbox.find(bot.bot_id, chat_id, message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender is not None:
        raise bad_request("message can't be edited")
    return message


def taken(sim: Sim, bot: Bot, message: Message) -> dict[str, Any]:
    """Count an accepted message or edit, print it, and answer it as Telegram does."""
    sim.accepted[message.current.receipt.method] += 1
    sim.printer.show(message)
    return message_object(sim, bot, message)
