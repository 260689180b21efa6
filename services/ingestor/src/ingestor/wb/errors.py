"""What WB can answer instead of data, as exceptions; their messages carry no secret."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

_JWT = re.compile(r"[\w-]{10,}\.[\w-]{10,}\.[\w-]*")
_SAID = ("detail", "message", "errorText", "errors", "title")
_MAX_CHARS = 300

_NOTHING_THERE = re.compile(
    r"""
    \b no \s+ (?! such) (\w+ \s+){0,2}
        (data | statistics? | stats | rows | records? | results? | information | reports? | content | entries | items
        | companies | campaigns | orders | sales | documents | history | cards | goods | products) \b
    | ^ (data | statistics? | stats | rows | records? | results? | information | entries) \s+
        ((is | are | was | were | for \s .*) \s+)? not \s+ found \b
    | \b not \s+ found \b .* \b (period | interval | dates? | days) \b
    | \b nothing \s+ (was \s+)? found \b
    | \b нет \s+ (\w+ \s+){0,2} (данных | статистики | записей | строк | отч[её]т\w*)
    | \b (данны[ех] | статистик[аи] | запис[иь]) \s+ (за \b .* \s)? (нет | не \s+ найден\w* | отсутству\w+)
    | \b ничего \s+ не \s+ найдено
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WRONG_REQUEST = re.compile(
    r"""
    \b (request | body | payload | query | param\w* | fields? | format | type | token | access | method | path
        | required | provided | passed | specified | given | sent | valid | invalid | incorrect | wrong | must | should
        | expected | allowed | permission | exceed\w*) \b
    | запрос | параметр | \b пол[еяю] \b | неверн | некорректн | обязательн | формат | указан | передан
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A refusal of the request itself, though it may say that something is missing."""


_NO_PATH = b"path not found"
"""What WB's gate answers where no service has the method, in the title beside a detail of its own."""


class WbError(Exception):
    """A call that gave no data."""


class TokenRejected(WbError):
    """401: the token is not (or no longer) valid."""


class PaymentRequired(WbError):
    """402: the seller's balance for WB's own services is empty."""


class ScopeRefused(WbError):
    """403: the token may not call this method."""


class MethodSwitchedOff(WbError):
    """404 "This method is temporarily disabled" or "path not found", or 410: what is stored stays as it is."""


class BadRequest(WbError):
    """Any other 4XX: WB does not understand what was asked."""


class NothingThere(WbError):
    """A refusal that says only that there is nothing: an answer without rows, whatever its status."""


class Unavailable(WbError):
    """5XX, a time-out, no connection, or an answer that is cut short or not what the method answers.

    WB wants no call for `seconds`, where it says so.
    """

    def __init__(self, message: str, seconds: float = 0) -> None:
        super().__init__(message)
        self.seconds = seconds


class MustWait(WbError):
    """Our own budget has no call left: nothing was sent."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class RateLimited(MustWait):
    """429: WB wants no call for `seconds`."""


def what_wb_said(body: bytes) -> str:
    """The reason in an error body of any WB service, in one line without anything like a token."""
    try:
        answer: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        answer = body[: 4 * _MAX_CHARS].decode(errors="replace")
        if answer.lstrip().startswith("<"):
            return "an HTML page"
    if isinstance(answer, dict):
        answer = said_in(answer) or "no reason given"
    return _JWT.sub("***", " ".join(str(answer).split()))[:_MAX_CHARS] or "an empty answer"


def said_in(answer: Mapping[str, Any]) -> str | None:
    """The reason that an error body gives; none if it gives none."""
    said = next((answer[key] for key in _SAID if answer.get(key)), None)
    return "; ".join(map(str, said)) if isinstance(said, list) else None if said is None else str(said)


def says_nothing_there(said: str) -> bool:
    """Whether a reason only says that there is nothing to answer with, and not that the request is wrong."""
    return bool(_NOTHING_THERE.search(said)) and not _WRONG_REQUEST.search(said)


def error_of(status: int, body: bytes) -> WbError | None:
    """The error a status stands for, or none for 2XX. 429 is not decided here: it needs the headers."""
    if 200 <= status < 300:
        return None
    reason = what_wb_said(body)
    said = f"{status}: {reason}"
    match status:
        case 401:
            return TokenRejected(said)
        case 402:
            return PaymentRequired(said)
        case 403:
            return ScopeRefused(said)
        case 404 if "temporarily disabled" in said or _NO_PATH in body:
            return MethodSwitchedOff(said)
        case 410:
            return MethodSwitchedOff(said)
        case 400 | 404 | 422 if says_nothing_there(reason):
            return NothingThere(said)
        case 408 | 425:
            return Unavailable(said)
        case _ if 400 <= status < 500:
            return BadRequest(said)
        case _:
            return Unavailable(said)
