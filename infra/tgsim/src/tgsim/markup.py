"""Inline keyboards: the one kind of reply_markup the fake takes, checked as Telegram checks it."""

import json
from typing import Any

from tgsim.errors import bad_request
from tgsim.links import checked_link

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
_ACTIONS = ("url", "callback_data")

Keyboard = list[list[dict[str, str]]]


def parse_markup(value: object) -> Keyboard:
    """Rows of `{text, url | callback_data}`; empty when there is no keyboard; raises Refusal."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if unknown := sorted(value.keys() - {"inline_keyboard"}):
        raise bad_request(f"reply markup {unknown[0]!r} is not faked, only inline_keyboard is")
    rows = value.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    keyboard = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return keyboard


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
