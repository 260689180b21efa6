"""WB accepts the cabinet again."""

from datetime import datetime

from contracts.model import Model
from servicekit.text import span

from notifier.messages.message import About, Message
from notifier.messages.notice import notice


class Resumed(Model):
    """Since when nothing came."""

    since: datetime


def cabinet_resumed(payload: str, about: About) -> Message:
    """Rendered from `Resumed`."""
    told = Resumed.model_validate_json(payload)
    pause = span(about.data_at - told.since)
    return notice("✅ Магазин снова на связи", [f"Перерыв: {pause}. Догружаем пропущенное."], about)
