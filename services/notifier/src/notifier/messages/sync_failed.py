"""A sync that was asked for failed."""

from contracts.syncs import SyncFailedV1
from servicekit.text import moment

from notifier.messages.message import About, Message
from notifier.messages.notice import notice, why
from notifier.messages.resource_names import beginning


def sync_failed(payload: str, about: About) -> Message:
    """Rendered from `sync.failed`."""
    told = SyncFailedV1.model_validate_json(payload)
    again = f"Попробуем снова в {moment(told.next_run_at)}." if told.next_run_at else "Попробуйте позже."
    what = beginning([told.resource])
    return notice("⚠️ Обновление не удалось", [f"{what}: {why(told.reason)}.", again], about)
