"""What a kind of message is: which events it is told of, what it says, and what it looks like."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.envelope import Event, EventData
from contracts.message_kinds import MessageKind
from contracts.model import Model

from notifier.deliveries.enqueue import Notice
from notifier.messages.message import About, Message

P = TypeVar("P", bound=Model)


@dataclass(frozen=True)
class Rule:
    """What is told of an event, from the event alone. It is asked of live events only."""

    event: type[EventData]
    notices: Callable[[Event[Any]], Iterable[Notice]]


@dataclass(frozen=True)
class Kind(Generic[P]):
    """One kind of message, from the JSON of its `payload`.

    Whether it is on by default, and told at night, says `contracts.message_kinds`. A kind without rules is told by a
    handler or a job that remembers something.
    """

    name: MessageKind
    payload: type[P]
    write: Callable[[P, About], Message]
    preview: Callable[[], tuple[P, ...]]
    """Payloads that show what it looks like, invented."""
    rules: tuple[Rule, ...] = ()
    line: Callable[[P, About], str] | None = None
    """It as one line of a group; without, the first line of its message is."""

    def render(self, payload: str, about: About) -> Message:
        """The message of a payload."""
        return self.write(self.payload.model_validate_json(payload), about)
