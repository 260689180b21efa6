"""Data of Wildberries come again."""

from contracts.freshness import DataRecoveredV1
from servicekit.text import moment, span

from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.resource_names import beginning


def data_recovered(payload: str, about: About) -> Message:
    """Rendered from `data.recovered`."""
    told = DataRecoveredV1.model_validate_json(payload)
    what = beginning(each.resource for each in told.resources)
    since = min(each.delayed_since for each in told.resources)
    until = max(each.recovered_at for each in told.resources)
    return notice("✅ Данные снова приходят", [what, f"Перерыв: {span(until - since)}, с {moment(since)}."], about)
