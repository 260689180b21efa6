"""Every event type that exists."""

from typing import Any

from pydantic import ValidationError

from contracts.adverts import (
    AdvertBalanceUpdatedV1,
    CampaignBidsUpdatedV1,
    CampaignBudgetsUpdatedV1,
    CampaignSpendUpdatedV1,
    CampaignStatsUpdatedV1,
    CampaignsUpdatedV1,
)
from contracts.analytics import AnalyticsUpdatedV1
from contracts.cabinets import (
    CabinetConnectedV1,
    CabinetDisconnectedV1,
    CabinetSuspendedV1,
    CabinetVerifiedV1,
)
from contracts.claims import ClaimsUpdatedV1
from contracts.envelope import Event, EventData
from contracts.fbs import FbsOrdersUpdatedV1
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.finance import FinanceUpdatedV1
from contracts.funnel import FunnelUpdatedV1
from contracts.model import Model
from contracts.notifications import NotificationDeliveredV1, NotificationFailedV1
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.questions import QuestionsUpdatedV1
from contracts.sales import SalesUpdatedV1
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncRequestedV1
from contracts.tariffs import TariffsBoxUpdatedV1, TariffsCommissionUpdatedV1, TariffsReturnUpdatedV1
from contracts.warehouses import OfficesUpdatedV1, WarehousesUpdatedV1

EVENTS: dict[str, type[EventData]] = {
    data.TYPE: data
    for data in (
        AdvertBalanceUpdatedV1,
        AnalyticsUpdatedV1,
        CabinetConnectedV1,
        CabinetDisconnectedV1,
        CabinetSuspendedV1,
        CabinetVerifiedV1,
        CampaignBidsUpdatedV1,
        CampaignBudgetsUpdatedV1,
        CampaignSpendUpdatedV1,
        CampaignStatsUpdatedV1,
        CampaignsUpdatedV1,
        ClaimsUpdatedV1,
        FbsOrdersUpdatedV1,
        FeedbacksUpdatedV1,
        FinanceUpdatedV1,
        FunnelUpdatedV1,
        NotificationDeliveredV1,
        NotificationFailedV1,
        OfficesUpdatedV1,
        OrdersReportedV1,
        OrdersUpdatedV1,
        PricesUpdatedV1,
        ProductsUpdatedV1,
        QuestionsUpdatedV1,
        SalesUpdatedV1,
        SellerStocksUpdatedV1,
        StockRemainsUpdatedV1,
        StocksUpdatedV1,
        SyncCompletedV1,
        SyncFailedV1,
        SyncRequestedV1,
        TariffsBoxUpdatedV1,
        TariffsCommissionUpdatedV1,
        TariffsReturnUpdatedV1,
        WarehousesUpdatedV1,
    )
}

PUBLISHERS: dict[str, str] = {
    AdvertBalanceUpdatedV1.TYPE: "ingestor",
    AnalyticsUpdatedV1.TYPE: "reporter",
    CabinetConnectedV1.TYPE: "gateway",
    CabinetDisconnectedV1.TYPE: "gateway",
    CabinetSuspendedV1.TYPE: "ingestor",
    CabinetVerifiedV1.TYPE: "ingestor",
    CampaignBidsUpdatedV1.TYPE: "ingestor",
    CampaignBudgetsUpdatedV1.TYPE: "ingestor",
    CampaignSpendUpdatedV1.TYPE: "ingestor",
    CampaignStatsUpdatedV1.TYPE: "ingestor",
    CampaignsUpdatedV1.TYPE: "ingestor",
    ClaimsUpdatedV1.TYPE: "ingestor",
    FbsOrdersUpdatedV1.TYPE: "ingestor",
    FeedbacksUpdatedV1.TYPE: "ingestor",
    FinanceUpdatedV1.TYPE: "ingestor",
    FunnelUpdatedV1.TYPE: "ingestor",
    NotificationDeliveredV1.TYPE: "notifier",
    NotificationFailedV1.TYPE: "notifier",
    OfficesUpdatedV1.TYPE: "ingestor",
    OrdersReportedV1.TYPE: "reporter",
    OrdersUpdatedV1.TYPE: "ingestor",
    PricesUpdatedV1.TYPE: "ingestor",
    ProductsUpdatedV1.TYPE: "ingestor",
    QuestionsUpdatedV1.TYPE: "ingestor",
    SalesUpdatedV1.TYPE: "ingestor",
    SellerStocksUpdatedV1.TYPE: "ingestor",
    StockRemainsUpdatedV1.TYPE: "ingestor",
    StocksUpdatedV1.TYPE: "ingestor",
    SyncCompletedV1.TYPE: "ingestor",
    SyncFailedV1.TYPE: "ingestor",
    SyncRequestedV1.TYPE: "gateway",
    TariffsBoxUpdatedV1.TYPE: "ingestor",
    TariffsCommissionUpdatedV1.TYPE: "ingestor",
    TariffsReturnUpdatedV1.TYPE: "ingestor",
    WarehousesUpdatedV1.TYPE: "ingestor",
}
"""Event type → the one service that publishes it."""


class UnreadableEvent(Exception):
    """A body that is not an event of a known type and version."""


class _Head(Model):
    type: str


def parse_event(body: bytes) -> Event[Any]:
    """The event in a message body.

    Raises:
        UnreadableEvent: not JSON, no envelope, an unknown type, or data that breaks its schema.
    """
    try:
        head = _Head.model_validate_json(body)
        data = EVENTS.get(head.type)
        if data is None:
            raise UnreadableEvent(f"unknown event type {head.type!r}")
        return Event[data].model_validate_json(body)  # type: ignore[valid-type]  # the class is looked up
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)[:5]]
        raise UnreadableEvent("; ".join(problems)) from error
