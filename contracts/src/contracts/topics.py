"""Exchanges, queues and who listens to what. Declared at a broker by `servicekit.topology`."""

from dataclasses import dataclass
from functools import cached_property

from contracts.adverts import (
    AdvertBalanceUpdatedV1,
    CampaignBidsUpdatedV1,
    CampaignBudgetsUpdatedV1,
    CampaignSpendUpdatedV1,
    CampaignStatsUpdatedV1,
    CampaignsUpdatedV1,
)
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.audit import RECORDS as AUDIT_EVENTS
from contracts.cabinets import (
    CabinetConnectedV1,
    CabinetDisconnectedV1,
    CabinetRenamedV1,
    CabinetSuspendedV1,
    CabinetTokenExpiringV1,
    CabinetVerifiedV1,
    MembersChangedV1,
)
from contracts.claims import ClaimsUpdatedV1
from contracts.digests import DigestPreparedV1
from contracts.entered import CostsEnteredV1, LeadTimesEnteredV1, OtherCostsEnteredV1, PlanEnteredV1, TaxEnteredV1
from contracts.envelope import EventData, Origin
from contracts.fbs import FbsOrdersUpdatedV1
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.finance import FinanceUpdatedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.funnel import FunnelUpdatedV1
from contracts.notification_settings import NotificationSettingsEnteredV1
from contracts.notification_targets import (
    NotificationTargetEnteredV1,
    NotificationTargetRemovedV1,
    NotificationTargetTestedV1,
)
from contracts.notifications import NotificationRetryRequestedV1
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.preferences import PreferencesEnteredV1
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.questions import QuestionsUpdatedV1
from contracts.sales import SalesUpdatedV1
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1
from contracts.syncs import BackfillRequestedV1, SyncCompletedV1, SyncFailedV1, SyncRequestedV1, SyncResumedV1
from contracts.tariffs import TariffsBoxUpdatedV1, TariffsCommissionUpdatedV1, TariffsReturnUpdatedV1
from contracts.warehouses import OfficesUpdatedV1, WarehousesUpdatedV1
from contracts.wb_commands import QuestionAnswerRequestedV1, ReviewAnswerRequestedV1, WbCommandChangedV1
from contracts.webhooks import WebhooksEnteredV1, WebhooksRemovedV1, WebhooksReplayRequestedV1, WebhooksTestedV1

EVENTS_EXCHANGE = "pulse.events"
QUEUES_EXCHANGE = "pulse.queues"
"""Leads to a queue, or to its dead letters, by the name: for what goes to one consumer and to nobody else.

A topic exchange, as those of the retry tiers: only of such can the broker tell who may publish with which key.
"""
DEAD_EXCHANGE = "pulse.dead"
"""Where the broker itself puts what was delivered too often; services put theirs into `QUEUES_EXCHANGE`."""
RETRY_TIERS_SECONDS = (5, 60, 600)
"""One shared queue a tier, `pulse.retry.<n>s`: a message waits there and returns to the queue it came from."""


NOT_LIVE = (Origin.BACKFILL, Origin.REPLAY)
"""Comes in bulk and nobody waits for it: its queues are apart from the live ones, so that live events pass it."""


def routing_key(event_type: str, origin: Origin) -> str:
    """The key an event is published with: its type if it is live, `<type>.backfill` or `<type>.replay` if not."""
    return event_type if origin is Origin.LIVE else f"{event_type}.{origin}"


@dataclass(frozen=True)
class Queue:
    """A consumer's queue: the event types and origins it is bound to, and how many messages it may hold unacknowledged.

    Events whose order matters to the consumer (a cabinet's life) share a queue with `prefetch` 1. A queue that is bound
    to nothing holds what its service moves there from the queues that it `takes_from`.
    """

    name: str
    events: tuple[type[EventData], ...]
    prefetch: int
    origins: tuple[Origin, ...] = (Origin.LIVE,)
    takes_from: "tuple[Queue, ...]" = ()

    @cached_property
    def routing_keys(self) -> tuple[str, ...]:
        """The keys it is bound to."""
        return tuple(routing_key(event.TYPE, origin) for event in self.events for origin in self.origins)

    @property
    def service(self) -> str:
        """The service that consumes it."""
        return self.name.split(".", 1)[0]

    def consumer_of(self, event: type[EventData]) -> str:
        """The name under which the inbox knows who handles an event: the same before it is moved here and after."""
        return next((queue.name for queue in self.takes_from if event in queue.events), self.name)

    @property
    def dead(self) -> str:
        """The queue that keeps what could not be handled."""
        return f"{self.name}.dead"


GATEWAY_CABINETS = Queue("gateway.cabinets", (CabinetVerifiedV1, CabinetSuspendedV1), prefetch=1)
GATEWAY_SYNCS = Queue("gateway.syncs", (SyncCompletedV1, SyncFailedV1), prefetch=16)
GATEWAY_WB_COMMANDS = Queue("gateway.wb_commands", (WbCommandChangedV1,), prefetch=16)
INGESTOR_CABINETS = Queue("ingestor.cabinets", (CabinetConnectedV1, CabinetDisconnectedV1), prefetch=1)
INGESTOR_SYNCS = Queue("ingestor.syncs", (SyncRequestedV1, BackfillRequestedV1), prefetch=16)
INGESTOR_WB_COMMANDS = Queue("ingestor.wb_commands", (ReviewAnswerRequestedV1, QuestionAnswerRequestedV1), prefetch=16)
REPORTER_CABINETS = Queue(
    "reporter.cabinets", (CabinetConnectedV1, CabinetTokenExpiringV1, CabinetDisconnectedV1), prefetch=1
)
REPORTER_ORDERS = Queue("reporter.orders", (OrdersUpdatedV1,), prefetch=32)
REPORTER_ORDERS_BACKFILL = Queue("reporter.orders.backfill", (OrdersUpdatedV1,), prefetch=2, origins=NOT_LIVE)
"""One is read while the other is stored."""
_CONDITIONS = (
    ProductsUpdatedV1,
    PricesUpdatedV1,
    TariffsCommissionUpdatedV1,
    TariffsBoxUpdatedV1,
    TariffsReturnUpdatedV1,
)
_STOCKS = (
    StocksUpdatedV1,
    SellerStocksUpdatedV1,
    StockRemainsUpdatedV1,
    WarehousesUpdatedV1,
    OfficesUpdatedV1,
)
_SALES = (SalesUpdatedV1, FbsOrdersUpdatedV1, ClaimsUpdatedV1)
_REVIEWS = (FeedbacksUpdatedV1, QuestionsUpdatedV1)
_FINANCE = (FinanceUpdatedV1, FunnelUpdatedV1)
_ADVERTS = (
    CampaignsUpdatedV1,
    CampaignBidsUpdatedV1,
    CampaignStatsUpdatedV1,
    CampaignSpendUpdatedV1,
    CampaignBudgetsUpdatedV1,
    AdvertBalanceUpdatedV1,
)
_ENTERED = (CostsEnteredV1, TaxEnteredV1, OtherCostsEnteredV1, LeadTimesEnteredV1, PlanEnteredV1)
REPORTER_PRODUCTS = Queue("reporter.products", _CONDITIONS, prefetch=8)
REPORTER_PRODUCTS_BACKFILL = Queue("reporter.products.backfill", _CONDITIONS, prefetch=1, origins=NOT_LIVE)
REPORTER_STOCKS = Queue("reporter.stocks", _STOCKS, prefetch=8)
REPORTER_STOCKS_BACKFILL = Queue("reporter.stocks.backfill", _STOCKS, prefetch=1, origins=NOT_LIVE)
REPORTER_SALES = Queue("reporter.sales", _SALES, prefetch=8)
"""What becomes of orders."""
REPORTER_REVIEWS = Queue("reporter.reviews", _REVIEWS, prefetch=8)
REPORTER_FINANCE = Queue("reporter.finance", _FINANCE, prefetch=8)
REPORTER_ADVERTS = Queue("reporter.adverts", _ADVERTS, prefetch=8)
REPORTER_ENTERED = Queue("reporter.entered", _ENTERED, prefetch=8)
"""What sellers enter themselves."""
REPORTER_FACTS_BACKFILL = Queue(
    "reporter.facts.backfill", (*_SALES, *_REVIEWS, *_FINANCE, *_ADVERTS, *_ENTERED), prefetch=1, origins=NOT_LIVE
)
REPORTER_SOURCES = Queue("reporter.sources", (DataDelayedV1, DataRecoveredV1), prefetch=8)
REPORTER_BACKFILLS = (
    REPORTER_ORDERS_BACKFILL,
    REPORTER_PRODUCTS_BACKFILL,
    REPORTER_STOCKS_BACKFILL,
    REPORTER_FACTS_BACKFILL,
)
REPORTER_CROWDED = Queue(
    "reporter.crowded",
    (),
    prefetch=8,
    origins=(),
    takes_from=(
        REPORTER_ORDERS,
        REPORTER_PRODUCTS,
        REPORTER_STOCKS,
        REPORTER_SALES,
        REPORTER_REVIEWS,
        REPORTER_FINANCE,
        REPORTER_ADVERTS,
        REPORTER_ENTERED,
        REPORTER_SOURCES,
    ),
)
"""Live events of cabinets that send more than their share."""
NOTIFIER_CABINETS = Queue(
    "notifier.cabinets",
    (
        CabinetConnectedV1,
        CabinetRenamedV1,
        MembersChangedV1,
        CabinetVerifiedV1,
        CabinetSuspendedV1,
        CabinetDisconnectedV1,
    ),
    prefetch=1,
)
NOTIFIER_ALERTS = Queue(
    "notifier.alerts",
    (
        CabinetTokenExpiringV1,
        DataDelayedV1,
        DataRecoveredV1,
        SyncCompletedV1,
        SyncFailedV1,
        SyncResumedV1,
        AlertsRaisedV1,
        AlertsUpdatedV1,
        AlertsResolvedV1,
        WbCommandChangedV1,
        ProductsUpdatedV1,
    ),
    prefetch=8,
)
NOTIFIER_DIGESTS = Queue("notifier.digests", (DigestPreparedV1,), prefetch=4)
NOTIFIER_ORDERS = Queue("notifier.orders", (OrdersReportedV1,), prefetch=16)
NOTIFIER_ENTERED = Queue(
    "notifier.entered",
    (
        WebhooksEnteredV1,
        WebhooksRemovedV1,
        WebhooksTestedV1,
        WebhooksReplayRequestedV1,
        PreferencesEnteredV1,
        NotificationSettingsEnteredV1,
        NotificationTargetEnteredV1,
        NotificationTargetRemovedV1,
        NotificationTargetTestedV1,
        NotificationRetryRequestedV1,
    ),
    prefetch=4,
)
"""What users enter of what they want to be told, and what administrators want to be told after all."""
AUDIT_RECORDS = Queue("audit.records", AUDIT_EVENTS, prefetch=2_000)
"""Many are stored at a time: that is what makes it quick."""

QUEUES = (
    GATEWAY_CABINETS,
    GATEWAY_SYNCS,
    GATEWAY_WB_COMMANDS,
    INGESTOR_CABINETS,
    INGESTOR_SYNCS,
    INGESTOR_WB_COMMANDS,
    REPORTER_CABINETS,
    REPORTER_ORDERS,
    REPORTER_ORDERS_BACKFILL,
    REPORTER_PRODUCTS,
    REPORTER_PRODUCTS_BACKFILL,
    REPORTER_STOCKS,
    REPORTER_STOCKS_BACKFILL,
    REPORTER_SALES,
    REPORTER_REVIEWS,
    REPORTER_FINANCE,
    REPORTER_ADVERTS,
    REPORTER_ENTERED,
    REPORTER_FACTS_BACKFILL,
    REPORTER_SOURCES,
    REPORTER_CROWDED,
    NOTIFIER_CABINETS,
    NOTIFIER_ALERTS,
    NOTIFIER_DIGESTS,
    NOTIFIER_ORDERS,
    NOTIFIER_ENTERED,
    AUDIT_RECORDS,
)


def has_consumers(key: str) -> bool:
    """Whether some queue is bound to the routing key: if so, a publish that reaches none is an error."""
    return any(key in queue.routing_keys for queue in QUEUES)
