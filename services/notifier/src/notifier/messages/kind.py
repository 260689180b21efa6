"""What a message can be about."""

from typing import Literal

OrderKind = Literal["order_new", "order_changed", "order_cancelled"]
"""Messages about an order."""

Kind = (
    OrderKind
    | Literal[
        "cabinet_suspended",
        "cabinet_resumed",
        "scope_refused",
        "scope_restored",
        "token_expiring",
        "data_delayed",
        "data_recovered",
        "sync_failed",
        "webhook_failing",
        "webhook_recovered",
    ]
)
"""Messages about an order, about a cabinet whose data stop or come again, or about a seller's endpoint that stops or
takes messages again. Each has a module here."""
