"""What buyers write to a seller: feedbacks and questions, each a row that changes when it is answered."""

import json
import string
from dataclasses import dataclass
from random import Random

from wbsim.orders import RowJson, serialise
from wbsim.times import moscow_day

_LETTERS = string.ascii_letters + string.digits


@dataclass(slots=True)
class Message:
    """A feedback or a question; `processed` ones are those listed under `isAnswered=true`.

    `created_at` is simulated Unix seconds, `body` the row as its method answers it.
    """

    id: str
    created_at: float
    nm_id: int
    processed: bool
    body: bytes

    @property
    def row(self) -> RowJson:
        """The row as WB would answer it."""
        row: RowJson = json.loads(self.body)
        return row

    def rewrite(self, fields: RowJson, *, processed: bool) -> None:
        """Change fields of the row."""
        self.body = serialise(self.row | fields)
        self.processed = processed


def make_id(rng: Random) -> str:
    """An id of a feedback or question: twenty letters and digits."""
    return "".join(rng.choices(_LETTERS, k=20))


def count_unprocessed(messages: list[Message], now: float) -> RowJson:
    """How many wait for the seller: of all time, and of the Moscow day."""
    waiting = [message for message in messages if not message.processed]
    midnight = moscow_day(now)
    today = sum(message.created_at >= midnight for message in waiting)
    return {"countUnanswered": len(waiting), "countUnansweredToday": today}
