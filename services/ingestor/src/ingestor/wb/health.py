"""How WB's methods fare, as this process sees it: whether the last calls of one, whoever made them, were answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from servicekit import clock

from ingestor.wb.errors import BadRequest, MethodSwitchedOff, Unavailable, WbError

Reason = Literal["down", "switched_off", "refused"]

_REASONS: dict[type[WbError], Reason] = {
    Unavailable: "down",
    MethodSwitchedOff: "switched_off",
    BadRequest: "refused",
}
"""What may be about the method. What is about a token, or its limits, says nothing of it."""

SEVERAL = 2
"""Sellers whose calls fail, and none's is answered: it is none of theirs."""


@dataclass(slots=True)
class Fared:
    """A method: whether it `answered` since it was noted last, and how often not; the rest since its last answer."""

    answered: bool = False
    failures: int = 0
    sellers: set[UUID] = field(default_factory=set)
    failing_since: datetime | None = None
    reason: Reason | None = None
    error: str | None = None


class Health:
    """The methods that were called."""

    def __init__(self) -> None:
        self._methods: dict[str, Fared] = {}

    def answered(self, method: str) -> None:
        """WB has answered with what was asked for."""
        self._methods[method] = Fared(answered=True)

    def failed(self, method: str, seller_id: UUID, error: WbError) -> None:
        """WB has not; errors that are no fault of the method are passed over."""
        reason = _REASONS.get(type(error))
        if reason is None:
            return
        fared = self._methods.setdefault(method, Fared())
        fared.failures += 1
        fared.failing_since = fared.failing_since or clock.now()
        fared.reason, fared.error = reason, str(error)
        if len(fared.sellers) < SEVERAL:
            fared.sellers.add(seller_id)

    def fails_for_all(self, method: str) -> bool:
        """Whether it has failed several sellers, and answered none since."""
        known = self._methods.get(method)
        return known is not None and len(known.sellers) >= SEVERAL

    def drain(self) -> Iterator[tuple[str, Fared]]:
        """What there is to note since the last time."""
        for method, fared in self._methods.items():
            if fared.answered or fared.failures:
                yield (
                    method,
                    Fared(
                        fared.answered,
                        fared.failures,
                        set(fared.sellers),
                        fared.failing_since,
                        fared.reason,
                        fared.error,
                    ),
                )
                fared.answered, fared.failures = False, 0

    def give_back(self, found: Mapping[str, Fared]) -> None:
        """What was drained could not be noted: it is to be noted yet, unless the method was answered since."""
        for method, before in found.items():
            fared = self._methods[method]
            if not fared.answered:
                fared.answered = before.answered
                fared.failures += before.failures
