"""Events of a sync: one run over one or more WB resources of a cabinet."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Model, Moment

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


RangedName = Literal[
    "orders",
    "order_feed",
    "fbs_orders",
    "sales",
    "feedbacks",
    "questions",
    "funnel",
    "finance",
    "campaign_stats",
    "campaign_spend",
]
"""Of what stretches of time can be read; docs/resources.md tells how far back."""


class BackfillRequestedV1(EventData, type="backfill.requested.v1", publisher="gateway"):
    """An administrator wants a stretch of time to be read again, after all that is new; only what differs is told."""

    range_id: UUID
    resource: str = Field(description="one with ranges: docs/resources.md")
    since: Moment
    until: Moment = Field(description="not included")
    requested_by: str = Field(description="in words")


class SyncRequestedV1(EventData, type="sync.requested.v1", publisher="gateway"):
    """Someone wants fresh data now; it goes before scheduled work."""

    sync_id: UUID
    resources: tuple[str, ...] = Field(description="names of docs/resources.md")
    requested_by: int = Field(description="Telegram user id; 0: an administrator asked")
    administrator: str | None = Field(default=None, description="in words; none: a user asked")


class SyncCompletedV1(EventData, type="sync.completed.v1", publisher="ingestor"):
    """A requested sync or a cabinet's first load of one resource ended well."""

    sync_id: UUID | None = Field(default=None, description="none: the cabinet's first load")
    resource: str
    started_at: Moment
    finished_at: Moment
    pages: Count
    rows_new: Count
    rows_changed: Count
    rows_same: Count
    rows_quarantined: Count


class SyncProgressV1(EventData, type="sync.progress.v1", publisher="ingestor"):
    """How far the reading of a stretch of time is: told every few seconds at most, and at its end."""

    range_id: UUID
    resource: str
    why: Literal["first_load", "backfill", "reconciliation"] = Field(
        description="first_load: what a first load left for later; backfill: somebody asked"
    )
    state: Literal["reading", "done", "failed"]
    since: Moment
    until: Moment = Field(description="not included")
    percent: int = Field(ge=0, le=100, description="of the stretch of time; 100 when it is done")
    rows: Count = Field(description="read so far, known ones too")
    rows_new: Count
    rows_changed: Count
    seconds_left: Count | None = Field(description="if it goes on as before; none: not known yet")
    reason: str | None = Field(default=None, description="why it failed, without secrets")


class SyncFailedV1(EventData, type="sync.failed.v1", publisher="ingestor"):
    """A sync that had been healthy, or that was requested, failed; it is tried again at `next_run_at`."""

    sync_id: UUID | None = None
    resource: str
    reason: str = Field(description="what went wrong, without secrets")
    failed_at: Moment
    next_run_at: Moment | None = Field(default=None, description="none: not before WB accepts the cabinet again")


class SyncResumedV1(EventData, type="sync.resumed.v1", publisher="ingestor"):
    """A resource is read again that sellers were told of: one that kept failing, or that WB refused."""

    resource: str
    category: str | None = Field(default=None, description="of WB's methods, as a token opens them")
    resumed_at: Moment


class ReconciledDay(Model):
    """A day of Moscow of which not everything was there."""

    day: date
    late: Count = Field(description="rows that were missing; they are stored now")
    hidden: Count = Field(description="rows that are stored, and that Wildberries did not show this time")
    known_elsewhere: Count = Field(description="rows that other sources name, and that this one never had")


class SyncReconciledV1(EventData, type="sync.reconciled.v1", publisher="ingestor"):
    """Days of a resource were read again and compared with what was stored, and that differs from what was known."""

    resource: str
    since: date = Field(description="the first day of Moscow")
    until: date = Field(description="the last one")
    windows: Count = Field(description="days that were read again")
    rows: Count = Field(description="that are stored of them")
    late: Count = Field(description="rows that were missing until now, of all days: healed")
    open: Count = Field(description="rows that are still missing, there or here")
    nights_left: Count = Field(description="until all days that Wildberries keeps have been read again")
    holes: tuple[ReconciledDay, ...] = Field(description="the days that are not whole, or were not until now")
    asked_at: Moment
    finished_at: Moment
