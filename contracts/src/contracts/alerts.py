"""Alerts: something about a cabinet, an item or one of its sizes that a seller should know, until it is over.

An alert is one cause: a rule and what it is about. It is raised once however often its cause is seen, updated when its
figures change materially, resolved by itself when the cause is gone; when the cause comes back, that is its next
episode. What each rule looks for, and what its `figures` are: docs/metrics.md.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from uuid_utils import NAMESPACE_URL, uuid5

from contracts.currency import Currency
from contracts.envelope import EventData, Origin
from contracts.model import MAX_BATCH, Figure, Model, Moment
from contracts.products import ProductCard

Severity = Literal["info", "warning", "critical"]


def alert_ids_of(cabinet_id: UUID) -> Callable[[str, str], UUID]:
    """The id of a cabinet's alert by its rule and subject: the same in every episode, every run and every rebuild."""
    prefix = f"pulse:alert:{cabinet_id}:"
    return lambda rule, subject: UUID(str(uuid5(NAMESPACE_URL, f"{prefix}{rule}:{subject}")))


class Alert(Model):
    """One alert as it is now. Unknown is null, never 0."""

    alert_id: UUID
    revision: Annotated[int, Field(ge=1, description="counts the alert's events; a smaller one never overwrites")]
    episode: Annotated[int, Field(ge=1, description="how many times it has been raised")]
    rule: str = Field(description="who raised it, e.g. running_out; there will be new ones")
    subject: str = Field(description="what it is about, within its cabinet and rule")
    severity: Severity
    nm_id: Annotated[int, Field(ge=0, description="WB article; 0: the whole cabinet")]
    chrt_id: int | None = Field(default=None, description="WB's id of the size; null: it is not about one size")
    feedback_id: str | None = None
    report_id: int | None = Field(default=None, description="of the finance report")
    resource: str | None = Field(default=None, description="the kind of data that does not come")
    product: ProductCard | None = Field(default=None, description="null: not about an item, or its card is not known")
    money_at_risk: Figure | None = Field(
        default=None, description="positive, in `currency`; null: unknown, or no money"
    )
    currency: Currency | None = None
    figures: dict[str, Any] = Field(description="what the rule went by; amounts and shares are strings")
    raised_at: Moment = Field(description="when this episode began to be known")
    raised_by: Origin = Field(description="of what raised it; backfill, replay: nobody was told of this episode")
    changed_at: Moment = Field(description="when it was raised, updated or resolved last")
    resolved_at: Moment | None = Field(default=None, description="null: its cause is still there")


Alerts = Annotated[tuple[Alert, ...], Field(min_length=1, max_length=MAX_BATCH)]


class AlertsRaisedV1(EventData, type="alerts.raised.v1", publisher="reporter"):
    """Causes that were not there before, or are there again."""

    alerts: Alerts


class AlertsUpdatedV1(EventData, type="alerts.updated.v1", publisher="reporter"):
    """Open alerts whose figures changed so much that they say something else."""

    alerts: Alerts


class AlertsResolvedV1(EventData, type="alerts.resolved.v1", publisher="reporter"):
    """Alerts whose cause is gone, with the figures they had last."""

    alerts: Alerts


class AlertMark(Model):
    """What somebody of a cabinet did about an alert. It holds for its episode: a cause that comes back is new."""

    alert_id: UUID
    episode: Annotated[int, Field(ge=1)]
    revision: Annotated[int, Field(ge=1, description="counts the alert's marks; a smaller one never overwrites")]
    state: Literal["acknowledged", "snoozed", "resolved"] | None = Field(description="null: the mark was taken back")
    until: Moment | None = Field(default=None, description="of `snoozed`: when it ends")
    marked_by: int = Field(description="Telegram user id")
    marked_at: Moment


class AlertsMarkedV1(EventData, type="alerts.marked.v1", publisher="gateway"):
    """Alerts that somebody acknowledged, snoozed, or resolved by hand."""

    marks: tuple[AlertMark, ...] = Field(min_length=1, max_length=MAX_BATCH)
