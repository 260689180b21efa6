"""An invented card, of which previews of messages tell."""

from typing import Any

from contracts.products import ChangedProduct

from notifier.messages.sample import NOW
from notifier.messages.sample_order import CARD


def sample_card(previous: dict[str, Any], **fields: Any) -> ChangedProduct:
    """A card that had these values before; `fields` are its own now."""
    return ChangedProduct.model_validate(
        CARD.model_dump() | {"updated_at": NOW, "revision": 2, "change": "changed", "previous": previous} | fields
    )
