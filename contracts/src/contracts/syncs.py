"""Events of a sync: one run over one or more WB resources of a cabinet."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Moment

ResourceName = Literal[
    "orders",
    "order_feed",
    "products",
    "stocks",
    "stock_remains",
    "seller_stocks",
    "warehouses",
    "offices",
    "fbs_orders",
    "fbs_new_orders",
    "fbs_statuses",
    "sales",
    "prices",
    "tariffs_commission",
    "tariffs_box",
    "tariffs_return",
    "feedbacks",
    "questions",
    "claims",
    "funnel",
    "finance",
    "campaigns",
    "campaign_bids",
    "campaign_stats",
    "campaign_spend",
    "campaign_budgets",
    "advert_balance",
]
"""What can be synced; docs/resources.md tells of each."""


class SyncRequestedV1(EventData):
    """Someone wants fresh data now; it goes before scheduled work."""

    TYPE: ClassVar[str] = "sync.requested.v1"
    sync_id: UUID
    resources: tuple[str, ...] = Field(description="names of docs/resources.md")
    requested_by: int = Field(description="Telegram user id")


class SyncCompletedV1(EventData):
    """A requested sync or a cabinet's first load of one resource ended well."""

    TYPE: ClassVar[str] = "sync.completed.v1"
    sync_id: UUID | None = Field(default=None, description="none: the cabinet's first load")
    resource: str
    started_at: Moment
    finished_at: Moment
    pages: Count
    rows_new: Count
    rows_changed: Count
    rows_same: Count
    rows_quarantined: Count


class SyncFailedV1(EventData):
    """A sync that had been healthy, or that was requested, failed; it is tried again at `next_run_at`."""

    TYPE: ClassVar[str] = "sync.failed.v1"
    sync_id: UUID | None = None
    resource: str
    reason: str = Field(description="what went wrong, without secrets")
    failed_at: Moment
    next_run_at: Moment | None = Field(default=None, description="none: not until the seller acts")
