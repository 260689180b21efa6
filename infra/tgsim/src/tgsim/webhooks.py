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
    seconds: float


class Webhooks:
    """Named endpoints that answer 204, or whatever status they were told; the last `keep` are stored."""

    def __init__(self, keep: int) -> None:
        self._deliveries: deque[Delivery] = deque(maxlen=keep)
        self._answers: dict[str, _Answer] = {}
        self._last_seq = 0

    def answer_with(self, name: str, status: int, times: int | None = None, seconds: float = 0.0) -> None:
        """Answer the next `times` deliveries (None: all that follow) to `name` with `status`, after `seconds` each."""
        if not 200 <= status <= 599 or (times is not None and times < 1) or seconds < 0:
            raise ValueError("status must be 200..599, times, where given, at least 1, and seconds not negative")
        self._answers[name] = _Answer(status, times, seconds)

    def receive(self, name: str, headers: dict[str, str], body: bytes, received_at: float) -> tuple[int, float]:
        """Store one delivery and return the status to answer with, and the seconds to let pass before."""
        status, seconds = self._next_answer(name)
        self._last_seq += 1
        self._deliveries.append(Delivery(self._last_seq, name, headers, body, received_at, status))
        return status, seconds

    def since(self, seq: int = 0, name: str | None = None) -> list[Delivery]:
        """Deliveries after `seq`, oldest first."""
        return [d for d in self._deliveries if d.seq > seq and name in (None, d.name)]

    def clear(self) -> None:
        """Forget deliveries and told answers."""
        self._deliveries.clear()
        self._answers.clear()

    def _next_answer(self, name: str) -> tuple[int, float]:
        answer = self._answers.get(name)
        if answer is None:
            return 204, 0.0
        if answer.times is not None:
            answer.times -= 1
            if answer.times == 0:
                del self._answers[name]
        return answer.status, answer.seconds
