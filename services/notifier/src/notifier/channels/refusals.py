"""What a refusal of the Bot API is about. Telegram has no codes for it, only words."""

from typing import Literal

Blame = Literal["gone", "same", "other_form", "chat", "markup", "buttons", "photo", "photo_here"]
"""Of an edit: the message is no more, or says this already, or has a caption where a text was told or the reverse.
The chat, whatever is sent to it; the text's tags; a button; the picture itself, wherever it is sent;
or a picture in this chat or with this caption, which says nothing against it elsewhere."""

# Looked through in this order: "can't parse entities" may quote words of the text, and the rights
# to send a photo are a matter of the chat, not of the photo.
_WORDS: tuple[tuple[Blame, tuple[str, ...]], ...] = (
    ("gone", ("message to edit not found", "message can't be edited", "message_id_invalid", "message to be edited")),
    ("same", ("message is not modified", "message_not_modified")),
    ("other_form", ("there is no text in the message", "there is no caption in the message")),
    ("markup", ("can't parse entities", "entity_", "entities_too_long", "unsupported parse_mode")),
    ("buttons", ("button", "reply markup", "reply_markup", "keyboard")),
    (
        "photo_here",
        ("to send photos", "send_photos_forbidden", "send_media_forbidden", "caption is too long", "caption_too_long"),
    ),
    (
        "chat",
        (
            "chat not found", "user not found", "user is deactivated", "peer_id_invalid", "chat_id is empty",
            "chat_id_invalid", "upgraded to a supergroup", "topic_", "message thread not found", "bot was blocked",
            "bot was kicked", "bot is not a member", "user_is_blocked", "input_user_deactivated", "channel_private",
            "chat_write_forbidden", "chat_restricted", "chat_admin_required", "chat_send_plain_forbidden",
            "no rights to send a message", "to send text messages", "need administrator rights", "group chat was d",
        ),
    ),
    (
        "photo",
        (
            "file identifier", "file_id", "file id", "file is temporarily", "type of file", "can't use file",
            "file of size", "file is too big", "file must be non-empty", "file_part", "file_reference", "image_process",
            "photo_", "http url content", "wrong http url", "wrong type", "web page content", "webpage_", "media_",
            "no photo in the request", "request entity too large",
        ),
    ),
)  # fmt: skip


def blamed(code: int, description: str) -> Blame | None:
    """What a 400, 403 or 413 is about; None where its words are not known, or another code speaks of no message."""
    if code not in (400, 403, 413):
        return None
    words = description.lower()
    for blame, known in _WORDS:
        if any(word in words for word in known):
            return blame
    return "chat" if code == 403 else None


_GONE = (
    "chat not found", "user not found", "user is deactivated", "peer_id_invalid", "bot was blocked", "bot was kicked",
    "bot is not a member", "user_is_blocked", "input_user_deactivated", "channel_private", "group chat was d",
)  # fmt: skip


def is_gone(description: str) -> bool:
    """Whether a refusal says that the bot can reach nobody in its chat, whatever it sends."""
    words = description.lower()
    return any(word in words for word in _GONE)
