"""`reply_markup`, checked as Telegram checks it: inline keyboards, reply keyboards, their removal, forced replies."""

import json
from dataclasses import dataclass, field
from typing import Any

from tgsim.errors import bad_request
from tgsim.links import checked_link

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
_ACTIONS = ("url", "callback_data")
_COMMON = {"selective"}
_OF_REPLIES: dict[str, set[str]] = {
    "keyboard": {"is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder"},
    "remove_keyboard": set(),
    "force_reply": {"input_field_placeholder"},
}

Keyboard = list[list[dict[str, str]]]


@dataclass(frozen=True)
class Markup:
    """Rows of `{text, url | callback_data}` under a message, or what is where the person types."""

    inline: Keyboard = field(default_factory=list)
    reply: dict[str, Any] | None = None


def parse_markup(value: object) -> Markup:
    """What a `reply_markup` asks for; raises Refusal."""
    if value is None or value == "":
        return Markup()
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    for kind, options in _OF_REPLIES.items():
        if kind in value:
            return Markup(reply=_reply_markup(kind, value, {kind, *options, *_COMMON}))
    _refuse_unknown("reply markup", value, {"inline_keyboard"})
    return Markup(inline=_inline_keyboard(value.get("inline_keyboard", [])))


def parse_inline_markup(value: object) -> Keyboard:
    """The same where only an inline keyboard may stand: under what is edited; raises Refusal."""
    markup = parse_markup(value)
    if markup.reply is not None:
        raise bad_request("inline keyboard expected")
    return markup.inline


def _inline_keyboard(rows: Any) -> Keyboard:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    keyboard = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return keyboard


def _reply_markup(kind: str, value: dict[str, Any], known: set[str]) -> dict[str, Any]:
    _refuse_unknown("reply markup", value, known)
    if kind != "keyboard":
        if value[kind] is not True:
            raise bad_request(f'field "{kind}" must be true')
        return value
    rows = value["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" must be an Array of Arrays')
    return value | {"keyboard": [[_reply_button(button) for button in row] for row in rows if row]}


def _reply_button(button: Any) -> dict[str, str]:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be non-empty')
    _refuse_unknown("keyboard button", button, {"text"})
    return dict(button)


def _refuse_unknown(what: str, value: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(value.keys() - known):
        raise bad_request(f"{what}: {unknown[0]!r} is not faked")


def _button(button: Any) -> dict[str, str]:
    prefix = "can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"{prefix}: InlineKeyboardButton must be an Object")
    for name in ("text", *_ACTIONS):
        if name in button and not isinstance(button[name], str):
            raise bad_request(f'{prefix}: Field "{name}" must be of type String')
    if not button.get("text", "").strip():
        raise bad_request(f'{prefix}: Field "text" must be non-empty')
    if unknown := sorted(button.keys() - {"text", *_ACTIONS}):
        raise bad_request(f"{prefix}: {unknown[0]!r} is not faked, only url and callback_data are")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad_request(f"{prefix}: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"{prefix}: exactly one of url and callback_data must be used")
    if "url" in button and checked_link(button["url"]) is None:
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return dict(button)
