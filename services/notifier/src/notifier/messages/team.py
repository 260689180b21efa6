"""Who came to a cabinet, or went."""

from contracts.model import Model

SHOWN = 10


class Members(Model):
    """Telegram ids of those who came or went, and how many members there are now."""

    telegram_ids: tuple[int, ...]
    members: int

    @property
    def shown(self) -> str:
        """The ids as they stand in a message."""
        more = f", … +{len(self.telegram_ids) - SHOWN}" if len(self.telegram_ids) > SHOWN else ""
        return ", ".join(f"<code>{each}</code>" for each in self.telegram_ids[:SHOWN]) + more
