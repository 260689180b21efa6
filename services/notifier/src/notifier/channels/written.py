"""A message as those channels tell it that know nothing of Telegram: plain text, simple HTML, a title and a body."""

import html
import re
from dataclasses import dataclass

from notifier.messages.message import Button, Message

MAX_TITLE = 120

_TAG = re.compile(r"<[^>]*>")
_KEPT = re.compile(r'</?(?:b|i|u|s|code|pre)>|<a href="https://[^"<>]*">|</a>')
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Written:
    """The first line of a message, and what comes after it. No markup is in it."""

    title: str
    body: str
    url: str | None
    """The first page that the message offers."""


def written(message: Message) -> Written:
    """The message without its markup."""
    head, _, rest = as_text(message).strip().partition("\n")
    return Written(one_line(head), rest.strip(), next((url for _, url in pages(message)), None))


def as_text(message: Message) -> str:
    """Plain text; of a link its address beside its words."""
    linked = _LINK.sub(lambda link: f"{link[2]} ({link[1]})", message.html)
    return html.unescape(_TAG.sub("", linked))


def as_page(message: Message, footer: str) -> str:
    """An HTML page of the message, its links, and a line under it all, which is HTML."""
    # What Telegram knows as markup is HTML already; whatever else looks like a tag is left out.
    body = _TAG.sub(lambda tag: tag[0] if _KEPT.fullmatch(tag[0]) else "", message.html).replace("\n", "<br>\n")
    links = "".join(f'<p><a href="{html.escape(url)}">{html.escape(text)}</a></p>\n' for text, url in pages(message))
    return (
        f'<!doctype html>\n<html><meta charset="utf-8"><body>\n<p>{body}</p>\n{links}'
        f"<hr><p>{footer}</p>\n</body></html>\n"
    )


def pages(message: Message) -> list[tuple[str, str]]:
    """The pages that its buttons open: text and address."""
    return [(button.text, button.url) for button in message.buttons if _is_page(button) and button.url]


def one_line(text: str, most: int = MAX_TITLE) -> str:
    """The text on one line of at most so many characters."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"


def cut(text: str, most_bytes: int) -> str:
    """The text in at most so many bytes of UTF-8, no character halved."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: max(0, most_bytes - 3)].decode(errors="ignore") + ("…" if most_bytes >= 3 else "")


def _is_page(button: Button) -> bool:
    return button.url is not None and button.url.startswith("https://")
