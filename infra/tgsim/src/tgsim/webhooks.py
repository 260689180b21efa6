"""A receiver of webhooks that stores what came; whether a signature is right is for the reader to check."""

import base64
from collections import deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One POST as it came: header names in lower case, the raw body, when it was read (unix s)."""

    seq: int
    name: str
    headers: dict[str, str]
    body: bytes
    received_at: float
    status: int

    def as_json(self) -> dict[str, Any]:
        """The delivery; `body` is the text, `body_base64` the exact bytes a signature covers."""
        return {
            "seq": self.seq,
            "name": self.name,
            "headers": self.headers,
            "body": self.body.decode("utf-8", "replace"),
            "body_base64": base64.b64encode(self.body).decode(),
            "received_at": self.received_at,
            "status": self.status,
        }


@dataclass
class _Answer:
    status: int
    times: int | None


class Webhooks:
    """Named endpoints that answer 204, or whatever status they were told; the last `keep` are stored."""

    def __init__(self, keep: int) -> None:
        self._deliveries: deque[Delivery] = deque(maxlen=keep)
        self._answers: dict[str, _Answer] = {}
        self._last_seq = 0

    def answer_with(self, name: str, status: int, times: int | None = None) -> None:
        """Answer the next `times` deliveries (None: all that follow) to `name` with `status`."""
        if not 200 <= status <= 599 or (times is not None and times < 1):
            raise ValueError("status must be 200..599 and times, where given, at least 1")
        self._answers[name] = _Answer(status, times)

    def receive(self, name: str, headers: dict[str, str], body: bytes, received_at: float) -> int:
        """Store one delivery and return the status to answer with."""
        status = self._next_status(name)
        self._last_seq += 1
        self._deliveries.append(Delivery(self._last_seq, name, headers, body, received_at, status))
        return status

    def since(self, seq: int = 0, name: str | None = None) -> list[Delivery]:
        """Deliveries after `seq`, oldest first."""
        return [d for d in self._deliveries if d.seq > seq and name in (None, d.name)]

    def clear(self) -> None:
        """Forget deliveries and told answers."""
        self._deliveries.clear()
        self._answers.clear()

    def _next_status(self, name: str) -> int:
        answer = self._answers.get(name)
        if answer is None:
            return 204
        if answer.times is not None:
            answer.times -= 1
            if answer.times == 0:
                del self._answers[name]
        return answer.status
