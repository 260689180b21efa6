"""Invented alerts, of which previews of messages tell."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.alerts import Alert
from contracts.envelope import Origin

from notifier.messages.sample import NOW
from notifier.messages.sample_order import CARD


def sample_alerts(
    rule: str, figures: dict[str, Any], *, at_risk: int | None = None, is_of_item: bool = True, **fields: Any
) -> tuple[Alert, ...]:
    """An alert that is open, and the same when it is over."""
    alert = Alert(
        alert_id=UUID(int=1),
        revision=1,
        episode=1,
        rule=rule,
        subject="1",
        severity="warning",
        nm_id=CARD.nm_id if is_of_item else 0,
        product=CARD if is_of_item else None,
        money_at_risk=None if at_risk is None else Decimal(at_risk),
        currency="RUB",
        figures=figures,
        raised_at=NOW,
        raised_by=Origin.LIVE,
        changed_at=NOW,
        **fields,
    )
    return alert, alert.model_copy(update={"resolved_at": NOW})
