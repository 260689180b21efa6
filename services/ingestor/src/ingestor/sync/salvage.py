"""JSON that is not quite JSON: read anyway where only texts are spoilt, and taken apart where a row is.

Texts of other people pass through WB's services: half an emoji where one was cut, bytes that are no UTF-8, a bare
`NaN`. One such row makes a decoder refuse the page that it lies in. Only an answer that was refused comes here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import uuid4

import msgspec

REPLACEMENT = "\ufffd"
"""Stands for what is no character, and for NUL, which PostgreSQL cannot keep."""

NUL = b"\\u0000"
"""As JSON spells it."""

_NESTED = 30
"""Levels of a row that are looked through to find its end."""

_CANDIDATES = 1_000
"""Places at which a row may begin that are tried after one without an end."""

_ENDS = 4
"""Brackets that are tried as the end of the rows where the last of them has no end."""

_MAX_DIGITS = 100
"""A longer number is none: decoders refuse it."""

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(_STRING + rb'|[^\s"{}\[\],:]++', re.DOTALL)
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([0-9a-fA-F]{4})|\\([^u]|u)", re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f]")
_SCALAR = re.compile(rb"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TO_ARRAY = re.compile(rb'(?:[^"\[]++|' + _STRING + rb")*+\[", re.DOTALL)
_FIRST_NAME = re.compile(rb"\s*\{\s*(" + _STRING + rb")\s*:", re.DOTALL)
_ALL = re.compile(rb"\]\s*$")
_CLOSES = re.compile(rb"\]\s*(?:\}|,\s*" + _STRING + rb"\s*:)", re.DOTALL)


def _inside(levels: int) -> bytes:
    nested = rb"|[{\[]" + _inside(levels - 1) + rb"[}\]]" if levels else b""
    return rb'(?:[^"{}\[\]]++|' + _STRING + nested + rb")*+"


_ELEMENT = re.compile(rb'(?:[^"{}\[\],]++|' + _STRING + rb"|[{\[]" + _inside(_NESTED) + rb"[}\]])*+", re.DOTALL)
_raw = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A body that can be decoded: rows that could not be are texts in it, which stand for what WB sent.

    `mended` are the rows, as WB sent them, that can be decoded otherwise than they came.
    """

    body: bytes
    set_aside: dict[bytes, bytes]
    mended: Sequence[bytes] = ()

    def restored(self, raw: msgspec.Raw) -> msgspec.Raw:
        """A row with what WB sent in the place of what stands for it."""
        row = bytes(raw)
        for stand_in, sent in self.set_aside.items():
            if stand_in in row:
                return msgspec.Raw(row.replace(stand_in, sent))
        return raw


def is_json(body: bytes | memoryview) -> bool:
    """Whether a decoder takes it, whatever it says."""
    try:
        _raw.decode(body)
        str(body, "utf-8")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def mended(spoilt: bytes) -> bytes:
    """JSON whose texts hold no half characters, and whose values are JSON's; a structure that is broken stays so."""
    return _TOKEN.sub(lambda token: _mended(token[0]), spoilt)


def _mended(token: bytes) -> bytes:
    if token[:1] == b'"':
        text = _ESCAPE.sub(lambda found: _escape(found[0], found[1], found[2]), token.decode(errors="replace"))
        return _CONTROL.sub(lambda found: _control(found[0]), text).encode()
    if _SCALAR.fullmatch(token) and len(token) <= _MAX_DIGITS:
        return token
    # "01" may be meant as a number, which is for its field to say; NaN and undefined mean nothing.
    return b'"%b"' % token if token.isascii() and any(map(str.isdigit, token.decode())) else b"null"


def _escape(whole: str, code: str | None, character: str | None) -> str:
    if code is not None:
        return REPLACEMENT if code == "0000" or 0xD800 <= int(code, 16) <= 0xDFFF else whole
    if character is not None and character not in '"\\/bfnrt':
        return "\\" + whole
    return whole


def _control(character: str) -> str:
    return REPLACEMENT if character == "\x00" else f"\\u{ord(character):04x}"


def salvage(body: bytes) -> Salvaged | None:
    """What can be read of an answer that no decoder takes; none if it is JSON, or if nothing can be made of it.

    The rows are looked for in the arrays that lie in no other. Of a row whose end cannot be found the next row tells,
    by beginning like the others. A body that was cut off has no end, and is not salvaged.
    """
    if body[:50].lstrip()[:1] not in {b"[", b"{"} or is_json(body):
        return None
    set_aside: dict[bytes, bytes] = {}
    odd: list[bytes] = []
    pieces: list[bytes | memoryview] = []
    view, at = memoryview(body), 0
    while (opening := _TO_ARRAY.match(body, at)) is not None:
        pieces.append(mended(opening[0]))
        at = opening.end()
        separator = b""
        for begin, end in _elements(body, at):
            if end < 0:
                return None
            at = end + 1
            if element := body[begin:end].strip():
                pieces += separator, view[begin:end] if is_json(element) else _taken(element, set_aside, odd)
                separator = b","
        pieces.append(b"]")
    pieces.append(mended(body[at:]))
    return Salvaged(b"".join(pieces), set_aside, odd)


def _taken(element: bytes, set_aside: dict[bytes, bytes], odd: list[bytes]) -> bytes:
    better = mended(element)
    if is_json(better):
        odd.append(element)
        return better
    stand_in = b'"%b"' % uuid4().hex.encode()
    set_aside[stand_in] = element
    return stand_in


def _elements(body: bytes, opening: int) -> Iterator[tuple[int, int]]:
    """Where each element of an array begins, and the comma or bracket after it: -1 if there is none."""
    at, name = opening, b""
    while True:
        end = _after(body, at)
        if end >= 0 and (is_json(element := body[at:end]) or is_json(mended(element)) or not element.strip()):
            first_name = _FIRST_NAME.match(element)
            name = name or (first_name[1] if first_name else b"")
        else:
            following = _next_row(body, at, name)
            # Where there is an end it may be one of a later row, whose text or brackets this one took for its own.
            end = min(each for each in (end, following) if each >= 0) if max(end, following) >= 0 else -1
            if end < 0:
                end = _end_of_rows(body, opening)
        yield at, end
        if end < 0 or body[end : end + 1] == b"]":
            return
        at = end + 1


def _after(body: bytes, at: int) -> int:
    found = _ELEMENT.match(body, at)
    end = found.end() if found else at
    if body[end : end + 1] == b"]":
        # One that closes nothing is a part of a broken row.
        return end if (_ALL if body[:50].lstrip()[:1] == b"[" else _CLOSES).match(body, end) else -1
    return end if body[end : end + 1] == b"," else -1


def _next_row(body: bytes, at: int, name: bytes) -> int:
    """The comma before the next row: one that begins with the same name as the others or this one, or with any."""
    own = _FIRST_NAME.match(body, at)
    names = [re.escape(each) for each in (name, own[1] if own else b"") if each]
    for begins in (*names[:1], _STRING):
        beginning = re.compile(rb",(?=\s*\{\s*" + begins + rb"\s*:)", re.DOTALL)
        for comma in islice(beginning.finditer(body, at), _CANDIDATES):
            end = _after(body, comma.end())
            if end >= 0 and is_json(mended(body[comma.end() : end])):
                return comma.start()
    return -1


def _end_of_rows(body: bytes, opening: int) -> int:
    """The bracket that closes the array, if what is before and after it belongs together."""
    end, head = len(body), mended(body[:opening])
    for _ in range(_ENDS):
        end = body.rfind(b"]", opening, end)
        if end < 0:
            break
        # What ends with a bracket may have been cut off there; not so if the row has its brace, or more follows.
        is_whole = body[opening:end].rstrip().endswith(b"}") or body[end + 1 :].strip()
        if is_whole and is_json(head + mended(body[end:])):
            return end
    return -1
