"""Data of Wildberries do not come."""

from contracts.freshness import DataDelayedV1
from servicekit.text import moment

from notifier.messages.message import About, Message
from notifier.messages.notice import NOTHING_IS_LOST, notice, why
from notifier.messages.resource_names import beginning

SHOWN = 8


def data_delayed(payload: str, about: About) -> Message:
    """Rendered from `data.delayed`."""
    told = DataDelayedV1.model_validate_json(payload)
    lines = dict.fromkeys(
        f"{beginning([each.resource])}: последние данные на {moment(each.last_success_at)}" for each in told.resources
    )
    more = [f"… ещё {len(lines) - SHOWN}"] if len(lines) > SHOWN else []
    reasons = dict.fromkeys(why(each.reason) for each in told.resources)
    reason = f"Причина: {'; '.join(reasons)}."
    return notice("🐢 Данные Wildberries отстают", [*list(lines)[:SHOWN], *more, reason, NOTHING_IS_LOST], about)
