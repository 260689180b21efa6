"""What sellers and their programs are told: kinds of messages, and the names under which webhooks tell them."""

from typing import Literal, get_args

OrderKind = Literal["order_new", "order_changed", "order_cancelled"]
"""Messages about an order."""

CabinetKind = Literal[
    "cabinet_suspended",
    "cabinet_resumed",
    "scope_refused",
    "scope_restored",
    "token_expiring",
    "data_delayed",
    "data_recovered",
    "sync_failed",
]
"""Messages about a cabinet whose data stop or come again."""

EndpointKind = Literal["webhook_failing", "webhook_recovered", "webhook_paused"]
"""Messages about a user's own endpoint, which only people are told."""

MessageKind = OrderKind | CabinetKind | EndpointKind

TOLD_TO_PROGRAMS: tuple[OrderKind | CabinetKind, ...] = (*get_args(OrderKind), *get_args(CabinetKind))
TOLD_TO_PEOPLE: tuple[MessageKind, ...] = (*TOLD_TO_PROGRAMS, *get_args(EndpointKind))

WEBHOOK_TEST = "webhook_test"
"""What `POST /webhooks/{id}/test` sends: to programs, whatever they chose."""


def webhook_type(kind: str) -> str:
    """A kind as webhooks name it: `order_new` is `order.new`, `token_expiring` is `token.expiring`. The type of an
    event is its own name."""
    return kind if "." in kind else kind.replace("_", ".", 1)
