"""Exchanges, queues and who listens to what. Declared at a broker by `servicekit.topology`."""

from dataclasses import dataclass

from contracts.cabinets import (
    CabinetConnectedV1,
    CabinetDisconnectedV1,
    CabinetSuspendedV1,
    CabinetVerifiedV1,
)
from contracts.envelope import EventData
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.stocks import StocksUpdatedV1
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncRequestedV1

EVENTS_EXCHANGE = "pulse.events"
DEAD_EXCHANGE = "pulse.dead"
RETRY_TIERS_SECONDS = (5, 60, 600)
"""One shared queue a tier, `pulse.retry.<n>s`: a message waits there and returns to the queue it came from."""


@dataclass(frozen=True)
class Queue:
    """A consumer's queue: the event types it is bound to, and how many messages it may hold unacknowledged.

    Events whose order matters to the consumer (a cabinet's life) share a queue with `prefetch` 1.
    """

    name: str
    events: tuple[type[EventData], ...]
    prefetch: int

    @property
    def service(self) -> str:
        """The service that consumes it."""
        return self.name.split(".", 1)[0]

    @property
    def dead(self) -> str:
        """The queue that keeps what could not be handled."""
        return f"{self.name}.dead"


GATEWAY_CABINETS = Queue("gateway.cabinets", (CabinetVerifiedV1, CabinetSuspendedV1), prefetch=1)
GATEWAY_SYNCS = Queue("gateway.syncs", (SyncCompletedV1, SyncFailedV1), prefetch=16)
INGESTOR_CABINETS = Queue("ingestor.cabinets", (CabinetConnectedV1, CabinetDisconnectedV1), prefetch=1)
INGESTOR_SYNCS = Queue("ingestor.syncs", (SyncRequestedV1,), prefetch=16)
REPORTER_CABINETS = Queue("reporter.cabinets", (CabinetDisconnectedV1,), prefetch=1)
REPORTER_ORDERS = Queue("reporter.orders", (OrdersUpdatedV1,), prefetch=32)
REPORTER_PRODUCTS = Queue("reporter.products", (ProductsUpdatedV1,), prefetch=8)
REPORTER_STOCKS = Queue("reporter.stocks", (StocksUpdatedV1,), prefetch=8)
NOTIFIER_CABINETS = Queue(
    "notifier.cabinets", (CabinetConnectedV1, CabinetVerifiedV1, CabinetDisconnectedV1), prefetch=1
)
NOTIFIER_ORDERS = Queue("notifier.orders", (OrdersReportedV1,), prefetch=16)

QUEUES = (
    GATEWAY_CABINETS,
    GATEWAY_SYNCS,
    INGESTOR_CABINETS,
    INGESTOR_SYNCS,
    REPORTER_CABINETS,
    REPORTER_ORDERS,
    REPORTER_PRODUCTS,
    REPORTER_STOCKS,
    NOTIFIER_CABINETS,
    NOTIFIER_ORDERS,
)


def has_consumers(event_type: str) -> bool:
    """Whether some queue is bound to the type: if so, a publish that reaches none is an error."""
    return any(event_type == event.TYPE for queue in QUEUES for event in queue.events)
