"""What goes wrong because somebody ordered it."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Place = Literal["mail", "webpush", "firebase", "token"]
Kind = Literal["status", "hang", "cut"]
Step = Literal["connect", "mail", "rcpt", "data"]


@dataclass
class Fault:
    """One order, for the next `times` requests at a place."""

    at: Place
    kind: Kind
    times: int = 1
    status: int = 500
    text: str = ""
    code: str = ""
    retry_after: int | None = None
    step: Step = "rcpt"
    seconds: float = 60.0
    accepted: bool = False

    def __post_init__(self) -> None:
        if self.at not in get_args(Place) or self.kind not in get_args(Kind) or self.step not in get_args(Step):
            raise ValueError("no such place, kind or step")
        if self.times < 1 or not 100 <= self.status <= 599 or self.seconds < 0:
            raise ValueError("times, status or seconds out of range")


class Faults:
    """Those that wait to happen, in the order they were given."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, **order: Any) -> None:
        """Order one.

        Raises:
            ValueError, TypeError: it is none.
        """
        self._waiting.append(Fault(**order))

    def take(self, at: Place, step: Step | None = None) -> Fault | None:
        """The one that happens now."""
        for fault in self._waiting:
            if fault.at == at and (step is None or fault.step == step):
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()
