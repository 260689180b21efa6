"""Refusals as Telegram words them, by name, and which calls each can meet."""

from dataclasses import dataclass
from typing import Literal

Meets = Literal["any", "photo", "upload", "file_id", "buttons", "html"]


@dataclass(frozen=True)
class Known:
    """One refusal; it meets calls that have what it is about, and leaves the others alone."""

    meets: Meets
    code: int
    description: str


REFUSALS: dict[str, Known] = {
    "bot_was_blocked": Known("any", 403, "Forbidden: bot was blocked by the user"),
    "bot_was_kicked": Known("any", 403, "Forbidden: bot was kicked from the supergroup chat"),
    "chat_not_found": Known("any", 400, "Bad Request: chat not found"),
    "no_rights": Known("any", 400, "Bad Request: not enough rights to send text messages to the chat"),
    "topic_closed": Known("any", 400, "Bad Request: TOPIC_CLOSED"),
    "upgraded": Known("any", 400, "Bad Request: group chat was upgraded to a supergroup chat"),
    "unheard_of": Known("any", 400, "Bad Request: SOMETHING_NEW_INVALID"),
    "no_photos": Known("photo", 400, "Bad Request: not enough rights to send photos to the chat"),
    "caption_too_long": Known("photo", 400, "Bad Request: message caption is too long"),
    "unheard_of_photo": Known("photo", 400, "Bad Request: SOMETHING_NEW_INVALID"),
    "http_url_content": Known("photo", 400, "Bad Request: failed to get HTTP URL content"),
    "wrong_type": Known("photo", 400, "Bad Request: wrong type of the web page content"),
    "photo_invalid_dimensions": Known("upload", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS"),
    "image_process_failed": Known("upload", 400, "Bad Request: IMAGE_PROCESS_FAILED"),
    "wrong_file_identifier": Known("file_id", 400, "Bad Request: wrong file identifier/HTTP URL specified"),
    "remote_file_identifier": Known("file_id", 400, "Bad Request: invalid remote file identifier"),
    "button_url_invalid": Known("buttons", 400, "Bad Request: BUTTON_URL_INVALID"),
    "button_type_invalid": Known("buttons", 400, "Bad Request: BUTTON_TYPE_INVALID"),
    "cant_parse_entities": Known(
        "html", 400, 'Bad Request: can\'t parse entities: Unsupported start tag "s" at byte offset 7'
    ),
}
