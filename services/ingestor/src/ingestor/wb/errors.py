"""What WB can answer instead of data, as exceptions; their messages carry no secret."""

import re
from typing import Any

import msgspec

_JWT = re.compile(r"[\w-]{10,}\.[\w-]{10,}\.[\w-]*")
_SAID = ("detail", "message", "errorText", "errors", "title")
_MAX_CHARS = 300


class WbError(Exception):
    """A call that gave no data."""


class TokenRejected(WbError):
    """401: the token is not (or no longer) valid."""


class PaymentRequired(WbError):
    """402: the seller's balance for WB's own services is empty."""


class ScopeRefused(WbError):
    """403: the token may not call this method."""


class MethodSwitchedOff(WbError):
    """404 "This method is temporarily disabled": what is stored stays as it is."""


class BadRequest(WbError):
    """Any other 4XX: WB does not understand what was asked."""


class Unavailable(WbError):
    """5XX, a time-out, no connection, or an answer that is cut short or not what the method answers."""


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
        said = next((answer[key] for key in _SAID if answer.get(key)), "no reason given")
        answer = "; ".join(map(str, said)) if isinstance(said, list) else said
    return _JWT.sub("***", " ".join(str(answer).split()))[:_MAX_CHARS] or "an empty answer"


def error_of(status: int, body: bytes) -> WbError | None:
    """The error a status stands for, or none for 2XX. 429 is not decided here: it needs the headers."""
    if 200 <= status < 300:
        return None
    said = f"{status}: {what_wb_said(body)}"
    match status:
        case 401:
            return TokenRejected(said)
        case 402:
            return PaymentRequired(said)
        case 403:
            return ScopeRefused(said)
        case 404 if "temporarily disabled" in said:
            return MethodSwitchedOff(said)
        case 408 | 425:
            return Unavailable(said)
        case _ if 400 <= status < 500:
            return BadRequest(said)
        case _:
            return Unavailable(said)
