"""A chat as a phone shows it: a page of HTML without script, its pictures inside it."""

import base64
from collections.abc import Collection
from datetime import datetime, tzinfo
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from tgsim.entities import Formatted
from tgsim.inbox import Message
from tgsim.photos import mime_type
from tgsim.state import Bot, Sim

_STYLE = (Path(__file__).parent / "inbox.css").read_text()
_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_BOX_ENDS = frozenset({"</pre>", "</blockquote>"})

SMALL_PIXELS = 200


def inbox_page(
    sim: Sim, chat_id: int, zone: tzinfo, last: int | None = None, only: Collection[int] | None = None
) -> str:
    """The chat's messages, or the `last` of them, in the order in which they were sent; times in `zone`.

    Of `only` these message ids nothing but the messages is shown: no title, no days, no keyboard.
    """
    messages = sim.inbox.conversation(chat_id)
    if only is not None:
        found = "".join(_message(sim, message, zone) for message in messages if message.message_id in only)
        return _page(_title(sim, chat_id), f'<main class="bare">{found}</main>')
    shown = messages if last is None else messages[-last:] if last else []
    days = groupby(shown, key=lambda message: _at(message.versions[0].receipt.received_at, zone).date())
    body = []
    for day, of_day in days:
        body.append(f'<p class="day">{day.day} {_MONTHS[day.month - 1]}</p>')
        body += [_message(sim, message, zone) for message in of_day]
    body.append(_keyboard(shown))
    title = _title(sim, chat_id)
    return _page(title, f"<header>{escape(title)}</header><main>{''.join(body)}</main>")


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>{body}</body></html>'
    )


def formatted_html(content: Formatted) -> str:
    """A text with its entities as HTML; everything else in it is escaped."""
    units = content.text.encode("utf-16-le")
    # Sorted as the parser leaves them: an outer entity before those in it, so tags nest.
    entities = sorted(content.entities, key=lambda e: (e["offset"], -e["length"]))
    parts: list[str] = []
    ends: list[tuple[int, str]] = []
    position = 0

    def text_until(offset: int) -> None:
        nonlocal position
        said = units[2 * position : 2 * offset].decode("utf-16-le", "replace")
        # What stands in a box of its own ends its line.
        parts.append(escape(said.removeprefix("\n") if parts and parts[-1] in _BOX_ENDS else said))
        position = offset

    for entity in entities:
        while ends and ends[-1][0] <= entity["offset"]:
            text_until(ends[-1][0])
            parts.append(ends.pop()[1])
        text_until(entity["offset"])
        opening, closing = _tags(entity)
        parts.append(opening)
        ends.append((entity["offset"] + entity["length"], closing))
    for offset, closing in reversed(ends):
        text_until(offset)
        parts.append(closing)
    text_until(len(units) // 2)
    return "".join(parts)


def _tags(entity: dict[str, Any]) -> tuple[str, str]:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}" rel="noreferrer">', "</a>"
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    return f'<span class="{escape(kind)}">', "</span>"


def _message(sim: Sim, message: Message, zone: tzinfo) -> str:
    if message.service:
        return f'<p class="service">{escape(_what_happened(message))}</p>'
    version = message.current
    bot = next(bot for bot in sim.bots.values() if bot.bot_id == message.bot_id)
    is_group = message.chat_id < 0
    name = bot.as_user()["first_name"] if message.sender is None else message.sender["first_name"]
    edited = "изменено " if len(message.versions) > 1 else ""
    sent = _at(message.versions[0].receipt.received_at, zone)
    parts = [
        f'<p class="name">{escape(name)}</p>' if is_group else "",
        _replied(sim, message),
        _medium(sim, bot, message),
        f'<div class="text">{formatted_html(version.content)}</div>' if version.content.text else "",
        f'<p class="below">{_reaction(message)}<time>{edited}{sent:%H:%M}</time></p>',
    ]
    buttons = "".join(
        '<div class="row">' + "".join(f"<span{_kind(b)}>{escape(b['text'])}</span>" for b in row) + "</div>"
        for row in version.buttons
    )
    side = "out" if message.sender is not None else "in"
    whole = f'<div class="bubble">{"".join(parts)}</div>' + (f'<div class="buttons">{buttons}</div>' if buttons else "")
    return f'<article class="{side}" id="m{message.message_id}">{whole}</article>'


def _kind(button: dict[str, str]) -> str:
    return ' class="link"' if "url" in button else ""


def _reaction(message: Message) -> str:
    return f'<span class="reaction">{escape(message.reaction)}</span>' if message.reaction else ""


def _replied(sim: Sim, message: Message) -> str:
    if message.reply_to is None:
        return ""
    replied = sim.inbox.find(message.bot_id, message.chat_id, message.reply_to)
    words = "удалённое сообщение" if replied is None else replied.current.content.text or "файл"
    return f'<p class="reply">{escape(words[:80])}</p>'


def _medium(sim: Sim, bot: Bot, message: Message) -> str:
    media = message.current.media
    if media is None:
        return ""
    if media.kind == "document":
        document = bot.documents.by_file_id(media.file_id)
        size = f"{max(document.file_size / 1024, 0.1):.1f} КБ".replace(".", ",")
        return f'<p class="document">📄 {escape(document.file_name)}<small>{size}</small></p>'
    photo = bot.photos.by_file_id(media.file_id)
    content = sim.contents.get(photo.file_unique_id)
    if content is None:
        return '<p class="document">🖼 фотография</p>'
    source = f"data:{mime_type(content)};base64,{base64.b64encode(content).decode()}"
    # A picture that is narrower than the message is not blown up.
    is_small = ' class="small"' if photo.width < SMALL_PIXELS else ""
    return f'<img{is_small} src="{source}" width="{photo.width}" height="{photo.height}" alt="">'


def _what_happened(message: Message) -> str:
    service, who = message.service, (message.sender or {}).get("first_name", "Бот")
    if "new_chat_members" in service:
        return f"{service['new_chat_members'][0]['first_name']} теперь в группе"
    if "left_chat_member" in service:
        return f"{service['left_chat_member']['first_name']} больше не в группе"
    if "forum_topic_created" in service:
        return f"{who}: тема «{service['forum_topic_created']['name']}»"
    return "Группа стала супергруппой"


def _keyboard(messages: list[Message]) -> str:
    asked = next((m.keyboard for m in reversed(messages) if m.keyboard is not None), None)
    if asked is None or "keyboard" not in asked:
        return ""
    rows = "".join(
        '<div class="row">' + "".join(f"<span>{escape(button['text'])}</span>" for button in row) + "</div>"
        for row in asked["keyboard"]
    )
    return f'<div class="keyboard">{rows}</div>'


def _title(sim: Sim, chat_id: int) -> str:
    chat = sim.chats.get(chat_id)
    return sim.config.bot_name if chat.kind == "private" else chat.title


def _at(unix_seconds: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(unix_seconds, zone)
