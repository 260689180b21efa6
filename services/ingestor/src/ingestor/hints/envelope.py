"""What a webhook of Wildberries' says: which events, and by what a repeat of each is known (ADR 0050)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

READS: Mapping[str, tuple[str, ...]] = {
    "card_changed": ("products",),
    "card_creation_error": (),
    # Which of the two it is about, it says in a way that is not documented.
    "feedback_updated": ("feedbacks", "questions"),
    # Of files of analytics, none of which is read here.
    "report_generation_complete": (),
}
"""The events that are known, and the resources to be read when one comes."""

MOST_EVENTS = 1_000
"""In one request; WB is said to send 100 at most."""


class NotReadable(ValueError):
    """A body that is no webhook of Wildberries'."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One event of a webhook; a repeat of it has the same `key` (32 bytes)."""

    event: str
    key: bytes


def read_hints(body: bytes) -> Sequence[Hint]:
    """The events that a body names, in its order, those that are not known too.

    Raises:
        NotReadable: it is no object of JSON with a list of at most `MOST_EVENTS` events, each an object with a name.
    """
    try:
        return [_hint(event) for event in _events(json.loads(body))]
    except RecursionError:
        raise NotReadable("nested too deeply") from None
    except ValueError as error:
        raise NotReadable(str(error)) from None


def _events(said: Any) -> list[Any]:
    events = said.get("events") if isinstance(said, dict) else None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise NotReadable("no list of events, or too many")
    return events


def _hint(event: Any) -> Hint:
    # Those who have seen it write the name in one field or the other.
    name = (event.get("event") or event.get("type")) if isinstance(event, dict) else None
    if not isinstance(name, str):
        raise NotReadable("an event without a name")
    given = event.get("idempotencyKey")
    # Without a key of WB's, an event is the same if all that it says is.
    identity = given if isinstance(given, str | int) and given != "" else event
    return Hint(name, hashlib.sha256(json.dumps([name, identity], sort_keys=True).encode()).digest())
