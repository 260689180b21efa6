"""Webhooks of services of WB's catalogue: who asked for which events of a shop, and what has happened there since.

What is documented is little, and what is not is here as public clients of WB have it: see the README.
"""

import secrets
import uuid
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wbsim.shop import Shop

SCOPES: Mapping[str, str] = {"content": "content", "questionsandfeedback": "feedbacks", "contentanalytics": "analytics"}
"""WB's name for the right to hear an event, and the category that a token needs for it."""
EVENTS: Mapping[str, str] = {
    "card_changed": "content",
    "card_creation_error": "content",
    "feedback_updated": "questionsandfeedback",
    "report_generation_complete": "contentanalytics",
}
"""The scope of each event. The shop makes no mistakes with cards and no files, so two of them never come."""

MOST_EVENTS = 100
"""In one request; further ones wait for the next."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to a webhook: when (real Unix seconds), how many events, and the status, None without an answer."""

    at: float
    events: int
    status: int | None


@dataclass(slots=True)
class Webhook:
    """What a service asked for; `waiting` are events that no answer of 2xx has settled, the oldest first."""

    sid: str
    url: str
    name: str
    enabled: bool
    events: frozenset[str]
    seen: dict[str, object]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    attempts: list[Attempt] = field(default_factory=list)

    def look(self, shop: Shop) -> None:
        """Put what changed in the shop since the last look behind what waits."""
        now = _state(shop)
        for what, state in now.items():
            if self.seen.get(what) != state:
                event = _event(*what.split(" "))
                if event["event"] in self.events:
                    self.waiting.append(event)
        self.seen = now

    def next_events(self) -> list[dict[str, Any]]:
        """What the next request carries."""
        return [event for event, _ in zip(self.waiting, range(MOST_EVENTS), strict=False)]

    def settle(self, events: Iterable[object]) -> None:
        """They were taken."""
        for _ in events:
            self.waiting.popleft()


def subscribe(shop: Shop, *, url: str, name: str, enabled: bool, events: Iterable[str]) -> Webhook:
    """A webhook for what happens in the shop from now on."""
    return Webhook(shop.sid, url, name, enabled, frozenset(events), _state(shop))


def _state(shop: Shop) -> dict[str, object]:
    messages = {"feedback": shop.feedbacks, "question": shop.questions}
    return {
        **{f"card {product.nm_id}": product.updated_at for product in shop.products.values()},
        **{f"{kind} {each.id}": each.body for kind, listed in messages.items() for each in listed},
    }


def _event(kind: str, key: str) -> dict[str, Any]:
    what = {"event": "card_changed", "nmID": int(key)} if kind == "card" else _message(kind, key)
    return {**what, "idempotencyKey": str(uuid.uuid4())}


def _message(kind: str, key: str) -> dict[str, Any]:
    return {"event": "feedback_updated", "entityType": kind, "id": key}
