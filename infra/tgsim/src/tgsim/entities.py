"""Telegram's HTML parse mode: text with tags in, plain text and entities out, or the reason it is refused."""

import re
from dataclasses import dataclass, field
from typing import Any

from tgsim.links import checked_link

TAGS = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "code": "code", "pre": "pre", "a": "text_link",
    "tg-spoiler": "spoiler", "span": "spoiler", "blockquote": "blockquote",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
_TAG_NAME = re.compile(r"[^\s>]*")
_END_TAG = re.compile(r"</([^\s>]*)\s*>")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE = re.compile(r"""([^\s=>]+)(?:\s*(=)\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.\-]*)(?=[\s>])))?""")


class EntityError(ValueError):
    """The text is not valid Telegram HTML; the message is Telegram's reason, offsets in UTF-8 bytes."""


@dataclass(frozen=True)
class Formatted:
    """Plain text and its entities (`{type, offset, length, url?}`, offset and length in UTF-16 units)."""

    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    part: int


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units, so most emoji are two."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(html: str) -> Formatted:
    """Read `html` as `parse_mode=HTML` does; raises EntityError where Telegram answers 400."""
    parts: list[str] = []
    entities: list[dict[str, Any]] = []
    opened: list[_Open] = []
    offset = position = 0
    while True:
        tag_at = html.find("<", position)
        text = _unescape(html[position:] if tag_at < 0 else html[position:tag_at])
        parts.append(text)
        offset += utf16_length(text)
        if tag_at < 0:
            break
        if html.startswith("/", tag_at + 1):
            position = _close(html, tag_at, opened)
            start = opened.pop()
            if offset > start.offset:
                entities.extend(_entity(start, offset, "".join(parts[start.part :])))
        else:
            tag, attributes, position = _open(html, tag_at)
            opened.append(_Open(tag, attributes, offset, len(parts)))
    if opened:
        raise EntityError(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted("".join(parts), entities)


def trimmed(formatted: Formatted) -> Formatted:
    """The same without white space at either end, as Telegram stores it; entities are moved and cut to fit."""
    text = formatted.text.strip()
    lead = utf16_length(formatted.text[: len(formatted.text) - len(formatted.text.lstrip())])
    end = utf16_length(text)
    kept = []
    for entity in formatted.entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] + entity["length"] - lead, end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return Formatted(text, kept)


def _unescape(text: str) -> str:
    return _REFERENCE.sub(_decode, text) if "&" in text else text


def _decode(reference: re.Match[str]) -> str:
    hexadecimal, decimal, name = reference.groups()
    if name is not None:
        return _NAMED.get(name, reference[0])
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if not 0 < code < 0x10FFFF:
        return reference[0]
    if 0xD800 <= code <= 0xDFFF:
        raise EntityError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code)


def _at(html: str, position: int) -> str:
    return f"at byte offset {len(html[:position].encode())}"


def _open(html: str, tag_at: int) -> tuple[str, dict[str, str], int]:
    name = _TAG_NAME.match(html, tag_at + 1)
    if name is None or name.end() == len(html):
        raise EntityError(f"Unclosed start tag {_at(html, tag_at)}")
    tag = name[0].lower()
    if tag not in TAGS:
        raise EntityError(f'Unsupported start tag "{tag}" {_at(html, tag_at)}')
    attributes, position = _attributes(html, tag_at, tag, name.end())
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise EntityError(f'Tag "span" must have class "tg-spoiler" {_at(html, tag_at)}')
    return tag, attributes, position


def _attributes(html: str, tag_at: int, tag: str, position: int) -> tuple[dict[str, str], int]:
    attributes: dict[str, str] = {}
    while True:
        space = _SPACE.match(html, position)
        position = space.end() if space else position
        if position == len(html):
            raise EntityError(f"Unclosed start tag {_at(html, tag_at)}")
        if html[position] == ">":
            return attributes, position + 1
        found = _ATTRIBUTE.match(html, position)
        if found is None:
            raise EntityError(f'Empty attribute name in the tag "{tag}" {_at(html, tag_at)}')
        position = found.end()
        name, equals, *values = found.groups()
        if equals is None:
            _refuse_bare_attribute(html, tag_at, tag, name, position)
        attributes[name] = _unescape(next((value for value in values if value is not None), ""))


def _refuse_bare_attribute(html: str, tag_at: int, tag: str, name: str, position: int) -> None:
    rest = html[position:].lstrip()
    if rest.startswith("="):
        value = rest[1:].lstrip()
        reason = "Unclosed start tag" if value[:1] in ("", '"', "'") else "Unexpected end of name token"
        raise EntityError(f"{reason} {_at(html, tag_at)}")
    if (tag, name) != ("blockquote", "expandable"):
        raise EntityError(f'Expected equal sign in declaration of an attribute of the tag "{tag}" {_at(html, tag_at)}')


def _close(html: str, tag_at: int, opened: list[_Open]) -> int:
    if not opened:
        raise EntityError(f"Unexpected end tag {_at(html, tag_at)}")
    end = _END_TAG.match(html, tag_at)
    if end is None:
        raise EntityError(f"Unclosed end tag {_at(html, tag_at)}")
    expected, tag = opened[-1].tag, end[1].lower()
    if tag not in ("", expected):
        raise EntityError(f'Unmatched end tag {_at(html, tag_at)}, expected "</{expected}>", found "</{tag}>"')
    return end.end()


def _entity(start: _Open, end: int, text: str) -> list[dict[str, Any]]:
    entity: dict[str, Any] = {"type": TAGS[start.tag], "offset": start.offset, "length": end - start.offset}
    if start.tag == "blockquote" and "expandable" in start.attributes:
        entity["type"] = "expandable_blockquote"
    if start.tag == "a":
        link = checked_link(start.attributes.get("href") or text)
        if link is None:
            return []  # Telegram keeps the words and drops a link it cannot use
        entity["url"] = link
    return [entity]
