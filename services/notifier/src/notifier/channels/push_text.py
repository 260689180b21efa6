"""What a push holds: a title, a short body and where a tap leads, as JSON that fits."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from notifier.channels.written import cut, written
from notifier.deliveries.model import Delivery
from notifier.messages.message import Message

BODY_BYTES = 2_400
LIFE_SECONDS = 86_400
CRITICAL_LIFE_SECONDS = 7 * 86_400
"""For how long a device may be away and is told still."""


@dataclass(frozen=True)
class Push:
    """A message as devices show it."""

    title: str
    body: str
    url: str | None
    kind: str
    delivery_id: str
    tag: str | None
    """Of one thread the same: a newer one takes the place of an older one."""
    is_critical: bool

    @property
    def life_seconds(self) -> int:
        """How long it is worth telling."""
        return CRITICAL_LIFE_SECONDS if self.is_critical else LIFE_SECONDS

    def content(self, body_bytes: int = BODY_BYTES) -> bytes:
        """JSON, its body no longer than that."""
        fields = {
            "title": self.title,
            "body": cut(self.body, body_bytes),
            "url": self.url,
            "kind": self.kind,
            "delivery_id": self.delivery_id,
            "tag": self.tag,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()


def push_of(delivery: Delivery, message: Message) -> Push:
    """The push of a message."""
    text = written(message)
    return Push(
        text.title,
        text.body,
        text.url,
        delivery.kind,
        str(delivery.id),
        None if delivery.thread is None else topic_of(f"{delivery.cabinet_id}/{delivery.thread}"),
        delivery.is_critical,
    )


def topic_of(thread: str) -> str:
    """32 characters of base64url, which tell nothing of the thread."""
    return urlsafe_b64encode(hashlib.sha256(thread.encode()).digest()[:24]).decode()
