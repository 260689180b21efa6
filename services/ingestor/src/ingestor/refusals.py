"""When a refusal counts, and when Wildberries is asked again: what it said once is no verdict.

Refusals in a row, without an accepted call between them, are a streak: of one resource, or of the checks of one token.
It counts after `ANSWERS` refusals over at least `PERIOD`. Asking goes on all the same, ever more rarely.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from servicekit.crypto import CannotOpen

from ingestor.wb.errors import MethodSwitchedOff, PaymentRequired, ScopeRefused, TokenRejected

SuspensionReason = Literal["token_rejected", "payment_required", "scope_refused", "seller_mismatch", "token_unreadable"]
"""What `cabinet.suspended` may give as its reason."""

SWITCHED_OFF: Literal["switched_off"] = "switched_off"
"""A refusal that is not about the seller: nobody is told of it, and nothing that a seller does would end it."""

RefusalReason = SuspensionReason | Literal["switched_off"]

REASONS: dict[type[Exception], SuspensionReason] = {
    TokenRejected: "token_rejected",
    PaymentRequired: "payment_required",
    ScopeRefused: "scope_refused",
    CannotOpen: "token_unreadable",
}
"""What is about the token or the seller."""

ALL_REASONS: dict[type[Exception], RefusalReason] = {**REASONS, MethodSwitchedOff: SWITCHED_OFF}
"""What can be held against a method."""

NEED_WITNESS = frozenset[RefusalReason]({"token_rejected", "payment_required", "token_unreadable"})
"""What would be about every method alike: it is held against one of them only once a check has found the token good."""

ANSWERS = 3
PERIOD = timedelta(minutes=10)
SECOND_LOOK = timedelta(minutes=3)
FIRST_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)

LONGEST_WAITS: dict[RefusalReason, timedelta] = {
    # A seller who topped up WB's balance does not tell us.
    "payment_required": timedelta(minutes=30),
    SWITCHED_OFF: timedelta(hours=1),
}
"""Where a day would be too long."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Refusals in a row, for one reason: how many, and how long ago the first was."""

    reason: RefusalReason
    answers: int
    lasted: timedelta

    @property
    def counts(self) -> bool:
        """Whether it is confirmed."""
        return self.answers >= ANSWERS and self.lasted >= PERIOD

    def wait(self, *, suspended: bool) -> timedelta:
        """How long not to ask: as long again as it has lasted, once it is held against somebody."""
        if suspended:
            return min(max(self.lasted, FIRST_WAIT), LONGEST_WAITS.get(self.reason, LONGEST_WAIT))
        return SECOND_LOOK if self.answers < ANSWERS - 1 else max(PERIOD - self.lasted, SECOND_LOOK)
