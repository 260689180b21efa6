"""The bytes of an answer as UTF-8, however WB or a proxy wrote them."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


def in_utf8(body: bytes, content_type: str) -> bytes:
    """The body without a byte order mark, in UTF-8 where it is marked or declared to be written otherwise.

    What cannot be read as it says of itself stays as it is.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :] if name == "utf-8" else _again(body, name)
    # UTF-16 without a mark: JSON begins with an ASCII character.
    if body[:1] == b"\0" or body[1:2] == b"\0":
        return _again(body, "utf-16-be" if body[:1] == b"\0" else "utf-16-le")
    declared = _CHARSET.search(content_type)
    name = declared[1].lower() if declared else "utf-8"
    return body if name in {"utf-8", "utf8", "us-ascii"} or _is_utf8(body) else _again(body, name)


def _again(body: bytes, encoding: str) -> bytes:
    try:
        return body.decode(encoding).encode()
    except (UnicodeError, LookupError):
        return body


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
